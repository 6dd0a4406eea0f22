// Compares 64 bytes at once, without intrinsics of a processor. Swift's own vectors have no way from a comparison to a word
// of bits.
#include <stdint.h>
#include <string.h>

typedef uint8_t byte_block __attribute__((vector_size(64), aligned(1)));
typedef _Bool block_bits __attribute__((ext_vector_type(64)));

// A macro, as a vector of 64 bytes has no calling convention that all processors of a kind share.
#define bits_where(comparison) (((union { block_bits bits; uint64_t word; }){ \
    .bits = __builtin_convertvector(comparison, block_bits) }).word)

/// Where two bytes are among 64: bit i is set where byte i is this one.
struct byte_masks {
  uint64_t first, second;
};

/// Of fewer than 64 bytes the rest counts as zeros. No byte beyond them is read.
static inline struct byte_masks byte_masks(const void *block, uint64_t count, uint8_t first, uint8_t second) {
  byte_block bytes = {0};
  memcpy(&bytes, block, count < sizeof bytes ? count : sizeof bytes);
  struct byte_masks masks = {bits_where(bytes == first), bits_where(bytes == second)};
  return masks;
}

/// What tells the structure of JSON in 64 bytes, a bit a byte.
struct json_masks {
  uint64_t quotes, escapes, opening, closing;
};

/// Opening and closing brackets are those of objects and of arrays, which differ in one bit. Of fewer than 64 bytes the
/// rest counts as zeros. No byte beyond them is read.
static inline struct json_masks json_masks(const void *block, uint64_t count) {
  byte_block bytes = {0};
  memcpy(&bytes, block, count < sizeof bytes ? count : sizeof bytes);
  byte_block folded = bytes | 0x20;
  struct json_masks masks = {bits_where(bytes == '"'), bits_where(bytes == '\\'), bits_where(folded == '{'),
                             bits_where(folded == '}')};
  return masks;
}

/// What ends a text of JSON in 64 bytes, and what is not ASCII, a bit a byte. A union of them is not asked for: of one the
/// compiler takes the bits one by one.
struct text_masks {
  uint64_t quotes, escapes, controls, others;
};

/// Of fewer than 64 bytes the rest counts as control characters. No byte beyond them is read.
static inline struct text_masks text_masks(const void *block, uint64_t count) {
  byte_block bytes = {0};
  memcpy(&bytes, block, count < sizeof bytes ? count : sizeof bytes);
  struct text_masks masks = {bits_where(bytes == '"'), bits_where(bytes == '\\'), bits_where(bytes < 0x20),
                             bits_where(bytes >= 0x80)};
  return masks;
}
