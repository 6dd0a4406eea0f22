internal import Schema

/// Parts of SVG text.
enum SVG {
  /// The number to a tenth of a pixel, which is finer than can be seen.
  static func number(_ value: Double) -> String {
    let text = value.printed("%.1f")
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func line(_ from: SIMD2<Double>, _ to: SIMD2<Double>, _ style: String) -> String {
    "<line x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\" y2=\"\(number(to.y))\" class=\"\(style)\"/>\n"
  }

  static func text(
    _ text: String, at place: SIMD2<Double>, _ style: String, anchor: String = "start",
    fill: String? = nil
  ) -> String {
    "<text x=\"\(number(place.x))\" y=\"\(number(place.y))\" class=\"\(style)\" text-anchor=\"\(anchor)\""
      + (fill.map { " fill=\"\($0)\"" } ?? "") + ">\(escaped(text))</text>\n"
  }

  /// The text with characters escaped that XML reserves or does not allow; names of files may hold them.
  static func escaped(_ text: String) -> String {
    text.printable.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
      ">", with: "&gt;")
  }
}
