internal import Codecs
internal import Glibc

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

  /// What the bytes show. Only a path with two dots in a row needs to be split.
  private struct Marks {
    let hasZero: Bool
    let hasSpace: Bool
    let hasDoubleDot: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
      func first(_ byte: UInt8, from start: Int) -> Int? {
        guard let base = bytes.baseAddress,
          let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
      }
      hasZero = first(0, from: 0) != nil
      hasSpace = first(UInt8(ascii: " "), from: 0) != nil
      var dot = first(UInt8(ascii: "."), from: 0)
      while let place = dot, place + 1 < bytes.count, bytes[place + 1] != UInt8(ascii: ".") {
        dot = first(UInt8(ascii: "."), from: place + 1)
      }
      hasDoubleDot = dot.map { $0 + 1 < bytes.count } ?? false
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
