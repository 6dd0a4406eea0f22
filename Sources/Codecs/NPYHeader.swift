/// Why bytes are no NumPy array that can be read. The text completes "file.npy: ...".
public struct NPYError: Error, Equatable, CustomStringConvertible {
  /// The file, or the member of an archive.
  public let name: String
  public let detail: String

  public init(name: String, detail: String) {
    self.name = name
    self.detail = detail
  }

  public var description: String { "\(name): \(detail)" }
}

/// What precedes the elements of a `.npy` file (numpy.lib.format, versions 1 to 3): six magic bytes,
/// two of version, the header's length in two bytes (four from version 2 on), and the header, a
/// Python dictionary such as `{'descr': '<f4', 'fortran_order': False, 'shape': (68, 3), }`.
struct NPYHeader {
  private(set) var element = NPYArray.Element.float64
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []
  /// Where the elements begin.
  let dataOffset: Int
  /// As many as NumPy 2 allows.
  private static let mostDimensions = 64

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(NPYError) {
    guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw NPYError(name: name, detail: "expected a NumPy array, found something else")
    }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw NPYError(
        name: name, detail: "NumPy format: expected version 1, 2 or 3, found \(version)")
    }
    let lengthBytes = version == 1 ? 2 : 4
    let start = 8 + lengthBytes
    var length = 0
    for i in (8..<start).reversed() {
      length = length << 8 | Int(i < bytes.count ? bytes[i] : 0)
    }
    guard bytes.count >= start, length <= bytes.count - start else {
      throw NPYError(
        name: name,
        detail: "header: expected \(length) bytes, found \(max(bytes.count - start, 0))")
    }
    dataOffset = start + length
    var text = PythonLiteral(
      bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<dataOffset]), firstByte: start,
      name: name)
    try readMembers(&text)
  }

  private mutating func readMembers(_ text: inout PythonLiteral) throws(NPYError) {
    var missing: Set = ["descr", "fortran_order", "shape"]
    try text.take("{")
    while !text.takes("}") {
      let place = text.nextPosition()
      let key = try text.string()
      guard missing.remove(key) != nil else {
        throw text.error(
          at: place, "expected 'descr', 'fortran_order' and 'shape' once, found '\(key)'")
      }
      try text.take(":")
      switch key {
      case "descr": element = try Self.element(&text)
      case "fortran_order": isFortranOrder = try text.boolean()
      default: shape = try Self.shape(&text)
      }
      if !text.takes(",") {
        try text.take("}")
        break
      }
    }
    try text.end()
    if let key = missing.min() { throw text.error(at: 0, "expected '\(key)', found none") }
  }

  private static func element(_ text: inout PythonLiteral) throws(NPYError) -> NPYArray.Element {
    let place = text.nextPosition()
    guard !text.takes("[") else {
      throw text.error(at: place, "expected one number an element, found a structure")
    }
    let type = try text.string()
    guard let element = NPYArray.Element(type) else {
      throw text.error(
        at: place, "expected integers of 1 to 8 bytes or floats of 4 or 8, found '\(type)'")
    }
    return element
  }

  private static func shape(_ text: inout PythonLiteral) throws(NPYError) -> [Int] {
    var shape: [Int] = []
    let place = text.nextPosition()
    try text.take("(")
    while !text.takes(")") {
      shape.append(try text.integer())
      if !text.takes(",") {
        try text.take(")")
        break
      }
    }
    guard shape.count <= mostDimensions else {
      throw text.error(
        at: place, "expected at most \(mostDimensions) dimensions, found \(shape.count)")
    }
    return shape
  }
}

/// Steps through the few Python literals that a header consists of.
private struct PythonLiteral {
  let bytes: UnsafeRawBufferPointer
  /// The file's byte that `bytes` begins at, for messages.
  let firstByte: Int
  let name: String
  var position = 0

  func error(at place: Int, _ detail: String) -> NPYError {
    NPYError(name: name, detail: "header, byte \(firstByte + place): \(detail)")
  }

  private func unexpected(_ expected: String) -> NPYError {
    let found =
      switch position < bytes.count ? bytes[position] : nil {
      case nil: "the end"
      case let byte? where (0x21...0x7E).contains(byte): "'\(Character(UnicodeScalar(byte)))'"
      case let byte?: "byte \(byte)"
      }
    return error(at: position, "expected \(expected), found \(found)")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  /// Where the next literal begins.
  mutating func nextPosition() -> Int {
    skipSpace()
    return position
  }

  mutating func takes(_ character: UnicodeScalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func take(_ character: UnicodeScalar) throws(NPYError) {
    guard takes(character) else { throw unexpected("'\(character)'") }
  }

  mutating func end() throws(NPYError) {
    skipSpace()
    guard position == bytes.count else { throw unexpected("the header's end") }
  }

  /// A text without escapes, which no type or key has.
  mutating func string() throws(NPYError) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == 0x27 || bytes[position] == 0x22 else {
      throw unexpected("a text in quotes")
    }
    let rest = bytes[(position + 1)...]
    guard let end = rest.firstIndex(of: bytes[position]) else {
      position = bytes.count
      throw unexpected("a closing quote")
    }
    defer { position = end + 1 }
    return String(decoding: bytes[position + 1..<end], as: UTF8.self)
  }

  mutating func boolean() throws(NPYError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw unexpected("True or False")
  }

  mutating func integer() throws(NPYError) -> Int {
    skipSpace()
    let place = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position] &- 0x30, digit < 10 {
      let (tens, isTooGreat) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooGreatNow) = tens.addingReportingOverflow(Int(digit))
      guard !isTooGreat, !isTooGreatNow else {
        throw error(at: place, "expected a size of at most \(Int.max), found a greater one")
      }
      value = sum
      position += 1
    }
    guard position > place else { throw unexpected("a size") }
    // Python 2 wrote long integers so.
    _ = takes("L")
    return value
  }
}
