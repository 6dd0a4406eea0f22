/// A page with places for values: the part of Mustache that our page uses, which a library would do with all of
/// Foundation.
///
/// `{{name}}` is a value as text of HTML, `{{{name}}}` one as it is, and `{{.}}` the value of the section. What is
/// between `{{#name}}` and `{{/name}}` is there once where the value is true, and once for each element of an array.
/// A name is looked for in the innermost section first. A line with nothing but the mark of a section leaves no line.
struct PageTemplate {
  /// What is wrong with a template.
  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  private indirect enum Part {
    case text(Substring)
    case value(name: String, isEscaped: Bool)
    case section(name: String, parts: [Part])
  }

  private let parts: [Part]

  /// - Throws: `Malformed` where marks do not match.
  init(_ text: String) throws(Malformed) {
    var rest = text[...]
    parts = try Self.parts(&rest, of: nil)
  }

  /// - Parameters:
  ///   - rest: what has not been read.
  ///   - section: the section that is open, whose end ends the parts.
  private static func parts(
    _ rest: inout Substring, of section: String?
  ) throws(Malformed) -> [Part] {
    var parts: [Part] = []
    while let mark = rest.firstRange(of: "{{") {
      let before = rest[..<mark.lowerBound]
      let isRaw = rest[mark.upperBound...].hasPrefix("{")
      let close = isRaw ? "}}}" : "}}"
      guard let end = rest[mark.upperBound...].firstRange(of: close) else {
        throw Malformed(description: "expected '\(close)', found the end")
      }
      let inside = rest[mark.upperBound..<end.lowerBound].dropFirst(isRaw ? 1 : 0)
      rest = rest[end.upperBound...]
      guard let kind = inside.first, kind == "#" || kind == "/" else {
        parts += [.text(before), .value(name: String(inside), isEscaped: !isRaw)]
        continue
      }
      let name = String(inside.dropFirst())
      parts.append(.text(withoutOwnLine(before, &rest)))
      if kind == "#" {
        parts.append(.section(name: name, parts: try Self.parts(&rest, of: name)))
      } else if name == section {
        return parts
      } else {
        throw Malformed(
          description: "expected the end of '\(section ?? "")', found that of '\(name)'")
      }
    }
    if let section {
      throw Malformed(description: "expected the end of '\(section)', found the end of all")
    }
    return parts + [.text(rest)]
  }

  /// Takes away what is left of a line that had a section's mark only.
  private static func withoutOwnLine(_ before: Substring, _ rest: inout Substring) -> Substring {
    let indent = before.reversed().prefix { $0 == " " }.count
    let start = before.dropLast(indent)
    let isLineStart =
      start.isEmpty
      ? before.startIndex == before.base.startIndex
        || before.base[before.base.index(before: before.startIndex)] == "\n"
      : start.last == "\n"
    guard isLineStart, rest.first == "\n" else { return before }
    rest = rest.dropFirst()
    return start
  }

  /// - Parameter values: texts, whole numbers, Booleans, arrays of texts and of values such as these, by name.
  func render(_ values: [String: Any]) -> String {
    var text = ""
    Self.render(parts, [values], into: &text)
    return text
  }

  private static func render(_ parts: [Part], _ context: [Any], into text: inout String) {
    for part in parts {
      switch part {
      case .text(let piece): text += piece
      case .value(let name, let isEscaped):
        let value = value(name, context).map { "\($0)" } ?? ""
        text += isEscaped ? escaped(value) : value
      case .section(let name, let parts):
        switch value(name, context) {
        case let elements as [Any]:
          for element in elements { render(parts, context + [element], into: &text) }
        case let isThere as Bool where isThere: render(parts, context, into: &text)
        default: break
        }
      }
    }
  }

  private static func value(_ name: String, _ context: [Any]) -> Any? {
    if name == "." { return context.last }
    for values in context.reversed() {
      if let value = (values as? [String: Any])?[name] { return value }
    }
    return nil
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
