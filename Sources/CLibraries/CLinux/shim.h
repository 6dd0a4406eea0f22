// glibc declares these only under _GNU_SOURCE, which Swift's Glibc module is built without.
long copy_file_range(int in, long *in_offset, int out, long *out_offset, unsigned long count, unsigned int flags);
int memfd_create(const char *name, unsigned int flags);
