public import Geometry

/// Intersection over union of boxes that include their right and bottom pixels, so that a width is
/// right − left + 1. The tools of WIDER FACE and the notebooks of img2pose count so (FORMATS §12.1, §12.7).
public enum PixelOverlap {
  /// From 0 to 1; boxes in pixels.
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
