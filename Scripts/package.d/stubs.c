// What the static C libraries name and SixDoF never calls, so that no library under the LGPL or GPL gets into the program,
// and nothing of a newer glibc than 2.34. Scripts/package puts this into the archive of all static libraries.

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

// libarchive's own random numbers are names of temporary files. glibc has these from 2.36.
void arc4random_buf(void *bytes, size_t count) {
  for (char *next = bytes; count > 0;) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0) continue;
    next += got;
    count -= (size_t)got;
  }
}

uint32_t arc4random(void) {
  uint32_t number;
  arc4random_buf(&number, sizeof number);
  return number;
}

// Swift's module of glibc names it, and glibc has a newer one from 2.35. In double precision nothing can overflow.
float hypotf(float x, float y) { return (float)sqrt((double)x * x + (double)y * y); }

// LAPACK's Fortran, without Fortran's library. Its own xerbla prints the same and ends the program.
void xerbla_(const char *routine, const int *argument, size_t length) {
  fprintf(stderr, "LAPACK's %.*s: argument %d has an illegal value\n", (int)length, routine, *argument);
  abort();
}

void _gfortran_concat_string(size_t length, char *to, size_t first, const char *a, size_t second, const char *b) {
  size_t left = first < length ? first : length;
  memcpy(to, a, left);
  size_t right = second < length - left ? second : length - left;
  memcpy(to + left, b, right);
  memset(to + left + right, ' ', length - left - right);
}

// Ciphers of encrypted zips, which are refused for want of a passphrase; digests and XML of forms that are not written.
#define NEVER(name)                                                       \
  void name(void) {                                                       \
    fputs("sixdof: " #name " was called, which is not there\n", stderr);  \
    abort();                                                              \
  }

NEVER(nettle_aes128_encrypt)
NEVER(nettle_aes128_set_encrypt_key)
NEVER(nettle_aes192_encrypt)
NEVER(nettle_aes192_set_encrypt_key)
NEVER(nettle_aes256_encrypt)
NEVER(nettle_aes256_set_encrypt_key)
NEVER(nettle_hmac_sha1_digest)
NEVER(nettle_hmac_sha1_set_key)
NEVER(nettle_hmac_sha1_update)
NEVER(nettle_md5_digest)
NEVER(nettle_md5_init)
NEVER(nettle_md5_update)
NEVER(nettle_pbkdf2_hmac_sha1)
NEVER(nettle_ripemd160_digest)
NEVER(nettle_ripemd160_init)
NEVER(nettle_ripemd160_update)
NEVER(nettle_sha1_digest)
NEVER(nettle_sha1_init)
NEVER(nettle_sha1_update)
NEVER(nettle_sha256_digest)
NEVER(nettle_sha256_init)
NEVER(nettle_sha256_update)
NEVER(nettle_sha384_digest)
NEVER(nettle_sha384_init)
NEVER(nettle_sha512_digest)
NEVER(nettle_sha512_init)
NEVER(nettle_sha512_update)
NEVER(UTF8Toisolat1)
NEVER(xmlBufferCreate)
NEVER(xmlBufferFree)
NEVER(xmlFreeTextWriter)
NEVER(xmlNewTextWriterMemory)
NEVER(xmlTextWriterEndDocument)
NEVER(xmlTextWriterEndElement)
NEVER(xmlTextWriterSetIndent)
NEVER(xmlTextWriterStartDocument)
NEVER(xmlTextWriterStartElement)
NEVER(xmlTextWriterWriteAttribute)
NEVER(xmlTextWriterWriteBase64)
NEVER(xmlTextWriterWriteFormatAttribute)
NEVER(xmlTextWriterWriteString)
