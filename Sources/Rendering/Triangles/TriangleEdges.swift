/// The edges of a mesh, each with the triangles on its two sides.
struct TriangleEdges: Sendable {
  /// Two triangles for each edge. Where there is no second one, its number is the count of triangles.
  let sides: [SIMD2<UInt32>]
  /// Two vertices for each edge, in the order in which the first triangle runs through them.
  let ends: [SIMD2<UInt32>]

  /// Two triangles that run through an edge in opposite directions are on its two sides. A triangle without such
  /// a partner has the edge alone. So for any set of triangles, the edges that have one of them on one side only
  /// form closed lines.
  init(_ triangles: TriangleList) {
    let corners = triangles.corners
    let alone = UInt32(triangles.count)
    func ends(_ half: UInt32) -> SIMD2<UInt32> {
      let half = Int(half)
      return SIMD2(corners[half], corners[half % 3 == 2 ? half - 2 : half + 1])
    }
    // Half edges are sorted by their lower vertex, then by the higher one, then by their direction.
    var halves = corners.indices.map(UInt32.init)
    halves = Self.sorted(halves, keys: 2) { half in
      let ends = ends(half)
      return ends.x < ends.y ? 0 : 1
    }
    halves = Self.sorted(halves, keys: triangles.vertexCount) { ends($0).max() }
    halves = Self.sorted(halves, keys: triangles.vertexCount) { ends($0).min() }

    var sides: [SIMD2<UInt32>] = []
    var edges: [SIMD2<UInt32>] = []
    sides.reserveCapacity(corners.count / 2)
    edges.reserveCapacity(corners.count / 2)
    var first = 0
    while first < halves.count {
      let edge = ends(halves[first])
      let (low, high) = (edge.min(), edge.max())
      var (middle, end) = (first, first)
      while end < halves.count {
        let other = ends(halves[end])
        guard other.min() == low, other.max() == high else { break }
        end += 1
        if other.x == low { middle = end }
      }
      // A triangle with a repeated vertex has an edge without length, which is skipped.
      for k in 0..<(low < high ? max(middle - first, end - middle) : 0) {
        let there = first + k < middle ? halves[first + k] : nil
        let back = middle + k < end ? halves[middle + k] : nil
        guard let one = there ?? back else { continue }
        let other = there == nil ? nil : back
        edges.append(ends(one))
        sides.append(SIMD2(one / 3, other.map { $0 / 3 } ?? alone))
      }
      first = end
    }
    (self.sides, self.ends) = (sides, edges)
  }

  /// Sorts stably by a key below `keys`.
  private static func sorted(
    _ items: [UInt32], keys: Int, by key: (UInt32) -> UInt32
  ) -> [UInt32] {
    var places = [Int](repeating: 0, count: keys + 1)
    for item in items { places[Int(key(item)) + 1] += 1 }
    for i in 0..<keys { places[i + 1] += places[i] }
    var sorted = [UInt32](repeating: 0, count: items.count)
    for item in items {
      let key = Int(key(item))
      sorted[places[key]] = item
      places[key] += 1
    }
    return sorted
  }
}

/// Finds the edges of a mesh's outlines: those with a visible triangle on one side only.
struct OutlineEdges {
  /// Whether each triangle is seen from its front, 1 or 0. After the last there is a 0, for edges with one
  /// triangle only.
  private var isSeen: [UInt8] = []
  private var found: [UInt32] = []
  private(set) var count = 0

  mutating func find(
    _ triangles: TriangleList, _ edges: TriangleEdges, _ vertices: ScreenVertices
  ) {
    count = 0
    guard triangles.count > 0 else { return }
    // Triangles are processed in groups of four.
    let room = (triangles.count + 3) / 4 * 4 + 1
    if isSeen.count < room { isSeen += repeatElement(0, count: room - isSeen.count) }
    if found.count < edges.sides.count {
      found += repeatElement(0, count: edges.sides.count - found.count)
    }
    vertices.withPointers { places, _ in
      triangles.corners.withUnsafeBufferPointer { corners in
        isSeen.withUnsafeMutableBufferPointer { isSeen in
          guard let corners = corners.baseAddress, let isSeen = isSeen.baseAddress else { return }
          Self.look(corners, count: triangles.count, places, isSeen)
        }
      }
    }
    isSeen[triangles.count] = 0
    edges.sides.withUnsafeBufferPointer { sides in
      isSeen.withUnsafeBufferPointer { isSeen in
        found.withUnsafeMutableBufferPointer { found in
          guard let isSeen = isSeen.baseAddress, let found = found.baseAddress else { return }
          var count = 0
          for i in sides.indices {
            found[count] = UInt32(truncatingIfNeeded: i)
            count &+= Int(isSeen[Int(sides[i].x)] ^ isSeen[Int(sides[i].y)])
          }
          self.count = count
        }
      }
    }
  }

  /// The vertices of an edge that was found, in the order in which the visible triangle runs through them.
  func ends(_ number: Int, _ edges: TriangleEdges) -> (Int, Int) {
    let edge = Int(found[number])
    let ends = edges.ends[edge]
    let isFirst = isSeen[Int(edges.sides[edge].x)] == 1
    return isFirst ? (Int(ends.x), Int(ends.y)) : (Int(ends.y), Int(ends.x))
  }

  @inline(never)
  private static func look(
    _ corners: UnsafePointer<UInt32>, count: Int, _ places: UnsafePointer<SIMD2<Float>>,
    _ isSeen: UnsafeMutablePointer<UInt8>
  ) {
    let nowhere = SIMD4(repeating: ScreenVertices.nowhere.x)
    let last = count &- 1
    for start in stride(from: 0, to: count, by: 4) {
      let four = (
        3 &* start, 3 &* min(start &+ 1, last), 3 &* min(start &+ 2, last),
        3 &* min(start &+ 3, last)
      )
      let (ax, ay) = TriangleSieve.gather(places, corners, four)
      let (bx, by) = TriangleSieve.gather(places, corners + 1, four)
      let (cx, cy) = TriangleSieve.gather(places, corners + 2, four)
      let area = (bx - ax) * (ay - cy) - (by - ay) * (ax - cx)
      let isFront = (area .> 0) .& (ax .> nowhere) .& (bx .> nowhere) .& (cx .> nowhere)
      let bits = SIMD4<Int32>.zero.replacing(with: SIMD4(repeating: 1), where: isFront)
      for lane in 0..<4 { isSeen[start &+ lane] = UInt8(truncatingIfNeeded: bits[lane]) }
    }
  }
}
