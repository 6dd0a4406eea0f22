/// A camera as the 4 x 3 matrix by which TRG multiplies row vectors after `RowTransform`:
/// [X Y Z 1] · R_t · K = [w u, w v, w], the transpose of [K | 0] (FORMATS §11.7).
public struct RowCamera: Sendable, Equatable {
  /// In pixels.
  public var intrinsics: Intrinsics

  /// The matrix of a camera.
  public init(_ intrinsics: Intrinsics) { self.intrinsics = intrinsics }

  /// The twelve numbers row by row.
  public var rowMajor: [Double] {
    let (focal, centre) = (intrinsics.focalLength, intrinsics.principalPoint)
    return [focal.x, 0, 0, 0, focal.y, 0, centre.x, centre.y, 1, 0, 0, 0]
  }

  /// From the twelve numbers row by row.
  ///
  /// - Returns: nil unless they are a plausible camera without skew. A matrix for column vectors has its
  ///   principal point elsewhere and gives nil too.
  public init?(rowMajor numbers: some Collection<Double>) {
    let n = Array(numbers)
    guard n.count == 12 else { return nil }
    self.init(
      Intrinsics(focalLength: SIMD2(n[0], n[4]), principalPoint: SIMD2(n[6], n[7])))
    guard intrinsics.isPlausible, rowMajor == n else { return nil }
  }
}

extension Intrinsics {
  /// TRG's K_crop: the camera of a square crop that was scaled to `size` pixels on each side (FORMATS §11.7).
  ///
  /// It scales the crop's width to `size`, while TRG's warp scales it to `size` − 1. So pixels of the scaled crop
  /// are off by up to one.
  /// - Parameters:
  ///   - corner: the crop's left and top in the image, in pixels.
  ///   - side: its length in the image's pixels.
  ///   - size: the scaled crop's side in pixels.
  public func cropped(corner: SIMD2<Double>, side: Double, size: Double) -> Intrinsics {
    let scale = size / side
    return Intrinsics(
      focalLength: scale * focalLength, principalPoint: scale * (principalPoint - corner))
  }
}
