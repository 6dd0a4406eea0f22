/// A pinhole camera without skew or distortion: `u = fx X/Z + cx`, `v = fy Y/Z + cy`.
///
/// Pixels are 0-based, and the origin is the centre of the top left pixel. u grows to the right, v grows down.
/// Every reader converts to this.
public struct Intrinsics: Sendable, Equatable {
  /// Focal length along x and y, in pixels.
  public var focalLength: SIMD2<Double>
  /// Where the optical axis meets the image, in pixels.
  public var principalPoint: SIMD2<Double>

  /// From lengths in pixels; see `isPlausible` for what is accepted elsewhere.
  public init(focalLength: SIMD2<Double>, principalPoint: SIMD2<Double>) {
    self.focalLength = focalLength
    self.principalPoint = principalPoint
  }

  /// The camera that img2pose assumes where none is known: f = w + h, principal point (w // 2, h // 2) (FORMATS
  /// §8; vitoralbiero/img2pose, utils/json_loader.py).
  public static func widthPlusHeight(_ width: Int, _ height: Int) -> Intrinsics {
    Intrinsics(
      focalLength: SIMD2(repeating: Double(width + height)),
      principalPoint: SIMD2(Double(width / 2), Double(height / 2)))
  }

  /// Where a point of camera space appears, in pixels; meaningful for positive depth only.
  @inline(__always)
  public func projection(of point: SIMD3<Double>) -> SIMD2<Double> {
    focalLength * SIMD2(point.x, point.y) / point.z + principalPoint
  }
}

/// The rigid motion from object to camera axes: `X_cam = rotation * X + translation`.
///
/// The translation is in the unit of the points that it moves, which is metres in records.
public struct Extrinsics: Sendable, Equatable {
  /// From object axes to camera axes.
  public var rotation: Rotation
  /// Where the object's origin is in camera axes.
  public var translation: SIMD3<Double>

  /// From its two parts.
  public init(rotation: Rotation, translation: SIMD3<Double>) {
    self.rotation = rotation
    self.translation = translation
  }

  /// The position of an object point in camera axes.
  @inline(__always)
  public func applied(to point: SIMD3<Double>) -> SIMD3<Double> { rotation * point + translation }
}
