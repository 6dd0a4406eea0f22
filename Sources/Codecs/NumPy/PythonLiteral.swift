/// Reads the few kinds of Python literals that NumPy headers consist of, one after the other.
struct PythonLiteral {
  let bytes: UnsafeRawBufferPointer
  /// The position in the file at which `bytes` begins, for messages.
  let firstByte: Int
  let name: String
  var position = 0

  func error(at place: Int, _ detail: String) -> NPYError {
    NPYError(name: name, detail: "header, byte \(firstByte + place): \(detail)")
  }

  private func unexpected(_ expected: String) -> NPYError {
    let found =
      switch position < bytes.count ? bytes[position] : nil {
      case nil: "the end"
      case let byte? where (0x21...0x7E).contains(byte): "'\(Character(UnicodeScalar(byte)))'"
      case let byte?: "byte \(byte)"
      }
    return error(at: position, "expected \(expected), found \(found)")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  /// The position of the next literal.
  mutating func nextPosition() -> Int {
    skipSpace()
    return position
  }

  mutating func takes(_ character: UnicodeScalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func take(_ character: UnicodeScalar) throws(NPYError) {
    guard takes(character) else { throw unexpected("'\(character)'") }
  }

  mutating func end() throws(NPYError) {
    skipSpace()
    guard position == bytes.count else { throw unexpected("the header's end") }
  }

  /// A text without escapes. No type or key has any.
  mutating func string() throws(NPYError) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == 0x27 || bytes[position] == 0x22 else {
      throw unexpected("a text in quotes")
    }
    let rest = bytes[(position + 1)...]
    guard let end = rest.firstIndex(of: bytes[position]) else {
      position = bytes.count
      throw unexpected("a closing quote")
    }
    defer { position = end + 1 }
    return String(decoding: bytes[position + 1..<end], as: UTF8.self)
  }

  mutating func boolean() throws(NPYError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw unexpected("True or False")
  }

  mutating func integer() throws(NPYError) -> Int {
    skipSpace()
    let place = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position] &- 0x30, digit < 10 {
      let (tens, isTooGreat) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooGreatNow) = tens.addingReportingOverflow(Int(digit))
      guard !isTooGreat, !isTooGreatNow else {
        throw error(at: place, "expected a size of at most \(Int.max), found a greater one")
      }
      value = sum
      position += 1
    }
    guard position > place else { throw unexpected("a size") }
    // Python 2 wrote an L after long integers.
    _ = takes("L")
    return value
  }
}
