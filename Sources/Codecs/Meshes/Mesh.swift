/// A triangle mesh as its file has it, in the file's own unit and axes.
public struct Mesh: Sendable, Equatable {
  /// In the file's order.
  public internal(set) var vertices: [SIMD3<Double>] = []
  /// 0-based vertices of each triangle; polygons are split into fans. Empty where the file has none.
  public internal(set) var triangles: [SIMD3<Int32>] = []

  /// Reads a Wavefront `.obj` or a Stanford `.ply` file. The path's extension decides which. A PLY may be ASCII,
  /// or binary of either byte order.
  ///
  /// Of an OBJ the lines `v` and `f` are read, of a PLY the element `vertex` with x, y and z and the lists of the
  /// element `face`. Coordinates may be NaN or infinite; the caller has to check those that it needs.
  ///
  /// - Throws: `FileError` where the file cannot be read, `MeshError` where it is not such a mesh.
  public init(contentsOf path: String) throws {
    let file = try MappedFile(path: path)
    let kind = path.lowercased()
    try file.withBytes { bytes in
      if kind.hasSuffix(".obj") {
        try readOBJ(bytes, name: path)
      } else if kind.hasSuffix(".ply") {
        try readPLY(bytes, name: path)
      } else {
        throw MeshError(name: path, line: nil, detail: "expected an .obj or .ply file")
      }
    }
  }

  /// Reads a Wavefront OBJ from memory.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what errors call it.
  /// - Throws: `MeshError` where it is not such a mesh.
  public init(obj bytes: UnsafeRawBufferPointer, name: String) throws(MeshError) {
    try readOBJ(bytes, name: name)
  }

  /// From its parts, which are not checked.
  public init(vertices: [SIMD3<Double>], triangles: [SIMD3<Int32>]) {
    (self.vertices, self.triangles) = (vertices, triangles)
  }

  /// The mesh as a Wavefront OBJ, with four digits behind the point. Numbers must be finite.
  public var obj: [UInt8] {
    func digits(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }
    var text: [UInt8] = []
    for vertex in vertices {
      text += "v \(digits(vertex.x)) \(digits(vertex.y)) \(digits(vertex.z))\n".utf8
    }
    for corners in triangles {
      text += "f \(corners.x &+ 1) \(corners.y &+ 1) \(corners.z &+ 1)\n".utf8
    }
    return text
  }

  init() {}

  /// Appends a polygon as triangles that share its first vertex. This covers a convex polygon exactly.
  mutating func addFan(_ polygon: [Int32]) {
    for i in 1..<polygon.count - 1 {
      triangles.append(SIMD3(polygon[0], polygon[i], polygon[i + 1]))
    }
  }
}

/// Why a file is not a mesh. The text names the file, and the line where one is to blame.
public struct MeshError: Error, Equatable, CustomStringConvertible {
  /// The file's, or what errors call it.
  public let name: String
  /// 1-based; nil for the whole file or its binary part.
  public let line: Int?
  /// "expected X, found Y".
  public let detail: String

  public var description: String {
    "\(name)\(line.map { ":\($0)" } ?? ""): \(detail)"
  }
}

/// Steps through the words of a text in memory, which are separated by white space, and counts lines.
struct MeshWords {
  let bytes: UnsafeRawBufferPointer
  let name: String
  var position = 0
  /// The current line, 1-based.
  var line = 1

  init(_ bytes: UnsafeRawBufferPointer, name: String) {
    self.bytes = bytes
    self.name = name
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The next word of this line; nil where there is none.
  mutating func next() -> UnsafeRawBufferPointer? {
    while position < bytes.count, bytes[position] <= 0x20, bytes[position] != 0x0A { position += 1 }
    let start = position
    while position < bytes.count, bytes[position] > 0x20 { position += 1 }
    return start < position ? UnsafeRawBufferPointer(rebasing: bytes[start..<position]) : nil
  }

  /// The next word of this or a later line.
  mutating func nextOfAnyLine() -> UnsafeRawBufferPointer? {
    while !isAtEnd {
      if let word = next() { return word }
      endLine()
    }
    return nil
  }

  /// Moves to the next line.
  mutating func endLine() {
    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
    guard position < bytes.count else { return }
    position += 1
    line += 1
  }

  func error(_ detail: String) -> MeshError { MeshError(name: name, line: line, detail: detail) }

  func error(expected: String, _ word: UnsafeRawBufferPointer?) -> MeshError {
    error("expected \(expected), found \(word.map { "'\(Self.text($0))'" } ?? "the line's end")")
  }

  /// A word as text, cut after 40 bytes.
  static func text(_ word: UnsafeRawBufferPointer) -> String {
    String(decoding: word.prefix(40), as: UTF8.self) + (word.count > 40 ? "…" : "")
  }

  static func number(_ word: UnsafeRawBufferPointer) -> Double? {
    Double(String(decoding: word, as: UTF8.self))
  }
}
