internal import Schema

/// A row of numbers in the forms that other tools write: with commas, semicolons or tabs between fields, or
/// with words in place of numbers. `NumberRow` reads ordinary rows; this type reads those that it refuses.
struct LooseRow {
  /// Views of the text.
  private let fields: [UnsafeRawBufferPointer]

  /// Why a text is not a row. `found` completes the sentence "expected 20 numbers, found ...".
  struct Problem: Error {
    var found: String
  }

  init(_ text: UnsafeRawBufferPointer) throws(Problem) {
    let (comma, semicolon) = (UInt8(ascii: ","), UInt8(ascii: ";"))
    let byBlanks = Self.split(text, at: isSpace)
    let hasSemicolons = text.contains(semicolon)
    let parts = hasSemicolons ? Self.split(text) { $0 == semicolon || isSpace($0) } : byBlanks
    if let field = Self.decimalComma(in: parts, areTold: hasSemicolons) {
      throw Problem(found: "decimal commas, as in '\(Self.shown(field))'; write decimal points")
    }
    let separators = [comma, semicolon].filter(text.contains)
    for mark in separators where Self.hasEmptyField(text, between: mark) {
      throw Problem(found: "an empty field")
    }
    fields =
      separators.isEmpty ? byBlanks : Self.split(text) { isSpace($0) || separators.contains($0) }
  }

  var count: Int { fields.count }

  /// The number in a field; nil where the field holds no number.
  func number(_ index: Int) -> Double? { DecimalNumber.value(of: fields[index]) }

  func text(_ index: Int) -> String { Self.shown(fields[index]) }

  /// All fields as numbers.
  func numbers() throws(Problem) -> [Double] {
    var numbers: [Double] = []
    for i in fields.indices {
      guard let number = number(i) else { throw Problem(found: "'\(text(i))'") }
      numbers.append(number)
    }
    return numbers
  }

  private static func shown(_ field: UnsafeRawBufferPointer) -> String {
    String(decoding: field.prefix(40), as: UTF8.self)
  }

  private static func split(
    _ text: UnsafeRawBufferPointer, at isSeparator: (UInt8) -> Bool
  ) -> [UnsafeRawBufferPointer] {
    text.split(whereSeparator: isSeparator).map { UnsafeRawBufferPointer(rebasing: $0) }
  }

  /// The first field in which a comma stands for the decimal point, such as `355,4`. Commas do so where each
  /// stands inside a field, no field has two, and no field has a point.
  ///
  /// - Parameter areTold: whether another mark separates the fields, so that commas can mean nothing else.
  private static func decimalComma(
    in fields: [UnsafeRawBufferPointer], areTold: Bool
  ) -> UnsafeRawBufferPointer? {
    let comma = UInt8(ascii: ",")
    var first: UnsafeRawBufferPointer?
    for field in fields {
      let commas = field.count { $0 == comma }
      if commas == 0, !field.contains(UInt8(ascii: ".")) { continue }
      guard commas == 1, field.first != comma, field.last != comma else { return nil }
      first = first ?? field
    }
    return areTold || fields.count > 1 ? first : nil
  }

  private static func hasEmptyField(_ text: UnsafeRawBufferPointer, between mark: UInt8) -> Bool {
    var isAfterMark = false
    for byte in text where !isSpace(byte) {
      if byte == mark, isAfterMark { return true }
      isAfterMark = byte == mark
    }
    return false
  }
}
