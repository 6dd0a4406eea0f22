#include "png_pixels.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

// In C, for libpng's errors leave by longjmp.
typedef struct {
  const uint8_t *next;
  size_t left;
} source;

static void take(png_structp png, png_bytep target, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->left) png_error(png, "the file ends early");
  memcpy(target, from->next, count);
  from->next += count;
  from->left -= count;
}

// libpng's own would print it.
static void on_error(png_structp png, png_const_charp text) {
  (void)text;
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static int read_pixels(png_structp png, png_infop info, unsigned width, unsigned height, png_bytep pixels) {
  if (setjmp(png_jmpbuf(png))) return 0;
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) return 0;
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  png_set_gray_to_rgb(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != (size_t)3 * width) return 0;
  for (int pass = 0; pass < passes; pass++) {
    for (unsigned y = 0; y < height; y++) png_read_row(png, pixels + (size_t)3 * width * y, NULL);
  }
  png_read_end(png, NULL);
  return 1;
}

int png_pixels_read(const uint8_t *bytes, size_t size, unsigned width, unsigned height, uint8_t *pixels) {
  source from = {bytes, size};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  if (!png) return 0;
  png_infop info = png_create_info_struct(png);
  int is_read = 0;
  if (info) {
    png_set_read_fn(png, &from, take);
    is_read = read_pixels(png, info, width, height, pixels);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return is_read;
}
