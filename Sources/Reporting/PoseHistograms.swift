internal import Geometry
internal import Schema

/// A picture of the distributions of six pose components: a histogram of each, with mean and standard deviation.
public struct PoseHistograms {
  private static let panel = SIMD2<Double>(300, 170)
  private static let margin = SIMD2<Double>(44, 34)
  private static let titles = [
    "rx (pitch axis), rad", "ry (yaw axis), rad", "rz (roll axis), rad", "tx, 0.1 m", "ty, 0.1 m",
    "tz, 0.1 m",
  ]

  private let statistics: PoseStatistics

  /// - Parameter statistics: of img2pose's local poses; translations are labelled in units of 0.1 m.
  public init(_ statistics: PoseStatistics) { self.statistics = statistics }

  /// A complete SVG file on a ground of its own, so that it can be read on light and dark pages.
  public var svg: String {
    let size = Self.panel * SIMD2(3, 2)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(size.x)) \(Int(size.y + 26))" \
      width="\(Int(size.x))" height="\(Int(size.y + 26))" \
      font-family="sans-serif" font-size="11">
      <style>text{fill:#444}.bar{fill:#3b7dd8}.axis{stroke:#888}.mean{stroke:#d8563b}</style>
      <title>Local poses of \(statistics.count) faces</title>
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="\(Int(Self.margin.x))" y="18" font-size="13">Local poses of \(statistics.count) faces: \
      share in each bin; the line is the mean</text>

      """
    for (i, component) in statistics.components.enumerated() {
      let origin = SIMD2(Double(i % 3) * Self.panel.x, Double(i / 3) * Self.panel.y + 26)
      text += panel(component, title: Self.titles[i], origin: origin)
    }
    return text + "</svg>\n"
  }

  private func panel(
    _ component: PoseStatistics.Component, title: String, origin: SIMD2<Double>
  ) -> String {
    guard component.count > 0 else { return "" }
    let counts = component.sketch.histogram(
      from: component.minimum, to: component.maximum, bins: PoseStatistics.bins)
    let highest = Double(counts.max() ?? 1)
    let area = Self.panel - 2 * Self.margin
    let left = origin.x + Self.margin.x
    let bottom = origin.y + Self.margin.y + area.y
    let step = area.x / Double(counts.count)
    var text = "<g>"
    for (i, count) in counts.enumerated() where count > 0 {
      let height = area.y * Double(count) / highest
      text += "<rect class=\"bar\" x=\"\(number(left + Double(i) * step))\" "
      text += "y=\"\(number(bottom - height))\" width=\"\(number(step * 0.9))\" "
      text += "height=\"\(number(height))\"/>"
    }
    let right = left + area.x
    text += "<line class=\"axis\" x1=\"\(number(left))\" x2=\"\(number(right))\" "
    text += "y1=\"\(number(bottom))\" y2=\"\(number(bottom))\"/>"
    let range = max(component.maximum - component.minimum, .leastNormalMagnitude)
    let mean = left + area.x * (component.mean - component.minimum) / range
    text += "<line class=\"mean\" x1=\"\(number(mean))\" x2=\"\(number(mean))\" "
    text += "y1=\"\(number(bottom))\" y2=\"\(number(bottom - area.y))\"/>"
    let spread = "\(number(component.mean)) ± \(number(component.standardDeviation))"
    text += label(title, x: left, y: bottom - area.y - 8)
    text += label(spread, x: right, y: bottom - area.y - 8, anchor: "end")
    // The scale of shares: the highest bar's, at its height.
    text += "<line class=\"axis\" x1=\"\(number(left - 4))\" x2=\"\(number(left))\" "
    text += "y1=\"\(number(bottom - area.y))\" y2=\"\(number(bottom - area.y))\"/>"
    let share = 100 * highest / Double(component.count)
    text += label("\(share.printed("%.3g")) %", x: left - 6, y: bottom - area.y + 4, anchor: "end")
    text += label("0", x: left - 6, y: bottom + 4, anchor: "end")
    text += label(number(component.minimum), x: left, y: bottom + 15)
    text += label(number(component.maximum), x: right, y: bottom + 15, anchor: "end")
    return text + "</g>\n"
  }

  private func label(_ text: String, x: Double, y: Double, anchor: String = "start") -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
  }

  /// Four digits are finer than a pixel, and enough for reading.
  private func number(_ value: Double) -> String { value.printed("%.4g") }
}
