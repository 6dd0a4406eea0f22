internal import Schema

/// One view of a face model: a grid in millimetres, contours, points and their numbers.
struct FaceModelView {
  let title: String
  let layout: Landmarks.Layout
  /// In the plane of the view: millimetres to the right and down.
  let points: [SIMD2<Double>]
  /// Whether a point belongs to the half that is turned away; it is then drawn faint and without a number.
  let isFar: [Bool]
  /// The names of the axes to the right and down; a leading minus where the axis points the other way.
  let axes: (right: String, down: String)
  /// The millimetres at the view's edges; multiples of `gridStep`.
  let low: SIMD2<Double>
  let high: SIMD2<Double>
  /// Pixels per millimetre. `origin` is the pixel at `low`.
  let scale: Double
  let origin: SIMD2<Double>

  static let gridStep = 20.0

  var size: SIMD2<Double> { (high - low) * scale }

  private func pixel(_ point: SIMD2<Double>) -> SIMD2<Double> { origin + (point - low) * scale }

  var svg: String {
    var text = "<g>\n<rect x=\"\(SVG.number(origin.x))\" y=\"\(SVG.number(origin.y))\" "
    text += "width=\"\(SVG.number(size.x))\" height=\"\(SVG.number(size.y))\" class=\"panel\"/>\n"
    text += grid + contours + dots + labels
    text += SVG.text(title, at: origin + SIMD2(10, 18), "title")
    return text + "</g>\n"
  }

  private var grid: String {
    var text = ""
    let end = origin + size
    for x in stride(from: low.x, through: high.x, by: Self.gridStep) {
      let at = pixel(SIMD2(x, low.y)).x
      text += SVG.line(SIMD2(at, origin.y), SIMD2(at, end.y), x == 0 ? "zero" : "grid")
      let value = label(x, isNegated: axes.right.hasPrefix("−"))
      text += SVG.text(value, at: SIMD2(at, end.y + 13), "tick", anchor: "middle")
    }
    for y in stride(from: low.y, through: high.y, by: Self.gridStep) {
      let at = pixel(SIMD2(low.x, y)).y
      text += SVG.line(SIMD2(origin.x, at), SIMD2(end.x, at), y == 0 ? "zero" : "grid")
      let value = label(y, isNegated: axes.down.hasPrefix("−"))
      text += SVG.text(value, at: SIMD2(origin.x - 6, at + 3), "tick", anchor: "end")
    }
    text += SVG.text(
      name(axes.right) + (axes.right.hasPrefix("−") ? " ←" : " →"),
      at: SIMD2(end.x - 8, end.y - 8), "axis", anchor: "end")
    text += SVG.text(
      name(axes.down) + (axes.down.hasPrefix("−") ? " ↑" : " ↓"),
      at: SIMD2(origin.x + 8, end.y - 8), "axis")
    return text
  }

  private func name(_ axis: String) -> String {
    axis.hasPrefix("−") ? String(axis.dropFirst()) : axis
  }

  private func label(_ millimetres: Double, isNegated: Bool) -> String {
    let value = Int(isNegated ? -millimetres : millimetres)
    return value < 0 ? "−\(-value)" : "\(value)"
  }

  /// The line segments of all contours, each from one point to the next.
  private var segments: [(from: Int, to: Int, contour: LandmarkContour)] {
    layout.contours.flatMap { contour in
      var segments = zip(contour.points, contour.points.dropFirst()).map { ($0, $1, contour) }
      if contour.isClosed {
        segments.append((contour.points.upperBound, contour.points.lowerBound, contour))
      }
      return segments
    }
  }

  private var contours: String {
    var text = ""
    for (from, to, contour) in segments {
      let style = "contour " + FaceModelStyle.className(contour.name)
      let isFaint = isFar[from] || isFar[to]
      text += SVG.line(pixel(points[from]), pixel(points[to]), style + (isFaint ? " far" : ""))
    }
    return text
  }

  private var dots: String {
    var text = ""
    // Near points are drawn last, over the others.
    for far in [true, false] {
      for (i, point) in points.enumerated() where isFar[i] == far {
        let at = pixel(point)
        text += "<circle cx=\"\(SVG.number(at.x))\" cy=\"\(SVG.number(at.y))\" r=\"2.6\" "
        text += "class=\"\(style(i))\(far ? " far" : "")\"/>\n"
      }
    }
    return text
  }

  private func style(_ index: Int) -> String {
    FaceModelStyle.className(layout.name(ofPoint: index))
  }

  private var labels: String {
    let pixels = points.map(pixel)
    var placement = LabelPlacement(
      points: pixels, radius: 3,
      area: .init(low: origin + SIMD2(2, 24), high: origin + size - SIMD2(2, 22)))
    for segment in segments where !isFar[segment.from] && !isFar[segment.to] {
      placement.avoidLine(from: pixels[segment.from], to: pixels[segment.to])
    }
    var text = ""
    for group in groups(pixels) {
      let at = pixels[group[0]]
      let value = group.map(String.init).joined(separator: "·")
      let room = SIMD2(Double(value.count) * 5.6 + 1, 9)
      let centre = placement.place(room, at: at, preferred: outward(group[0], pixels))
      let way = centre - at
      let distance = (way * way).sum().squareRoot()
      if distance > 13 + (room.x - room.y) / 2 {
        let step = way / distance
        text += SVG.line(at + step * 3, centre - step * 6, "leader")
      }
      text += SVG.text(
        value, at: centre + SIMD2(0, 3.3), "number \(style(group[0]))", anchor: "middle")
    }
    return text
  }

  /// Near points that lie on each other share a label.
  private func groups(_ pixels: [SIMD2<Double>]) -> [[Int]] {
    var groups: [[Int]] = []
    for i in points.indices where !isFar[i] {
      let same = groups.firstIndex { group in
        let offset = pixels[group[0]] - pixels[i]
        return (offset * offset).sum() < 2
      }
      if let same { groups[same].append(i) } else { groups.append([i]) }
    }
    return groups
  }

  /// The direction away from the middle of the point's contour; numbers of the inner lips go inward.
  private func outward(_ index: Int, _ pixels: [SIMD2<Double>]) -> SIMD2<Double> {
    guard let contour = layout.contours.first(where: { $0.points.contains(index) }) else {
      return SIMD2(1, -1)
    }
    let middle =
      contour.points.reduce(SIMD2<Double>.zero) { $0 + pixels[$1] } / Double(contour.points.count)
    let way = pixels[index] - middle
    return contour.name == "inner lips" ? -way : way
  }
}
