internal import Codecs
internal import Schema

/// A header `# path width height` of a labelv2.txt. The path may have blanks.
struct LabelV2Header {
  let path: UnsafeRawBufferPointer
  /// In pixels.
  let size: SIMD2<Int>

  /// - Returns: nil where a line is no such header.
  init?(_ line: UnsafeRawBufferPointer) {
    guard line.first == UInt8(ascii: "#") else { return nil }
    let fields = TextFields(UnsafeRawBufferPointer(rebasing: line.dropFirst()))
    guard fields.count >= 3, let width = fields.integer(fields.count - 2),
      let height = fields.integer(fields.count - 1), width > 0, height > 0
    else { return nil }
    size = SIMD2(width, height)
    // Fields are views of the line, so what lies between the first and the last of the path is the path.
    let last = fields[fields.count - 3]
    guard let start = fields[0].baseAddress, let end = last.baseAddress else { return nil }
    path = UnsafeRawBufferPointer(start: start, count: end - start + last.count)
  }

  /// Whether lines have headers, and all of them end in a size; RetinaFace's label.txt has the path alone.
  static func areAll(_ lines: [UnsafeRawBufferPointer]) -> Bool {
    let headers = lines.filter { $0.first == UInt8(ascii: "#") }
    guard lines.first?.first == UInt8(ascii: "#") else { return false }
    return headers.allSatisfy { header in
      LabelV2Header(header).map { FileEnding.isImage($0.path) } ?? false
    }
  }
}
