extension JSONValue {
  /// The value over several lines, for files that people open: short arrays stay on one line.
  public var prettyText: String {
    var text = ""
    write(to: &text, indent: "")
    return text + "\n"
  }

  private func write(to text: inout String, indent: String) {
    let inner = indent + "  "
    switch self {
    case .object(let members) where !members.isEmpty:
      text += "{\n"
      for (i, member) in members.enumerated() {
        text += inner + JSONValue.text(member.key).compactText + ": "
        member.value.write(to: &text, indent: inner)
        text += i + 1 < members.count ? ",\n" : "\n"
      }
      text += indent + "}"
    case .array(let values) where values.contains(where: \.isContainer):
      text += "[\n"
      for (i, value) in values.enumerated() {
        text += inner
        value.write(to: &text, indent: inner)
        text += i + 1 < values.count ? ",\n" : "\n"
      }
      text += indent + "]"
    default: text += compactText
    }
  }

  /// The value on one line.
  public var compactText: String {
    var writer = JSONWriter()
    writer.value(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }
}
