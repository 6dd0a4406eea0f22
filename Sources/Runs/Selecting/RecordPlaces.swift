internal import Codecs
internal import Schema

/// Where records are in their files, as numbers.
struct RecordPlaces {
  private let paths: [String]
  private let names: [String]
  /// Places that are no lines of the files that are read.
  private let others: Spool
  private static let otherBit: UInt64 = 1 << 63

  init(_ files: [RecordFile]) throws {
    paths = files.map(\.path)
    names = paths.map { SourceLocation.fileName(of: $0) }
    others = try Spool()
  }

  /// A number for a place in a file, by the file's number.
  mutating func add(_ location: SourceLocation, of file: Int) throws -> UInt64 {
    if location.file == names[file], (location.line ?? 1) > 0 {
      return UInt64(file) << 40 | UInt64(location.line ?? 0)
    }
    let text = "\(location.line ?? 0) \(file) \(location.file)"
    return Self.otherBit | UInt64(try others.append(text.utf8))
  }

  /// The place of a number.
  ///
  /// - Parameter withFolder: whether the file is named as the user did.
  func location(_ number: UInt64, withFolder: Bool) throws -> SourceLocation {
    if number & Self.otherBit == 0 {
      let (file, line) = (Int(number >> 40), Int(number & (1 << 40 - 1)))
      return SourceLocation(
        file: withFolder ? paths[file] : names[file], line: line > 0 ? line : nil)
    }
    let text = String(decoding: try others[Int(number & ~Self.otherBit)], as: UTF8.self)
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let line = Int(parts[0]), let file = Int(parts[1]) else {
      preconditionFailure("a place is read as it was written")
    }
    return SourceLocation(
      file: withFolder ? paths[file] : String(parts[2]), line: line > 0 ? line : nil)
  }
}
