#ifndef CMAPGUARD_H
#define CMAPGUARD_H

#include <stddef.h>

// A file that gets shorter while it is mapped, or whose disk fails, raises SIGBUS where it is read. Here the pages
// from there on become zeros instead, and whoever reads the file can ask whether that happened.

// Guards a mapping. Returns its number, or -1 where there are too many.
int map_guard_add(const void *start, size_t length);

// Whether pages of a mapping could not be read.
int map_guard_has_failed(int number);

// Ends guarding; before the mapping itself ends.
void map_guard_remove(int number);

#endif
