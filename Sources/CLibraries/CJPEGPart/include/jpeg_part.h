#ifndef JPEG_PART_H
#define JPEG_PART_H

#include <stddef.h>
#include <stdint.h>

/// Decodes rectangles of JPEG files with libjpeg-turbo, whose TurboJPEG interface decodes whole images alone. For one thread.
typedef struct jpeg_part jpeg_part;

/// NULL where there is no memory.
jpeg_part *_Nullable jpeg_part_make(void);

void jpeg_part_free(jpeg_part *_Nonnull);

/// Writes the pixels of a rectangle, height rows of width x 3 bytes, red first: those that the decoded whole has there. What comes after
/// them in a file of one scan is not looked at.
///
/// Returns 0 where the file is progressive or none that this can read, is damaged, or has no such pixels. Some may be written then.
int jpeg_part_read(
  jpeg_part *_Nonnull, const uint8_t *_Nonnull bytes, size_t size, unsigned left, unsigned top, unsigned width, unsigned height,
  uint8_t *_Nonnull pixels);

#endif
