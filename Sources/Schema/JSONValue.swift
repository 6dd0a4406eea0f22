/// Any JSON value. Objects keep the order of their members.
public enum JSONValue: Sendable {
  /// No value.
  case null
  /// True or false.
  case boolean(Bool)
  /// A number written without fraction or exponent that fits 64 bits.
  case integer(Int)
  /// Any other number. It may be NaN or infinite after parsing.
  case double(Double)
  /// A text, without escapes.
  case text(String)
  /// Values in order.
  case array([JSONValue])
  /// The members in their order. A key may occur twice.
  case object([(key: String, value: JSONValue)])
}

extension JSONValue: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }
}

extension JSONValue {
  /// The value of an object's first member of this name; nil for other values.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The number, whole or not; nil for anything else.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// Whether it is no array, object or null.
  public var isScalar: Bool {
    switch self {
    case .null, .array, .object: false
    case .boolean, .integer, .double, .text: true
    }
  }

  /// nil for anything but a text.
  public var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// nil for anything but an array.
  public var elements: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// What kind of value it is, for messages: "a number", "an array".
  public var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "true or false"
    case .integer, .double: "a number"
    case .text: "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
