#include "jpeg_part.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

// In C, for libjpeg's errors leave by longjmp.
struct jpeg_part {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  jmp_buf failure;
  uint8_t *memory;
  size_t room;
};

// libjpeg-turbo writes rows at aligned addresses past the cache, from where they would be copied slowly.
enum { misalignment = 1 };

// Chroma at a cut is interpolated otherwise than within the image, which reaches two pixels.
enum { margin = 16 };

static void fail(j_common_ptr info) {
  longjmp(((jpeg_part *)info->client_data)->failure, 1);
}

static void on_message(j_common_ptr info, int level) {
  // A warning is damage.
  if (level < 0) fail(info);
}

static void on_output(j_common_ptr info) {
  (void)info;
}

jpeg_part *jpeg_part_make(void) {
  jpeg_part *part = calloc(1, sizeof *part);
  if (!part) return NULL;
  part->info.err = jpeg_std_error(&part->errors);
  part->errors.error_exit = fail;
  part->errors.emit_message = on_message;
  part->errors.output_message = on_output;
  part->info.client_data = part;
  return part;
}

void jpeg_part_free(jpeg_part *part) {
  free(part->memory);
  free(part);
}

// The rows of the image from the decoder's present one, of which those from top on are kept: columns of a row that begins at first.
static void read_rows(
  jpeg_part *part, unsigned first, unsigned left, unsigned top, unsigned width, unsigned height, uint8_t *pixels
) {
  struct jpeg_decompress_struct *info = &part->info;
  while (info->output_scanline < top + height) {
    JDIMENSION y = info->output_scanline;
    JSAMPROW row = part->memory + misalignment;
    if (jpeg_read_scanlines(info, &row, 1) != 1) ERREXIT(info, JERR_CANT_SUSPEND);
    if (y >= top) memcpy(pixels + (size_t)3 * width * (y - top), row + (size_t)3 * (left - first), (size_t)3 * width);
  }
}

static int has_room(jpeg_part *part, size_t count) {
  if (count <= part->room) return 1;
  free(part->memory);
  part->memory = malloc(count + misalignment);
  part->room = part->memory ? count : 0;
  return part->memory != NULL;
}

static int read_part(
  jpeg_part *part, const uint8_t *bytes, size_t size, unsigned left, unsigned top, unsigned width, unsigned height, uint8_t *pixels
) {
  struct jpeg_decompress_struct *info = &part->info;
  jpeg_mem_src(info, bytes, size);
  jpeg_read_header(info, TRUE);
  J_COLOR_SPACE colours = info->jpeg_color_space;
  int is_known = colours == JCS_YCbCr || colours == JCS_GRAYSCALE || colours == JCS_RGB;
  // A progressive file is smoothed across blocks where its last scans are missing, which begins elsewhere in a part; and all of it must
  // be read for any pixel.
  if (!is_known || info->progressive_mode || width == 0 || height == 0 || left >= info->image_width || width > info->image_width - left ||
      top >= info->image_height || height > info->image_height - top) {
    return 0;
  }
  info->out_color_space = JCS_EXT_RGB;
  jpeg_start_decompress(info);
  JDIMENSION first = left > margin ? left - margin : 0;
  JDIMENSION end = info->output_width - left - width > margin ? left + width + margin : info->output_width;
  JDIMENSION count = end - first;
  if (count < info->output_width) jpeg_crop_scanline(info, &first, &count);
  if (top > margin) jpeg_skip_scanlines(info, top - margin);
  if (!has_room(part, (size_t)3 * info->output_width)) return 0;
  read_rows(part, first, left, top, width, height, pixels);
  return 1;
}

int jpeg_part_read(
  jpeg_part *part, const uint8_t *bytes, size_t size, unsigned left, unsigned top, unsigned width, unsigned height, uint8_t *pixels
) {
  struct jpeg_decompress_struct *info = &part->info;
  if (setjmp(part->failure)) {
    jpeg_destroy_decompress(info);
    return 0;
  }
  // Anew for each file: a decoder keeps tables, and a file that lacks its own would be decoded by those of the file before.
  jpeg_create_decompress(info);
  int is_done = read_part(part, bytes, size, left, top, width, height, pixels);
  jpeg_destroy_decompress(info);
  return is_done;
}
