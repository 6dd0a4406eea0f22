/// How stored pixels must be turned to be upright: the EXIF orientation, 1 to 8.
public struct ImageOrientation: Sendable, Equatable {
  private let isTransposed: Bool
  private let mirrorsX: Bool
  private let mirrorsY: Bool

  /// From an EXIF tag's value.
  ///
  /// - Parameter exif: anything but 2 to 8 means upright.
  public init(exif: Int?) {
    let value = exif ?? 1
    isTransposed = (5...8).contains(value)
    mirrorsX = [2, 3, 7, 8].contains(value)
    mirrorsY = [3, 4, 6, 7].contains(value)
  }

  /// Whether the stored pixels are upright already.
  public var isUpright: Bool { !isTransposed && !mirrorsX && !mirrorsY }

  /// Whether the stored pixels are a mirror image of the upright ones, and not only turned.
  public var isMirrored: Bool { isTransposed != (mirrorsX != mirrorsY) }

  /// Where a point of the upright image lies among the stored pixels.
  ///
  /// - Parameters:
  ///   - point: in the same kind of coordinates as `extent`.
  ///   - extent: the largest coordinates of the stored image. That is its width and height where coordinates are of
  ///     pixels' edges, and one less where whole numbers are pixels' centres.
  public func storedPoint(_ point: SIMD2<Double>, extent: SIMD2<Double>) -> SIMD2<Double> {
    var stored = isTransposed ? SIMD2(point.y, point.x) : point
    if mirrorsX { stored.x = extent.x - stored.x }
    if mirrorsY { stored.y = extent.y - stored.y }
    return stored
  }

  /// Where a point of the stored pixels lies in the upright image; `extent` is as for `storedPoint`.
  public func uprightPoint(_ point: SIMD2<Double>, extent: SIMD2<Double>) -> SIMD2<Double> {
    var point = point
    if mirrorsX { point.x = extent.x - point.x }
    if mirrorsY { point.y = extent.y - point.y }
    return isTransposed ? SIMD2(point.y, point.x) : point
  }

  /// The stored image turned upright. Orientations 5 to 8 exchange width and height.
  public func upright(_ image: PixelImage) -> PixelImage {
    if isUpright { return image }
    let (width, height) = (image.width, image.height)
    // Steps from one upright pixel to the next in its row or column, counted in stored pixels.
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
