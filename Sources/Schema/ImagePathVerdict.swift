internal import Codecs

/// Whether a record may have an image path, by its characters.
public enum ImagePathVerdict: Sendable, Equatable {
  /// It can be used everywhere.
  case plain
  /// It has a space. It can be used, but not in img2pose's lists.
  case withSpace
  /// It cannot be used; the text says why: it is empty or absolute, or has `..` or a zero byte.
  case refused(String)

  /// Judges a path. An image path must stay inside the folder that it is relative to.
  public init(_ path: String) {
    var path = path
    let marks = path.withUTF8(Marks.init)
    if path.isEmpty {
      self = .refused("image path: expected a path, found an empty one")
    } else if path.utf8.first == UInt8(ascii: "/") {
      self = .refused("image path: expected a relative path, found '\(path)'")
    } else if marks.hasZero {
      self = .refused("image path: expected text, found a zero byte")
    } else if marks.hasDoubleDot, climbs(path) {
      self = .refused("image path: expected a path without '..', found '\(path)'")
    } else {
      self = marks.hasSpace ? .withSpace : .plain
    }
  }

  /// What one pass over the bytes shows. Only a path with two dots in a row needs to be split.
  private struct Marks {
    var hasZero = false
    var hasSpace = false
    var hasDoubleDot = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
      var previous: UInt8 = 1
      for byte in bytes {
        hasZero = hasZero || byte == 0
        hasSpace = hasSpace || byte == UInt8(ascii: " ")
        hasDoubleDot = hasDoubleDot || (byte == UInt8(ascii: ".") && previous == byte)
        previous = byte
      }
    }
  }
}

extension String {
  /// The path as records spell it: without `./`, without doubled slashes or one at the beginning, and with `/`
  /// for Windows' backslashes. A backslash before a space, as shells write it, stays.
  public var plainImagePath: String {
    var path = self
    let isOther = path.withUTF8 { ImagePathVerdict.isSpeltOtherwise(UnsafeRawBufferPointer($0)) }
    guard isOther else { return self }
    var bytes = Array(utf8)
    let (slash, backslash) = (UInt8(ascii: "/"), UInt8(ascii: "\\"))
    for i in bytes.indices where bytes[i] == backslash {
      if i + 1 == bytes.count || bytes[i + 1] != UInt8(ascii: " ") { bytes[i] = slash }
    }
    let parts = bytes.split(separator: slash).filter { $0 != [UInt8(ascii: ".")] }
    return String(decoding: Array(parts.joined(separator: [slash])), as: UTF8.self)
  }
}

extension ImagePathVerdict {
  /// Whether a path may be spelt in another way than in records.
  public static func isSpeltOtherwise(_ path: UnsafeRawBufferPointer) -> Bool {
    var previous = UInt8(ascii: "/")
    var beforePrevious = previous
    for byte in path {
      if byte == UInt8(ascii: "\\") { return true }
      if byte == UInt8(ascii: "/"),
        previous == byte || previous == UInt8(ascii: ".") && beforePrevious == byte
      {
        return true
      }
      (beforePrevious, previous) = (previous, byte)
    }
    return false
  }
}
