public import Geometry

/// Intersection over union of boxes whose right and bottom pixels belong to them, so that a width is
/// right − left + 1. WIDER FACE's tools and img2pose's notebooks count so (FORMATS §12.1, §12.7).
public enum PixelOverlap {
  public static func of(_ a: BoundingBox, _ b: BoundingBox) -> Double {
    let width = min(a.right, b.right) - max(a.left, b.left) + 1
    guard width > 0 else { return 0 }
    let height = min(a.bottom, b.bottom) - max(a.top, b.top) + 1
    guard height > 0 else { return 0 }
    let shared = width * height
    return shared / (area(a) + area(b) - shared)
  }

  private static func area(_ box: BoundingBox) -> Double { (box.width + 1) * (box.height + 1) }
}
