internal import CByteMasks

/// Finds the end of an object or array of JSON, 64 bytes at a time, without looking at what is in it.
struct JSONNesting {
  /// How many brackets are open.
  private var depth = 1
  /// All ones where the block begins inside a text.
  private var inText: UInt64 = 0
  /// 1 where the block's first byte is escaped.
  private var escaped: UInt64 = 0

  /// The offset after the bracket that closes what was opened just before an offset. Any closing bracket closes any opening
  /// one, and brackets in texts are none.
  ///
  /// - Returns: nil where the text ends before, and where a backslash is outside of a text; the caller then goes byte by
  ///   byte, which tells what is wrong.
  static func end(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var nesting = JSONNesting()
    var position = start
    while position < bytes.count {
      let count = bytes.count - position
      let masks =
        count >= 64
        ? json_masks(base + position, 64) : json_masks(base + position, UInt64(count))
      switch nesting.step(masks) {
      case 64: position += 64
      case let place where place < 0: return nil
      case let place: return position + place + 1
      }
    }
    return nil
  }

  /// - Returns: the place of the closing bracket in the block; 64 where it is not there, -1 where a backslash is outside
  ///   of a text.
  @inline(__always)
  private mutating func step(_ masks: json_masks) -> Int {
    var quotes = masks.quotes
    if masks.escapes | escaped != 0 { quotes &= ~escapedBytes(masks.escapes) }
    // Every bit from an opening quote to the one before its closing quote.
    var text = quotes
    text ^= text << 1
    text ^= text << 2
    text ^= text << 4
    text ^= text << 8
    text ^= text << 16
    text ^= text << 32
    text ^= inText
    inText = UInt64(bitPattern: Int64(bitPattern: text) >> 63)
    if masks.escapes & ~text != 0 { return -1 }
    let opening = masks.opening & ~text
    var closing = masks.closing & ~text
    if closing.nonzeroBitCount >= depth {
      var closed = 0
      while closing != 0 {
        let place = closing.trailingZeroBitCount
        closed += 1
        let opened = (opening & (1 << UInt64(place) - 1)).nonzeroBitCount
        if depth + opened == closed { return place }
        closing &= closing - 1
      }
      depth += opening.nonzeroBitCount - closed
    } else {
      depth += opening.nonzeroBitCount - closing.nonzeroBitCount
    }
    return 64
  }

  /// The bytes that stand after an odd number of backslashes (Langdale and Lemire, VLDB Journal 2019).
  private mutating func escapedBytes(_ backslashes: UInt64) -> UInt64 {
    let even: UInt64 = 0x5555_5555_5555_5555
    let backslashes = backslashes & ~escaped
    let following = backslashes << 1 | escaped
    let oddStarts = backslashes & ~even & ~following
    let (ends, overflows) = oddStarts.addingReportingOverflow(backslashes)
    escaped = overflows ? 1 : 0
    return (even ^ (ends << 1)) & following
  }
}
