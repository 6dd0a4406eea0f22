public import Geometry

/// A network with PerspNet's interface that is shown a face in one pose, whatever the image, but for weights
/// drawn at random by which the image moves its vertices and its mask a little.
///
/// It has a face of 1,220 vertices seen in the input by `camera` in `pose`. Scores are those of vertices near
/// a pixel; of the pixels a share is told another place.
public struct SmallPerspNet: Sendable {
  public let side: Int
  public let count: Int
  /// The camera of the input, and the face's pose in it.
  public let camera: Intrinsics
  public let pose: Extrinsics
  /// 3 x 3, added to the map: by coordinate and the pixel's channels.
  public let weights: [Float]
  /// 2 x 3, added to the mask's scores, that of no face first.
  private let light: [Float]
  private let mask: [Float]
  private let places: [SIMD2<Double>]

  static let columns = 20
  static let rows = 61
  /// Of the surface's own coordinates, from 0 to 1.
  public static let coordinates: [SIMD2<Double>] = (0..<1220).map { i in
    SIMD2(
      0.05 + 0.9 * Double(i % columns) / Double(columns - 1),
      0.05 + 0.9 * Double(i / columns) / Double(rows - 1))
  }

  /// Any 68 of the vertices.
  public static let landmarkVertices = (0..<68).map { 17 * $0 }

  /// In our axes, metres.
  public static func point(at place: SIMD2<Double>) -> SIMD3<Double> {
    let offset = place - 0.5
    return SIMD3(0.16 * offset.x, 0.2 * offset.y, -0.05 * (1 - 4 * (offset * offset).sum()))
  }

  /// - Parameters:
  ///   - outliers: the share of pixels that are told another place.
  ///   - light: 2 x 3, by which the image's channels are added to the mask's scores, that of no face first.
  public init(
    seed: UInt64 = 3, count: Int = 400, outliers: Double = 0.25,
    light: [Float] = [0.1, 0, 0, 0, 0.1, 0]
  ) {
    self.light = light
    side = 48
    self.count = count
    camera = Intrinsics(focalLength: [100, 100], principalPoint: [24, 23])
    pose = Extrinsics(
      rotation: Rotation(rotationVector: [0.2, -0.35, 0.1]), translation: [0.004, -0.002, 0.5])
    var random = SeededRandom(seed: seed)
    weights = (0..<9).map { _ in Float(random.uniform(-0.002...0.002)) }
    let pixels = (0..<side * side).map { SIMD2(Double($0 % 48), Double($0 / 48)) }
    mask = pixels.map { pixel in
      let offset = (pixel - [24, 23]) / [11, 15]
      return (offset * offset).sum() < 1 ? 1 : -1
    }
    places = pixels.map {
      guard random.uniform(0...1) < outliers else { return $0 }
      return SIMD2(random.uniform(10...38), random.uniform(6...40))
    }
  }

  public var network: ONNXNetwork {
    let sharpness = 2.0
    let seen = Self.coordinates.map { camera.projection(of: pose.applied(to: Self.point(at: $0))) }
    let map = (0..<side * side).map { i in
      9 * Self.point(at: (SIMD2(Double(i % side), Double(i / side)) + 0.5) / Double(side))
    }
    // In the dataset's axes.
    let maps = map.map(\.x) + map.map { -$0.y } + map.map { -$0.z }
    return ONNXNetwork(
      inputs: [("image", [1, 3, side, side]), ("choose", [1, count])],
      outputs: [
        ("uv", [1, 3, side, side]), ("segmentation", [1, 2, side, side]),
        ("correspondence", [1, count, 1220]),
      ],
      nodes: [
        .init("Conv", ["image", "weights"], "moved"), .init("Add", ["moved", "map"], "uv"),
        .init("Conv", ["image", "light"], "lit"), .init("Add", ["lit", "mask"], "segmentation"),
        .init("Gather", ["places", "choose"], "chosen"),
        .init("MatMul", ["chosen", "vertices"], "correspondence"),
      ],
      constants: [
        ("weights", [3, 3, 1, 1], weights), ("map", [1, 3, side, side], maps.map { Float($0) }),
        ("light", [2, 3, 1, 1], light),
        ("mask", [1, 2, side, side], mask.map { -$0 } + mask),
        ("places", [side * side, 3], places.flatMap { [Float($0.x), Float($0.y), 1] }),
        (
          "vertices", [3, 1220],
          (seen.map { 2 * sharpness * $0.x } + seen.map { 2 * sharpness * $0.y }
            + seen.map { -sharpness * ($0 * $0).sum() }).map { Float($0) }
        ),
      ], integerInputs: ["choose"])
  }

  /// Writes the network, its tables and a manifest; `changes` are of the manifest's text.
  ///
  /// - Returns: the manifest's path.
  public func write(to folder: String, changes: [(String, String)] = []) throws -> String {
    let numbers = Self.coordinates.flatMap { [Float($0.x), Float($0.y)] }
    let vertices = Self.landmarkVertices.flatMap { n in
      (0..<8).map { UInt8(truncatingIfNeeded: n >> (8 * $0)) }
    }
    return try SmallModel(
      network: network,
      manifest: [
        "\"adapter\": \"perspnet\"", SmallModel.input(side: side),
        "\"inputs\": {\"image\": \"image\", \"choose\": \"choose\"}",
        """
        "outputs": {"uv": "uv", "segmentation": "segmentation", "correspondence": "correspondence"}
        """, "\"numbers\": {\"points\": [\(count)]}",
      ],
      tables: [
        ("uv", "uv.npy", npyFile(numbers, shape: "(1220, 2)")),
        (
          "landmarks", "kpt.npy",
          npyFile(
            header: "{'descr': '<i8', 'fortran_order': False, 'shape': (68,), }", data: vertices)
        ),
      ]
    ).write(to: folder, changes: changes)
  }
}
