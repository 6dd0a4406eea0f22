extension PixelImage {
  /// The image, or a part of it, at another size: what `cv2.resize(image[rows, columns], (width, height))` gives
  /// for 8-bit images, which is bilinear (see `BilinearScaler`).
  ///
  /// - Parameters:
  ///   - width: of the result, in pixels; at least 1.
  ///   - height: of the result, in pixels; at least 1.
  ///   - columns: those of the part, inside the image and not empty; nil for all.
  ///   - rows: those of the part, likewise.
  public func resizedLikeOpenCV(
    width: Int, height: Int, columns: Range<Int>? = nil, rows: Range<Int>? = nil
  ) -> PixelImage {
    var scaler = BilinearScaler()
    return PixelImage(width: width, height: height) { pixels in
      scaler.scale(self, width: width, height: height, columns: columns, rows: rows) { y, line in
        guard let start = line.baseAddress else { return }
        (pixels + y * line.count).update(from: start, count: line.count)
      }
    }
  }
}
