/// Why bytes are not XML that can be read. The text completes "annotations.xml:12: ...".
public struct XMLError: Error, Equatable, CustomStringConvertible {
  /// The 1-based line.
  public let line: Int
  /// "what: expected X, found Y".
  public let description: String
}

/// Steps through the elements of XML in memory, from tag to tag.
///
/// It reads what annotation tools write: elements, attributes, text, comments and CDATA. A document type is refused, as
/// entities of its own and other files could be named there. An `&` that begins no reference stays as it is, for dlib's
/// tool writes file names without escaping them. Names and values are bytes of the file; `XMLCursor.text` replaces
/// references.
public struct XMLCursor {
  /// A step of the walk.
  public enum Event: Equatable, Sendable {
    /// An element begins; `attributes` are its. An element without content is followed by its end.
    case start
    /// An element ends.
    case end
    /// Text between tags that is not blank.
    case text
  }

  /// The text.
  public let bytes: UnsafeRawBufferPointer
  /// The offset of the next byte.
  public private(set) var position = 0
  /// The element's name at `start` and `end`; the text at `text`.
  public private(set) var name: Range<Int> = 0..<0
  /// Names and values at `start`, in the file's order.
  public private(set) var attributes: [(name: Range<Int>, value: Range<Int>)] = []
  /// The number of elements that are open.
  public private(set) var depth = 0
  private var open: [Range<Int>] = []
  private var endsAtOnce = false
  private static let deepest = 64
  private static let mostAttributes = 256

