// Which call fails, and how.
//
//   SIXDOF_FAULTS_UNDER   the folder whose files are meant
//   SIXDOF_FAULT          CALL:N:KIND, such as write:3:ENOSPC; N+ for the N-th and all that follow. KIND is an error's
//                         name, `short`, `eof`, or a signal's name
//   SIXDOF_FAULTS_COUNTS  a file that shows, also after a kill, how often each call was made and what failed
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const call_names[] = {
#define X(name) #name,
    CALLS(X)
#undef X
};

static const struct { const char *name; int number; } kinds[] = {
    {"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EINTR", EINTR}, {"EDQUOT", EDQUOT}, {"ENOMEM", ENOMEM}, {"EMFILE", EMFILE},
    {"EPERM", EPERM}, {"EACCES", EACCES}, {"EXDEV", EXDEV}, {"EINVAL", EINVAL}, {"EROFS", EROFS},
    {"ENOLCK", ENOLCK}, {"EOPNOTSUPP", EOPNOTSUPP},
    {"SIGKILL", -SIGKILL}, {"SIGTERM", -SIGTERM}, {"SIGINT", -SIGINT}, {"SIGHUP", -SIGHUP},
};

// Shared with the file, so that a process that is killed leaves it as it was then.
struct slot { char name[24]; uint64_t count; };
static struct tally {
  struct slot calls[call_count];
  uint64_t fired;
  char place[1024];
} own, *tally = &own;

static char under[path_room];
static int struck = -1;
static uint64_t first = 0;
static bool goes_on = false;
static enum verdict kind = fail;
static int number = 0;

static void read_fault(const char *text) {
  char call[32] = "", how[32] = "", plus = 0;
  unsigned long n = 0;
  if (sscanf(text, "%31[^:]:%lu:%31s", call, &n, how) != 3) {
    if (sscanf(text, "%31[^:]:%lu%c:%31s", call, &n, &plus, how) != 4) {
      fprintf(stderr, "shim: SIXDOF_FAULT=%s is not CALL:N:KIND\n", text);
      _exit(99);
    }
  }
  goes_on = plus == '+';
  first = n;
  for (int i = 0; i < call_count; i++) if (!strcmp(call, call_names[i])) struck = i;
  bool known = !strcmp(how, "short") || !strcmp(how, "eof");
  if (known) kind = how[0] == 's' ? shorten : end_of_file;
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(how, kinds[i].name)) { number = kinds[i].number; known = true; }
  if (struck < 0 || !known) {
    fprintf(stderr, "shim: SIXDOF_FAULT=%s names no call or kind\n", text);
    _exit(99);
  }
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("SIXDOF_FAULTS_UNDER"), *fault = getenv("SIXDOF_FAULT"),
             *counts = getenv("SIXDOF_FAULTS_COUNTS");
  if (folder) snprintf(under, sizeof under, "%s", folder);
  if (fault) read_fault(fault);
  if (counts) {
    int file = syscall(SYS_openat, AT_FDCWD, counts, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || syscall(SYS_ftruncate, file, sizeof own) != 0) _exit(99);
    // The system's calls take whole words: an int that is passed on the stack has anything in its upper half.
    const long start = 0;
    void *shared = (void *)syscall(
        SYS_mmap, NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, (long)file, start);
    syscall(SYS_close, file);
    if (shared == MAP_FAILED) _exit(99);
    tally = shared;
  }
  for (int i = 0; i < call_count; i++) strcpy(tally->calls[i].name, call_names[i]);
}

bool is_within(const char *path, const char *folder) {
  size_t length = strlen(folder);
  return length > 0 && !strncmp(path, folder, length) && (path[length] == '/' || path[length] == 0);
}

bool descriptor_path(int descriptor, char *out) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, out, path_room - 1);
  if (length < 0) return false;
  out[length] = 0;
  return true;
}

bool absolute_path(int folder, const char *path, char *out) {
  if (path[0] == '/') return snprintf(out, path_room, "%s", path) < path_room;
  if (folder == AT_FDCWD) {
    if (syscall(SYS_getcwd, out, path_room) < 0) return false;
  } else if (!descriptor_path(folder, out)) {
    return false;
  }
  size_t length = strlen(out);
  return snprintf(out + length, path_room - length, "/%s", path) < (int)(path_room - length);
}

enum verdict judge(enum call call, int folder, const char *path, int descriptor) {
  if (!under[0]) return proceed;
  int kept = errno;
  char place[path_room];
  bool concerns = (path ? absolute_path(folder, path, place) : descriptor_path(descriptor, place))
    && is_within(place, under);
  errno = kept;
  if (!concerns) return proceed;
  uint64_t n = __atomic_add_fetch(&tally->calls[call].count, 1, __ATOMIC_SEQ_CST);
  if ((int)call != struck || n < first || (n > first && !goes_on)) return proceed;
  if (__atomic_add_fetch(&tally->fired, 1, __ATOMIC_SEQ_CST) == 1)
    snprintf(tally->place, sizeof tally->place, "%s", place + strlen(under));
  if (kind != fail) return kind;
  if (number < 0) {
    // To the process, as a user's is, so that its handlers see it; the call itself goes on.
    syscall(SYS_kill, getpid(), -number);
    errno = kept;
    return proceed;
  }
  errno = number;
  return fail;
}
