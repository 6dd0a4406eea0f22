internal import Codecs
internal import Geometry
internal import Schema

/// The alignment networks of Dense-Head-Pose-Estimation (1996scarlet; sparse_face and dense_face). Their input
/// is a square around the face; their output a camera matrix and points.
///
/// The square's side is 1.35 times the box's longer side. `camera` is 1 x 3 x 3 or has more columns; the
/// first three are the rotation, transposed for points as row vectors and with y up. `landmarks` is
/// 1 x 68 x 2 or 1 x N x 3 in pixels of the input; for a dense model `indices` says which points are the 68.
/// The authors' demonstration ignores boxes narrower than 100 pixels; here all are used.
final class DenseHeadPoseNetwork: FaceNetwork {
  private let session: InferenceSession
  private let name: String
  private var input: NetworkInput
  private let indices: [Int]

  init(_ model: UserModel, on runtime: OpenVINO) throws {
    let manifest = model.manifest
    name = model.file.name
    input = NetworkInput(manifest.input)
    try manifest.squareSide()
    try manifest.outputs.allowOnly(["camera", "landmarks"])
    try manifest.numbers.allowOnly(["indices"])
    let chosen = try manifest.numbers.optionalMember("indices")
    indices = try chosen?.indices(count: 68) ?? Array(0..<68)
    session = try InferenceSession(
      model.file,
      interface: ModelInterface(
        input: input.shape,
        outputs: [
          .init(name: try manifest.outputs.member("camera").text(), shape: [1, 3, nil]),
          .init(
            name: try manifest.outputs.member("landmarks").text(),
            shape: [1, chosen == nil ? 68 : nil, nil]),
        ]), on: runtime)
  }

  func predictions(
    for faces: [ShownFace], in image: PixelImage, camera: Intrinsics
  ) throws -> [NetworkPrediction?] {
    try faces.map { face in
      guard let crop = Self.crop(of: face.box, side: input.form.width) else { return nil }
      try session.run(shape: input.shape) { input.fill($0, from: crop.pixels(of: image)) }
      let matrix = try session.withOutput(0) { numbers, shape in
        try require(shape[2] >= 3, "three columns or more of the camera", shape[2])
        return (0..<3).map { row in (0..<3).map { Double(numbers[row * shape[2] + $0]) } }
      }
      let points = try session.withOutput(1) { numbers, shape in
        try require(shape[2] >= 2, "two coordinates or more a landmark", shape[2])
        try require(indices.allSatisfy { $0 < shape[1] }, "points for all indices", shape[1])
        return indices.map { i in
          crop.place(
            of: SIMD2(Double(numbers[i * shape[2]]), Double(numbers[i * shape[2] + 1])))
        }
      }
      guard let rotation = Self.rotation(matrix),
        let pose = WeakPerspectivePose(
          rotation: rotation, showing: MeanFace.ibug68Points, at: points, imageHeight: image.height)
      else { return nil }
      return NetworkPrediction(
        pose: .weakPerspective(pose), landmarks: points,
        native: .object(Self.native(matrix, crop, of: image)))
    }
  }

  private func require(
    _ isMet: Bool, _ expected: String, _ found: Int
  ) throws(InferenceError) {
    guard isMet else {
      throw InferenceError(model: name, detail: "expected \(expected), found \(found)")
    }
  }

  /// Nil for a box without area, or one that is too large for any image.
  static func crop(of box: BoundingBox, side: Int) -> ScaledCrop? {
    guard !box.isDegenerate else { return nil }
    let extent = max(box.width, box.height) * 2.7 / 2
    return ScaledCrop(
      left: box.centre.x - extent / 2, top: box.centre.y - extent / 2,
      pixel: extent / Double(side), side: side)
  }

  /// The canonical rotation nearest to a matrix whose columns are its rows times a scale; nil where the matrix is
  /// not near a rotation.
  static func rotation(_ matrix: [[Double]]) -> Rotation? {
    func column(_ i: Int) -> SIMD3<Double> { SIMD3(matrix[0][i], matrix[1][i], matrix[2][i]) }
    let columns = (column(0), column(1), column(2))
    let lengths = (length(columns.0), length(columns.1), length(columns.2))
    guard (lengths.0 * lengths.1 * lengths.2).isFinite,
      min(lengths.0, lengths.1, lengths.2) > 0
    else { return nil }
    let (x, y, z) = (columns.0 / lengths.0, columns.1 / lengths.1, columns.2 / lengths.2)
    guard dot(x, cross(y, z)) > 0.02 else { return nil }
    return Rotation.polarFactor(ofRows: x, y, z).inYUpAxes
  }

  private static func native(
    _ camera: [[Double]], _ crop: ScaledCrop, of image: PixelImage
  ) -> JSONValue {
    func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .double($0) }) }
    let extent = crop.pixel * Double(crop.side)
    return .object([
      (
        "dense_head_pose",
        .object([
          ("image_size", .array([.integer(image.width), .integer(image.height)])),
          (
            "region_xyxy",
            numbers([crop.left, crop.top, crop.left + extent, crop.top + extent])
          ),
          ("camera", .array(camera.map(numbers))),
        ])
      )
    ])
  }
}

extension WeakPerspectivePose {
  /// The scale and place for which a known rotation shows points nearest to their seen places, by least squares.
  ///
  /// - Parameters:
  ///   - points: canonical, in metres.
  ///   - places: where the points are seen, in pixels.
  /// - Returns: nil where the scale would not be positive, or a place is not finite.
  init?(
    rotation: Rotation, showing points: [SIMD3<Double>], at places: [SIMD2<Double>],
    imageHeight: Int
  ) {
    let turned = points.map { point in
      let place = rotation * point
      return SIMD2(place.x, place.y)
    }
    let count = Double(points.count)
    let centre = turned.reduce(.zero, +) / count
    let seen = places.reduce(.zero, +) / count
    var (shared, own) = (0.0, 0.0)
    for (point, place) in zip(turned, places) {
      let offset = point - centre
      shared += (offset * (place - seen)).sum()
      own += (offset * offset).sum()
    }
    let scale = shared / own
    guard scale.isFinite, scale > 0 else { return nil }
    let origin = seen - scale * centre
    self.init(
      rotation: rotation, offset: SIMD3(origin.x + 1, Double(imageHeight) - origin.y, 0),
      scale: scale * Self.metresPerUnit)
  }
}
