internal import Geometry
internal import Glibc
internal import Schema

/// A histogram as an inline SVG picture, with its median and the range of nine tenths in words.
struct DistributionChart {
  /// What the axis shows at least, and where it has its labels.
  enum Axis {
    /// Labels at multiples of a step, in the unit of the scale.
    case every(Double, atLeast: ClosedRange<Double>)
    /// Labels at powers of two.
    case octaves(atLeast: ClosedRange<Double>)
  }

  static let size = SIMD2<Double>(360, 170)
  private static let plot = (left: 10.0, right: 350.0, top: 22.0, bottom: 144.0)

  let title: String
  let unit: String
  let axis: Axis
  let distribution: FaceDistributions.Distribution

  /// The bins that are drawn: those with values, and those that the axis shows at least.
  private var shown: Range<Int> {
    let scale = distribution.scale
    let filled = distribution.counts.indices.filter { distribution.counts[$0] > 0 }
    let (least, greatest): (Double, Double)
    switch axis {
    case .every(let step, let range):
      let low = min(range.lowerBound, scale.edge(filled.first ?? 0))
      let high = max(range.upperBound, scale.edge((filled.last ?? 0) + 1))
      (least, greatest) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step)
    case .octaves(let range):
      let low = min(range.lowerBound, scale.edge(filled.first ?? 0))
      let high = max(range.upperBound, scale.edge((filled.last ?? 0) + 1))
      (least, greatest) = (exp2(log2(low).rounded(.down)), exp2(log2(high).rounded(.up)))
    }
    let first = scale.bin(of: least)
    let last = (first..<scale.bins).last { scale.edge($0) < greatest * (1 - 1e-9) } ?? first
    return first..<last + 1
  }

  /// The numbers below the axis.
  private func ticks(_ bins: Range<Int>) -> [Double] {
    let low = distribution.scale.edge(bins.lowerBound)
    let high = distribution.scale.edge(bins.upperBound)
    switch axis {
    case .every(let step, _):
      let all = Array(stride(from: (low / step).rounded(.up) * step, through: high, by: step))
      return all.count > 9
        ? all.filter { ($0 / step).truncatingRemainder(dividingBy: 2) == 0 } : all
    case .octaves:
      let all = stride(from: log2(low).rounded(.up), through: log2(high), by: 1).map { exp2($0) }
      return all.count > 9 ? all.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) : all
    }
  }

  /// The histogram; nil where no face has this number.
  var svg: String? {
    guard distribution.count > 0 else { return nil }
    let bins = shown
    let plot = Self.plot
    let highest = Double(distribution.counts.max() ?? 1)
    let step = (plot.right - plot.left) / Double(bins.count)
    var text = PageSVG.opening(Self.size, label: "\(title): \(summary)")
    text += SVG.text(PageText.count(Int(highest), "face"), at: [plot.left, plot.top - 8], "tick")
    text += SVG.line([plot.left, plot.top], [plot.right, plot.top], "grid")
    for bin in bins where distribution.counts[bin] > 0 {
      let count = distribution.counts[bin]
      let height = max((plot.bottom - plot.top) * Double(count) / highest, 1)
      let x = plot.left + Double(bin - bins.lowerBound) * step
      text += PageSVG.rectangle(
        x + step * 0.06, plot.bottom - height, step * 0.88, height, "bar",
        title: "\(range(of: bin)): \(PageText.count(count, "face"))")
    }
    text += SVG.line([plot.left, plot.bottom], [plot.right, plot.bottom], "axis")
    for tick in ticks(bins) {
      let x = place(of: tick, bins, step)
      let anchor = x < plot.left + 12 ? "start" : x > plot.right - 12 ? "end" : "middle"
      text += SVG.text(PageText.number(tick), at: [x, plot.bottom + 16], "tick", anchor: anchor)
    }
    if let median = distribution.sketch.quantile(0.5) {
      let x = min(max(place(of: median, bins, step), plot.left), plot.right)
      text += SVG.line([x, plot.top], [x, plot.bottom], "median")
    }
    return text + "</svg>\n"
  }

  /// Such as "median 12°, nine tenths from -40° to 38°; 53 faces". Of few faces it is all of them.
  var summary: String {
    let sketch = distribution.sketch
    let isFew = distribution.count < 20
    guard let low = sketch.quantile(isFew ? 0 : 0.05), let middle = sketch.quantile(0.5),
      let high = sketch.quantile(isFew ? 1 : 0.95)
    else { return "no face has it" }
    let faces = PageText.count(distribution.count, "face")
    guard distribution.count > 1 else { return "\(inUnit(middle)); \(faces)" }
    return "median \(inUnit(middle)), \(isFew ? "all" : "nine tenths") from \(inUnit(low)) to "
      + "\(inUnit(high)); \(faces)"
  }

  /// A number with its unit; degrees follow without a space.
  private func inUnit(_ value: Double) -> String {
    PageText.number(value) + (unit == "°" ? unit : " \(unit)")
  }

  private func place(of value: Double, _ bins: Range<Int>, _ step: Double) -> Double {
    let position: Double
    switch distribution.scale {
    case .linear(let from, let width, _): position = (value - from) / width
    case .logarithmic(let from, let binsPerOctave, _):
      position = value > 0 ? log2(value / from) * binsPerOctave : 0
    }
    return Self.plot.left + (position - Double(bins.lowerBound)) * step
  }

  private func range(of bin: Int) -> String {
    let scale = distribution.scale
    let low = inUnit(scale.edge(bin))
    return bin == scale.bins - 1 ? "from \(low)" : "\(low) to \(inUnit(scale.edge(bin + 1)))"
  }
}

/// Parts of the page's pictures.
enum PageSVG {
  /// The first tag of a picture. It tells assistive technology that it is one, and its content in words.
  static func opening(_ size: SIMD2<Double>, label: String) -> String {
    "<svg viewBox=\"0 0 \(Int(size.x)) \(Int(size.y))\" role=\"img\" aria-label=\"\(SVG.escaped(label))\">\n"
  }

  static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String,
    opacity: Double? = nil, title: String
  ) -> String {
    let strength = opacity.map { " opacity=\"\($0.printed("%.2f"))\"" } ?? ""
    return "<rect x=\"\(SVG.number(x))\" y=\"\(SVG.number(y))\" width=\"\(SVG.number(width))\" "
      + "height=\"\(SVG.number(height))\" class=\"\(style)\"\(strength)><title>\(SVG.escaped(title))</title></rect>\n"
  }
}

/// Numbers as the page writes them.
enum PageText {
  /// About three digits, without trailing zeros and with a real minus sign.
  static func number(_ value: Double) -> String {
    let magnitude = value.magnitude
    let format = magnitude >= 100 ? "%.0f" : magnitude >= 10 ? "%.1f" : "%.2f"
    var text = value.printed(format)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    if text == "-0" { return "0" }
    return text.replacing("-", with: "\u{2212}")
  }

  /// With commas between thousands, such as "10,000".
  static func grouped(_ count: Int) -> String {
    var text = ""
    for (i, digit) in String(count).reversed().enumerated() {
      if i > 0, i % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  /// Such as "1 face", "2 faces" or "no faces".
  static func count(_ count: Int, _ noun: String) -> String {
    count == 0 ? "no \(noun)s" : "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }
}
