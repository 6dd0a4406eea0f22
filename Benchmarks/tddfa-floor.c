// The least that crops of 120 x 120 take with libjpeg-turbo: read each file, decode its Huffman codes down to the last row of a crop,
// encode a crop, write it. Prints processor milliseconds an image of each step, and of decoding the whole.
//
// usage: tddfa-floor FOLDER FILE.jpg...    all of at most 450 x 450 pixels
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <jpeglib.h>
#include <turbojpeg.h>

// Where the synthetic faces' squares end, in the mean.
enum { side = 450, last_row = 334, crop = 120 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int count, char **paths) {
  enum { room = 1 << 20 };
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  tjhandle decoder = tjInitDecompress(), encoder = tjInitCompress();
  unsigned char *bytes = malloc(room), *pixels = calloc(side * side, 3);
  unsigned long most = tjBufSize(crop, crop, TJSAMP_420);
  unsigned char *made = tjAlloc(most);
  double reading = 0, codes = 0, whole = 0, encoding = 0, writing = 0;
  for (int i = 2; i < count; i++) {
    double start = now();
    int file = open(paths[i], O_RDONLY);
    ssize_t size = read(file, bytes, room);
    close(file);
    double end = now();
    if (size <= 0) return 1;
    reading += end - start;
    jpeg_mem_src(&info, bytes, size);
    jpeg_read_header(&info, TRUE);
    jpeg_start_decompress(&info);
    jpeg_skip_scanlines(&info, last_row);
    jpeg_abort_decompress(&info);
    start = now();
    codes += start - end;
    tjDecompress2(decoder, bytes, size, pixels, side, 0, side, TJPF_RGB, 0);
    end = now();
    whole += end - start;
    unsigned long length = most;
    tjCompress2(encoder, pixels + 3 * (side + 1) * 150, crop, 3 * side, crop, TJPF_RGB, &made, &length, TJSAMP_420, 95,
                TJFLAG_ACCURATEDCT | TJFLAG_NOREALLOC);
    start = now();
    encoding += start - end;
    char path[4096];
    snprintf(path, sizeof path, "%s/%d.jpg", paths[1], i);
    file = open(path, O_CREAT | O_WRONLY, 0666);
    if (write(file, made, length) < 0) return 1;
    close(file);
    writing += now() - start;
  }
  int n = count - 2;
  printf("floor: %.2f ms (read %.2f, Huffman codes to row %d %.2f, encode %.2f, write %.2f); decoding the whole %.2f ms\n",
         (reading + codes + encoding + writing) / n, reading / n, last_row, codes / n, encoding / n, writing / n, whole / n);
}
