/// An axis-aligned box in pixels: left, top, right, bottom, with right = left + width and bottom = top + height.
///
/// x grows to the right and y down. No order of the corners is enforced; see `isDegenerate`.
public struct BoundingBox: Sendable, Equatable {
  /// The least x, in pixels.
  public var left: Double
  /// The least y, in pixels.
  public var top: Double
  /// `left` plus the width, in pixels.
  public var right: Double
  /// `top` plus the height, in pixels.
  public var bottom: Double

  /// From its four sides, in pixels; any numbers are taken.
  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// From the top left corner and the size, as WIDER FACE writes boxes.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.init(left: x, top: y, right: x + width, bottom: y + height)
  }

  /// The smallest box that holds all points; nil where there are none.
  public init?(around points: some Collection<SIMD2<Double>>) {
    guard var low = points.first else { return nil }
    var high = low
    for point in points.dropFirst() {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    self.init(left: low.x, top: low.y, right: high.x, bottom: high.y)
  }

  /// The part that lies in an image of this size in pixels; with sides exchanged where none does.
  public func clipped(toWidth width: Int, height: Int) -> BoundingBox {
    BoundingBox(
      left: max(left, 0), top: max(top, 0), right: min(right, Double(width)),
      bottom: min(bottom, Double(height)))
  }

  /// In pixels; negative where left and right are exchanged.
  public var width: Double { right - left }
  /// In pixels; negative where top and bottom are exchanged.
  public var height: Double { bottom - top }
  /// The middle of the box, in pixels.
  public var centre: SIMD2<Double> { SIMD2((left + right) / 2, (top + bottom) / 2) }

  /// Whether the centre is in an image of this size in pixels: at least 0, and less than the size.
  public func isCentred(width: Int, height: Int) -> Bool {
    centre.x >= 0 && centre.y >= 0 && centre.x < Double(width) && centre.y < Double(height)
  }

  /// Whether the box has no area. Seven rows of the real WIDER FACE val set are so.
  public var isDegenerate: Bool { !(width > 0 && height > 0) }

  /// Whether some part of the box has area outside an image of this size.
  ///
  /// - Parameters:
  ///   - imageWidth: in pixels.
  ///   - imageHeight: in pixels.
  public func leaves(imageWidth: Int, imageHeight: Int) -> Bool {
    left < 0 || top < 0 || right > Double(imageWidth) || bottom > Double(imageHeight)
  }

  /// Whether no part of the box lies inside an image of this size.
  public func misses(imageWidth: Int, imageHeight: Int) -> Bool {
    right <= 0 || bottom <= 0 || left >= Double(imageWidth) || top >= Double(imageHeight)
  }

  /// The area that two boxes share, divided by the area that they cover together: 0 to 1. It is 0 where either
  /// box has no area.
  public func intersectionOverUnion(_ other: BoundingBox) -> Double {
    let sharedWidth = min(right, other.right) - max(left, other.left)
    let sharedHeight = min(bottom, other.bottom) - max(top, other.top)
    guard sharedWidth > 0, sharedHeight > 0 else { return 0 }
    let shared = sharedWidth * sharedHeight
    let covered = width * height + other.width * other.height - shared
    // This fails where a coordinate is not a number.
    return covered > 0 ? shared / covered : 0
  }
}

/// A box with whole-number corners, each coordinate truncated toward zero, as img2pose stores it.
public struct IntegerBox: Sendable, Equatable {
  /// The least x, in pixels.
  public var left: Int
  /// The least y, in pixels.
  public var top: Int
  /// `left` plus the width, in pixels.
  public var right: Int
  /// `top` plus the height, in pixels.
  public var bottom: Int

  /// From its four sides, in pixels; any numbers are taken.
  public init(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// Truncates each coordinate toward zero.
  ///
  /// - Returns: nil where a coordinate is 2³¹ or more in size, or is not a number.
  public init?(truncating box: BoundingBox) {
    func truncated(_ value: Double) -> Int? {
      guard value.magnitude < 2_147_483_648 else { return nil }
      return Int(value)
    }
    guard let left = truncated(box.left), let top = truncated(box.top),
      let right = truncated(box.right), let bottom = truncated(box.bottom)
    else { return nil }
    self.init(left: left, top: top, right: right, bottom: bottom)
  }

  /// In pixels; negative where left and right are exchanged.
  public var width: Int { right - left }
  /// In pixels; negative where top and bottom are exchanged.
  public var height: Int { bottom - top }
  /// Whether the box has no area.
  public var isEmpty: Bool { width <= 0 || height <= 0 }
}
