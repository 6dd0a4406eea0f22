"""Runs the Swift program PnP on cases."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np

from optimum import rotation_matrices

UNITS_PER_METRE = 10

# Counts what glibc is asked for and passes it on; preloaded in runs that are not timed.
COUNTING_LIBRARY = r"""
#include <stddef.h>
#include <errno.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
static size_t count;
static void add(void) { __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED); }
size_t pnp_allocations(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }
void *malloc(size_t size) { add(); return __libc_malloc(size); }
void *calloc(size_t n, size_t size) { add(); return __libc_calloc(n, size); }
void *realloc(void *old, size_t size) { add(); return __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { add(); return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
  *result = memalign(alignment, size);
  return *result ? 0 : ENOMEM;
}
"""


class Program:
    def __init__(self, path, work):
        self.path, self.work = path, pathlib.Path(work)
        self.counter = None

    def models(self):
        """The mean faces by their number of points, in units of 0.1 m."""
        models = {}
        for points in (5, 68):
            path = self.work / f"model{points}.npy"
            self.run("--model", str(points), path)
            models[points] = np.load(path) * UNITS_PER_METRE
        return models

    def give(self, name, cases):
        """Writes the files that `fit` reads."""
        np.save(self.work / f"{name}.points.npy", cases["points"].astype(float))
        np.save(self.work / f"{name}.image_size.npy", cases["image_size"].astype(np.int64))

    def fit(self, name, *options, counting=False):
        """The numbers that the program prints."""
        environment = dict(os.environ)
        if counting:
            environment["LD_PRELOAD"] = str(self.counting_library())
        return json.loads(
            self.run(self.work / name, *map(str, options), environment=environment))

    def poses(self, name):
        """Rotation matrices, translations in units of 0.1 m, and all sigmas, of the latest `fit`."""
        poses = np.load(self.work / f"{name}.poses.npy")
        sigmas = np.load(self.work / f"{name}.sigmas.npy")
        sigmas[:, 3:] *= UNITS_PER_METRE
        return rotation_matrices(poses[:, :3]), poses[:, 3:] * UNITS_PER_METRE, sigmas

    def counting_library(self):
        if self.counter is None:
            compiler = shutil.which("cc") or shutil.which("clang")
            if compiler is None:
                sys.exit("counting allocations needs a C compiler")
            source = self.work / "counting.c"
            source.write_text(COUNTING_LIBRARY)
            self.counter = self.work / "counting.so"
            subprocess.run(
                [compiler, "-O2", "-shared", "-fPIC", "-fno-builtin", source, "-o", self.counter],
                check=True)
        return self.counter

    def run(self, *arguments, environment=None):
        return subprocess.run(
            [self.path, *arguments], stdout=subprocess.PIPE, text=True, check=True,
            env=environment).stdout
