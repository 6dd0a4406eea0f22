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
  /// The path as records spell it: without `./`, without doubled slashes or one at the beginning, without a folder that
  /// `..` leaves again, and with `/` for Windows' backslashes. A backslash before a space, as shells write it, stays. Of a
  /// URL it is what `ImageAddress` says.
  public var plainImagePath: String {
    var path = self
    let isOther = path.withUTF8 { ImagePathVerdict.isSpeltOtherwise(UnsafeRawBufferPointer($0)) }
    guard isOther else { return self }
    if let address = ImageAddress(self) { return address.path.plainImagePath }
    var bytes = Array(utf8)
    let (slash, backslash) = (UInt8(ascii: "/"), UInt8(ascii: "\\"))
    for i in bytes.indices where bytes[i] == backslash {
      if i + 1 == bytes.count || bytes[i + 1] != UInt8(ascii: " ") { bytes[i] = slash }
    }
    let dot = UInt8(ascii: ".")
    let all = bytes.split(separator: slash).filter { $0 != [dot] }
    let parts = Self.withoutSteps(all, up: [dot, dot]) ?? all
    return String(decoding: Array(parts.joined(separator: [slash])), as: UTF8.self)
  }

  /// A path's parts without folders that are left again; nil where it leads out of where it begins.
  private static func withoutSteps(
    _ all: [ArraySlice<UInt8>], up: ArraySlice<UInt8>
  ) -> [ArraySlice<UInt8>]? {
    var parts: [ArraySlice<UInt8>] = []
    for part in all {
      if part != up {
        parts.append(part)
      } else if parts.popLast() == nil {
        return nil
      }
    }
    return parts
  }

  /// Whether it is a path from the root of a system or of one of Windows' drives, or on another machine.
  public var isAbsoluteImagePath: Bool {
    var bytes = utf8.makeIterator()
    let (slash, backslash) = (UInt8(ascii: "/"), UInt8(ascii: "\\"))
    guard let first = bytes.next() else { return false }
    if first == slash || first == backslash { return true }
    let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
    guard isLetter, bytes.next() == UInt8(ascii: ":"), let third = bytes.next() else {
      return false
    }
    return third == slash || third == backslash
  }
}

extension ImagePathVerdict {
  /// Whether a path may be spelt in another way than in records.
  public static func isSpeltOtherwise(_ path: UnsafeRawBufferPointer) -> Bool {
    let dot = UInt8(ascii: ".")
    var previous = UInt8(ascii: "/")
    var (second, third) = (previous, previous)
    for byte in path {
      if byte == UInt8(ascii: "\\") { return true }
      if byte == UInt8(ascii: "/"),
        previous == byte || previous == dot && (second == byte || second == dot && third == byte)
      {
        return true
      }
      (third, second, previous) = (second, previous, byte)
    }
    return false
  }
}
