/// A network with TRG's interface and random weights: sums of the means of nine squares and of the numbers
/// of camera and box.
public struct SmallTRG: Sendable {
  public let side = 48
  /// 27 x 9, 12 x 9 and 7 x 9: of the squares' means by channel, row and column; of the camera; of the box.
  public let ofImage: [Float]
  public let ofCamera: [Float]
  public let ofBox: [Float]
  /// A frontal head in the middle of the box.
  public let pose: [Float] = [1, 0, 0, 1, 0, 0, 1.1, 0.05, -0.17]
  /// 1,220 x 3 in our axes, metres.
  public let vertices: [Float]
  /// 68 x 2, from -1 to 1.
  public let landmarks: [Float]

  public init(seed: UInt64 = 5) {
    var random = SeededRandom(seed: seed)
    func numbers(_ count: Int, _ range: ClosedRange<Double>) -> [Float] {
      (0..<count).map { _ in Float(random.uniform(range)) }
    }
    ofImage = numbers(27 * 9, -0.02...0.02)
    ofCamera = numbers(12 * 9, -1e-4...1e-4)
    ofBox = numbers(7 * 9, -1e-4...1e-4)
    vertices = numbers(1220 * 3, -0.1...0.1)
    landmarks = numbers(68 * 2, -0.9...0.9)
  }

  public var network: ONNXNetwork {
    ONNXNetwork(
      inputs: [("image", [1, 3, side, side]), ("camera", [1, 4, 3]), ("box", [1, 7])],
      outputs: [("pose", [1, 9]), ("vertices", [1, 1220, 3]), ("landmarks", [1, 68, 2])],
      nodes: [
        .init(
          "AveragePool", ["image"], "squares",
          attributes: [("kernel_shape", [16, 16]), ("strides", [16, 16])]),
        .init("Flatten", ["squares"], "row"), .init("MatMul", ["row", "of_image"], "a"),
        .init("Flatten", ["camera"], "numbers"), .init("MatMul", ["numbers", "of_camera"], "b"),
        .init("MatMul", ["box", "of_box"], "c"), .init("Add", ["a", "b"], "ab"),
        .init("Add", ["ab", "c"], "abc"), .init("Add", ["abc", "frontal"], "pose"),
        .init("Add", ["mesh", "zero"], "vertices"), .init("Add", ["points", "zero"], "landmarks"),
      ],
      constants: [
        ("of_image", [27, 9], ofImage), ("of_camera", [12, 9], ofCamera),
        ("of_box", [7, 9], ofBox), ("frontal", [1, 9], pose),
        ("mesh", [1, 1220, 3], vertices), ("points", [1, 68, 2], landmarks), ("zero", [1], [0]),
      ])
  }

  /// Writes the network and a manifest; `changes` are of the manifest's text.
  ///
  /// - Returns: the manifest's path.
  public func write(to folder: String, changes: [(String, String)] = []) throws -> String {
    try SmallModel(
      network: network,
      manifest: [
        "\"adapter\": \"trg\"", SmallModel.input(side: side),
        "\"inputs\": {\"image\": \"image\", \"camera\": \"camera\", \"box\": \"box\"}",
        "\"outputs\": {\"pose\": \"pose\", \"vertices\": \"vertices\", \"landmarks\": \"landmarks\"}",
      ]
    ).write(to: folder, changes: changes)
  }
}
