public import Geometry

/// Another meaning that an annotation's numbers may have. Each reading names a fault, and undoes it.
public enum Reading: Sendable, Hashable {
  // For boxes and landmarks alike.

  /// x counted from the right edge: annotations of the mirrored image.
  case mirrored
  /// y counted from below.
  case upsideDown
  /// x and y exchanged.
  case swappedAxes
  /// In pixels of the same image at another size.
  case scaled(Double)
  /// In fractions of the image's width and height.
  case normalised
  /// In pixels of the image as it is seen with an EXIF orientation of 6 (turned a quarter to the right), 8 (to the
  /// left) or 3 (half a turn), instead of as it is stored.
  case turnedRight, turnedLeft, turnedAround

  // For boxes only.

  /// Two corners, read as corner and size.
  case cornersAsSize
  /// Corner and size, read as two corners.
  case sizeAsCorners
  /// Centre and size, read as corner and size.
  case centreAsCorner
  /// Corner and size, read as centre and size.
  case cornerAsCentre

  // For landmarks only.

  /// x counted from the right edge, with left and right points exchanged as in a mirrored face.
  case mirroredFace
  /// The face's left and right taken for the image's left and right.
  case exchangedSides
  /// x counted from the box's right edge, with the points in their usual order.
  case mirroredInBox
  /// Relative to the box's corner instead of the image's.
  case relativeToBox
  /// In fractions of the box, relative to its corner.
  case fractionsOfBox

  static let ofBoxes: [Reading] = [
    .cornersAsSize, .sizeAsCorners, .centreAsCorner, .cornerAsCentre, .mirrored, .swappedAxes,
    .upsideDown, .normalised, .turnedRight, .turnedLeft, .turnedAround,
  ]
  static let ofLandmarks: [Reading] = [
    .mirrored, .mirroredFace, .exchangedSides, .swappedAxes, .upsideDown, .mirroredInBox,
    .relativeToBox, .fractionsOfBox, .normalised, .turnedRight, .turnedLeft, .turnedAround,
  ]

  /// The box that was meant, if this is the fault.
  ///
  /// - Parameters:
  ///   - box: as it was annotated.
  ///   - size: the image's width and height in pixels.
  public func box(_ box: BoundingBox, in size: SIMD2<Double>) -> BoundingBox {
    switch self {
    case .mirrored:
      BoundingBox(
        left: size.x - box.right, top: box.top, right: size.x - box.left, bottom: box.bottom)
    case .upsideDown:
      BoundingBox(
        left: box.left, top: size.y - box.bottom, right: box.right, bottom: size.y - box.top)
    case .swappedAxes:
      BoundingBox(left: box.top, top: box.left, right: box.bottom, bottom: box.right)
    case .scaled(let k):
      BoundingBox(
        left: k * box.left, top: k * box.top, right: k * box.right, bottom: k * box.bottom)
    case .normalised:
      BoundingBox(
        left: size.x * box.left, top: size.y * box.top, right: size.x * box.right,
        bottom: size.y * box.bottom)
    case .cornersAsSize:
      BoundingBox(
        left: box.left, top: box.top, right: box.width, bottom: box.height)
    case .sizeAsCorners:
      BoundingBox(x: box.left, y: box.top, width: box.right, height: box.bottom)
    case .centreAsCorner:
      BoundingBox(
        x: box.left - box.width / 2, y: box.top - box.height / 2, width: box.width,
        height: box.height)
    case .cornerAsCentre:
      BoundingBox(
        x: box.left + box.width / 2, y: box.top + box.height / 2, width: box.width,
        height: box.height)
    case .turnedRight:
      BoundingBox(
        left: box.top, top: size.y - box.right, right: box.bottom, bottom: size.y - box.left)
    case .turnedLeft:
      BoundingBox(
        left: size.x - box.bottom, top: box.left, right: size.x - box.top, bottom: box.right)
    case .turnedAround:
      BoundingBox(
        left: size.x - box.right, top: size.y - box.bottom, right: size.x - box.left,
        bottom: size.y - box.top)
    case .mirroredFace, .exchangedSides, .mirroredInBox, .relativeToBox, .fractionsOfBox: box
    }
  }

