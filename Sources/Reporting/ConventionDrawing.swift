public import Geometry
public import Schema

/// A picture of what different systems mean by pitch, yaw and roll. It shows the face turned by +30° in each
/// angle alone and in all three, with its axes; systems with equal angles share a row.
public struct ConventionDrawing {
  private static let angle = 30.0
  private static let panel = SIMD2<Double>(176, 196)
  private static let gap = 14.0
  private static let margin = 36.0
  private static let textWidth = 372.0
  private static let caption = 26.0
  private static let head = 250.0

  private let view: TurnedFace
  private let conventions: [EulerConvention]

  /// - Parameters:
  ///   - conventions: those to be drawn.
  ///   - layout: one with contours, for contours are what is drawn.
  ///   - points: as many as the layout has, in metres; x right, y down, z away from the camera.
  public init(
    _ conventions: [EulerConvention], layout: Landmarks.Layout,
    points: [SIMD3<Double>]
  ) {
    self.conventions = conventions
    view = TurnedFace(layout: layout, points: points)
  }

  /// A complete SVG file on a light background.
  public var svg: String {
    var groups: [[EulerConvention]] = []
    for convention in conventions where !groups.joined().contains(convention) {
      groups.append(convention.equals.filter(conventions.contains))
    }
    let rowHeight = Self.panel.y + Self.caption + Self.gap
    let width = Self.margin * 2 + Self.textWidth + 4 * (Self.panel.x + Self.gap) - Self.gap
    let height = Self.head + Double(groups.count) * rowHeight + Self.margin
    let title = "Pitch, yaw and roll of +\(Int(Self.angle))° in each system"
    var body = header(title)
    for (i, group) in groups.enumerated() {
      body += row(group, top: Self.head + Double(i) * rowHeight)
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" \
      width="\(Int(width))" height="\(Int(height))" \
      font-family="'DejaVu Sans', Verdana, sans-serif">
      <style>\(FaceModelStyle.sheet)\(TurnedFace.sheet)</style>
      <title>\(SVG.escaped(title))</title>
      <rect width="100%" height="100%" fill="#f4f5f7"/>
      \(body)</svg>

      """
  }

  private func left(ofColumn column: Int) -> Double {
    Self.margin + Self.textWidth + Double(column) * (Self.panel.x + Self.gap)
  }

  private func header(_ title: String) -> String {
    var svg = SVG.text(title, at: SIMD2(Self.margin, 58), "heading")
    let lines = [
      "As the camera sees the face. Canonical axes are x to the image's",
      "right, y down and z away from the camera; the frontal face has R = 1.",
      "On the nose are the face's own x and y, and its normal −z.",
      "Each angle turns about the canonical axis named, right-handed.", "",
      "Where all three angles are 30°, the order of the turns tells:",
      "angles of different systems cannot be compared, only rotations can.",
    ]
    for (i, line) in lines.enumerated() {
      svg += SVG.text(line, at: SIMD2(Self.margin, 92 + 18 * Double(i)), "fact")
    }
    // The frontal face, and the camera's axes.
    let corner = SIMD2(left(ofColumn: 1), 30.0)
    svg += panel(.identity, at: corner, namesAxes: true)
    svg += axes(at: corner + SIMD2(Self.panel.x + 52, 62))
    svg += SVG.text("R = 1", at: corner + SIMD2(10, 20), "axis")
    return svg
  }

  /// Draws the camera's axes.
  private func axes(at origin: SIMD2<Double>) -> String {
    var svg = SVG.line(origin, origin + SIMD2(56, 0), "arrow")
    svg += SVG.line(origin, origin + SIMD2(0, 56), "arrow")
    for (tip, side, back) in [
      (SIMD2(62.0, 0), SIMD2(0.0, 4), SIMD2(53.0, 0)), (SIMD2(0, 62), SIMD2(4, 0), SIMD2(0, 53)),
    ] {
      svg += TurnedFace.polygon([origin + tip, origin + back + side, origin + back - side], "tip")
    }
    svg +=
      "<circle cx=\"\(SVG.number(origin.x))\" cy=\"\(SVG.number(origin.y))\" r=\"7\" class=\"into\"/>\n"
    for side in [SIMD2(4.9, 4.9), SIMD2(4.9, -4.9)] {
      svg += SVG.line(origin - side, origin + side, "arrow")
    }
    svg += SVG.text("x", at: origin + SIMD2(68, 4), "axis")
    svg += SVG.text("y", at: origin + SIMD2(-3, 78), "axis")
    return svg + SVG.text("z, away", at: origin + SIMD2(-14, -14), "axis")
  }

  private func row(_ group: [EulerConvention], top: Double) -> String {
    let convention = group[0]
    var svg = SVG.text(
      group.map(\.rawValue).joined(separator: ", "), at: SIMD2(Self.margin, top + 30), "heading")
    var lines = ["R = \(convention.formula)", "singular at \(convention.singularity)"]
    for member in group {
      let order = member.order.map(\.rawValue).joined(separator: ", ")
      lines += ["\(member.rawValue): \(order) in \(member.nativeUnit)"]
      // Text that fits on one line is not split.
      let isShort = member.users.count <= 60
      lines += (isShort ? [member.users[...]] : member.users.split(separator: "; ")).map {
        "    \($0)"
      }
    }
    for (i, line) in lines.enumerated() where !line.isEmpty {
      let indent = line.prefix { $0 == " " }.count
      svg += SVG.text(
        String(line.dropFirst(indent)),
        at: SIMD2(Self.margin + 3 * Double(indent), top + 50 + Double(i) * 15),
        i == 0 ? "formula" : indent > 0 ? "use" : "fact")
    }
    let names: [EulerAngles.Name] = [.pitch, .yaw, .roll]
    for (column, name) in names.enumerated() {
      var angles = EulerAngles.zero
      angles[name] = Self.angle * .pi / 180
      svg += turned(
        convention, by: angles, "\(name.rawValue) +\(Int(Self.angle))°",
        "\(convention.meaning(of: name)), about \(convention.axis(of: name))", column, top)
    }
    let all = EulerAngles.degrees(pitch: Self.angle, yaw: Self.angle, roll: Self.angle)
    return svg + turned(convention, by: all, "all three", "+\(Int(Self.angle))° each", 3, top)
  }

  private func turned(
    _ convention: EulerConvention, by angles: EulerAngles, _ name: String, _ meaning: String,
    _ column: Int, _ top: Double
  ) -> String {
    let corner = SIMD2(left(ofColumn: column), top)
    let below = corner + SIMD2(Self.panel.x / 2, Self.panel.y + 17)
    return panel(convention.rotation(of: angles), at: corner)
      + SVG.text(name, at: corner + SIMD2(10, 20), "title")
      + SVG.text(meaning, at: below, "fact", anchor: "middle")
  }

  private func panel(
    _ rotation: Rotation, at corner: SIMD2<Double>, namesAxes: Bool = false
  ) -> String {
    "<rect x=\"\(SVG.number(corner.x))\" y=\"\(SVG.number(corner.y))\" width=\"\(SVG.number(Self.panel.x))\" height=\"\(SVG.number(Self.panel.y))\" rx=\"6\" class=\"panel\"/>\n"
      + view.svg(
        rotation, at: corner + SIMD2(Self.panel.x / 2, Self.panel.y * 0.56), namesAxes: namesAxes)
  }
}
