/// The range that a quantity may have: one gate for all readers, decoders and options.
///
/// No photograph, camera or head has numbers outside of it. Within it, everything computed from the numbers stays
/// finite and fits into whole numbers and files. So code behind the gate need not check again.
public struct PlausibleRange: Sendable {
  /// The least number that is accepted.
  public let least: Double
  /// The greatest number that is accepted.
  public let greatest: Double
  /// What is expected, for messages: "numbers under 1e9 in size".
  public let text: String

  private init(_ least: Double, _ greatest: Double, _ text: String) {
    (self.least, self.greatest, self.text) = (least, greatest, text)
  }

  private init(under limit: Double, _ text: String) {
    self.init(-limit.nextDown, limit.nextDown, text)
  }

  /// Positions in an image, in pixels: under 1e9 in size.
  public static let coordinate = PlausibleRange(under: 1e9, "numbers under 1e9 in size")
  /// Width or height of an image in pixels, 1 to 2²⁰. Codecs have the same limit.
  public static let imageSide = PlausibleRange(1, 1_048_576, "numbers from 1 to 1048576")
  /// Components of rotation vectors in radians, and of matrices and quaternions: under 1e3 in size.
  public static let rotation = PlausibleRange(under: 1e3, "numbers under 1e3 in size")
  /// Components of translations in metres: under 1e6 in size.
  public static let translation = PlausibleRange(under: 1e6, "numbers under 1e6 in size")
  /// Focal lengths in pixels: 1e-3 to 1e9.
  public static let focalLength = PlausibleRange(1e-3, 1e9, "numbers from 1e-3 to 1e9")
  /// Relative deviations: 0 to 100.
  public static let ratio = PlausibleRange(0, 100, "numbers from 0 to 100")
  /// Deviations, residuals, scores and everything else: under 1e30 in size, so that squares and sums are finite.
  public static let measure = PlausibleRange(under: 1e30, "numbers under 1e30 in size")

  /// Whether a number is in the range; false for NaN.
  @inline(__always)
  public func contains(_ value: Double) -> Bool { value >= least && value <= greatest }

  /// Whether both components are in the range; false for NaN.
  @inline(__always)
  public func contains(_ value: SIMD2<Double>) -> Bool { contains(value.x) && contains(value.y) }

  /// Whether all components are in the range; false for NaN.
  @inline(__always)
  public func contains(_ value: SIMD3<Double>) -> Bool {
    contains(value.x) && contains(value.y) && contains(value.z)
  }
}

extension BoundingBox {
  /// Whether all sides are within `PlausibleRange.coordinate`.
  @inline(__always)
  public var isPlausible: Bool {
    let range = PlausibleRange.coordinate
    return range.contains(left) && range.contains(top) && range.contains(right)
      && range.contains(bottom)
  }
}

extension IntegerBox {
  /// Whether all sides are within `PlausibleRange.coordinate`.
  public var isPlausible: Bool {
    [left, top, right, bottom].allSatisfy { PlausibleRange.coordinate.contains(Double($0)) }
  }
}

extension Intrinsics {
  /// Whether focal lengths and principal point are within `PlausibleRange`.
  public var isPlausible: Bool {
    PlausibleRange.focalLength.contains(focalLength)
      && PlausibleRange.coordinate.contains(principalPoint)
  }
}

extension Extrinsics {
  /// Whether all numbers are within `PlausibleRange`. Nothing else is checked.
  public var isPlausible: Bool {
    let rows = rotation.rows
    return PlausibleRange.translation.contains(translation)
      && [rows.0, rows.1, rows.2].allSatisfy(PlausibleRange.rotation.contains)
  }
}
