internal import Codecs
internal import Geometry
internal import Rendering

/// The square of an image that one of 3DDFA's crops shows: where it is, and how it is turned.
///
/// The plain square is that of 3DDFA_V2's `parse_roi_box_from_landmark`: about the middle of the 68 points' box,
/// its side √2 times the box's longer one.
struct TDDFACrop {
  /// Of the plain square, in 0-based pixels of the image.
  private let centre: SIMD2<Double>
  private let side: Double
  /// From 0-based pixels of the image to those of the crop, as parameters mean them; a similarity.
  let map: PlanarMap
  private let isPlain: Bool

  /// How far a varied copy's square is moved at most, along x and along y, in sides of the plain one.
  static let shift = 0.1
  /// By how much the side of a varied copy's square is multiplied.
  static let scale = 0.9...1.1
  /// How far a varied copy is turned in the image plane at most, in radians.
  static let turn = Double.pi / 6

  /// The plain square; nil where it has no whole pixel.
  init?(of box: BoundingBox) {
    side = max(box.width, box.height) * 2.0.squareRoot()
    guard box.isPlausible, side >= 1 else { return nil }
    centre = box.centre
    map = Self.map(centre: centre, side: side, turn: 0)
    isPlain = true
  }

  /// The square moved, scaled and turned at random.
  init(_ plain: Self, varied random: inout SeededRandom) {
    (centre, side, isPlain) = (plain.centre, plain.side, false)
    let step = SIMD2(
      random.uniform(-Self.shift...Self.shift), random.uniform(-Self.shift...Self.shift))
    map = Self.map(
      centre: centre + side * step, side: side * random.uniform(Self.scale),
      turn: random.uniform(-Self.turn...Self.turn))
  }

  private static func map(centre: SIMD2<Double>, side: Double, turn: Double) -> PlanarMap {
    let size = Double(TDDFAParameters.side)
    return PlanarMap(
      scale: size / side, turn: turn, taking: centre, to: SIMD2(repeating: size / 2))
  }

  /// Whether the image shows none of the plain square, or so little that it cannot be meant.
  func misses(imageWidth: Int, imageHeight: Int) -> Bool {
    let corner = centre - side / 2
    let box = BoundingBox(x: corner.x, y: corner.y, width: side, height: side)
    return box.misses(imageWidth: imageWidth, imageHeight: imageHeight)
      || side > 8 * Double(max(imageWidth, imageHeight))
  }

  /// The crop, black beyond the image's rim.
  ///
  /// The plain one is V2's: edges rounded half to even, cut, and resized as OpenCV does. A resize maps the
  /// pixels' corners on each other, whereas the parameters' rule, which V2 undoes, maps their centres; so the
  /// picture lies (k − 1) / 2 pixels of the crop beside the parameters, k = 120 / side. Varied copies do the same.
  func picture(of image: PixelImage) -> PixelImage {
    guard isPlain else {
      let size = TDDFAParameters.side
      var shown = map
      shown.translation += (length(map.yRow) - 1) / 2
      return image.warped(by: shown, width: size, height: size)
    }
    return plainPicture(imageWidth: image.width, imageHeight: image.height) {
      image.cut(columns: $0, rows: $1)
    }
  }

  /// The plain crop, of an image of which only a part is there.
  ///
  /// - Parameter part: gives the pixels of columns and rows, which the image has and which are not empty.
  func plainPicture(
    imageWidth: Int, imageHeight: Int, part: (Range<Int>, Range<Int>) throws -> PixelImage
  ) rethrows -> PixelImage {
    func range(_ start: Double) -> Range<Int> {
      let first = Int(start.rounded(.toNearestOrEven))
      return first..<max(first + 1, Int((start + side).rounded(.toNearestOrEven)))
    }
    let size = TDDFAParameters.side
    let corner = centre - side / 2
    let (columns, rows) = (range(corner.x), range(corner.y))
    let shown = (
      columns: columns.clamped(to: 0..<imageWidth), rows: rows.clamped(to: 0..<imageHeight)
    )
    guard !shown.columns.isEmpty, !shown.rows.isEmpty else {
      return PixelImage(width: size, height: size)
    }
    var square = try part(shown.columns, shown.rows)
    if shown.columns != columns || shown.rows != rows {
      square = square.cut(
        columns: columns.moved(by: -shown.columns.lowerBound),
        rows: rows.moved(by: -shown.rows.lowerBound))
    }
    return square.resizedLikeOpenCV(width: size, height: size)
  }
}

extension Range<Int> {
  fileprivate func moved(by step: Int) -> Self { lowerBound + step..<upperBound + step }
}
