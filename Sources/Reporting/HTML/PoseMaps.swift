internal import Glibc
internal import Schema

/// The page's two-dimensional pictures: yaw against pitch, and the places of faces seen from above.
struct PoseMaps {
  let distributions: FaceDistributions

  /// Yaw to the right and pitch upwards, a square for each ten degrees; nil without poses.
  var angles: String? {
    let map = distributions.angles
    guard map.count > 0 else { return nil }
    // All yaws are within 90°. Of pitches, those that occur are shown, and at least 60°.
    let columns = map.columns.bin(of: -90)..<map.columns.bin(of: 89) + 1
    let filled = (0..<map.rows.bins).filter { row in columns.contains { map.count($0, row) > 0 } }
    let middle = map.rows.bins / 2
    let reach = max(6, middle - (filled.first ?? middle), (filled.last ?? middle) + 1 - middle)
    let rows = middle - reach..<middle + reach
    let highest = map.counts.max() ?? 1
    let cell = 24.0
    let left = 40.0
    let top = 8.0
    let size = SIMD2(left + Double(columns.count) * cell + 12, top + Double(rows.count) * cell + 40)
    let bottom = top + Double(rows.count) * cell
    let right = left + Double(columns.count) * cell
    var text = PageSVG.opening(
      size, label: "Yaw against pitch of \(PageText.count(map.count, "face"))")
    text += "<rect x=\"\(SVG.number(left))\" y=\"\(SVG.number(top))\" "
    text +=
      "width=\"\(SVG.number(right - left))\" height=\"\(SVG.number(bottom - top))\" class=\"field\"/>\n"
    for row in rows {
      for column in columns where map.count(column, row) > 0 {
        let count = map.count(column, row)
        text += PageSVG.rectangle(
          left + Double(column - columns.lowerBound) * cell + 0.5,
          bottom - Double(row + 1 - rows.lowerBound) * cell + 0.5, cell - 1, cell - 1, "bar",
          opacity: Self.strength(count, highest),
          title: "yaw \(span(map.columns, column))°, pitch \(span(map.rows, row))°: "
            + PageText.count(count, "face"))
      }
    }
    for column in stride(from: columns.lowerBound, through: columns.upperBound, by: 3) {
      let x = left + Double(column - columns.lowerBound) * cell
      let isZero = map.columns.edge(column) == 0
      text += SVG.line([x, top], [x, bottom], isZero ? "axis" : "grid")
      text += SVG.text(
        PageText.number(map.columns.edge(column)), at: [x, bottom + 17], "tick", anchor: "middle")
    }
    for row in rows.lowerBound...rows.upperBound where (row - middle) % 3 == 0 {
      let y = bottom - Double(row - rows.lowerBound) * cell
      text += SVG.line([left, y], [right, y], row == middle ? "axis" : "grid")
      text += SVG.text(
        PageText.number(map.rows.edge(row)), at: [left - 6, y + 4], "tick", anchor: "end")
    }
    text += SVG.text(
      "yaw, degrees", at: [(left + right) / 2, bottom + 34], "tick", anchor: "middle")
    let centre = (top + bottom) / 2
    text +=
      "<text class=\"tick\" text-anchor=\"middle\" transform=\"translate(9 \(SVG.number(centre))) "
    text += "rotate(-90)\">pitch, degrees</text>\n"
    return text + "</svg>\n"
  }

  /// The camera is at the bottom and looks up; rings are metres on a logarithmic scale. Nil without poses.
  var places: String? {
    let map = distributions.places
    guard map.count > 0 else { return nil }
    let filled = (0..<map.rows.bins).filter { row in
      (0..<map.columns.bins).contains { map.count($0, row) > 0 }
    }
    // Whole octaves of three bins each, and at least three octaves.
    let first = (filled.first ?? 0) / 3 * 3
    let last = min(max(((filled.last ?? 0) / 3 + 1) * 3, first + 9), map.rows.bins)
    let inner = 50.0
    let outer = 270.0
    let camera = SIMD2(248.0, outer + 12)
    func radius(_ row: Int) -> Double {
      inner + (outer - inner) * Double(row - first) / Double(last - first)
    }
    func point(_ degrees: Double, _ radius: Double) -> SIMD2<Double> {
      let angle = degrees * .pi / 180
      return camera + radius * SIMD2(sin(angle), -cos(angle))
    }
    let highest = map.counts.max() ?? 1
    var text = PageSVG.opening(
      [528, outer + 34],
      label: "Places of \(PageText.count(map.count, "face")) seen from above the camera")
    text += Self.sector(point, -60, 60, inner, outer, "field", opacity: nil, title: nil)
    for row in first..<last {
      for column in 0..<map.columns.bins where map.count(column, row) > 0 {
        let count = map.count(column, row)
        let (from, to) = (map.columns.edge(column), map.columns.edge(column + 1))
        text += Self.sector(
          point, from, to, radius(row), radius(row + 1), "bar",
          opacity: Self.strength(count, highest),
          title: "\(span(map.rows, row)) m away, \(span(map.columns, column))° to the right: "
            + PageText.count(count, "face"))
      }
    }
    for row in stride(from: first, through: last, by: 3) {
      let (from, to) = (point(-60, radius(row)), point(60, radius(row)))
      let r = SVG.number(radius(row))
      text += "<path d=\"M\(pair(from))A\(r) \(r) 0 0 1 \(pair(to))\" class=\"grid\"/>\n"
      text += SVG.text(
        "\(PageText.number(map.rows.edge(row))) m", at: to + SIMD2(5, 4), "tick")
    }
    for degrees in [-60.0, -30, 0, 30, 60] {
      text += SVG.line(
        point(degrees, inner), point(degrees, outer), degrees == 0 ? "axis" : "grid")
    }
    text += "<path d=\"M\(pair(camera))l-9 14h18z\" class=\"camera\"/>\n"
    text += SVG.text("camera", at: camera + SIMD2(16, 12), "tick")
    return text + "</svg>\n"
  }

  /// A part of a ring.
  private static func sector(
    _ point: (Double, Double) -> SIMD2<Double>, _ from: Double, _ to: Double, _ inner: Double,
    _ outer: Double, _ style: String, opacity: Double?, title: String?
  ) -> String {
    let (r, s) = (SVG.number(inner), SVG.number(outer))
    let path =
      "M\(pair(point(from, inner)))L\(pair(point(from, outer)))A\(s) \(s) 0 0 1 "
      + "\(pair(point(to, outer)))L\(pair(point(to, inner)))A\(r) \(r) 0 0 0 \(pair(point(from, inner)))z"
    let strength = opacity.map { " opacity=\"\($0.printed("%.2f"))\"" } ?? ""
    let words = title.map { "<title>\(SVG.escaped($0))</title>" } ?? ""
    return "<path d=\"\(path)\" class=\"\(style)\"\(strength)>\(words)</path>\n"
  }

  /// The opacity: the root of the share, at least a fifth, so that a few faces are visible beside many.
  private static func strength(_ count: Int, _ highest: Int) -> Double {
    0.2 + 0.8 * (Double(count) / Double(max(highest, 1))).squareRoot()
  }

  private func span(_ scale: FaceDistributions.Scale, _ bin: Int) -> String {
    "\(PageText.number(scale.edge(bin))) to \(PageText.number(scale.edge(bin + 1)))"
  }
}

private func pair(_ point: SIMD2<Double>) -> String {
  "\(SVG.number(point.x)) \(SVG.number(point.y))"
}
