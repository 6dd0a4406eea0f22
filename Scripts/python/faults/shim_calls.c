// The calls that stand in place of the C library's. Each asks whether it is to fail, and else makes the system's call;
// those that change names, or sync, are logged where power cuts are watched.
#include "shim.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define FAILS_AT(call, folder, path) (judge(call_##call, folder, path, -1) == fail)
#define FAILS_ON(call, descriptor) (judge(call_##call, 0, NULL, descriptor) == fail)
// The C library's own function, where it is more than a call of the system's.
#define ORIGINAL(name) \
  static __typeof__(&name) original; \
  if (!original) original = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

// Opening

static bool is_there(int folder, const char *path) {
  struct stat status;
  return syscall(SYS_newfstatat, folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static void log_created(int descriptor, const char *place) {
  struct stat status;
  if (syscall(SYS_newfstatat, descriptor, "", &status, AT_EMPTY_PATH) == 0)
    power_log("create\t%s\t%lu\t%o\n", place, (unsigned long)status.st_ino, status.st_mode & 07777);
}

static int open_watched(int folder, const char *path, int flags, mode_t mode) {
  char place[path_room];
  if (!power_is_watched() || (flags & (O_CREAT | O_ACCMODE)) == O_RDONLY || !power_place(folder, path, place))
    return syscall(SYS_openat, folder, path, flags, mode);
  power_begin();
  bool is_new = (flags & O_CREAT) && !is_there(folder, path);
  int descriptor = syscall(SYS_openat, folder, path, flags, mode);
  int kept = errno;
  if (descriptor >= 0) {
    power_keep(descriptor);
    if (is_new) log_created(descriptor, place);
  }
  power_end();
  errno = kept;
  return descriptor;
}

static int open_any(int folder, const char *path, int flags, mode_t mode) {
  return FAILS_AT(open, folder, path) ? -1 : open_watched(folder, path, flags, mode);
}

#define OPEN(name) \
  EXPORT int name(const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    return open_any(AT_FDCWD, path, flags, mode); \
  }
#define OPENAT(name) \
  EXPORT int name(int folder, const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    return open_any(folder, path, flags, mode); \
  }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)
EXPORT int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
EXPORT int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
EXPORT int __openat_2(int folder, const char *path, int flags) { return open_any(folder, path, flags, 0); }
EXPORT int __openat64_2(int folder, const char *path, int flags) { return open_any(folder, path, flags, 0); }
EXPORT int creat(const char *path, mode_t mode) {
  return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
EXPORT int mkstemp(char *path) {
  ORIGINAL(mkstemp);
  return FAILS_AT(open, AT_FDCWD, path) ? -1 : original(path);
}
// The C library's own would open by a call that nobody can stand in for.
static FILE *open_stream(const char *path, const char *mode) {
  int flags = mode[0] == 'r' ? 0 : O_CREAT | (mode[0] == 'w' ? O_TRUNC : O_APPEND);
  flags |= strchr(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
  if (strchr(mode, 'x')) flags |= O_EXCL;
  if (strchr(mode, 'e')) flags |= O_CLOEXEC;
  int descriptor = open_any(AT_FDCWD, path, flags, 0666);
  if (descriptor < 0) return NULL;
  FILE *stream = fdopen(descriptor, mode);
  if (!stream) close(descriptor);
  return stream;
}
EXPORT FILE *fopen(const char *path, const char *mode) { return open_stream(path, mode); }
EXPORT FILE *fopen64(const char *path, const char *mode) { return open_stream(path, mode); }

// Reading and writing

// Half as much; a single byte cannot be fewer.
static size_t half(size_t count) { return count > 1 ? count / 2 : count; }

#define TRANSFER(call, descriptor, count, ...) \
  switch (judge(call_##call, 0, NULL, descriptor)) { \
    case fail: return -1; \
    case end_of_file: return 0; \
    case shorten: count = half(count); \
    case proceed: return __VA_ARGS__; \
  } \
  return -1
// The same, of a call that changes a file.
#define CHANGING(call, descriptor, count, ...) \
  power_touch(descriptor); \
  TRANSFER(call, descriptor, count, __VA_ARGS__)

EXPORT ssize_t read(int file, void *room, size_t count) {
  TRANSFER(read, file, count, syscall(SYS_read, file, room, count));
}
EXPORT ssize_t __read_chk(int file, void *room, size_t count, size_t size) {
  if (count > size) abort();
  return read(file, room, count);
}
EXPORT ssize_t write(int file, const void *bytes, size_t count) {
  CHANGING(write, file, count, syscall(SYS_write, file, bytes, count));
}
#define PREAD(name) \
  EXPORT ssize_t name(int file, void *room, size_t count, off_t place) { \
    TRANSFER(pread, file, count, syscall(SYS_pread64, file, room, count, place)); \
  }
#define PWRITE(name) \
  EXPORT ssize_t name(int file, const void *bytes, size_t count, off_t place) { \
    CHANGING(pwrite, file, count, syscall(SYS_pwrite64, file, bytes, count, place)); \
  }
PREAD(pread) PREAD(pread64) PWRITE(pwrite) PWRITE(pwrite64)
EXPORT ssize_t writev(int file, const struct iovec *parts, int count) {
  power_touch(file);
  return FAILS_ON(write, file) ? -1 : syscall(SYS_writev, file, parts, count);
}
EXPORT size_t fread(void *room, size_t size, size_t count, FILE *stream) {
  ORIGINAL(fread);
  switch (judge(call_read, 0, NULL, fileno_unlocked(stream))) {
    case fail: stream->_flags |= 0x20; return 0;  // what ferror looks at
    case end_of_file: stream->_flags |= 0x10; return 0;  // and feof
    default: return original(room, size, count, stream);
  }
}
EXPORT ssize_t copy_file_range(int in, off_t *in_place, int out, off_t *out_place, size_t count, unsigned flags) {
  CHANGING(copy_file_range, out, count,
    syscall(SYS_copy_file_range, in, in_place, out, out_place, count, flags));
}
#define MMAP(name) \
  EXPORT void *name(void *start, size_t length, int access, int flags, int file, off_t place) { \
    if (!(flags & MAP_ANONYMOUS) && FAILS_ON(mmap, file)) return MAP_FAILED; \
    return (void *)syscall(SYS_mmap, start, length, access, flags, file, place); \
  }
MMAP(mmap) MMAP(mmap64)

#define FTRUNCATE(name) \
  EXPORT int name(int file, off_t length) { \
    power_touch(file); \
    return FAILS_ON(ftruncate, file) ? -1 : syscall(SYS_ftruncate, file, length); \
  }
FTRUNCATE(ftruncate) FTRUNCATE(ftruncate64)
// This one gives its error, and leaves errno alone.
#define POSIX_FALLOCATE(name) \
  EXPORT int name(int file, off_t place, off_t length) { \
    ORIGINAL(name); \
    int kept = errno; \
    power_touch(file); \
    if (FAILS_ON(fallocate, file)) { int number = errno; errno = kept; return number; } \
    return original(file, place, length); \
  }
POSIX_FALLOCATE(posix_fallocate) POSIX_FALLOCATE(posix_fallocate64)
#define FALLOCATE(name) \
  EXPORT int name(int file, int mode, off_t place, off_t length) { \
    return FAILS_ON(fallocate, file) ? -1 : syscall(SYS_fallocate, file, mode, place, length); \
  }
FALLOCATE(fallocate) FALLOCATE(fallocate64)

// Syncing

static int sync_file(int file, long number) {
  if (!power_is_watched()) return syscall(number, file);
  power_begin();
  if (number == SYS_syncfs) power_synced_all(); else power_synced(file);
  power_end();
  return 0;
}
EXPORT int fsync(int file) { return FAILS_ON(fsync, file) ? -1 : sync_file(file, SYS_fsync); }
EXPORT int fdatasync(int file) { return FAILS_ON(fdatasync, file) ? -1 : sync_file(file, SYS_fdatasync); }
EXPORT int syncfs(int file) { return FAILS_ON(syncfs, file) ? -1 : sync_file(file, SYS_syncfs); }

// The file that is mapped at an address, by /proc.
static bool mapped_file(const void *start, char *path, unsigned long *inode) {
  FILE *maps = fopen("/proc/self/maps", "re");
  char line[path_room];
  bool found = false;
  while (maps && !found && fgets(line, sizeof line, maps)) {
    unsigned long low, high;
    path[0] = 0;
    found = sscanf(line, "%lx-%lx %*s %*s %*s %lu %4095[^\n]", &low, &high, inode, path) >= 3
      && low <= (uintptr_t)start && (uintptr_t)start < high;
  }
  if (maps) fclose(maps);
  return found;
}
EXPORT int msync(void *start, size_t length, int flags) {
  char path[4096];
  unsigned long inode = 0;
  bool found = mapped_file(start, path, &inode);
  if (found && FAILS_AT(msync, AT_FDCWD, path)) return -1;
  if (!power_is_watched() || !found || !(flags & MS_SYNC)) return syscall(SYS_msync, start, length, flags);
  power_begin();
  power_synced_inode(inode);
  power_log("sync\t%s\t%lu\n", path, inode);
  power_end();
  return 0;
}
EXPORT int flock(int file, int what) { return FAILS_ON(flock, file) ? -1 : syscall(SYS_flock, file, what); }

// Looking

#define STAT(name, record, call, flags) \
  EXPORT int name(const char *path, struct record *status) { \
    return FAILS_AT(call, AT_FDCWD, path) ? -1 : syscall(SYS_newfstatat, AT_FDCWD, path, status, flags); \
  }
STAT(stat, stat, stat, 0) STAT(stat64, stat64, stat, 0)
STAT(lstat, stat, lstat, AT_SYMLINK_NOFOLLOW) STAT(lstat64, stat64, lstat, AT_SYMLINK_NOFOLLOW)
#define FSTAT(name) \
  EXPORT int name(int file, struct name_record *status) { \
    return FAILS_ON(fstat, file) ? -1 : syscall(SYS_newfstatat, file, "", status, AT_EMPTY_PATH); \
  }
#define FSTATAT(name) \
  EXPORT int name(int folder, const char *path, struct name_record *status, int flags) { \
    return FAILS_AT(stat, folder, path) ? -1 : syscall(SYS_newfstatat, folder, path, status, flags); \
  }
#define name_record stat
FSTAT(fstat) FSTATAT(fstatat)
#undef name_record
#define name_record stat64
FSTAT(fstat64) FSTATAT(fstatat64)
#undef name_record
// What libraries call that were linked before glibc 2.33.
EXPORT int __fxstat(int version, int file, struct stat *status) { return fstat(file, status); }
EXPORT int __xstat(int version, const char *path, struct stat *status) { return stat(path, status); }
EXPORT int __lxstat(int version, const char *path, struct stat *status) { return lstat(path, status); }

EXPORT int access(const char *path, int mode) {
  return FAILS_AT(access, AT_FDCWD, path) ? -1 : syscall(SYS_faccessat, AT_FDCWD, path, mode);
}
EXPORT ssize_t readlink(const char *path, char *room, size_t size) {
  return FAILS_AT(readlink, AT_FDCWD, path) ? -1 : syscall(SYS_readlinkat, AT_FDCWD, path, room, size);
}
EXPORT DIR *opendir(const char *path) {
  ORIGINAL(opendir);
  return FAILS_AT(opendir, AT_FDCWD, path) ? NULL : original(path);
}
#define READDIR(name, entry) \
  EXPORT struct entry *name(DIR *folder) { \
    ORIGINAL(name); \
    switch (judge(call_readdir, 0, NULL, dirfd(folder))) { \
      case proceed: return original(folder); \
      default: return NULL; \
    } \
  }
READDIR(readdir, dirent)
#undef readdir64
READDIR(readdir64, dirent64)

// Names

// Makes one change of names, and logs it where it concerns the folder that is watched.
#define CHANGE(folder, path, call, ...) \
  char place[path_room]; \
  if (!power_is_watched() || !power_place(folder, path, place)) return call; \
  power_begin(); \
  int done = call, kept = errno; \
  if (done == 0) power_log(__VA_ARGS__); \
  power_end(); \
  errno = kept; \
  return done

static int rename_any(
    enum call kind, int from_folder, const char *from, int folder, const char *to, unsigned flags) {
  if (judge(kind, folder, to, -1) == fail) return -1;
  char source[path_room];
  bool both = power_is_watched() && power_place(from_folder, from, source);
  if (!both) source[0] = 0;
  CHANGE(folder, to, syscall(SYS_renameat2, from_folder, from, folder, to, flags),
    "%s\t%s\t%s\n", flags & 2 ? "exchange" : "rename", source, place);
}
EXPORT int rename(const char *from, const char *to) {
  return rename_any(call_rename, AT_FDCWD, from, AT_FDCWD, to, 0);
}
EXPORT int renameat(int from_folder, const char *from, int folder, const char *to) {
  return rename_any(call_rename, from_folder, from, folder, to, 0);
}
EXPORT int renameat2(int from_folder, const char *from, int folder, const char *to, unsigned flags) {
  return rename_any(call_renameat2, from_folder, from, folder, to, flags);
}
EXPORT int linkat(int from_folder, const char *from, int folder, const char *to, int flags) {
  if (FAILS_AT(link, folder, to)) return -1;
  char source[path_room];
  if (!power_is_watched() || !power_place(from_folder, from, source)) source[0] = 0;
  CHANGE(folder, to, syscall(SYS_linkat, from_folder, from, folder, to, flags), "link\t%s\t%s\n", source, place);
}
EXPORT int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
EXPORT int symlinkat(const char *target, int folder, const char *path) {
  if (FAILS_AT(symlink, folder, path)) return -1;
  CHANGE(folder, path, syscall(SYS_symlinkat, target, folder, path), "symlink\t%s\t%s\n", target, place);
}
EXPORT int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }
EXPORT int mkdirat(int folder, const char *path, mode_t mode) {
  if (FAILS_AT(mkdir, folder, path)) return -1;
  CHANGE(folder, path, syscall(SYS_mkdirat, folder, path, mode), "mkdir\t%s\n", place);
}
EXPORT int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
static int remove_any(int folder, const char *path, int flags) {
  CHANGE(folder, path, syscall(SYS_unlinkat, folder, path, flags), "%s\t%s\n",
    flags & AT_REMOVEDIR ? "rmdir" : "unlink", place);
}
EXPORT int unlinkat(int folder, const char *path, int flags) {
  enum call kind = flags & AT_REMOVEDIR ? call_rmdir : call_unlink;
  return judge(kind, folder, path, -1) == fail ? -1 : remove_any(folder, path, flags);
}
EXPORT int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
EXPORT int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

EXPORT int chmod(const char *path, mode_t mode) {
  return FAILS_AT(chmod, AT_FDCWD, path) ? -1 : syscall(SYS_fchmodat, AT_FDCWD, path, mode);
}
EXPORT int fchmod(int file, mode_t mode) {
  return FAILS_ON(chmod, file) ? -1 : syscall(SYS_fchmod, file, mode);
}
EXPORT int setxattr(const char *path, const char *name, const void *value, size_t size, int flags) {
  if (FAILS_AT(setxattr, AT_FDCWD, path)) return -1;
  char hex[2 * 256 + 1] = "";
  const unsigned char *bytes = value;
  for (size_t i = 0; i < size && i < 256; i++) sprintf(hex + 2 * i, "%02x", bytes[i]);
  CHANGE(AT_FDCWD, path, syscall(SYS_setxattr, path, name, value, size, flags), "xattr\t%s\t%s\t%s\n", place, name,
    hex);
}
