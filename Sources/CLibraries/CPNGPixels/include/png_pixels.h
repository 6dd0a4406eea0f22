#ifndef PNG_PIXELS_H
#define PNG_PIXELS_H

#include <stddef.h>
#include <stdint.h>

/// Writes the pixels of a PNG file, height rows of width x 3 bytes, red first, as OpenCV and Pillow show them to those who train: transparency
/// is left out, of 16 bits the upper 8 count, and no gamma is applied. libpng's simplified interface lays pixels on a ground and takes 16
/// bits for linear light.
///
/// Returns 0 where the file is damaged or of another size. Some pixels may be written then.
int png_pixels_read(const uint8_t *_Nonnull bytes, size_t size, unsigned width, unsigned height, uint8_t *_Nonnull pixels);

#endif
