/// Finds the members of a JSON object without parsing their values, to see what a file is or to read one short
/// member of it.
public struct JSONOutline {
  private let bytes: UnsafeRawBufferPointer
  private var position: Int

  /// The names of the first members of the object at the beginning of the text, or of the first object of a list
  /// there. nil where the text begins with neither.
  ///
  /// - Parameters:
  ///   - bytes: the text; it may be cut short.
  ///   - limit: how many names at most.
  public static func keys(of bytes: UnsafeRawBufferPointer, atMost limit: Int = 8) -> [String]? {
    var keys: [String] = []
    let isObject = forEachMember(of: bytes) { key, _ in
      keys.append(String(decoding: key, as: UTF8.self))
      return keys.count < limit
    }
    return isObject ? keys : nil
  }

  /// The text of a member's value, as a part of `bytes`; nil where there is no such member. The object is the one
  /// that `keys` describes.
  public static func member(
    _ name: StaticString, of bytes: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    var found: UnsafeRawBufferPointer?
    _ = forEachMember(of: bytes) { key, value in
      let isIt = name.withUTF8Buffer { key.elementsEqual($0) }
      if isIt { found = value }
      return !isIt
    }
    return found
  }

  /// Calls `body` with each member's name, as it is between its quotes, and its value's text. Ends when `body`
  /// returns false or the text is no longer JSON.
  ///
  /// - Returns: whether the text begins with an object, or a list of objects.
  private static func forEachMember(
    of bytes: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
  ) -> Bool {
    var outline = JSONOutline(bytes: bytes, position: 0)
    outline.skipSpace()
    while outline.takes("[") { outline.skipSpace() }
    guard outline.takes("{") else { return false }
    while true {
      outline.skipSpace()
      guard let key = outline.string() else { return true }
      outline.skipSpace()
      guard outline.takes(":") else { return true }
      outline.skipSpace()
      let start = outline.position
      outline.skipValue()
      let value = UnsafeRawBufferPointer(rebasing: bytes[start..<outline.position])
      guard !value.isEmpty, body(key, value) else { return true }
      outline.skipSpace()
      guard outline.takes(",") else { return true }
    }
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
  }

  /// What is between the quotes at this position; nil where there is no string.
  private mutating func string() -> UnsafeRawBufferPointer? {
    guard takes("\"") else { return nil }
    let start = position
    guard let end = JSONScanner.quote(in: bytes, from: start) else {
      position = bytes.count
      return nil
    }
    position = end + 1
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }

  /// Moves past a value, to the comma or bracket after it.
  private mutating func skipValue() {
    var depth = 0
    // What is not closed is looked through once, and not once a level.
    var isClosed = true
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        if string() == nil { return }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if isClosed, let end = JSONNesting.end(of: bytes, from: position + 1) {
          position = end
          continue
        }
        isClosed = false
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
      case UInt8(ascii: ","):
        if depth == 0 { return }
      default: break
      }
      position += 1
    }
  }
}
