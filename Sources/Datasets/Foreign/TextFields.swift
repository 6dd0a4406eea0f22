internal import CByteMasks
internal import Schema

/// The fields of a line of text. One instance is reused for all lines. They are views of the line: a copy on another
/// thread reads a line of its own before it is asked for them.
struct TextFields: @unchecked Sendable {
  private var fields: [UnsafeRawBufferPointer] = []
  /// Whether commas stand for the decimal point, as they may where semicolons separate fields.
  private var hasDecimalCommas = false

  /// No fields yet.
  init() {}

  /// The fields of a line.
  init(_ line: UnsafeRawBufferPointer, at mark: UInt8? = nil) { read(line, at: mark) }

  var count: Int { fields.count }

  /// The bytes of a field, without blanks and quotation marks around them.
  subscript(index: Int) -> UnsafeRawBufferPointer { fields[index] }

  /// Replaces the fields by those of another line.
  ///
  /// - Parameter mark: what separates fields, of which one may be in quotation marks (RFC 4180, without line feeds in
  ///   a field); nil for blanks.
  mutating func read(_ line: UnsafeRawBufferPointer, at mark: UInt8?) {
    fields.removeAll(keepingCapacity: true)
    hasDecimalCommas = mark == UInt8(ascii: ";")
    guard let mark else {
      readBlankSeparated(line)
      return
    }
    guard let base = line.baseAddress else {
      fields.append(line)
      return
    }
    var start = 0
    for first in stride(from: 0, to: line.count, by: 64) {
      var masks = byte_masks(
        base + first, UInt64(line.count - first), mark, UInt8(ascii: "\""))
      if masks.second != 0 {
        readQuoted(line, from: start, at: mark)
        return
      }
      while masks.first != 0 {
        let next = first + masks.first.trailingZeroBitCount
        fields.append(Self.inner(line, start..<next))
        start = next + 1
        masks.first &= masks.first - 1
      }
    }
    fields.append(Self.inner(line, start..<line.count))
  }

  /// Reads the fields from a position on, where one begins, with marks in quotation marks that separate nothing.
  private mutating func readQuoted(_ line: UnsafeRawBufferPointer, from start: Int, at mark: UInt8)
  {
    let quote = UInt8(ascii: "\"")
    var (start, next, isQuoted) = (start, start, false)
    while next <= line.count {
      if next == line.count || line[next] == mark && !isQuoted {
        fields.append(Self.inner(line, start..<next))
        start = next + 1
      } else if line[next] == quote {
        isQuoted.toggle()
      }
      next += 1
    }
  }

  /// One field of a line alone.
  static func field(
    _ index: Int, of line: UnsafeRawBufferPointer, at mark: UInt8
  ) -> UnsafeRawBufferPointer? {
    let quote = UInt8(ascii: "\"")
    var (start, next, number, isQuoted) = (0, 0, 0, false)
    // What is asked for is mostly the first field, which ends at the first mark.
    if index == 0, let end = end(of: line, at: mark) { return inner(line, 0..<end) }
    while next <= line.count {
      if next == line.count || line[next] == mark && !isQuoted {
        if number == index { return inner(line, start..<next) }
        (start, number) = (next + 1, number + 1)
      } else if line[next] == quote {
        isQuoted.toggle()
      }
      next += 1
    }
    return nil
  }

  /// Where the field that begins at an offset ends: at its mark, or at the line's end.
  ///
  /// - Returns: nil where there is a quotation mark before that.
  static func end(
    of line: UnsafeRawBufferPointer, from start: Int = 0, at mark: UInt8
  ) -> Int? {
    guard let base = line.baseAddress else { return nil }
    for first in stride(from: start, to: line.count, by: 64) {
      let masks = byte_masks(
        base + first, UInt64(line.count - first), mark, UInt8(ascii: "\""))
      let end = masks.first.trailingZeroBitCount
      if masks.second.trailingZeroBitCount < end { return nil }
      if end < 64 { return first + end }
    }
    return line.count
  }

  private mutating func readBlankSeparated(_ line: UnsafeRawBufferPointer) {
    var next = 0
    while next < line.count {
      while next < line.count, isSpace(line[next]) { next += 1 }
      let start = next
      while next < line.count, !isSpace(line[next]) { next += 1 }
      if next > start { fields.append(UnsafeRawBufferPointer(rebasing: line[start..<next])) }
    }
  }

  private static func inner(
    _ line: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> UnsafeRawBufferPointer {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, isSpace(line[low]) { low += 1 }
    while low < high, isSpace(line[high - 1]) { high -= 1 }
    let quote = UInt8(ascii: "\"")
    if high - low >= 2, line[low] == quote, line[high - 1] == quote {
      (low, high) = (low + 1, high - 1)
    }
    return UnsafeRawBufferPointer(rebasing: line[low..<high])
  }

  /// A field's text; two quotation marks in it stand for one.
  func text(_ index: Int) -> String {
    let text = String(decoding: fields[index], as: UTF8.self)
    return text.holds("\"\"") ? text.replacing("\"\"", with: "\"") : text
  }

  /// The number in a field; nil where it holds none. It may be NaN or infinite.
  func number(_ index: Int) -> Double? {
    let field = fields[index]
    if let number = DecimalNumber.value(of: field) { return number }
    let comma = UInt8(ascii: ",")
    guard hasDecimalCommas, field.count < 64, field.contains(comma) else { return nil }
    let pointed = field.map { $0 == comma ? UInt8(ascii: ".") : $0 }
    return pointed.withUnsafeBytes { DecimalNumber.value(of: $0) }
  }

  /// The whole number in a field; nil where it holds none.
  func integer(_ index: Int) -> Int? { number(index).flatMap { Int(exactly: $0) } }

  /// All fields from one on as numbers; nil where one is none.
  func numbers(from first: Int = 0) -> [Double]? {
    var numbers: [Double] = []
    numbers.reserveCapacity(max(0, count - first))
    for i in first..<max(first, count) {
      guard let number = number(i) else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
