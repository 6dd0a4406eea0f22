internal import Codecs
internal import Schema

/// A header `# path width height` of a labelv2.txt. The path may have blanks.
struct LabelV2Header {
  let path: UnsafeRawBufferPointer
  /// In pixels; nil where the two numbers are no size.
  let size: SIMD2<Int>?

  /// - Returns: nil where a line is no such header.
  init?(_ line: UnsafeRawBufferPointer) {
    guard line.first == UInt8(ascii: "#") else { return nil }
    let fields = TextFields(UnsafeRawBufferPointer(rebasing: line.dropFirst()))
    guard fields.count >= 3, fields.number(fields.count - 2) != nil,
      fields.number(fields.count - 1) != nil
    else { return nil }
    let sides = [fields.integer(fields.count - 2), fields.integer(fields.count - 1)]
      .compactMap { $0 }.filter { $0 > 0 }
    size = sides.count == 2 ? SIMD2(sides[0], sides[1]) : nil
    // Fields are views of the line, so what lies between the first and the last of the path is the path.
    let last = fields[fields.count - 3]
    guard let start = fields[0].baseAddress, let end = last.baseAddress else { return nil }
    path = UnsafeRawBufferPointer(start: start, count: end - start + last.count)
  }

  /// Whether lines have headers, most of which end in two numbers; RetinaFace's label.txt has the path alone.
  static func areMost(_ lines: [UnsafeRawBufferPointer]) -> Bool {
    guard lines.first?.first == UInt8(ascii: "#") else { return false }
    let headers = lines.filter { $0.first == UInt8(ascii: "#") }
    return 2 * headers.count(where: isSized) > headers.count
  }

  /// The same of a file, whose first line may be broken, and other headers too if the user says what it is.
  static func areIn(_ file: FileGlance) -> Bool {
    switch file.tolerance {
    case .none, .few:
      areMost(file.lines) || file.lines.count > 3 && areMost(Array(file.lines.dropFirst()))
    case .most: file.lines.contains(where: isSized)
    }
  }

  private static func isSized(_ line: UnsafeRawBufferPointer) -> Bool {
    LabelV2Header(line).map { FileEnding.isImage($0.path) } ?? false
  }
}
