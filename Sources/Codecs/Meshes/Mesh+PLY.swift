extension Mesh {
  /// Reads x, y and z of the element `vertex` and the list `vertex_indices` (or `vertex_index`) of the element
  /// `face` of a PLY file, and skips all other properties and elements.
  mutating func readPLY(_ bytes: UnsafeRawBufferPointer, name: String) throws(MeshError) {
    let header = try PLYHeader(bytes, name: name)
    switch header.format {
    case .ascii:
      var body = PLYText(words: header.words)
      try read(header, &body)
    case .binary(let isBigEndian):
      var body = PLYBinary(
        bytes: bytes, name: name, position: header.words.position, isBigEndian: isBigEndian)
      try read(header, &body)
    }
    for triangle in triangles where triangle.min() < 0 || triangle.max() >= vertices.count {
      let vertex = triangle.min() < 0 ? triangle.min() : triangle.max()
      throw MeshError(
        name: name, line: nil,
        detail: "face: expected vertices from 0 to \(vertices.count - 1), found \(vertex)")
    }
  }

  private mutating func read(
    _ header: PLYHeader, _ body: inout some PLYBody
  ) throws(MeshError) {
    // What follows the last element that is needed stays unread.
    let last = header.elements.lastIndex { $0.name == "vertex" || $0.name == "face" }
    for element in header.elements.prefix(through: last ?? 0) where !element.properties.isEmpty {
      switch element.name {
      case "vertex": try readVertices(element, &body)
      case "face": try readFaces(element, &body)
      default:
        for _ in 0..<element.count {
          for property in element.properties { try body.skip(property) }
        }
      }
    }
  }

  private mutating func readVertices(
    _ element: PLYHeader.Element, _ body: inout some PLYBody
  ) throws(MeshError) {
    // The axis of each property; nil for other properties.
    let axes = element.properties.map { ["x": 0, "y": 1, "z": 2][$0.name] }
    vertices.reserveCapacity(min(element.count, body.mostItems))
    for _ in 0..<element.count {
      var vertex = SIMD3<Double>.zero
      for (property, axis) in zip(element.properties, axes) {
        if let axis {
          vertex[axis] = try body.number(property.type)
        } else {
          try body.skip(property)
        }
      }
      vertices.append(vertex)
    }
  }

  private mutating func readFaces(
    _ element: PLYHeader.Element, _ body: inout some PLYBody
  ) throws(MeshError) {
    var polygon: [Int32] = []
    for _ in 0..<element.count {
      for property in element.properties {
        guard let lengthType = property.lengthType, property.name.hasPrefix("vertex_ind") else {
          try body.skip(property)
          continue
        }
        polygon.removeAll(keepingCapacity: true)
        for _ in 0..<(try body.length(lengthType)) {
          guard let vertex = Int32(exactly: try body.number(property.type)) else {
            throw body.error("face: expected whole vertex numbers, found others")
          }
          polygon.append(vertex)
        }
        if polygon.count >= 3 { addFan(polygon) }
      }
    }
  }
}

/// The data after a PLY header: numbers in the order of its elements.
private protocol PLYBody {
  /// At least as many items as can be in the remaining data.
  var mostItems: Int { get }
  mutating func number(_ type: PLYHeader.Scalar) throws(MeshError) -> Double
  func error(_ detail: String) -> MeshError
}

extension PLYBody {
  mutating func length(_ type: PLYHeader.Scalar) throws(MeshError) -> Int {
    let number = try number(type)
    guard let length = Int(exactly: number), length >= 0 else {
      throw error("expected a list's length, found \(number)")
    }
    return length
  }

  mutating func skip(_ property: PLYHeader.Property) throws(MeshError) {
    let count = if let type = property.lengthType { try length(type) } else { 1 }
    for _ in 0..<count { _ = try number(property.type) }
  }
}

private struct PLYText: PLYBody {
  var words: MeshWords

  var mostItems: Int { words.bytes.count - words.position }
  func error(_ detail: String) -> MeshError { words.error(detail) }

  mutating func number(_ type: PLYHeader.Scalar) throws(MeshError) -> Double {
    guard let word = words.nextOfAnyLine() else {
      throw words.error("expected a number, found the file's end")
    }
    guard let number = MeshWords.number(word) else {
      throw words.error(expected: "a number", word)
    }
    return number
  }
}

private struct PLYBinary: PLYBody {
  let bytes: UnsafeRawBufferPointer
  let name: String
  var position: Int
  let isBigEndian: Bool

  var mostItems: Int { bytes.count - position }
  func error(_ detail: String) -> MeshError { MeshError(name: name, line: nil, detail: detail) }

  mutating func number(_ type: PLYHeader.Scalar) throws(MeshError) -> Double {
    guard bytes.count - position >= type.width else {
      throw error("expected more elements, found the file's end")
    }
    defer { position += type.width }
    switch type {
    case .int8: return Double(load(Int8.self))
    case .uint8: return Double(load(UInt8.self))
    case .int16: return Double(load(Int16.self))
    case .uint16: return Double(load(UInt16.self))
    case .int32: return Double(load(Int32.self))
    case .uint32: return Double(load(UInt32.self))
    case .float32: return Double(Float(bitPattern: load(UInt32.self)))
    case .float64: return Double(bitPattern: load(UInt64.self))
    }
  }

  private func load<Stored: FixedWidthInteger>(_ type: Stored.Type) -> Stored {
    let raw = bytes.loadUnaligned(fromByteOffset: position, as: Stored.self)
    return isBigEndian ? Stored(bigEndian: raw) : Stored(littleEndian: raw)
  }
}
