#define _GNU_SOURCE
#include "map_guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { most = 4096 };

// In C, for a signal's handler may call little more than the system.
static struct {
  _Atomic(uintptr_t) start;
  _Atomic(uintptr_t) end;  // 0 where the place is free
  atomic_int has_failed;
} regions[most];

// No place beyond was ever used.
static atomic_int used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page_size;

static void handle(int signal, siginfo_t *info, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)info->si_addr;
  for (int i = 0, count = atomic_load(&used); i < count; i++) {
    uintptr_t end = atomic_load(&regions[i].end);
    if (end == 0 || address < atomic_load(&regions[i].start) || address >= end) continue;
    uintptr_t page = address & ~(page_size - 1);
    void *zeros = mmap((void *)page, end - page, PROT_READ, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (zeros == MAP_FAILED) break;
    atomic_store(&regions[i].has_failed, 1);
    return;
  }
  // Nobody's here: the instruction is tried again, and ends the process as it would have.
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigaction(signal, &usual, NULL);
}

static void install(void) {
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
  sigaction(SIGBUS, &action, NULL);
}

int map_guard_add(const void *start, size_t length) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  int number = -1;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < most && number < 0; i++) {
    if (atomic_load(&regions[i].end) == 0) number = i;
  }
  if (number >= 0) {
    if (number >= atomic_load(&used)) atomic_store(&used, number + 1);
    atomic_store(&regions[number].has_failed, 0);
    atomic_store(&regions[number].start, (uintptr_t)start);
    atomic_store(&regions[number].end, (uintptr_t)start + length);
  }
  pthread_mutex_unlock(&lock);
  return number;
}

int map_guard_has_failed(int number) { return number >= 0 && atomic_load(&regions[number].has_failed); }

void map_guard_remove(int number) {
  if (number >= 0) atomic_store(&regions[number].end, 0);
}
