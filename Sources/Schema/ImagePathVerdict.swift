/// What an image path's characters say of its use.
public enum ImagePathVerdict: Sendable, Equatable {
  case plain
  /// It can be used, but not in img2pose's lists.
  case withSpace
  /// It cannot be used; the text says why.
  case refused(String)

  /// An image path is to stay inside the folder it is relative to.
  public init(_ path: String) {
    if path.isEmpty {
      self = .refused("image path: expected a path, found an empty one")
      return
    }
    if path.utf8.first == UInt8(ascii: "/") {
      self = .refused("image path: expected a relative path, found '\(path)'")
      return
    }
    var hasSpace = false
    var previous = UInt8(ascii: "/")
    for byte in path.utf8 {
      switch byte {
      case 0:
        self = .refused("image path: expected text, found a zero byte")
        return
      // Only a path with two dots in a row is worth taking apart.
      case UInt8(ascii: ".") where previous == byte && path.split(separator: "/").contains(".."):
        self = .refused("image path: expected a path without '..', found '\(path)'")
        return
      case UInt8(ascii: " "): hasSpace = true
      default: break
      }
      previous = byte
    }
    self = hasSpace ? .withSpace : .plain
  }
}
