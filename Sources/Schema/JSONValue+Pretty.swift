extension JSONValue {
  /// The value over several lines, indented, for files that people read. Arrays without arrays or objects in them
  /// stay on one line. It ends with a line feed.
  ///
  /// - Throws: `JSONError` where a number is not finite.
  public var prettyText: String {
    get throws(JSONError) {
      var text = ""
      try write(to: &text, indent: "")
      return text + "\n"
    }
  }

  private func write(to text: inout String, indent: String) throws(JSONError) {
    let inner = indent + "  "
    switch self {
    case .object(let members) where !members.isEmpty:
      text += "{\n"
      for (i, member) in members.enumerated() {
        text += inner + (try JSONValue.text(member.key).compactText) + ": "
        try member.value.write(to: &text, indent: inner)
        text += i + 1 < members.count ? ",\n" : "\n"
      }
      text += indent + "}"
    case .array(let values) where values.contains(where: \.isContainer):
      text += "[\n"
      for (i, value) in values.enumerated() {
        text += inner
        try value.write(to: &text, indent: inner)
        text += i + 1 < values.count ? ",\n" : "\n"
      }
      text += indent + "]"
    default: text += try compactText
    }
  }

  /// The value on one line, without spaces.
  ///
  /// - Throws: `JSONError` where a number is not finite.
  public var compactText: String {
    get throws(JSONError) {
      var writer = JSONWriter()
      writer.value(self)
      return String(decoding: try writer.bytes, as: UTF8.self)
    }
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }

  /// The value on one line, for messages. It never fails: numbers that are not finite are described.
  public var messageText: String {
    if case .double(let number) = self, !number.isFinite { return "\(number)" }
    return (try? compactText) ?? "\(kind) of numbers that are not finite"
  }
}
