#include <stddef.h>
#include <xxhash.h>

#if defined(__x86_64__)
// Of a library that chooses AVX2 or AVX-512 while it runs, as Debian's does: 31 GB/s here in place of 9. Swift
// cannot ask whether a weak symbol is there, hence the two functions below.
XXH128_hash_t XXH3_128bits_dispatch(const void *input, size_t length) __attribute__((weak));
XXH_errorcode XXH3_128bits_update_dispatch(XXH3_state_t *state, const void *input, size_t length)
    __attribute__((weak));
#endif

/// XXH3_128bits, by the fastest instructions there are.
static inline XXH128_hash_t XXH3_128bits_fastest(const void *input, size_t length) {
#if defined(__x86_64__)
  if (XXH3_128bits_dispatch) return XXH3_128bits_dispatch(input, length);
#endif
  return XXH3_128bits(input, length);
}

/// XXH3_128bits_update, by the fastest instructions there are.
static inline XXH_errorcode XXH3_128bits_update_fastest(
    XXH3_state_t *state, const void *input, size_t length) {
#if defined(__x86_64__)
  if (XXH3_128bits_update_dispatch) return XXH3_128bits_update_dispatch(state, input, length);
#endif
  return XXH3_128bits_update(state, input, length);
}
