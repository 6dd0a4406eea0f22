internal import Glibc

/// A map of a head's front: each direction from an upright axis within the head, and each height, is one place on the
/// surface.
public struct HeadChart: Sendable {
  private let vertices: [SIMD3<Double>]
  /// The places of the vertices.
  private let places: [SIMD2<Double>]
  private let triangles: [SIMD3<Int>]
  /// For each band of heights, from the top: the numbers of its triangles.
  private let bands: [[Int32]]
  private let top: Double

  /// How far behind the origin the axis is, in metres: about in the middle between nose and neck.
  private static let axisDepth = 0.06
  /// Of a band, in metres.
  private static let bandHeight = 0.002

  /// The place of a point in metres: its azimuth in radians, 0 to the front and growing to the image's right, and its
  /// height in metres, y down.
  public static func place(of point: SIMD3<Double>) -> SIMD2<Double> {
    SIMD2(atan2(point.x, axisDepth - point.z), point.y)
  }

  /// The map of a head.
  public init(_ head: HeadMesh) {
    let surface = head.surface
    vertices = surface.vertices.map { SIMD3<Double>($0) }
    places = vertices.map(Self.place)
    // Before the axis an azimuth does not jump within a triangle.
    let isFront = vertices.map { $0.z < Self.axisDepth - 0.001 }
    triangles = (0..<surface.triangles.count).map { surface.triangles[$0] }
      .filter { isFront[$0.x] && isFront[$0.y] && isFront[$0.z] }
    let top = places.map(\.y).min() ?? 0
    let bottom = places.map(\.y).max() ?? 0
    let band = { (height: Double) in Int((height - top) / HeadChart.bandHeight) }
    var filled = [[Int32]](repeating: [], count: band(bottom) + 1)
    for (i, corners) in triangles.enumerated() {
      let heights = [places[corners.x].y, places[corners.y].y, places[corners.z].y]
      for number in band(heights.min() ?? top)...band(heights.max() ?? top) {
        filled[number].append(Int32(i))
      }
    }
    (self.top, bands) = (top, filled)
  }

  /// The point of the surface at a place, the outermost where there are several; the nearest vertex where there is none.
  /// In metres.
  public func point(at place: SIMD2<Double>) -> SIMD3<Double> {
    let band = (place.y - top) / Self.bandHeight
    var found: (point: SIMD3<Double>, radius: Double)?
    for i in band >= 0 && band < Double(bands.count) ? bands[Int(band)] : [] {
      let corners = triangles[Int(i)]
      guard let point = point(at: place, in: corners) else { continue }
      let radius = Self.squaredRadius(point)
      if radius > found?.radius ?? -1 { found = (point, radius) }
    }
    if let found { return found.point }
    return nearestVertex(to: place)
  }

  private func point(at place: SIMD2<Double>, in corners: SIMD3<Int>) -> SIMD3<Double>? {
    let (a, b, c) = (places[corners.x], places[corners.y], places[corners.z])
    let (u, v, p) = (b - a, c - a, place - a)
    let area = u.x * v.y - v.x * u.y
    guard area != 0 else { return nil }
    let second = (p.x * v.y - v.x * p.y) / area
    let third = (u.x * p.y - p.x * u.y) / area
    // A place on an edge is in both triangles.
    let margin = -1e-9
    guard second >= margin, third >= margin, second + third <= 1 - margin else { return nil }
    return (1 - second - third) * vertices[corners.x] + second * vertices[corners.y]
      + third * vertices[corners.z]
  }

  private static func squaredRadius(_ point: SIMD3<Double>) -> Double {
    let depth = point.z - axisDepth
    return point.x * point.x + depth * depth
  }

  private func nearestVertex(to place: SIMD2<Double>) -> SIMD3<Double> {
    // A radian is some 8 cm of the surface.
    let scale = SIMD2(0.08, 1)
    let distances = places.map { (($0 - place) * scale * ($0 - place) * scale).sum() }
    let nearest = distances.indices.min { distances[$0] < distances[$1] }
    return nearest.map { vertices[$0] } ?? .zero
  }
}
