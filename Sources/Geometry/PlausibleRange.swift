/// Which numbers a quantity may have: the one gate that every reader, decoder and option passes.
///
/// No photograph, camera or head has others, and within these all that is computed from them stays a number
/// that whole numbers and files can hold. So what is behind the gate need not ask again.
public struct PlausibleRange: Sendable {
  public let least: Double
  public let greatest: Double
  /// What is expected, for messages: "numbers under 1e9 in size".
  public let text: String

  private init(_ least: Double, _ greatest: Double, _ text: String) {
    (self.least, self.greatest, self.text) = (least, greatest, text)
  }

  private init(under limit: Double, _ text: String) {
    self.init(-limit.nextDown, limit.nextDown, text)
  }

  /// Places in an image, in pixels.
  public static let coordinate = PlausibleRange(under: 1e9, "numbers under 1e9 in size")
  /// Width or height of an image in pixels; what codecs hold images to.
  public static let imageSide = PlausibleRange(1, 1_048_576, "numbers from 1 to 1048576")
  /// Components of rotation vectors, in radians, and of matrices and quaternions.
  public static let rotation = PlausibleRange(under: 1e3, "numbers under 1e3 in size")
  /// Metres.
  public static let translation = PlausibleRange(under: 1e6, "numbers under 1e6 in size")
  /// Pixels.
  public static let focalLength = PlausibleRange(1e-3, 1e9, "numbers from 1e-3 to 1e9")
  /// Deviations, residuals, scores and all else: finite, as are squares and sums of them.
  public static let measure = PlausibleRange(under: 1e30, "numbers under 1e30 in size")

  /// False of what is no number, too.
  @inline(__always)
  public func contains(_ value: Double) -> Bool { value >= least && value <= greatest }

  @inline(__always)
  public func contains(_ value: SIMD2<Double>) -> Bool { contains(value.x) && contains(value.y) }

  @inline(__always)
  public func contains(_ value: SIMD3<Double>) -> Bool {
    contains(value.x) && contains(value.y) && contains(value.z)
  }
}

extension BoundingBox {
  /// Whether all corners are coordinates.
  @inline(__always)
  public var isPlausible: Bool {
    let range = PlausibleRange.coordinate
    return range.contains(left) && range.contains(top) && range.contains(right)
      && range.contains(bottom)
  }
}

extension IntegerBox {
  /// Whether all corners are coordinates.
  public var isPlausible: Bool {
    [left, top, right, bottom].allSatisfy { PlausibleRange.coordinate.contains(Double($0)) }
  }
}

extension Intrinsics {
  /// Whether it is a camera that there may be.
  public var isPlausible: Bool {
    PlausibleRange.focalLength.contains(focalLength)
      && PlausibleRange.coordinate.contains(principalPoint)
  }
}

extension Extrinsics {
  /// Whether it is a pose that a head may have; only so far as its numbers go.
  public var isPlausible: Bool {
    let rows = rotation.rows
    return PlausibleRange.translation.contains(translation)
      && [rows.0, rows.1, rows.2].allSatisfy(PlausibleRange.rotation.contains)
  }
}
