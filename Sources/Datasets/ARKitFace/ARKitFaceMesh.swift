internal import Codecs
internal import Geometry
internal import Rendering
internal import Schema

/// ARKitFace's 1,220 vertices on the surface of our head.
///
/// The landmarks' places in the texture and on the head are known. Between them a thin plate spline takes each vertex's
/// place in the texture to a direction and a height, where the head's surface is looked up. So neighbours in the tables
/// are neighbours on the head.
struct ARKitFaceMesh: Sendable {
  /// A point of the layout's rim, and where it comes to lie on the head (`HeadChart`).
  typealias Anchor = (texture: SIMD2<Double>, head: SIMD2<Double>)

  /// In metres and canonical axes (x right, y down, z away), those of the landmarks exactly as given.
  let vertices: [SIMD3<Double>]

  /// - Parameters:
  ///   - tables: the topology, and each vertex's place in the texture.
  ///   - rim: what holds the spline beyond the landmarks: forehead and sides.
  ///   - landmarks: the 68 of iBUG on the head, in metres.
  /// - Throws: `NPYError` where the landmarks' places in the texture decide no spline.
  init(
    _ tables: ARKitFaceTables, rim: [Anchor], head: HeadMesh, landmarks: [SIMD3<Double>]
  ) throws(NPYError) {
    let own = ARKitFace.landmarkVertices.map { tables.coordinates[$0] }
    guard
      let spline = ThinPlateSpline(
        points: own + rim.map(\.texture),
        values: landmarks.map(HeadChart.place) + rim.map(\.head))
    else {
      throw NPYError(
        name: ARKitFaceTables.coordinatesFile,
        detail: "landmarks: expected 68 places apart from each other, found some that coincide")
    }
    let chart = HeadChart(head)
    var vertices = tables.coordinates.prefix(ARKitFace.vertexCount).map { place in
      chart.point(at: spline.value(at: place))
    }
    for (vertex, point) in zip(ARKitFace.landmarkVertices, landmarks) { vertices[vertex] = point }
    self.vertices = vertices
  }

  /// The rim of the authors' layout: our own figures, placed by eye. They leave the forehead below the 11.1 cm that
  /// PerspNet's coordinates can have (TARGETS §6.4), also where a face is 8 % larger than the mean.
  static let authorsRim: [Anchor] = [
    ([0.5, 0.0787], [0, -0.1015]), ([0.3, 0.11], [-0.66, -0.0985]),
    ([0.7, 0.11], [0.66, -0.0985]),
    ([0.15, 0.22], [-1.2, -0.088]), ([0.85, 0.22], [1.2, -0.088]),
    ([0.0765, 0.38], [-1.42, -0.056]), ([0.9235, 0.38], [1.42, -0.056]),
    ([0.5, 0.915], [0, 0.076]), ([0.35, 0.91], [-0.357, 0.073]), ([0.65, 0.91], [0.357, 0.073]),
  ]
}
