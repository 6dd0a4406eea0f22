// What would survive a power cut.
//
//   SIXDOF_POWER_UNDER   the folder that is watched
//   SIXDOF_POWER_SHADOW  a folder on the same file system: `log`, `inode/N` (a hard link to each file, so that numbers
//                        are not used again and removed files stay readable), `durable/N` (its content when it was last
//                        synced)
//   SIXDOF_POWER_CUT     the process is killed as it begins the entry of this number
//
// A line of the log is an operation on names, a change of content or a sync, in the order in which they happened: one lock
// is held from before an operation until its line is written. Nothing is really synced, which saves the time.
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char watched[path_room], shadow[path_room - 64];
static int log_file = -1;
static unsigned long cut = 0, entries = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// The files that this process writes, for syncfs.
static unsigned long written[1 << 16];
static unsigned written_count = 0;

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("SIXDOF_POWER_UNDER"), *beside = getenv("SIXDOF_POWER_SHADOW"),
             *entry = getenv("SIXDOF_POWER_CUT");
  if (!folder || !beside) return;
  snprintf(watched, sizeof watched, "%s", folder);
  snprintf(shadow, sizeof shadow, "%s", beside);
  if (entry) cut = strtoul(entry, NULL, 10);
  char path[path_room];
  snprintf(path, sizeof path, "%s/log", shadow);
  log_file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log_file < 0) _exit(99);
  // Out of the way of the program's own, which close what they think is theirs.
  int high = syscall(SYS_fcntl, log_file, F_DUPFD_CLOEXEC, 900);
  if (high >= 0) { syscall(SYS_close, log_file); log_file = high; }
}

bool power_is_watched(void) { return log_file >= 0; }

void power_begin(void) {
  pthread_mutex_lock(&lock);
  if (cut && entries + 1 == cut) syscall(SYS_kill, getpid(), SIGKILL);
}

void power_end(void) { pthread_mutex_unlock(&lock); }

void power_log(const char *line, ...) {
  char text[3 * path_room];
  va_list values;
  va_start(values, line);
  int length = vsnprintf(text, sizeof text, line, values);
  va_end(values);
  if (syscall(SYS_write, log_file, text, length) != length) _exit(99);
  entries++;
}

bool power_place(int folder, const char *path, char *out) {
  char whole[path_room], parent[PATH_MAX];
  if (!absolute_path(folder, path, whole)) return false;
  size_t length = strlen(whole);
  while (length > 1 && whole[length - 1] == '/') whole[--length] = 0;
  char *slash = strrchr(whole, '/');
  if (!slash || slash == whole) return false;
  *slash = 0;
  if (!realpath(whole, parent)) return false;
  snprintf(out, path_room, "%s/%s", parent, slash + 1);
  return is_within(out, watched);
}

void power_touch(int descriptor) {
  char path[path_room];
  int kept = errno;
  if (power_is_watched() && descriptor_path(descriptor, path) && is_within(path, watched)) {
    power_begin();
    power_log("write\t%s\n", path);
    power_end();
  }
  errno = kept;
}

void power_keep(int descriptor) {
  struct stat status;
  char from[64], to[path_room];
  if (syscall(SYS_newfstatat, descriptor, "", &status, AT_EMPTY_PATH) || !S_ISREG(status.st_mode)) return;
  for (unsigned i = 0; i < written_count; i++) if (written[i] == status.st_ino) return;
  snprintf(from, sizeof from, "/proc/self/fd/%d", descriptor);
  snprintf(to, sizeof to, "%s/inode/%lu", shadow, (unsigned long)status.st_ino);
  long done = syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW);
  if (done && errno != EEXIST) return;
  if (written_count == sizeof written / sizeof *written) _exit(99);
  written[written_count++] = status.st_ino;
}

// Pages of zeros are left out, for an LMDB file is mostly reserved room.
static void copy(int from, int to) {
  static char page[1 << 16];
  static const char zeros[1 << 16];
  off_t place = 0;
  long count;
  while ((count = syscall(SYS_pread64, from, page, sizeof page, place)) > 0) {
    if (memcmp(page, zeros, count) && syscall(SYS_pwrite64, to, page, count, place) != count) _exit(99);
    place += count;
  }
  if (syscall(SYS_ftruncate, to, place)) _exit(99);
}

void power_synced_inode(unsigned long inode) {
  char from[path_room], to[path_room];
  snprintf(from, sizeof from, "%s/inode/%lu", shadow, inode);
  snprintf(to, sizeof to, "%s/durable/%lu", shadow, inode);
  int source = syscall(SYS_openat, AT_FDCWD, from, O_RDONLY | O_CLOEXEC, 0);
  if (source < 0) return;
  int target = syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (target < 0) _exit(99);
  copy(source, target);
  syscall(SYS_close, source);
  syscall(SYS_close, target);
}

void power_synced(int descriptor) {
  struct stat status;
  char path[path_room];
  if (!descriptor_path(descriptor, path)) return;
  if (syscall(SYS_newfstatat, descriptor, "", &status, AT_EMPTY_PATH)) return;
  if (S_ISREG(status.st_mode)) {
    power_synced_inode(status.st_ino);
    if (is_within(path, watched)) power_log("sync\t%s\t%lu\n", path, (unsigned long)status.st_ino);
  } else if (S_ISDIR(status.st_mode) && is_within(path, watched)) {
    power_log("syncdir\t%s\n", path);
  }
}

void power_synced_all(void) {
  for (unsigned i = 0; i < written_count; i++) power_synced_inode(written[i]);
  power_log("syncfs\n");
}
