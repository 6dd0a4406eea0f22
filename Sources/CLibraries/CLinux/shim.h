// glibc declares these only under _GNU_SOURCE or in headers that Swift's Glibc module is built without.
int memfd_create(const char *name, unsigned int flags);
long getxattr(const char *path, const char *name, void *value, unsigned long size);
int setxattr(const char *path, const char *name, const void *value, unsigned long size, int flags);
int syncfs(int fd);
