/// How stored pixels are to be turned to be seen upright: EXIF's orientation, 1 to 8.
public struct ImageOrientation: Sendable, Equatable {
  private let isTransposed: Bool
  private let mirrorsX: Bool
  private let mirrorsY: Bool

  /// - Parameter exif: anything but 2 to 8 is upright.
  public init(exif: Int?) {
    let value = exif ?? 1
    isTransposed = (5...8).contains(value)
    mirrorsX = [2, 3, 7, 8].contains(value)
    mirrorsY = [3, 4, 6, 7].contains(value)
  }

  public var isUpright: Bool { !isTransposed && !mirrorsX && !mirrorsY }

  /// Whether what is left when upright is right among the stored pixels, relative to what is above it.
  public var isMirrored: Bool { isTransposed != (mirrorsX != mirrorsY) }

  /// Where a point of the upright image is among the stored pixels.
  ///
  /// - Parameter extent: the largest coordinates among the stored pixels: their width and height where pixels
  ///   have edges, one less where whole numbers are centres.
  public func storedPoint(_ point: SIMD2<Double>, extent: SIMD2<Double>) -> SIMD2<Double> {
    var stored = isTransposed ? SIMD2(point.y, point.x) : point
    if mirrorsX { stored.x = extent.x - stored.x }
    if mirrorsY { stored.y = extent.y - stored.y }
    return stored
  }

  /// Where a point of the stored pixels is in the upright image; `extent` is as for `storedPoint`.
  public func uprightPoint(_ point: SIMD2<Double>, extent: SIMD2<Double>) -> SIMD2<Double> {
    var point = point
    if mirrorsX { point.x = extent.x - point.x }
    if mirrorsY { point.y = extent.y - point.y }
    return isTransposed ? SIMD2(point.y, point.x) : point
  }

  /// The upright image.
  public func upright(_ image: PixelImage) -> PixelImage {
    if isUpright { return image }
    let (width, height) = (image.width, image.height)
    // From one upright pixel to the next in its row or column, in stored pixels.
    let (acrossX, acrossY) = (mirrorsX ? -1 : 1, mirrorsY ? -width : width)
    let first = (mirrorsX ? width - 1 : 0) + (mirrorsY ? (height - 1) * width : 0)
    let (columnStep, rowStep) = isTransposed ? (acrossY, acrossX) : (acrossX, acrossY)
    let (newWidth, newHeight) = isTransposed ? (height, width) : (width, height)
    return image.pixels.withUnsafeBufferPointer { pixels in
      PixelImage(width: newWidth, height: newHeight) { target in
        var place = 0
        for y in 0..<newHeight {
          var source = 3 * (first + y * rowStep)
          for _ in 0..<newWidth {
            for channel in 0..<3 { target[place + channel] = pixels[source + channel] }
            place += 3
            source += 3 * columnStep
          }
        }
      }
    }
  }
}
