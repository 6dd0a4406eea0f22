public import Codecs
internal import Glibc

/// Reads JSON Lines of records from a file in memory, one with each `next`. A bad line is an issue and does not
/// end the reading. A file that is not text is one issue.
public struct RecordLines: Sendable {
  private let file: MappedFile
  private let name: String
  /// The byte of the file where `next` continues.
  public private(set) var position = 0
  private var line = 0
  /// Whether records have what is kept of their source. Without it they are read faster, and checked all the same.
  public var keepsNative = true
  /// Why the whole file is not text; nil once it was reported.
  private var fault: TextFault?

  /// Begins at the start of a file.
  public init(file: MappedFile) {
    self.file = file
    name = SourceLocation.fileName(of: file.path)
    fault = file.withBytes { TextForm.fault(of: $0) }
  }

  /// The beginning of a line, to which a reader can return.
  public struct Mark: Sendable {
    /// In bytes.
    public let position: Int
    /// How many lines are before it.
    public let line: Int

    /// A mark that was kept. It is of use only for the file that it was made of.
    public init(position: Int, line: Int) { (self.position, self.line) = (position, line) }
  }

  /// Where `next` continues.
  public var mark: Mark { Mark(position: position, line: line) }

  /// Makes `next` continue at a mark of the same file.
  public mutating func move(to mark: Mark) {
    (position, line) = (min(mark.position, file.count), mark.line)
  }

  /// The next record's line as it is in the file, with its line feed and the blank lines before it. After the
  /// last record, what follows it; nil at the end. It is called in place of `next`, and parses nothing.
  public mutating func nextText() -> [UInt8]? {
    file.withBytes { bytes in
      let start = position
      guard start < bytes.count else { return nil }
      _ = nextLine(of: bytes)
      return Array(bytes[start..<min(position, bytes.count)])
    }
  }

  /// The next record, or the issue of a line that is not one; nil at the end.
  public mutating func next() -> Outcome? { nextPending()?.outcome() }

  /// The next line, which any thread may parse later; nil at the end.
  public mutating func nextPending() -> PendingOutcome? {
    if let fault {
      self.fault = nil
      position = file.count
      let issue = RecordIssue(.malformedRecord, at: SourceLocation(file: name), fault.detail)
      return .read(Outcome(record: nil, issues: [issue]))
    }
    guard let text = file.withBytes({ nextLine(of: $0) }) else { return nil }
    let (file, keepsNative) = (file, keepsNative)
    let location = SourceLocation(file: name, line: line)
    return .deferred {
      file.withBytes {
        Self.outcome(
          of: UnsafeRawBufferPointer(rebasing: $0[text]), at: location, keepsNative: keepsNative)
      }
    }
  }

  private static func outcome(
    of text: UnsafeRawBufferPointer, at location: SourceLocation, keepsNative: Bool
  ) -> Outcome {
    do {
      var record = try ImageRecord(json: text, keepsNative: keepsNative)
      for i in record.faces.indices {
        record.faces[i].sourceLine = Int32(clamping: location.line ?? 0)
      }
      record.origin = location
      return Outcome(record: record)
    } catch {
      return Outcome(record: nil, issues: [RecordIssue(.malformedRecord, at: location, "\(error)")])
    }
  }

  /// Where the next line that is not blank is, without its line feed.
  private mutating func nextLine(of bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    while position < bytes.count {
      let start = position
      let end = Self.lineFeed(in: bytes, from: start)
      position = end + 1
      line += 1
      var text = start..<end
      // Some editors begin a file with a byte order mark.
      if line == 1, bytes[text].starts(with: [0xEF, 0xBB, 0xBF]) { text = start + 3..<end }
      if bytes[text].allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
      return text
    }
    return nil
  }

  /// The position of the next line feed, or the end.
  private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard let base = bytes.baseAddress,
      let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
    else { return bytes.count }
    return UnsafeRawPointer(found) - base
  }
}
