internal import Foundation
internal import Geometry
internal import Schema

/// A face as a camera half a metre off sees it, drawn from its landmarks' contours.
struct TurnedFace {
  let layout: Landmarks.Layout
  let points: [SIMD3<Double>]

  /// Metres; near enough for perspective to tell front from back.
  private static let distance = 0.6
  private static let pixelsPerMetre = 700.0
  private static let normalLength = 0.056

  static let sheet =
    ".skin{fill:#f3e3d3}.edge{fill:none;stroke:#4a6076;stroke-width:2.6;stroke-linejoin:round}"
    + ".white{fill:#fff;stroke:#1b6fb5;stroke-width:1.2;stroke-linejoin:round}"
    + ".lips{fill:#e9a9b4;stroke:#a3286a;stroke-width:1;stroke-linejoin:round}"
    + ".gap{fill:#8c3b52}.iris{fill:#39424e}"
    + ".normal{stroke:#c2452d;stroke-width:2.6;stroke-linecap:round}.end{fill:#c2452d}"
    + ".arrow{stroke:#6b7480;stroke-width:1.6}.tip{fill:#6b7480}"
    + ".into{fill:#f4f5f7;stroke:#6b7480;stroke-width:1.6}"
    + ".formula{font-size:12.5px;font-weight:bold}.use{font-size:10.5px;fill:#6b7480}"

  static func polygon(_ corners: [SIMD2<Double>], _ style: String) -> String {
    let text = corners.map { "\(SVG.number($0.x)),\(SVG.number($0.y))" }.joined(separator: " ")
    return "<polygon points=\"\(text)\" class=\"\(style)\"/>\n"
  }

  /// - Parameter centre: where the origin of the points appears.
  func svg(_ rotation: Rotation, at centre: SIMD2<Double>) -> String {
    func place(_ point: SIMD3<Double>) -> SIMD2<Double> {
      let turned = rotation * point
      let scale = Self.pixelsPerMetre * Self.distance / (Self.distance + turned.z)
      return centre + scale * SIMD2(turned.x, turned.y)
    }
    // Edges first: what is left of them once all parts are filled is the outline of the whole.
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
        for (a, b) in zip(corners, corners.dropFirst()) {
          svg += SVG.line(a, b, "contour \(FaceModelStyle.className(contour.name))")
        }
      }
    }
    guard let nose = layout.contours.first(where: { $0.name == "nose bridge" }) else { return svg }
    let root = points[nose.points.upperBound]
    let (from, to) = (place(root), place(root - SIMD3(0, 0, Self.normalLength)))
    return svg + SVG.line(from, to, "normal") + Self.dot(to, 3.6, "end")
  }

  private func points(of contour: LandmarkContour) -> [SIMD3<Double>] {
    contour.points.map { points[$0] }
  }

  /// All but the nose, and an ellipsoid for the head above the brows and behind them, where no landmarks
  /// are.
  private var skull: [SIMD3<Double>] {
    let (centre, radii) = (SIMD3<Double>(0, -0.042, 0.022), SIMD3<Double>(0.071, 0.072, 0.076))
    let ellipsoid = stride(from: 0.0, to: 360, by: 15).flatMap { longitude in
      stride(from: -75.0, through: 75, by: 15).map { latitude in
        let (a, b) = (longitude * Double.pi / 180, latitude * Double.pi / 180)
        return centre + radii * SIMD3(cos(a) * cos(b), sin(b), sin(a) * cos(b))
      }
    }
    return layout.contours.filter { !$0.name.contains("nose") }.flatMap(points(of:)) + ellipsoid
  }

  /// The convex hull by Andrew's monotone chain (Inf. Process. Lett. 9, 1979).
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
