// glibc declares these only under _GNU_SOURCE or in headers that Swift's Glibc module is built without.
int memfd_create(const char *name, unsigned int flags);
long getxattr(const char *path, const char *name, void *value, unsigned long size);
int setxattr(const char *path, const char *name, const void *value, unsigned long size, int flags);
int syncfs(int fd);
int renameat2(int old_folder, const char *old_path, int new_folder, const char *new_path, unsigned int flags);
// For renameat2: the two names change places in one step.
enum { rename_exchange = 2 };
// Shares one file's blocks with another, which is empty; the same as ioctl(target, FICLONE, source).
#include <sys/ioctl.h>
#include <linux/fs.h>
static inline int clone_file(int target, int source) { return ioctl(target, FICLONE, source); }
long copy_file_range(int source, long *source_offset, int target, long *target_offset, unsigned long count, unsigned int flags);
int sync_file_range(int file, long offset, long count, unsigned int flags);
enum { sync_file_range_write = 2 };
// With it, open makes a file in a folder that has no name there.
#include <fcntl.h>
enum { open_nameless = __O_TMPFILE };
