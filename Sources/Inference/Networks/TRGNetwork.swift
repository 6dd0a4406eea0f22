internal import Codecs
internal import Geometry
internal import Schema

/// TRG (Chun and Chang, "6DoF Head Pose Estimation through Explicit Bidirectional Interaction with Face
/// Geometry", ECCV 2024). Its input is a square around the face, the square's place and the cameras. Its output
/// is a rotation, a correction of the square and the face's vertices, refined in three steps inside the network.
final class TRGNetwork: FaceNetwork {
  private let session: InferenceSession
  private let input: ModelManifest.Input
  private let hasLandmarks: Bool

  /// Six numbers of the rotation, three of the correction.
  private static let poseCount = 9

  init(_ model: UserModel, on runtime: OpenVINO) throws {
    let manifest = model.manifest
    self.input = manifest.input
    let side = try manifest.squareSide()
    try manifest.requirePlanes()
    try manifest.inputs.allowOnly(["image", "camera", "box"])
    try manifest.outputs.allowOnly(["pose", "vertices", "landmarks"])
    try manifest.numbers.allowOnly([])
    try manifest.tables.allowOnly([])
    func input(_ name: String, _ shape: [Int]) throws -> ModelInterface.Input {
      .init(name: try manifest.inputs.member(name).text(), shape: shape)
    }
    func output(_ name: String, _ shape: [Int]) throws -> ModelInterface.Output {
      .init(name: try manifest.outputs.member(name).text(), shape: shape)
    }
    var outputs = [
      try output("pose", [1, Self.poseCount]),
      try output("vertices", [1, ARKitMesh.vertexCount, 3]),
    ]
    hasLandmarks = manifest.outputs.value["landmarks"] != nil
    if hasLandmarks { outputs.append(try output("landmarks", [1, 68, 2])) }
    session = try InferenceSession(
      model.file,
      interface: ModelInterface(
        inputs: [
          try input("image", [1, 3, side, side]), try input("camera", [1, 4, 3]),
          try input("box", [1, 7]),
        ], outputs: outputs), on: runtime)
  }

  func predictions(
    for faces: [ShownFace], in image: PixelImage, camera: Intrinsics
  ) throws -> [NetworkPrediction?] {
    try faces.map { face in
      guard let square = FaceSquare(of: face) else { return nil }
      try write(square, of: image, camera)
      try session.run()
      let numbers = try session.withOutput(0) { numbers, _ in numbers.map(Double.init) }
      let vertices = try session.withOutput(1) { numbers, _ in
        (0..<ARKitMesh.vertexCount).map { i in
          SIMD3(
            Double(numbers[3 * i]), Double(numbers[3 * i + 1]), Double(numbers[3 * i + 2]))
        }
      }
      guard let pose = Self.pose(numbers, in: square, camera),
        vertices.allSatisfy({ ($0.x + $0.y + $0.z).isFinite })
      else { return nil }
      return NetworkPrediction(
        pose: .perspective(pose, frame: .arkit), landmarks: try landmarks(in: square),
        native: .arrays([
          ARKitMesh.native(vertices), NativeArray(name: "region_xyxy", square.edges),
          NativeArray(name: "image_size", image.size), NativeArray(name: "pose", numbers),
        ]))
    }
  }

  private func write(_ square: FaceSquare, of image: PixelImage, _ camera: Intrinsics) throws {
    let side = input.width
    try session.write(input: 0, shape: [1, 3, side, side]) {
      (numbers: UnsafeMutableBufferPointer<Float>) in
      square.fill(numbers, side: side, from: image)
      input.normalise(numbers)
    }
    let crop = camera.cropped(
      corner: square.corner, side: Double(square.width), size: Double(side))
    try write(RowCamera(crop).rowMajor, to: 1, shape: [1, 4, 3])
    // Left, top, right, bottom, focal length, height, width. The network takes the image's middle as the principal
    // point, and uses the size for nothing else. So it is given the size that puts the middle there.
    let size = 2 * camera.principalPoint
    try write(square.edges + [camera.focalLength.x, size.y, size.x], to: 2, shape: [1, 7])
  }

  private func write(_ values: [Double], to index: Int, shape: [Int]) throws {
    try session.write(input: index, shape: shape) {
      (numbers: UnsafeMutableBufferPointer<Float>) in
      for (i, value) in values.enumerated() { numbers[i] = Float(value) }
    }
  }

  /// Nil where the numbers are not a pose in front of the camera.
  private static func pose(
    _ numbers: [Double], in square: FaceSquare, _ camera: Intrinsics
  ) -> Extrinsics? {
    let correction = BoxCorrection(scale: numbers[6], offset: SIMD2(numbers[7], numbers[8]))
    guard let rotation = SixDLayout.trg.rotation(of: numbers[..<6]), correction.scale > 0,
      (correction.scale + correction.offset.sum()).isFinite
    else { return nil }
    return Extrinsics(
      rotation: rotation,
      translation: correction.translation(
        centre: square.centre, width: Double(square.width), camera: camera))
  }

  /// The landmarks of the landmark head, for which the square reaches from -1 to 1.
  private func landmarks(in square: FaceSquare) throws -> [SIMD2<Double>] {
    guard hasLandmarks else { return [] }
    let points = try session.withOutput(2) { numbers, _ in
      (0..<68).map { i in
        let point = SIMD2(Double(numbers[2 * i]), Double(numbers[2 * i + 1]))
        return square.corner + Double(square.width) / 2 * (point + 1)
      }
    }
    return points.allSatisfy { $0.sum().isFinite } ? points : []
  }
}
