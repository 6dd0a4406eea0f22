/// The header of a PLY file (Greg Turk, "The PLY Polygon File Format", 1994): its format, and its elements with
/// their properties, in the order of the data.
struct PLYHeader {
  enum Format: Equatable { case ascii, binary(isBigEndian: Bool) }

  enum Scalar: String {
    case int8, uint8, int16, uint16, int32, uint32, float32, float64

    /// - Parameter word: a name with the width, or an older one without.
    init?(word: String) {
      let older: [String: Scalar] = [
        "char": .int8, "uchar": .uint8, "short": .int16, "ushort": .uint16, "int": .int32,
        "uint": .uint32, "float": .float32, "double": .float64,
      ]
      guard let scalar = Scalar(rawValue: word) ?? older[word] else { return nil }
      self = scalar
    }

    var width: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .float64: 8
      }
    }
  }

  struct Property {
    var name: String
    var type: Scalar
    /// The type of a list's length; nil for a single number.
    var lengthType: Scalar?
  }

  struct Element {
    var name: String
    var count: Int
    var properties: [Property] = []
  }

  private(set) var format = Format.ascii
  private(set) var elements: [Element] = []
  /// Positioned at the first byte of the data.
  private(set) var words: MeshWords

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(MeshError) {
    words = MeshWords(bytes, name: name)
    guard words.next().map({ $0.elementsEqual("ply".utf8) }) == true else {
      throw MeshError(name: name, line: nil, detail: "expected a PLY file, found something else")
    }
    words.endLine()
    try readFormat()
    try readElements()
    guard let vertex = elements.first(where: { $0.name == "vertex" }) else {
      throw MeshError(name: name, line: nil, detail: "expected an element 'vertex', found none")
    }
    for axis in ["x", "y", "z"]
    where vertex.properties.count(where: { $0.name == axis && $0.lengthType == nil }) != 1
      || vertex.properties.contains(where: { $0.name == axis && $0.lengthType != nil })
    {
      throw MeshError(
        name: name, line: nil, detail: "element 'vertex': expected one number '\(axis)'")
    }
  }

  private mutating func readFormat() throws(MeshError) {
    while try keyword() != "format" { words.endLine() }
    let word = words.next()
    switch word.map(MeshWords.text) {
    case "ascii": format = .ascii
    case "binary_little_endian": format = .binary(isBigEndian: false)
    case "binary_big_endian": format = .binary(isBigEndian: true)
    default:
      throw words.error(expected: "ascii, binary_little_endian or binary_big_endian", word)
    }
    words.endLine()
  }

  private mutating func readElements() throws(MeshError) {
    while true {
      switch try keyword() {
      case "end_header":
        words.endLine()
        return
      case "element": elements.append(try element())
      case "property":
        guard !elements.isEmpty else {
          throw words.error("expected an element before its properties, found none")
        }
        elements[elements.count - 1].properties.append(try property())
      case "comment", "obj_info": break
      case let other: throw words.error("expected a line of a PLY header, found '\(other)'")
      }
      words.endLine()
    }
  }

  private mutating func keyword() throws(MeshError) -> String {
    guard let word = words.nextOfAnyLine() else {
      throw words.error("expected a PLY header's end, found the file's")
    }
    return MeshWords.text(word)
  }

  private mutating func element() throws(MeshError) -> Element {
    guard let name = words.next() else { throw words.error(expected: "an element's name", nil) }
    let word = words.next()
    guard let word, let count = Int(MeshWords.text(word)), count >= 0 else {
      throw words.error(expected: "how many there are of element '\(MeshWords.text(name))'", word)
    }
    return Element(name: MeshWords.text(name), count: count)
  }

  private mutating func property() throws(MeshError) -> Property {
    var word = words.next()
    var lengthType: Scalar?
    if let first = word, first.elementsEqual("list".utf8) {
      lengthType = try scalar(words.next())
      word = words.next()
    }
    let type = try scalar(word)
    guard let name = words.next() else { throw words.error(expected: "a property's name", nil) }
    return Property(name: MeshWords.text(name), type: type, lengthType: lengthType)
  }

  private func scalar(_ word: UnsafeRawBufferPointer?) throws(MeshError) -> Scalar {
    guard let word, let scalar = Scalar(word: MeshWords.text(word)) else {
      throw words.error(expected: "a property's type", word)
    }
    return scalar
  }
}
