internal import Geometry
internal import Glibc
internal import Rendering
internal import Schema

/// Mesh tables of our own, for those who do not have the authors': as many vertices and triangles, landmarks at the same
/// vertices, and mirrored in the same way. Vertices are otherwise in another order, so their flip index is another.
///
/// The layout is an oval in which each place stands for a direction and a height on the head (`HeadChart`). On its edge
/// lie 134 vertices: whatever joins 1,220 of which 134 are on the hull has 2,304 triangles.
enum ARKitFaceOwnTables {
  static let tables: ARKitFaceTables = {
    let coordinates = makeCoordinates()
    // Mirrored pairs lie on circles by four; sheared they do not, and the triangles are the same kind.
    let sheared = coordinates.map { SIMD2($0.x + 0.01 * $0.y, $0.y) - 0.5 }
    let triangles = DelaunayTriangulation.triangles(of: sheared)
      // Counter-clockwise as seen from outside, as v grows down.
      .map { SIMD3($0.x, $0.z, $0.y) }
    return ARKitFaceTables(coordinates: coordinates, triangles: triangles)
  }()

  /// Where the oval's edge lies on the head.
  static let rim: [ARKitFaceMesh.Anchor] = (0..<16).map { i in
    let texture = edge((Double(i) + 0.5) / 16)
    return (texture, (texture - 0.5) * headRange + headCentre)
  }

  private static let radii = SIMD2(0.44, 0.42)
  private static let edgeCount = 134
  private static let headCentre = SIMD2(0, -0.0105)
  /// Radians and metres on the head of 1 in the texture: 1.54 to each side, 8.65 cm up and down.
  private static let headRange = SIMD2(1.54, 0.0865) / radii

  private static func edge(_ turn: Double) -> SIMD2<Double> {
    0.5 + radii * SIMD2(sin(2 * .pi * turn), cos(2 * .pi * turn))
  }

  /// The places of all vertices.
  private static func makeCoordinates() -> [SIMD2<Double>] {
    let landmarks = landmarkPlaces
    let rim = (0..<edgeCount).map { edge((Double($0) + 0.5) / Double(edgeCount)) }
    let others = rim + filling(between: landmarks + rim)
    var coordinates = [SIMD2<Double>](repeating: .zero, count: ARKitFace.vertexCount)
    let landmarkVertices = Set(ARKitFace.landmarkVertices)
    let free = coordinates.indices.filter { !landmarkVertices.contains($0) }
    for (vertex, place) in zip(free, others) { coordinates[vertex] = place }
    for (vertex, place) in zip(ARKitFace.landmarkVertices, landmarks) {
      coordinates[vertex] = place
    }
    return coordinates
  }

  /// The landmarks of the mean face, alike on both sides, and with lips that are open, for the mean face's coincide.
  private static var landmarkPlaces: [SIMD2<Double>] {
    var places = Schema.MeanFace.ibug68Points.map {
      (HeadChart.place(of: $0) - headCentre) / headRange + 0.5
    }
    let mirrored = Dictionary(
      uniqueKeysWithValues: Landmarks.mirrorPairs.flatMap { [($0, $1), ($1, $0)] })
    let own = places
    for i in places.indices {
      let other = own[mirrored[i] ?? i]
      places[i] = (own[i] + SIMD2(1 - other.x, other.y)) / 2
    }
    for i in 60...64 { places[i].y -= 0.005 }
    for i in 65...67 { places[i].y += 0.012 }
    places[60].x += 0.012
    places[64].x -= 0.012
    return places
  }

  /// Mirrored pairs of points, each as far from all others as possible.
  private static func filling(between given: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let step = 0.008
    var candidates: [(place: SIMD2<Double>, distance: Double)] = []
    for row in 0..<Int(1 / step) {
      for column in 0..<Int(0.5 / step) {
        let place = SIMD2(0.5 - (Double(column) + 0.75) * step, (Double(row) + 0.5) * step)
        let fromMiddle = (place - 0.5) / radii
        guard (fromMiddle * fromMiddle).sum() < 0.94 else { continue }
        candidates.append((place, given.map { squaredDistance($0, place) }.min() ?? 0))
      }
    }
    var filling: [SIMD2<Double>] = []
    while filling.count < ARKitFace.vertexCount - given.count {
      guard
        let next = candidates.indices.max(by: { candidates[$0].distance < candidates[$1].distance })
      else { break }
      let place = candidates[next].place
      let pair = [place, SIMD2(1 - place.x, place.y)]
      for i in candidates.indices {
        for point in pair {
          candidates[i].distance = min(
            candidates[i].distance, squaredDistance(point, candidates[i].place))
        }
      }
      filling += pair
    }
    return filling
  }

  private static func squaredDistance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    ((a - b) * (a - b)).sum()
  }
}
