internal import Codecs
internal import Schema

/// Which vertices of a mesh are a layout's landmarks, as listed in a file.
struct LandmarkIndices {
  /// 5 or 68 vertices, 0-based, in the layout's order.
  private(set) var vertices: [Int] = []
  private let path: String
  /// For a text, the line of each vertex; empty for an array.
  private var lines: [Int] = []

  /// - Parameters:
  ///   - path: a `.npy` of integers, or a text of integers between white space or commas, with comments after
  ///     `#`.
  ///   - count: the number of the mesh's vertices.
  init(contentsOf path: String, vertices count: Int) throws {
    self.path = path
    let file = try MappedFile(path: path)
    if path.lowercased().hasSuffix(".npy") {
      vertices = try file.withBytes { try NPYArray($0, name: path).integers() }
    } else {
      try file.withBytes { try read($0) }
    }
    guard let layout = Landmarks.Layout.ofFaceModel(points: vertices.count) else {
      throw FaceModelError(path, "landmarks: expected 5 or 68 vertices, found \(vertices.count)")
    }
    var owners: [Int: Int] = [:]
    for (i, vertex) in vertices.enumerated() {
      guard (0..<count).contains(vertex) else {
        throw FaceModelError(
          place(of: i),
          "landmark \(i): expected a vertex from 0 to \(count - 1), found \(vertex)")
      }
      if let other = owners[vertex], !Self.mayShare(other, i, layout) {
        throw FaceModelError(
          place(of: i),
          "landmark \(i): expected a vertex of its own, found landmark \(other)'s, \(vertex)")
      }
      owners[vertex] = i
    }
  }

  /// Where a closed mouth's lips meet, inner lip points share vertices with each other and with the corners.
  private static func mayShare(_ first: Int, _ second: Int, _ layout: Landmarks.Layout) -> Bool {
    layout == .ibug68 && first >= 48 && second >= 60
  }

  private func place(of index: Int) -> String {
    lines.isEmpty ? path : "\(path):\(lines[index])"
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    for (i, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let content = line.prefix { $0 != UInt8(ascii: "#") }
      for word in content.split(whereSeparator: { $0 <= 0x20 || $0 == UInt8(ascii: ",") }) {
        guard let vertex = Int(String(decoding: word, as: UTF8.self)) else {
          throw FaceModelError(
            "\(path):\(i + 1)",
            "landmarks: expected 0-based vertices, found '\(String(decoding: word.prefix(40), as: UTF8.self))'"
          )
        }
        vertices.append(vertex)
        lines.append(i + 1)
      }
    }
  }
}
