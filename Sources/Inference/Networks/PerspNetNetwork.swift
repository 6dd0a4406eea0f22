internal import Codecs
internal import Geometry
internal import Schema

/// PerspNet (Kao et al., "Toward 3D Face Reconstruction in Perspective Projection: Estimating 6DoF Face Pose
/// from Monocular Image", IEEE Transactions on Image Processing 2023). Its input is a square around the face.
/// Its output is a map of positions, a mask of the face and, for pixels chosen in the mask, scores of the
/// vertices that they may show. The vertices that those pixels show give the pose (FORMATS §13.3).
///
/// As in PerspNet's test the network is run twice: for the mask, then for pixels chosen at random in it.
final class PerspNetNetwork: FaceNetwork {
  private let session: InferenceSession
  private let input: ModelManifest.Input
  /// The number of pixels that are chosen.
  private let count: Int
  /// Where each vertex lies in the map, from 0 to 1.
  private let coordinates: [SIMD2<Float>]
  private let landmarkVertices: [Int]

  init(_ model: UserModel, on runtime: OpenVINO) throws {
    let manifest = model.manifest
    input = manifest.input
    let side = try manifest.squareSide()
    try manifest.requirePlanes()
    try manifest.inputs.allowOnly(["image", "choose"])
    try manifest.outputs.allowOnly(["uv", "segmentation", "correspondence"])
    try manifest.numbers.allowOnly(["points"])
    try manifest.tables.allowOnly(["uv", "landmarks"])
    count = try manifest.numbers.member("points").sizes(count: 1)[0]
    coordinates = try model.withTable("uv", PerspNetFace.coordinates)
    landmarkVertices = try model.withTable("landmarks", ARKitMesh.landmarkVertices)
    func output(_ name: String, _ shape: [Int]) throws -> ModelInterface.Output {
      .init(name: try manifest.outputs.member(name).text(), shape: shape)
    }
    session = try InferenceSession(
      model.file,
      interface: ModelInterface(
        inputs: [
          .init(name: try manifest.inputs.member("image").text(), shape: [1, 3, side, side]),
          .init(
            name: try manifest.inputs.member("choose").text(), shape: [1, count],
            element: .int64),
        ],
        outputs: [
          try output("uv", [1, 3, side, side]), try output("segmentation", [1, 2, side, side]),
          try output("correspondence", [1, count, ARKitMesh.vertexCount]),
        ]), on: runtime)
  }

  func predictions(
    for faces: [ShownFace], in image: PixelImage, camera: Intrinsics
  ) throws -> [NetworkPrediction?] {
    try faces.map { face in
      guard let square = FaceSquare(of: face) else { return nil }
      guard let choice = try chosenPixels(in: square, of: image) else { return nil }
      try run(choice)
      let vertices = try session.withOutput(0) { map, _ in
        PerspNetFace.vertices(map, side: input.width, at: coordinates)
      }
      guard let vertices else { return nil }
      return try session.withOutput(2) { scores, _ in
        prediction(
          PerspNetFace.shown(scores, of: vertices), choice, vertices, square, of: image, camera)
      }
    }
  }

  /// The chosen pixels of the input, in order and as many as the network takes; nil where the mask is empty.
  private func chosenPixels(in square: FaceSquare, of image: PixelImage) throws -> [Int]? {
    let side = input.width
    try session.write(input: 0, shape: [1, 3, side, side]) {
      (numbers: UnsafeMutableBufferPointer<Float>) in
      square.fill(numbers, side: side, from: image)
      input.normalise(numbers)
    }
    try run(Array(repeating: 0, count: count))
    return try session.withOutput(1) { scores, _ in
      let mask = (0..<side * side).filter { scores[side * side + $0] > scores[$0] }
      return PerspNetFace.choice(of: count, from: mask)
    }
  }

  private func run(_ choice: [Int]) throws {
    try session.write(input: 1, shape: [1, count]) { (numbers: UnsafeMutableBufferPointer<Int64>) in
      for (i, pixel) in choice.enumerated() { numbers[i] = Int64(pixel) }
    }
    try session.run()
  }

  private func prediction(
    _ shown: [SIMD3<Double>], _ choice: [Int], _ vertices: [SIMD3<Double>], _ square: FaceSquare,
    of image: PixelImage, _ camera: Intrinsics
  ) -> NetworkPrediction? {
    let side = input.width
    // If the mask has fewer pixels than are chosen, some are repeated.
    var seen = Set<Int>()
    let places = choice.indices.filter { seen.insert(choice[$0]).inserted }
    let points = places.map { shown[$0] }
    guard points.allSatisfy({ ($0.x + $0.y + $0.z).isFinite }) else { return nil }
    let pixels = places.map { i in
      square.place(
        of: SIMD2(Double(choice[i] % side), Double(choice[i] / side)), inputSide: side)
    }
    // A head behind the camera counts as a failure in PerspNet's test too.
    guard let fit = RobustPoseSolver().fit(points: points, pixels: pixels, camera: camera),
      fit.pose.translation.z > 0
    else { return nil }
    let landmarks = landmarkVertices.map { fit.pose.applied(to: vertices[$0]) }
    return NetworkPrediction(
      pose: .perspective(fit.pose, frame: .arkit),
      landmarks: landmarks.allSatisfy { $0.z > 0 } ? landmarks.map(camera.projection) : [],
      native: .arrays([
        ARKitMesh.native(vertices), NativeArray(name: "region_xyxy", square.edges),
        NativeArray(name: "image_size", image.size),
        NativeArray(
          name: "inliers", [Double(fit.inliers.count), Double(points.count), fit.reprojectionError]),
      ]))
  }
}
