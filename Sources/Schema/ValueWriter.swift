/// Takes a value piece by piece, in the terms of JSON: as text by `JSONWriter`, as MessagePack by
/// `MessagePackValueWriter`. The caller writes a `key` before each value of an object.
///
/// A number that is not finite cannot be written. The writer takes it and refuses all of its text or bytes at the end,
/// so the many calls that write a member need no `try`.
public protocol ValueWriter {
  /// Writes an object; the closure writes its keys and values in turn.
  mutating func object(_ body: (inout Self) -> Void)
  /// Writes an array; the closure writes its elements.
  mutating func array(_ body: (inout Self) -> Void)
  /// A key without characters that need escapes.
  mutating func key(_ name: StaticString)
  /// A key that is data and may need escapes.
  mutating func key(named name: String)
  /// Writes that there is no value.
  mutating func null()
  /// Writes true or false.
  mutating func value(_ value: Bool)
  /// Writes a whole number.
  mutating func value(_ value: Int)
  /// Whole numbers below 1e15 become integers.
  mutating func value(_ value: Double)
  /// Likewise, as the number that the shortest digits of a `Float` give.
  mutating func value(_ value: Float)
  /// Writes a text, with escapes where the form needs them.
  mutating func value(_ value: some StringProtocol)
}

extension ValueWriter {
  /// Writes any value.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .boolean(let flag): self.value(flag)
    case .integer(let number): self.value(number)
    case .double(let number): self.value(number)
    case .text(let string): self.value(string)
    case .array(let values): array { for value in values { $0.value(value) } }
    case .object(let members):
      object {
        for member in members {
          $0.key(named: member.key)
          $0.value(member.value)
        }
      }
    }
  }
}

extension BinaryFloatingPoint {
  /// Whether a number is written as an integer: whole, below 1e15 in size, and not minus zero.
  var isWrittenWhole: Bool {
    self == rounded() && magnitude < 1e15 && !(self == 0 && sign == .minus)
  }
}
