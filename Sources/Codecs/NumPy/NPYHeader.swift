/// Why bytes are not a NumPy array that can be read. The text completes "file.npy: ...".
public struct NPYError: Error, Equatable, CustomStringConvertible {
  /// The file, or the member of an archive.
  public let name: String
  /// "expected X, found Y".
  public let detail: String

  /// From the two parts of its text.
  public init(name: String, detail: String) {
    self.name = name
    self.detail = detail
  }

  public var description: String { "\(name): \(detail)" }
}

/// What comes before the elements of a `.npy` file (numpy.lib.format, versions 1 to 3): six magic bytes, two of
/// version, the header's length in two bytes (four from version 2 on), and the header, a Python dictionary such
/// as `{'descr': '<f4', 'fortran_order': False, 'shape': (68, 3), }`.
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
    var missing = ["descr", "fortran_order", "shape"]
    try text.take("{")
    while !text.takes("}") {
      let place = text.nextPosition()
      let key = try text.string()
      guard let known = missing.firstIndex(of: key) else {
        throw text.error(
          at: place, "expected 'descr', 'fortran_order' and 'shape' once, found '\(key)'")
      }
      missing.remove(at: known)
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
      let isLong = ["f10", "f12", "f16"].contains(type.dropFirst())
      throw text.error(
        at: place,
        "expected integers of 1 to 8 bytes or floats of 2, 4 or 8, found '\(type)'"
          + (isLong ? ", a longdouble; save it as float64" : ""))
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
