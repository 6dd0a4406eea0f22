internal import CByteMasks
internal import Glibc
internal import Schema

/// Steps through the lines of a text in memory.
///
/// It must not outlive the `withBytes` closure that it is made in. Lines end with a line feed; a carriage
/// return before it is not part of `content`.
struct TextLines {
  let bytes: UnsafeRawBufferPointer
  /// Where the next line begins.
  var position: Int

  struct Line {
    /// The range of the line's text, without line feed and trailing white space.
    var content: Range<Int>
    /// The range of the line with everything but the line feed.
    var whole: Range<Int>
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The first non-blank byte from here on; the line feed if the rest of the line is blank.
  var firstVisibleByte: UInt8? {
    var next = position
    while next < bytes.count, isSpace(bytes[next]) { next += 1 }
    return next < bytes.count ? bytes[next] : nil
  }

  /// The next line, without moving past it.
  func peek() -> Line? {
    guard position < bytes.count, let base = bytes.baseAddress else { return nil }
    let rest = bytes.count - position
    let feed = memchr(base + position, 0x0A, rest)
    let end = feed.map { UnsafeRawPointer($0) - base } ?? bytes.count
    var last = end
    while last > position, isSpace(bytes[last - 1]) { last -= 1 }
    return Line(content: position..<last, whole: position..<end)
  }

  mutating func next() -> Line? {
    guard let line = peek() else { return nil }
    position = line.whole.upperBound + 1
    return line
  }

  /// How many bytes there are from here to the next occurrence of `byte`, or to the end of the text.
  func distance(to byte: UInt8) -> Int {
    guard position < bytes.count, let base = bytes.baseAddress else { return 0 }
    let stop = memchr(base + position, CInt(byte), bytes.count - position)
    return stop.map { UnsafeRawPointer($0) - base - position } ?? bytes.count - position
  }

  func text(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  func hasCarriageReturn(_ line: Line) -> Bool {
    !line.whole.isEmpty && bytes[line.whole.upperBound - 1] == 0x0D
  }
}

@inline(__always)
func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }

/// How many line feeds there are.
func lineFeeds(in bytes: UnsafeRawBufferPointer) -> Int {
  guard let base = bytes.baseAddress else { return 0 }
  var (position, count) = (0, 0)
  while position < bytes.count {
    let rest = UInt64(bytes.count - position)
    count += byte_masks(base + position, rest, 0x0A, 0x0A).first.nonzeroBitCount
    position += 64
  }
  return count
}
