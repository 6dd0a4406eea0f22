extension Mesh {
  /// Reads the vertices (`v x y z`, whatever follows) and faces (`f 1 2 3`, `f 1/1/1 …`, `f -3 -2 -1`) of a
  /// Wavefront OBJ; other lines are skipped.
  mutating func readOBJ(_ bytes: UnsafeRawBufferPointer, name: String) throws(MeshError) {
    var words = MeshWords(bytes, name: name)
    // Faces may come before their vertices, so the greatest number is checked at the end.
    var greatest: (vertex: Int, line: Int) = (0, 0)
    while !words.isAtEnd {
      if let keyword = words.next() {
        if keyword.elementsEqual("v".utf8) {
          vertices.append(try Self.vertex(&words))
        } else if keyword.elementsEqual("f".utf8) {
          let polygon = try polygon(&words)
          addFan(polygon)
          let last = Int(polygon.max() ?? 0)
          if last > greatest.vertex { greatest = (last, words.line) }
        }
      }
      words.endLine()
    }
    guard triangles.isEmpty || greatest.vertex < vertices.count else {
      throw MeshError(
        name: name, line: greatest.line,
        detail:
          "face: expected vertices from 1 to \(vertices.count), found \(greatest.vertex + 1)")
    }
  }

  private static func vertex(_ words: inout MeshWords) throws(MeshError) -> SIMD3<Double> {
    var vertex = SIMD3<Double>.zero
    for axis in 0..<3 {
      let word = words.next()
      guard let word, let number = MeshWords.number(word) else {
        throw words.error(expected: "v x y z", word)
      }
      vertex[axis] = number
    }
    return vertex
  }

  /// The 0-based vertices of a face. The file counts from 1, or backwards from the latest vertex with negative
  /// numbers.
  private func polygon(_ words: inout MeshWords) throws(MeshError) -> [Int32] {
    var polygon: [Int32] = []
    while let word = words.next() {
      // The numbers of a texture point and a normal may follow: 3/1/2.
      let digits = word.prefix { $0 != UInt8(ascii: "/") }
      guard let number = Int(String(decoding: digits, as: UTF8.self)), number != 0,
        let vertex = Int32(exactly: number > 0 ? number - 1 : vertices.count &+ number), vertex >= 0
      else { throw words.error(expected: "a vertex's number", word) }
      polygon.append(vertex)
    }
    guard polygon.count >= 3 else {
      throw words.error("face: expected at least 3 vertices, found \(polygon.count)")
    }
    return polygon
  }
}
