internal import Codecs
internal import Schema

/// A text file that is written image by image. It ends without a line feed if its source did.
struct NativeTextFile {
  private let file: OutputFile
  private var owesLineFeed = false

  init(path: String) throws { file = try OutputFile(path: path) }

  /// - Parameter text: the image's lines, each with its line feed.
  mutating func write(_ text: String, of record: ImageRecord) throws {
    if owesLineFeed { try file.write("\n".utf8) }
    owesLineFeed = false
    if case .lines(let lines) = record.native, lines.last == "" { owesLineFeed = true }
    try file.write(owesLineFeed ? text.dropLast().utf8 : text[...].utf8)
  }

  func finish() throws { try file.finish() }
}

/// A source line that a record has kept.
struct NativeLine {
  private let line: Substring

  init(_ line: Substring) { self.line = line }

  /// The line without the white space around it.
  var text: String { line.trimmed }

  /// The numbers of the line; empty where it holds anything else.
  var numbers: [Double] {
    let fields = text.split(separator: " ")
    let numbers = fields.compactMap { field in
      Array(field.utf8).withUnsafeBytes { DecimalNumber.value(of: $0) }
    }
    return numbers.count == fields.count ? numbers : []
  }
}
