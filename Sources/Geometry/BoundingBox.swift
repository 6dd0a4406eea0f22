/// An axis-aligned box in pixels: left, top, right, bottom, with right = left + width.
public struct BoundingBox: Sendable, Equatable {
  public var left: Double
  public var top: Double
  public var right: Double
  public var bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// From the corner and size that WIDER FACE writes.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.init(left: x, top: y, right: x + width, bottom: y + height)
  }

  public var width: Double { right - left }
  public var height: Double { bottom - top }
  public var centre: SIMD2<Double> { SIMD2((left + right) / 2, (top + bottom) / 2) }

  /// Whether the box has no area, as seven real WIDER FACE val rows have.
  public var isDegenerate: Bool { !(width > 0 && height > 0) }

  /// Whether some part of the box has area outside an image of this size.
  public func leaves(imageWidth: Int, imageHeight: Int) -> Bool {
    left < 0 || top < 0 || right > Double(imageWidth) || bottom > Double(imageHeight)
  }

  /// Whether no part of the box lies inside an image of this size.
  public func misses(imageWidth: Int, imageHeight: Int) -> Bool {
    right <= 0 || bottom <= 0 || left >= Double(imageWidth) || top >= Double(imageHeight)
  }

  /// The area that two boxes share over the area that they cover together; 0 where either has none.
  public func intersectionOverUnion(_ other: BoundingBox) -> Double {
    let sharedWidth = min(right, other.right) - max(left, other.left)
    let sharedHeight = min(bottom, other.bottom) - max(top, other.top)
    guard sharedWidth > 0, sharedHeight > 0 else { return 0 }
    let shared = sharedWidth * sharedHeight
    let covered = width * height + other.width * other.height - shared
    // Not so where a coordinate is no number.
    return covered > 0 ? shared / covered : 0
  }
}

/// A box with whole-number corners, each coordinate truncated toward zero, as img2pose stores it.
public struct IntegerBox: Sendable, Equatable {
  public var left: Int
  public var top: Int
  public var right: Int
  public var bottom: Int

  public init(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// - Returns: nil where a coordinate is too large for 32 bits or not a number.
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

  public var width: Int { right - left }
  public var height: Int { bottom - top }
  public var isEmpty: Bool { width <= 0 || height <= 0 }
}
