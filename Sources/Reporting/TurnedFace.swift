internal import Geometry
internal import Glibc
internal import Schema

/// A face as a camera 0.6 m away sees it, drawn by the contours of its landmarks.
struct TurnedFace {
  let layout: Landmarks.Layout
  let points: [SIMD3<Double>]

  /// In metres; near enough that perspective shows what is in front.
  private static let distance = 0.6
  private static let pixelsPerMetre = 700.0
  private static let axisLength = 0.062
  /// The centre and half axes of the part of the head that has no landmarks.
  private static let head: (centre: SIMD3<Double>, radii: SIMD3<Double>) = (
    SIMD3(0, -0.042, 0.022), SIMD3(0.071, 0.072, 0.076)
  )
  /// The face's own axes; the last one is its normal, as in Hopenet's `draw_axis`.
  static let axes: [(name: String, direction: SIMD3<Double>, style: String)] = [
    ("x", [1, 0, 0], "ax"), ("y", [0, 1, 0], "ay"), ("−z", [0, 0, -1], "az"),
  ]

  static let sheet =
    ".skin{fill:#f3e3d3}.edge{fill:none;stroke:#4a6076;stroke-width:2.6;stroke-linejoin:round}"
    + ".white{fill:#fff;stroke:#1b6fb5;stroke-width:1.2;stroke-linejoin:round}"
    + ".lips{fill:#e9a9b4;stroke:#a3286a;stroke-width:1;stroke-linejoin:round}"
    + ".gap{fill:#8c3b52}.iris{fill:#39424e}"
    + ".turned{stroke-width:2.8;stroke-linecap:round;fill:none}"
    + ".ax{stroke:#c2452d;fill:#c2452d}.ay{stroke:#2b8a4b;fill:#2b8a4b}.az{stroke:#2b54c2;fill:#2b54c2}"
    + "text.ax,text.ay,text.az{stroke:none;font-size:12px;font-weight:bold}"
    + ".arrow{stroke:#6b7480;stroke-width:1.6}.tip{fill:#6b7480}"
    + ".into{fill:#f4f5f7;stroke:#6b7480;stroke-width:1.6}"
    + ".formula{font-size:12.5px;font-weight:bold}.use{font-size:10.5px;fill:#6b7480}"

  static func polygon(_ corners: [SIMD2<Double>], _ style: String) -> String {
    let text = corners.map { "\(SVG.number($0.x)),\(SVG.number($0.y))" }.joined(separator: " ")
    return "<polygon points=\"\(text)\" class=\"\(style)\"/>\n"
  }

  /// - Parameters:
  ///   - centre: where the origin of the points appears.
  ///   - namesAxes: whether the names of the face's axes are written at their ends.
  func svg(_ rotation: Rotation, at centre: SIMD2<Double>, namesAxes: Bool = false) -> String {
    func place(_ point: SIMD3<Double>) -> SIMD2<Double> {
      let turned = rotation * point
      let scale = Self.pixelsPerMetre * Self.distance / (Self.distance + turned.z)
      return centre + scale * SIMD2(turned.x, turned.y)
    }
    // Edges are drawn first: what remains visible of them after all parts are filled is the outline of the whole.
    let parts = [skull, layout.contours.filter { $0.name.contains("nose") }.flatMap(points(of:))]
      .map { Self.hull($0.map(place)) }
    var svg = ["edge", "skin"].flatMap { style in parts.map { Self.polygon($0, style) } }.joined()
    for contour in layout.contours {
      let corners = contour.points.map { place(points[$0]) }
      if contour.isClosed {
        let style =
          contour.name.contains("eye") ? "white" : contour.name == "inner lips" ? "gap" : "lips"
        svg += Self.polygon(corners, style)
        guard style == "white" else { continue }
        let middle = corners.reduce(.zero, +) / Double(corners.count)
        svg += Self.dot(middle, 2.6, "iris")
      } else {
        for (i, (a, b)) in zip(contour.points, zip(corners, corners.dropFirst()))
        where isSeen((points[i] + points[i + 1]) / 2, rotation) {
          svg += SVG.line(a, b, "contour \(FaceModelStyle.className(contour.name))")
        }
      }
    }
    guard let nose = layout.contours.first(where: { $0.name == "nose bridge" }) else { return svg }
    let tip = points[nose.points.upperBound]
    // Nearer axes are drawn over farther ones.
    for (name, direction, style) in Self.axes.sorted(by: {
      (rotation * $0.direction).z > (rotation * $1.direction).z
    }) {
      let (from, to) = (place(tip), place(tip + Self.axisLength * direction))
      svg += SVG.line(from, to, "turned \(style)") + Self.dot(to, 3.4, style)
      if namesAxes { svg += SVG.text(name, at: to + SIMD2(7, -6), style) }
    }
    return svg
  }

  /// Whether the head's surface faces the camera at a point, judged by an ellipsoid.
  private func isSeen(_ point: SIMD3<Double>, _ rotation: Rotation) -> Bool {
    let normal = (point - Self.head.centre) / (Self.head.radii * Self.head.radii)
    return (rotation * normal).z < 0
  }

  private func points(of contour: LandmarkContour) -> [SIMD3<Double>] {
    contour.points.map { points[$0] }
  }

  /// The contours without the nose, and an ellipsoid for the parts of the head above and behind the brows that have
  /// no landmarks.
  private var skull: [SIMD3<Double>] {
    let (centre, radii) = Self.head
    let ellipsoid = stride(from: 0.0, to: 360, by: 15).flatMap { longitude in
      stride(from: -75.0, through: 75, by: 15).map { latitude in
        let (a, b) = (longitude * Double.pi / 180, latitude * Double.pi / 180)
        return centre + radii * SIMD3(cos(a) * cos(b), sin(b), sin(a) * cos(b))
      }
    }
    return layout.contours.filter { !$0.name.contains("nose") }.flatMap(points(of:)) + ellipsoid
  }

  /// The convex hull, by Andrew's monotone chain (Inf. Process. Lett. 9, 1979).
  static func hull(_ places: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let sorted = places.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    func chain(_ places: some Sequence<SIMD2<Double>>) -> [SIMD2<Double>] {
      var chain: [SIMD2<Double>] = []
      for place in places {
        while let last = chain.last, let before = chain.dropLast().last {
          let (along, out) = (last - before, place - before)
          guard along.x * out.y - along.y * out.x <= 0 else { break }
          chain.removeLast()
        }
        chain.append(place)
      }
      return chain.dropLast()
    }
    return chain(sorted) + chain(sorted.reversed())
  }

  private static func dot(_ place: SIMD2<Double>, _ radius: Double, _ style: String) -> String {
    "<circle cx=\"\(SVG.number(place.x))\" cy=\"\(SVG.number(place.y))\" r=\"\(SVG.number(radius))\" class=\"\(style)\"/>\n"
  }
}
