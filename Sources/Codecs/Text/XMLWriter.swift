/// Writes XML text into a buffer, with references for the characters that XML keeps for itself or would change.
///
/// XML 1.0 has no way to write other control characters than tab, line feed and carriage return; each becomes U+FFFD.
/// `XMLWriter.canHold` tells beforehand.
public struct XMLWriter {
  /// The text as UTF-8.
  public private(set) var bytes: [UInt8] = []

  /// With an empty buffer.
  public init() {}

  /// Whether a text comes back from XML as it is.
  public static func canHold(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
      && !text.unicodeScalars.contains { $0 == "\u{FFFE}" || $0 == "\u{FFFF}" }
  }

  /// Empties the buffer and keeps its memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Begins a tag, to which attributes are then added.
  public mutating func begin(_ name: StaticString) {
    bytes.append(UInt8(ascii: "<"))
    append(name)
  }

  /// Adds an attribute to the tag that was begun.
  public mutating func attribute(_ name: StaticString, _ value: some StringProtocol) {
    appendName(name)
    appendEscaped(value.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Likewise, a whole number.
  public mutating func attribute(_ name: StaticString, _ value: Int) {
    appendName(name)
    bytes.append(contentsOf: String(value).utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Likewise, numbers in the shortest digits that read back as the same, with commas between them.
  public mutating func attribute(_ name: StaticString, _ values: Double...) {
    appendName(name)
    for (i, value) in values.enumerated() {
      if i > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: value.shortText.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Ends the tag that was begun; its element has contents.
  public mutating func endTag() { bytes.append(UInt8(ascii: ">")) }

  /// Ends the tag that was begun, and its element, which has no contents.
  public mutating func endEmpty() { bytes.append(contentsOf: "/>".utf8) }

  /// Ends an element.
  public mutating func end(_ name: StaticString) {
    bytes.append(contentsOf: "</".utf8)
    append(name)
    bytes.append(UInt8(ascii: ">"))
  }

  /// Writes text between tags. Blanks at its ends are written as references, for many readers drop them.
  public mutating func text(_ text: some StringProtocol) {
    let text = Array(text.utf8)
    let first = text.firstIndex { $0 > 0x20 } ?? text.endIndex
    let end = text.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? text.endIndex
    appendBlanks(text[..<first])
    appendEscaped(text[first..<end])
    appendBlanks(text[end...])
  }

  /// Writes an element that holds text alone.
  public mutating func element(_ name: StaticString, _ text: some StringProtocol) {
    begin(name)
    endTag()
    self.text(text)
    end(name)
  }

  /// Begins a line.
  ///
  /// - Parameter depth: by how many pairs of blanks it is indented.
  public mutating func line(_ depth: Int) {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { bytes.append(contentsOf: "  ".utf8) }
  }

  private mutating func append(_ name: StaticString) {
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func appendName(_ name: StaticString) {
    bytes.append(UInt8(ascii: " "))
    append(name)
    bytes.append(contentsOf: "=\"".utf8)
  }

  private mutating func appendBlanks(_ blanks: some Sequence<UInt8>) {
    for byte in blanks {
      if byte == 0x20 {
        bytes.append(contentsOf: "&#32;".utf8)
      } else {
        appendEscaped(CollectionOfOne(byte))
      }
    }
  }

  private mutating func appendEscaped(_ text: some Sequence<UInt8>) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
      case 0x09: bytes.append(contentsOf: "&#9;".utf8)
      case 0x0A: bytes.append(contentsOf: "&#10;".utf8)
      case 0x0D: bytes.append(contentsOf: "&#13;".utf8)
      case 0..<0x20: bytes.append(contentsOf: "\u{FFFD}".utf8)
      default: bytes.append(byte)
      }
    }
  }
}
