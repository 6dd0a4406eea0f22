// glibc declares these only under _GNU_SOURCE or in headers that Swift's Glibc module is built without.
int memfd_create(const char *name, unsigned int flags);
long getxattr(const char *path, const char *name, void *value, unsigned long size);
int setxattr(const char *path, const char *name, const void *value, unsigned long size, int flags);
int syncfs(int fd);
int renameat2(int old_folder, const char *old_path, int new_folder, const char *new_path, unsigned int flags);
// For renameat2: the two names change places in one step.
enum { rename_exchange = 2 };