  /// Starts at the beginning, after a byte order mark if there is one.
  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Starts at an element that is at a position of the file, as if it were the root.
  public init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
    (self.bytes, self.position) = (bytes, position)
  }

  /// The next step; nil at the end of the root element.
  public mutating func next() throws(XMLError) -> Event? {
    if endsAtOnce {
      endsAtOnce = false
      return close()
    }
    while true {
      if depth == 0, !open.isEmpty || didEnd { return nil }
      let start = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
      guard position < bytes.count else {
        throw fault("XML: expected the end of '\(innermost)', found the end of the file")
      }
      if depth > 0, let range = trimmed(start..<position) {
        name = range
        return .text
      }
      if try skipComment() { continue }
      if bytes[position...].starts(with: "<![CDATA[".utf8) {
        let from = position + 9
        try skip(past: "]]>")
        name = from..<position - 3
        return .text
      }
      if position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "/") {
        return try readEnd()
      }
      return try readStart()
    }
  }

  /// Moves past the rest of the element whose `start` was the last step.
  public mutating func skipElement() throws(XMLError) {
    let outer = depth - 1
    while depth > outer, try next() != nil {}
  }

  /// The value of an attribute of the last `start`; nil where there is none of this name.
  public subscript(attribute: StaticString) -> UnsafeRawBufferPointer? {
    for (name, value) in attributes
    where attribute.withUTF8Buffer({ slice(name).elementsEqual($0) }) {
      return slice(value)
    }
    return nil
  }

  /// The attribute as text, with its references replaced; nil where there is none, or it is not UTF-8.
  public func attribute(_ name: StaticString) -> String? { self[name].flatMap(Self.text) }

  /// The name or text of the last step.
  public var content: UnsafeRawBufferPointer { slice(name) }

  /// Whether the last step's element has this name.
  public func isNamed(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { content.elementsEqual($0) }
  }

  /// The line of an offset, from 1.
  public func line(of offset: Int) -> Int {
    1 + bytes[..<min(offset, bytes.count)].count { $0 == 0x0A }
  }

  /// Bytes of the file as text, with the five named references and those by number replaced; nil where they are not
  /// UTF-8.
  public static func text(_ raw: UnsafeRawBufferPointer) -> String? {
    guard raw.contains(UInt8(ascii: "&")) else { return String(validating: raw, as: UTF8.self) }
    var found: [UInt8] = []
    var next = raw.startIndex
    while next < raw.endIndex {
      if raw[next] == UInt8(ascii: "&"), let (bytes, length) = reference(raw[next...]) {
        found += bytes
        next += length
      } else {
        found.append(raw[next])
        next += 1
      }
    }
    return String(validating: found, as: UTF8.self)
  }

  private static let named: [(name: String, byte: UInt8)] = [
    ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
    ("&quot;", UInt8(ascii: "\"")), ("&apos;", UInt8(ascii: "'")),
  ]

  private static func reference(
    _ raw: Slice<UnsafeRawBufferPointer>
  ) -> (bytes: [UInt8], length: Int)? {
    for (name, byte) in named where raw.starts(with: name.utf8) { return ([byte], name.utf8.count) }
    guard raw.starts(with: "&#".utf8), let end = raw.prefix(12).firstIndex(of: UInt8(ascii: ";"))
    else { return nil }
    let digits = String(decoding: raw[(raw.startIndex + 2)..<end], as: UTF8.self)
    let isHexadecimal = digits.hasPrefix("x")
    guard
      let code = UInt32(
        isHexadecimal ? digits.dropFirst() : digits[...], radix: isHexadecimal ? 16 : 10),
      let scalar = Unicode.Scalar(code)
    else { return nil }
    return (Array(String(Character(scalar)).utf8), end - raw.startIndex + 1)
  }

  // MARK: Tags

  private var didEnd = false

  private var innermost: String {
    open.last.map { String(decoding: slice($0), as: UTF8.self) } ?? "the root element"
  }

  private mutating func close() -> Event {
    depth -= 1
    name = open.removeLast()
    if depth == 0 { didEnd = true }
    return .end
  }

  private mutating func readEnd() throws(XMLError) -> Event {
    let found = takeName(from: position + 2)
    skipSpace()
    guard depth > 0, position < bytes.count, bytes[position] == UInt8(ascii: ">"),
      slice(found).elementsEqual(slice(open[open.count - 1]))
    else {
      throw fault("XML: expected the end of '\(innermost)', found '\(shown(found))'")
    }
    position += 1
    return close()
  }

  private mutating func readStart() throws(XMLError) -> Event {
    let found = takeName(from: position + 1)
    guard !found.isEmpty else {
      throw fault("XML: expected an element, found '\(shown(position..<position + 12))'")
    }
    guard depth < Self.deepest else {
      throw fault("XML: expected at most \(Self.deepest) elements in each other, found more")
    }
    attributes.removeAll(keepingCapacity: true)
    while true {
      skipSpace()
      guard position < bytes.count else {
        throw fault("XML: expected '>', found the end of the file")
      }
      if bytes[position] == UInt8(ascii: ">") {
        position += 1
        break
      }
      if bytes[position] == UInt8(ascii: "/") {
        guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ">") else {
          throw fault("XML: expected '/>', found '\(shown(position..<position + 12))'")
        }
        position += 2
        endsAtOnce = true
        break
      }
      try readAttribute()
    }
    open.append(found)
    depth += 1
    name = found
    return .start
  }

  private mutating func readAttribute() throws(XMLError) {
    let found = takeName(from: position)
    skipSpace()
    guard !found.isEmpty, position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
      throw fault("XML: expected an attribute, found '\(shown(found.lowerBound..<position + 12))'")
    }
    position += 1
    skipSpace()
    guard position < bytes.count, case let quote = bytes[position],
      quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    else {
      throw fault("XML: expected a value in quotes, found '\(shown(position..<position + 12))'")
    }
    let start = position + 1
    position = start
    while position < bytes.count, bytes[position] != quote, bytes[position] != UInt8(ascii: "<") {
      position += 1
    }
    guard position < bytes.count, bytes[position] == quote else {
      throw fault("XML: expected the end of the value '\(shown(start..<start + 12))', found none")
    }
    guard attributes.count < Self.mostAttributes else {
      throw fault("XML: expected at most \(Self.mostAttributes) attributes, found more")
    }
    attributes.append((found, start..<position))
    position += 1
  }

  /// Moves past a comment or instruction; refuses a document type.
  private mutating func skipComment() throws(XMLError) -> Bool {
    let rest = bytes[position...]
    if rest.starts(with: "<!--".utf8) {
      position += 4
      try skip(past: "-->")
    } else if rest.starts(with: "<?".utf8) {
      try skip(past: "?>")
    } else if rest.starts(with: "<!DOCTYPE".utf8) || rest.starts(with: "<!ENTITY".utf8) {
      throw fault(
        "XML: expected no document type, found one; entities and other files are not read")
    } else {
      return false
    }
    return true
  }

  private mutating func skip(past mark: StaticString) throws(XMLError) {
    let count = mark.utf8CodeUnitCount
    while position + count <= bytes.count {
      if mark.withUTF8Buffer({ bytes[position..<position + count].elementsEqual($0) }) {
        position += count
        return
      }
      position += 1
    }
    throw fault("XML: expected '\(mark)', found the end of the file")
  }

  private mutating func takeName(from start: Int) -> Range<Int> {
    var end = min(start, bytes.count)
    while end < bytes.count, Self.isOfName(bytes[end]) { end += 1 }
    position = end
    return min(start, end)..<end
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: ":"), 0x80...:
      true
    default: false
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int>? {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, bytes[low] <= 0x20 { low += 1 }
    while high > low, bytes[high - 1] <= 0x20 { high -= 1 }
    return low < high ? low..<high : nil
  }

  private func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  private func shown(_ range: Range<Int>) -> String {
    let range = min(range.lowerBound, bytes.count)..<min(range.upperBound, bytes.count)
    return String(decoding: slice(range).prefix(40).prefix { $0 >= 0x20 }, as: UTF8.self)
  }

  private func fault(_ description: String) -> XMLError {
    XMLError(line: line(of: position), description: description)
  }
}
