internal import Codecs
internal import Foundation

/// A network of a known interface with random weights, and the manifest that goes with it.
///
/// Its outputs are sums of a few means of the input: an output of several rows is one product of the means with
/// a stack of matrices.
public struct SmallNetwork: Sendable {
  /// For each row of an output: its numbers are those of the means times `weights`, plus `bias`.
  public struct Output: Sendable {
    public let name: String
    public let rows: Int
    public let columns: Int
    /// rows x means x columns.
    public let weights: [Float]
    /// rows x columns.
    public let bias: [Float]
    /// What stands after the sums: operations of one input and one output.
    var ending: [(operation: String, attributes: [(name: String, values: [Int])])]
    var shape: ONNXNetwork.Shape

    /// What it is for an input with these means.
    public func numbers(of means: [Float]) -> [Float] {
      (0..<rows * columns).map { i in
        let (row, column) = (i / columns, i % columns)
        return means.indices.reduce(bias[i]) {
          $0 + means[$1] * weights[(row * means.count + $1) * columns + column]
        }
      }
    }
  }

  public let outputs: [Output]
  private let input: ONNXNetwork.Shape
  /// How many pixels wide and high are the squares whose means are taken; nil for the whole input's.
  private let square: Int?
  /// The manifest without its hash, which stands for `%`.
  private let manifest: String

  public var network: ONNXNetwork {
    var nodes: [ONNXNetwork.Node] = []
    var constants: [(name: String, shape: [Int], values: [Float])] = []
    if let square {
      nodes.append(
        .init(
          "AveragePool", ["input"], "squares",
          attributes: [("kernel_shape", [square, square]), ("strides", [square, square])]))
    } else {
      nodes.append(.init("GlobalAveragePool", ["input"], "squares"))
    }
    nodes.append(.init("Flatten", ["squares"], "means"))
    for output in outputs {
      let (weights, bias) = (output.name + "_weights", output.name + "_bias")
      let means = output.weights.count / (output.rows * output.columns)
      constants.append((weights, [output.rows, means, output.columns], output.weights))
      constants.append((bias, [output.rows, 1, output.columns], output.bias))
      nodes.append(.init("MatMul", ["means", weights], output.name + "_sums"))
      nodes.append(.init("Add", [output.name + "_sums", bias], output.name + "_0"))
      for (i, step) in output.ending.enumerated() {
        let isLast = i == output.ending.count - 1
        nodes.append(
          .init(
            step.operation, ["\(output.name)_\(i)"],
            isLast ? output.name : "\(output.name)_\(i + 1)",
            attributes: step.attributes))
      }
    }
    return ONNXNetwork(
      inputs: [("input", input)], outputs: outputs.map { ($0.name, $0.shape) }, nodes: nodes,
      constants: constants)
  }

  /// Writes the network and a manifest; texts of the manifest are replaced by others.
  ///
  /// - Returns: the manifest's path.
  public func write(to folder: String, changes: [(String, String)] = []) throws -> String {
    let bytes = network.bytes
    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/small.onnx"))
    var text = manifest.replacingOccurrences(
      of: "%", with: bytes.withUnsafeBytes(sha256(of:)))
    for (old, new) in changes { text = text.replacingOccurrences(of: old, with: new) }
    let path = folder + "/small.json"
    try TestSupport.write(text, to: path)
    return path
  }
}

extension SmallNetwork {
  private static let asIs = """
    "channels": "rgb", "mean": [100, 110, 120], "scale": [0.01, 0.01, 0.02]
    """
  /// From rows x 1 x columns to 1 x rows x columns.
  private static let batched: (operation: String, attributes: [(name: String, values: [Int])]) = (
    "Transpose", [("perm", [1, 0, 2])]
  )

  private static func manifest(
    _ adapter: String, size: [Int], input: String = asIs, outputs: [String], numbers: String
  ) -> String {
    let names = outputs.map { "\"\($0)\": \"\($0)\"" }.joined(separator: ", ")
    return """
      {"adapter": "\(adapter)", "model": {"file": "small.onnx", "sha256": "%"},
       "input": {"size": \(size), \(input)}, "outputs": {\(names)}, "numbers": {\(numbers)}}
      """
  }

  private static func random(
    _ count: Int, _ size: Float, _ random: inout SeededRandom
  ) -> [Float] {
    (0..<count).map { _ in Float.random(in: -size...size, using: &random) }
  }

