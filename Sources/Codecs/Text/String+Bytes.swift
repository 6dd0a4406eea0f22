internal import Glibc

extension StringProtocol where SubSequence == Substring {
  /// The parts of a path between its slashes, without empty ones. Bytes are compared, as the system does: as a
  /// `Character`, a slash with a combining mark is no slash.
  public var pathParts: [Substring] {
    self[...].utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
  }
}

extension String {
  /// Whether one of a path's parts is such. A walk asks it of every path, so no list of them is made.
  public func hasPathPart(where isSuch: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    var path = self
    return path.withUTF8 { text in
      let text = UnsafeRawBufferPointer(text)
      var start = 0
      for end in 0...text.count where end == text.count || text[end] == UInt8(ascii: "/") {
        if start < end, isSuch(UnsafeRawBufferPointer(rebasing: text[start..<end])) { return true }
        start = end + 1
      }
      return false
    }
  }

  /// Whether this text comes before another one by the bytes of its UTF-8, as `sort` orders in the C locale.
  public func comesBeforeInBytes(_ other: String) -> Bool {
    var (one, other) = (self, other)
    return one.withUTF8 { one in
      other.withUTF8 { UnsafeRawBufferPointer(one).comesBefore(UnsafeRawBufferPointer($0)) }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these bytes come before others, as `sort` orders in the C locale.
  func comesBefore(_ other: Self) -> Bool {
    guard let first = baseAddress, let second = other.baseAddress else {
      return count < other.count
    }
    let order = memcmp(first, second, Swift.min(count, other.count))
    return order == 0 ? count < other.count : order < 0
  }
}