  /// The five points that were meant, if this is the fault.
  ///
  /// - Parameters:
  ///   - points: in the order of `face-5`; nil for a missing point.
  ///   - box: the face's box as annotated.
  ///   - size: the image's width and height in pixels.
  public func points(
    _ points: [SIMD2<Double>?], of box: BoundingBox, in size: SIMD2<Double>
  ) -> [SIMD2<Double>?] {
    func each(_ change: (SIMD2<Double>) -> SIMD2<Double>) -> [SIMD2<Double>?] {
      points.map { $0.map(change) }
    }
    // Left and right of the five points exchanged: eyes, nose, mouth corners.
    func exchanged(_ p: [SIMD2<Double>?]) -> [SIMD2<Double>?] { [p[1], p[0], p[2], p[4], p[3]] }
    // Pixel centres are whole numbers, so the mirror image of pixel x is w - 1 - x.
    return switch self {
    case .mirrored: each { SIMD2(size.x - 1 - $0.x, $0.y) }
    case .upsideDown: each { SIMD2($0.x, size.y - 1 - $0.y) }
    case .swappedAxes: each { SIMD2($0.y, $0.x) }
    case .scaled(let k): each { k * $0 }
    case .normalised: each { $0 * size }
    case .turnedRight: each { SIMD2($0.y, size.y - 1 - $0.x) }
    case .turnedLeft: each { SIMD2(size.x - 1 - $0.y, $0.x) }
    case .turnedAround: each { size - 1 - $0 }
    case .mirroredFace: exchanged(each { SIMD2(size.x - 1 - $0.x, $0.y) })
    case .exchangedSides: exchanged(points)
    case .mirroredInBox: each { SIMD2(box.left + box.right - $0.x, $0.y) }
    case .relativeToBox: each { $0 + SIMD2(box.left, box.top) }
    case .fractionsOfBox:
      each { SIMD2(box.left, box.top) + $0 * SIMD2(box.width, box.height) }
    case .cornersAsSize, .sizeAsCorners, .centreAsCorner, .cornerAsCentre: points
    }
  }
}

extension Reading {
  /// The stable name of the fault; the id of its finding is "boxes-" or "landmarks-" followed by this name.
  public var name: String {
    switch self {
    case .mirrored, .mirroredFace, .mirroredInBox: "mirrored"
    case .upsideDown: "upside-down"
    case .swappedAxes: "xy-swapped"
    case .scaled: "wrong-scale"
    case .normalised: "normalised"
    case .turnedRight, .turnedLeft, .turnedAround: "turned"
    case .cornersAsSize: "corners-read-as-size"
    case .sizeAsCorners: "size-read-as-corners"
    case .centreAsCorner: "centre-read-as-corner"
    case .cornerAsCentre: "corner-read-as-centre"
    case .exchangedSides: "sides-exchanged"
    case .relativeToBox, .fractionsOfBox: "relative-to-box"
    }
  }

  /// What the annotation looks like, in words.
  var fault: String {
    switch self {
    case .mirrored, .mirroredFace, .mirroredInBox: "look mirrored"
    case .upsideDown: "look upside down"
    case .swappedAxes: "look as if x and y were exchanged"
    case .scaled: "look as if made on an image of another size"
    case .normalised: "look like fractions of the image's size"
    case .turnedRight, .turnedLeft, .turnedAround: "look as if made on the image turned upright"
    case .cornersAsSize: "look like x1 y1 x2 y2 read as x y w h"
    case .sizeAsCorners: "look like x y w h read as x1 y1 x2 y2"
    case .centreAsCorner: "look like centre and size read as corner and size"
    case .cornerAsCentre: "look like corner and size read as centre and size"
    case .exchangedSides: "look as if left and right points were exchanged"
    case .relativeToBox: "look relative to the box's corner"
    case .fractionsOfBox: "look like fractions of the box"
    }
  }

  /// What corrects the annotation, in words.
  var remedy: String {
    switch self {
    case .mirrored: "when x is flipped"
    case .mirroredFace: "when x is flipped and left and right points are exchanged"
    case .mirroredInBox: "when x is flipped inside the box"
    case .upsideDown: "when y is flipped"
    case .swappedAxes: "when x and y are exchanged"
    case .scaled(let k): "when multiplied by \(decimal(k, 3))"
    case .normalised: "when multiplied by the image's size"
    case .turnedRight: "when turned back a quarter to the left (EXIF orientation 6)"
    case .turnedLeft: "when turned back a quarter to the right (EXIF orientation 8)"
    case .turnedAround: "when turned by half (EXIF orientation 3)"
    case .cornersAsSize: "when the last two numbers are taken for a corner"
    case .sizeAsCorners: "when the last two numbers are taken for a size"
    case .centreAsCorner: "when the first two numbers are taken for the centre"
    case .cornerAsCentre: "when the first two numbers are taken for a corner"
    case .exchangedSides: "when left and right points are exchanged"
    case .relativeToBox: "when the box's corner is added"
    case .fractionsOfBox: "when multiplied by the box's size and its corner is added"
    }
  }
}

/// A number as text, with `decimals` digits after the point.
func decimal(_ number: Double, _ decimals: Int) -> String {
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let whole = Int((number.magnitude * scale).rounded())
  let sign = number < 0 && whole > 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(whole)" }
  let digits = String(whole % Int(scale))
  return "\(sign)\(whole / Int(scale))."
    + String(repeating: "0", count: decimals - digits.count) + digits
}
