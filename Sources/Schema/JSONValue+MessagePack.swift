public import Codecs

extension JSONValue {
  /// The same value in JSON. Binary data become a text with their size: "12 bytes".
  public init(_ value: MessagePackValue) {
    self =
      switch value {
      case .null: .null
      case .boolean(let flag): .boolean(flag)
      case .integer(let number): .integer(number)
      case .double(let number): .double(number)
      case .text(let text): .text(text)
      case .binary(let range): .text("\(range.count) bytes")
      case .array(let values): .array(values.map(JSONValue.init))
      case .map(let members): .object(members.map { ($0.key, JSONValue($0.value)) })
      }
  }
}
