internal import Codecs
internal import Foundation

/// A network with 3DDFA_V2's interface and random weights: means of nine squares, then 62 sums of them.
public struct SmallTDDFA: Sendable {
  public let side = 120
  /// 27 x 62: by channel, row and column of squares.
  public let weights: [Float]
  public let bias: [Float]
  public let mean: [Float]
  public let deviation: [Float]

  public init(seed: UInt64 = 7) {
    var random = SeededRandom(seed: seed)
    weights = (0..<27 * 62).map { _ in Float.random(in: -0.1...0.1, using: &random) }
    bias = (0..<62).map { _ in Float.random(in: -0.5...0.5, using: &random) }
    // A frontal head in the middle of the input, as the published means are.
    let camera: [Float] = [4e-4, 0, 0, 60, 0, 4e-4, 0, 58, 0, 0, 4e-4, -70]
    mean = camera + Array(repeating: 0, count: 50)
    let deviations: [Float] = [9e-5, 5e-5, 1e-4, 3, 7e-5, 9e-5, 9e-5, 4, 1e-4, 9e-5, 8e-5, 9]
    deviation = deviations + Array(repeating: 1e5, count: 50)
  }

  public var network: ONNXNetwork {
    ONNXNetwork(
      inputs: [("input", [1, 3, side, side])], outputs: [("output", [1, 62])],
      nodes: [
        .init(
          "AveragePool", ["input"], "squares",
          attributes: [("kernel_shape", [40, 40]), ("strides", [40, 40])]),
        .init("Flatten", ["squares"], "row"), .init("MatMul", ["row", "weights"], "sums"),
        .init("Add", ["sums", "bias"], "output"),
      ], constants: [("weights", [27, 62], weights), ("bias", [1, 62], bias)])
  }

  /// Writes the network and a manifest; members of other names or values replace the manifest's.
  ///
  /// - Parameter changes: texts of the manifest and what stands in their place.
  /// - Returns: the manifest's path.
  public func write(to folder: String, changes: [(String, String)] = []) throws -> String {
    let bytes = network.bytes
    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/small.onnx"))
    func list(_ numbers: [Float]) -> String {
      "[" + numbers.map { "\($0)" }.joined(separator: ", ") + "]"
    }
    var manifest = """
      {"adapter": "3ddfa-v2",
       "model": {"file": "small.onnx", "sha256": "\(bytes.withUnsafeBytes(sha256(of:)))"},
       "input": {"size": [120, 120], "channels": "bgr", "mean": [127.5, 127.5, 127.5],
                 "scale": [0.0078125, 0.0078125, 0.0078125]},
       "outputs": {"parameters": "output"},
       "numbers": {"mean": \(list(mean)), "std": \(list(deviation))}}
      """
    for (old, new) in changes { manifest = manifest.replacingOccurrences(of: old, with: new) }
    let path = folder + "/small.json"
    try TestSupport.write(manifest, to: path)
    return path
  }
}
