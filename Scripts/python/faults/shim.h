// What the parts of the shim know of each other. The shim stands between sixdof and the C library (LD_PRELOAD):
// `shim_calls.c` has the calls, `shim_faults.c` lets one of them fail, `shim_power.c` keeps what a
// power cut would leave.
#pragma once
#define _GNU_SOURCE
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

// Each kind of call that is counted. Variants (open64, openat, …) are of one kind.
#define CALLS(X) \
  X(open) X(read) X(pread) X(write) X(pwrite) X(ftruncate) X(fallocate) X(fsync) X(fdatasync) X(syncfs) X(msync) \
  X(mmap) X(copy_file_range) X(flock) X(fstat) X(stat) X(lstat) X(access) X(readlink) X(opendir) X(readdir) \
  X(rename) X(renameat2) X(link) X(symlink) X(mkdir) X(unlink) X(rmdir) X(chmod) X(setxattr)

enum call {
#define X(name) call_##name,
  CALLS(X)
#undef X
  call_count
};

// What is to happen to a call.
enum verdict { proceed, fail, shorten, end_of_file };

// Paths are made absolute into rooms of this size.
enum { path_room = 8192 };

// Counts a call where it concerns a file in the scratch folder, and says whether it is the one to fail; `errno` is
// set then. `descriptor` is -1 where the call names a path.
enum verdict judge(enum call call, int folder, const char *path, int descriptor);

// A path with the folder that it is relative to before it; false where that cannot be told.
bool absolute_path(int folder, const char *path, char *out);
// What an open descriptor is called, by /proc.
bool descriptor_path(int descriptor, char *out);
bool is_within(const char *path, const char *folder);

// Whether what would survive is kept, which is when a shadow folder is named.
bool power_is_watched(void);
// Around each change that is logged: the process ends here where the cut is to come.
void power_begin(void);
void power_end(void);
void power_log(const char *line, ...);
// A path whose links are followed but for its last name; false outside the folder that is watched.
bool power_place(int folder, const char *path, char *out);
// A file's content is about to change, which is another moment for the power to go.
void power_touch(int descriptor);
// Keeps a file readable whatever becomes of its name.
void power_keep(int descriptor);
// A file's or folder's content reached the disk.
void power_synced(int descriptor);
void power_synced_inode(unsigned long inode);
void power_synced_all(void);
