internal import Schema

/// Why a line is not a row; it completes "row: expected …, found …".
struct RowProblem: Error {
  var expected: String
  var found: String

  init(expected: String, found: String) { (self.expected, self.found) = (expected, found) }

  /// As an issue words it.
  var detail: String { "row: expected \(expected), found \(found)" }

  /// Of a line as a whole, whose beginning is shown.
  init(expected: String, foundIn line: UnsafeRawBufferPointer) {
    self.init(expected: expected, found: Self.shown(line))
  }

  /// A line's beginning, in quotation marks.
  static func shown(_ line: UnsafeRawBufferPointer) -> String {
    "'\(String(decoding: line.prefix(60), as: UTF8.self))'"
  }
}

extension RowProblem {
  /// Of the first field that is no number as it has to be; nil where all are.
  ///
  /// - Parameters:
  ///   - fields: of the row.
  ///   - range: the fields that are numbers.
  ///   - expected: what a number has to be, in words.
  ///   - name: what a field's number is, in words; nil for a number like the others.
  ///   - isMeant: whether a number is what it has to be.
  static func ofNumbers(
    _ fields: TextFields, _ range: Range<Int>, expected: String = "a number",
    named name: (Int) -> String? = { _ in nil },
    where isMeant: (Double) -> Bool = \.isFinite
  ) -> RowProblem? {
    for i in range.clamped(to: 0..<fields.count) {
      if let number = fields.number(i), isMeant(number) { continue }
      let what = name(i).map { "'\($0)'" } ?? "field \(i + 1)"
      return RowProblem(
        expected: "\(expected) as \(what)",
        found: "'\(String(fields.text(i).prefix(40)).printable)'")
    }
    return nil
  }
}