  /// RFB-320's: 32 x 24 pixels, 28 priors.
  public static func rfb(seed: UInt64 = 3, decodes: Bool = false) -> SmallNetwork {
    var random = SeededRandom(seed: seed)
    func output(_ name: String, _ columns: Int, _ ending: String, _ bias: [Float]) -> Output {
      Output(
        name: name, rows: 28, columns: columns,
        weights: Self.random(28 * 36 * columns, 0.2, &random), bias: bias,
        ending: [(ending, []), batched], shape: [1, 28, columns])
    }
    let scores = output("scores", 2, "Sigmoid", Self.random(56, 1, &random))
    let corners = (0..<28).flatMap { i -> [Float] in
      let (x, y) = (Float(i % 7) / 8, Float(i / 7) / 5)
      return [x, y, x + 0.2, y + 0.3]
    }
    // Decoded boxes are of the network's own making, and hardly move.
    let places =
      decodes
      ? Output(
        name: "boxes", rows: 28, columns: 4, weights: Self.random(28 * 36 * 4, 1e-3, &random),
        bias: corners, ending: [batched], shape: [1, 28, 4])
      : Output(
        name: "locations", rows: 28, columns: 4, weights: Self.random(28 * 36 * 4, 0.2, &random),
        bias: Self.random(112, 1, &random), ending: [batched], shape: [1, 28, 4])
    let priors = """
      , "strides": [8, 16], "min_boxes": [[6, 10], [14]], "variances": [0.1, 0.2]
      """
    return SmallNetwork(
      outputs: [scores, places], input: [1, 3, 24, 32], square: 8,
      manifest: manifest(
        "rfb-320", size: [32, 24], outputs: ["scores", places.name],
        numbers: "\"overlap\": 0.3" + (decodes ? "" : priors)))
  }

  /// img2pose's: images of any size, six proposals of which two are of the same face.
  public static func img2pose(seed: UInt64 = 4) -> SmallNetwork {
    var random = SeededRandom(seed: seed)
    let boxes: [Float] = [
      20.3, 30.8, 61.2, 83.9, 100.5, 40.2, 161.7, 110.4, 104.1, 42.9, 158.3, 113.6,
      -12.4, 60.5, 38.6, 122.7, 70.2, 80.1, 70.2, 99.4, 130.7, 90.3, 170.9, 150.1,
    ]
    // A score of the last is lower than any threshold in use.
    let scores: [Float] = [0.7, 0.9, 0.8, 0.6, 0.95, 0.01]
    let proposals = Output(
      name: "proposals", rows: 6, columns: 4, weights: Self.random(72, 0.5, &random), bias: boxes,
      ending: [("Flatten", [])], shape: [6, 4])
    let certainty = Output(
      name: "scores", rows: 6, columns: 1, weights: Self.random(18, 1e-3, &random), bias: scores,
      ending: [("Squeeze", [])], shape: [6])
    let dofs = Output(
      name: "dofs", rows: 6, columns: 6, weights: Self.random(108, 0.2, &random),
      bias: Self.random(36, 0.5, &random), ending: [("Flatten", [])], shape: [6, 6])
    return SmallNetwork(
      outputs: [proposals, certainty, dofs], input: [1, 3, nil, nil], square: nil,
      manifest: manifest(
        "img2pose", size: [240, 160], outputs: ["proposals", "scores", "dofs"],
        numbers: """
          "mean": [-0.02, 0.03, 0.01, 0.02, 0.1, 2.1], "stddev": [0.3, 0.5, 0.4, 0.05, 0.06, 0.3]
          """))
  }

  /// Dense-Head-Pose-Estimation's: 68 points near those of the mean face, and a camera near none.
  ///
  /// - Parameter places: of the 68 points in the input.
  public static func denseHeadPose(seed: UInt64 = 5, places: [SIMD2<Float>]) -> SmallNetwork {
    var random = SeededRandom(seed: seed)
    let identity: [Float] = [1, 0, 0, 30, 0, 1, 0, 40, 0, 0, 1, 50]
    let camera = Output(
      name: "camera", rows: 3, columns: 4, weights: Self.random(3 * 27 * 4, 0.05, &random),
      bias: identity, ending: [batched], shape: [1, 3, 4])
    let landmarks = Output(
      name: "landmarks", rows: 68, columns: 2, weights: Self.random(68 * 27 * 2, 0.3, &random),
      bias: places.flatMap { [$0.x, $0.y] }, ending: [batched], shape: [1, 68, 2])
    return SmallNetwork(
      outputs: [camera, landmarks], input: [1, 3, 120, 120], square: 40,
      manifest: manifest(
        "dense-head-pose", size: [120, 120], outputs: ["camera", "landmarks"], numbers: ""))
  }
}
