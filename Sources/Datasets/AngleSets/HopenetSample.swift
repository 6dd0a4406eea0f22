public import Codecs
public import Geometry
public import Schema

/// A sample as Hopenet's loaders give it to the network (TARGETS §4.1; natanielruiz/deep-head-pose, code/datasets.py),
/// made of the files that `FileListWriter` writes.
///
/// Where the loader draws at random the middle is taken: k = 0.3 of 0.2 to 0.4 for 300W-LP, and the middle of the
/// resized face, which is neither mirrored nor blurred.
public struct HopenetSample: Sendable {
  /// The network's input, in pixels a side.
  public static let side = 224
  /// The shorter side that the face is resized to first, as in training.
  static let resized = 240

  /// The box that the files give: the bounds of `pt2d` as it is stored, or dockerface's.
  public let annotated: BoundingBox
  /// What is cut out of the image: the box widened, its sides truncated. It may reach beyond the image, where it is
  /// black.
  public let box: IntegerBox
  /// In radians, in the convention of Pose_Para.
  public let angles: EulerAngles
  /// The line of `files.txt`.
  public let line: String

  /// The classes of yaw, pitch and roll: 0 to 65, of 3° each from -99° on.
  public var bins: SIMD3<Int> {
    let degrees = angles.inDegrees
    func bin(_ angle: Double) -> Int { Int(((angle + 99) / 3).rounded(.down)) }
    return SIMD3(bin(degrees.yaw), bin(degrees.pitch), bin(degrees.roll))
  }

  /// How far a box is widened, in its own width and height; right and bottom in those of the box that is widened on
  /// the left and above.
  private struct Margin {
    var (left, top, right, bottom): (Double, Double, Double, Double)

    init(_ dataset: AngleDataset) {
      switch dataset {
      case .mat(.threeHundredWLP): (left, top, right, bottom) = (0.18, 0.6, 0.18, 0.18)
      case .mat(.aflw2000): (left, top, right, bottom) = (0.4, 0.4, 0.4, 0.12)
      case .biwi: (left, top, right, bottom) = (0.21, 0.35, 0.21, 0.21)
      }
    }
  }

  /// - Throws: `LeftOutSample`.
  public init(of record: ImageRecord, imageSize: SIMD2<Int>) throws(LeftOutSample) {
    let listed = try ListedImage(record, for: .hopenet, hasImage: true)
    (angles, line) = (listed.angles, listed.line)
    annotated = try Self.annotatedBox(of: record, listed.dataset, imageSize)
    var box = annotated
    let margin = Margin(listed.dataset)
    box.left -= margin.left * box.width.magnitude
    box.top -= margin.top * box.height.magnitude
    box.right += margin.right * box.width.magnitude
    box.bottom += margin.bottom * box.height.magnitude
    guard let whole = IntegerBox(truncating: box), !whole.isEmpty else {
      throw LeftOutSample("images whose box has no area")
    }
    let (long, short) = (max(whole.width, whole.height), min(whole.width, whole.height))
    guard long <= 2 * imageSize.max(), long <= 32 * short else {
      throw LeftOutSample(
        "images whose box is over twice as large as they are, or over 32 times as long as wide")
    }
    self.box = whole
  }

  private static func annotatedBox(
    of record: ImageRecord, _ dataset: AngleDataset, _ size: SIMD2<Int>
  ) throws(LeftOutSample) -> BoundingBox {
    switch dataset {
    case .biwi:
      guard let face = BiwiContent.face(of: record),
        face.box.integers(inWidth: size.x, height: size.y) != nil
      else { throw LeftOutSample("images whose box has no area in the image") }
      // As the text of the file has the numbers.
      func read(_ side: Double) -> Double { Double(side.shortText) ?? side }
      return BoundingBox(
        left: read(face.box.left), top: read(face.box.top), right: read(face.box.right),
        bottom: read(face.box.bottom))
    case .mat(let form):
      var record = record
      (record.image.width, record.image.height) = (size.x, size.y)
      let content = MATFaceContent(
        record, form, isFlip: MATFacePaths(path: record.image.path).isFlip)
      if let obstacle = content.obstacle { throw LeftOutSample(obstacle) }
      guard let points = content.arrays.first(where: { $0.name == "pt2d" }), points.rows == 2
      else {
        throw LeftOutSample("images without the pt2d from which the loader takes their box")
      }
      let numbers = points.doubles
      let places = (0..<points.columns).map { SIMD2(numbers[$0], numbers[points.columns + $0]) }
      guard places.allSatisfy(PlausibleRange.coordinate.contains),
        let bounds = BoundingBox(around: places)
      else { throw LeftOutSample("images whose pt2d has no places in an image") }
      return bounds
    }
  }

  /// From the image's pixels to those of the network's input.
  public var map: PlanarMap {
    let (size, corner) = Self.resizing(SIMD2(box.width, box.height))
    let scale = SIMD2<Double>(size) / SIMD2(Double(box.width), Double(box.height))
    // Resizing maps the pixels' corners on each other.
    let shift = scale * (0.5 - SIMD2(Double(box.left), Double(box.top))) - 0.5
    return PlanarMap(
      xRow: SIMD2(scale.x, 0), yRow: SIMD2(0, scale.y), translation: shift - SIMD2<Double>(corner))
  }

  /// The network's input before its colours are normalised.
  public func picture(of image: PixelImage) -> PixelImage {
    let face = image.cut(columns: box.left..<box.right, rows: box.top..<box.bottom)
    let (size, corner) = Self.resizing(SIMD2(box.width, box.height))
    return face.resizedLikePillow(width: size.x, height: size.y)
      .cut(
        columns: corner.x..<corner.x + Self.side, rows: corner.y..<corner.y + Self.side)
  }

  /// The size after torchvision's `Scale(240)`, which truncates the longer side, and the first pixel of the middle 224.
  private static func resizing(_ size: SIMD2<Int>) -> (size: SIMD2<Int>, corner: SIMD2<Int>) {
    let long = { Int(Double(resized * size.max()) / Double(size.min())) }
    let new = size.x <= size.y ? SIMD2(resized, long()) : SIMD2(long(), resized)
    func corner(_ length: Int) -> Int {
      Int((Double(length - side) / 2).rounded(.toNearestOrEven))
    }
    return (new, SIMD2(corner(new.x), corner(new.y)))
  }
}
