internal import Codecs
internal import Foundation

/// A network with its manifest and tables, written as files.
public struct SmallModel {
  var network: ONNXNetwork
  /// Without "model", which is made of the network, and with "tables" made of the files.
  var manifest: [String]
  var tables: [(name: String, file: String, bytes: [UInt8])] = []

  /// - Parameter changes: texts of the manifest and what stands in their place.
  /// - Returns: the manifest's path.
  func write(to folder: String, changes: [(String, String)]) throws -> String {
    func add(_ bytes: [UInt8], as file: String) throws -> String {
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + file))
      return "{\"file\": \"\(file)\", \"sha256\": \"\(bytes.withUnsafeBytes(sha256(of:)))\"}"
    }
    var members = manifest
    members.append("\"model\": " + (try add(network.bytes, as: "small.onnx")))
    if !tables.isEmpty {
      let texts = try tables.map { "\"\($0.name)\": " + (try add($0.bytes, as: $0.file)) }
      members.append("\"tables\": {" + texts.joined(separator: ", ") + "}")
    }
    var text = "{" + members.joined(separator: ",\n ") + "}\n"
    for (old, new) in changes { text = text.replacingOccurrences(of: old, with: new) }
    let path = folder + "/small.json"
    try TestSupport.write(text, to: path)
    return path
  }

  /// The "input" of a network that takes RGB as PyTorch's own networks do.
  static func input(side: Int) -> String {
    """
    "input": {"size": [\(side), \(side)], "channels": "rgb", "mean": [123.675, 116.28, 103.53],
              "scale": [0.017124753831663668, 0.01750700280112045, 0.017429193899782137]}
    """
  }

  /// RGB from 0 to 255 as the network is given it.
  public static func normalised(_ pixel: [Float]) -> [Float] {
    let mean: [Float] = [123.675, 116.28, 103.53]
    let scale: [Float] = [0.017124753831663668, 0.01750700280112045, 0.017429193899782137]
    return (0..<3).map { (pixel[$0] - mean[$0]) * scale[$0] }
  }
}
