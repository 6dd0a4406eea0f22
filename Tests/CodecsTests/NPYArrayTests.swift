import Codecs
import TestSupport
import Testing

/// What `body` makes of the array in `file`.
private func read<Result>(
  _ file: [UInt8], _ body: (NPYArray) throws -> Result
) throws -> Result {
  try file.withUnsafeBytes { try body(NPYArray($0, name: "a.npy")) }
}

private func header(_ descr: String, _ shape: String, fortran: String = "False") -> String {
  "{'descr': '\(descr)', 'fortran_order': \(fortran), 'shape': \(shape), }"
}

/// Six elements of 2 x 3: 0, 1, 2 / 3, 4, 5 in the given bytes each.
private func elements(_ bytes: (UInt8) -> [UInt8], order: [UInt8] = [0, 1, 2, 3, 4, 5]) -> [UInt8] {
  order.flatMap(bytes)
}

@Suite("NumPy arrays")
struct NPYArrayTests {
  @Test("each element type is read, in either byte order", arguments: [1, 2, 4, 8])
  func integerTypes(width: Int) throws {
    for (kind, order) in [("i", "<"), ("u", "<"), ("i", ">"), ("u", ">"), ("u", "="), ("i", "|")] {
      let file = npyFile(
        header: header("\(order)\(kind)\(width)", "(2, 3)"),
        data: elements { value in
          let bytes = [value] + Array(repeating: 0, count: width - 1)
          return order == ">" ? bytes.reversed() : bytes
        })
      try read(file) { array in
        #expect(array.shape == [2, 3] && array.count == 6)
        #expect(array.element.name == (kind == "i" ? "int" : "uint") + "\(8 * width)")
        #expect(array.doubles == [0, 1, 2, 3, 4, 5])
        let values = try array.integers()
        #expect(values == [0, 1, 2, 3, 4, 5])
      }
    }
  }

  @Test("floats of 4 and 8 bytes are read, and negative integers")
  func floats() throws {
    try read(npyFile([1.5, -0.1], shape: "(2,)")) { array in
      #expect(array.doubles == [1.5, Double(Float(-0.1))])
      #expect(array.element.name == "float32")
    }
    try read(NPY.file([0.1, -.infinity])) { #expect($0.doubles == [0.1, -.infinity]) }
    let big: [UInt8] = [0xC0, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18]
    try read(npyFile(header: header(">f8", "()"), data: big)) {
      #expect($0.shape.isEmpty && $0.doubles == [-Double.pi])
    }
    try read(npyFile(header: header("<i2", "(1,)"), data: [0xFE, 0xFF])) {
      let values = try $0.integers()
      #expect(values == [-2])
    }
  }

  @Test("Fortran order gives the same values in the same order", arguments: [1, 2, 3] as [UInt8])
  func orders(version: UInt8) throws {
    let rows = npyFile(header: header("|u1", "(2, 3)"), version: version, data: [0, 1, 2, 3, 4, 5])
    let columns = npyFile(
      header: header("|u1", "(2, 3)", fortran: "True"), version: version,
      data: [0, 3, 1, 4, 2, 5])
    for file in [rows, columns] {
      try read(file) { array in
        #expect(array.doubles == [0, 1, 2, 3, 4, 5])
        #expect(array[1].shape == [3])
        #expect(array[1].doubles == [3, 4, 5])
        #expect(array[1][2].doubles == [5])
      }
    }
    #expect(try read(rows) { $0[1].contiguousBytes.map(Array.init) } == [3, 4, 5])
    #expect(try read(columns) { $0.contiguousBytes.map(Array.init) } == nil)
  }

  @Test("an array with an axis of no length is empty, and so are its parts")
  func empty() throws {
    try read(npyFile(header: header("<f8", "(5, 0)"))) { array in
      #expect(array.count == 0 && array.doubles.isEmpty)
      #expect(array[4].doubles.isEmpty && array[4].contiguousBytes?.count == 0)
    }
  }

  @Test(
    "a header that is none is refused where it goes wrong",
    arguments: [
      ("{'descr': '<f8'}", "header, byte 10: expected 'fortran_order', found none"),
      (
        header("<f16", "(2,)"),
        "header, byte 20: expected integers of 1 to 8 bytes or floats of 2, 4 or 8, found '<f16', a longdouble; save it as float64"
      ),
      (
        "{'descr': [('x', '<f4')], ",
        "header, byte 20: expected one number an element, found a structure"
      ),
      (
        "{'descr': '<f8', 'descr': '<f8'}",
        "header, byte 27: expected 'descr', 'fortran_order' and 'shape' once, found 'descr'"
      ),
      (header("<f8", "(2, -1)"), "header, byte 64: expected a size, found '-'"),
      (header("<f8", "[2]"), "header, byte 60: expected '(', found '['"),
      (
        header("<f8", "(2,)", fortran: "Maybe"),
        "header, byte 44: expected True or False, found 'M'"
      ),
      (
        header("<f8", "(99999999999999999999,)"),
        "header, byte 61: expected a size of at most 9223372036854775807, found a greater one"
      ),
      (
        header("<f8", "(4294967296, 4294967296)"),
        "shape: expected one that memory can hold, found [4294967296, 4294967296]"
      ),
      (
        header("<f8", "(2, 3)"), "elements: expected 48 bytes for (2, 3) of float64, found 16"
      ),
      (header("<f8", "(1,)"), "elements: expected 8 bytes for (1,) of float64, found 16"),
      (header("<f8", "(2,)") + " x", "header, byte 68: expected the header's end, found 'x'"),
      ("{'descr", "header, byte 18: expected a closing quote, found the end"),
    ])
  func refusals(header: String, message: String) {
    let file = npyFile(header: header, data: Array(repeating: 0, count: 16))
    let error = #expect(throws: NPYError.self) { try read(file) { _ in } }
    #expect(error?.description == "a.npy: \(message)")
  }

  @Test("other files, other versions and cut headers are named")
  func notNumPy() {
    func message(_ file: [UInt8]) -> String? {
      #expect(throws: NPYError.self) { try read(file) { _ in } }?.description
    }
    #expect(message([]) == "a.npy: expected a NumPy array, found something else")
    #expect(
      message(Array("PK\u{3}\u{4} and more".utf8))
        == "a.npy: expected a NumPy array, found something else")
    #expect(
      message(npyFile(header: "{}", version: 4))
        == "a.npy: NumPy format: expected version 1, 2 or 3, found 4")
    let whole = npyFile(header: header("<f8", "(0,)"))
    #expect(message(Array(whole.prefix(30))) == "a.npy: header: expected 58 bytes, found 20")
    let long = npyFile(header: header("<f8", "(0,)"), version: 2)
    #expect(message(Array(long.prefix(11))) == "a.npy: header: expected 58 bytes, found 0")
  }

  @Test("floats are no integers, and numbers beyond Int are named")
  func integers() throws {
    let error = #expect(throws: NPYError.self) {
      try read(NPY.file([1])) { try $0.integers() }
    }
    #expect(error?.description == "a.npy: expected integers, found float64")
    let great = npyFile(
      header: header("<u8", "(1,)"), data: Array(repeating: 0xFF, count: 8))
    let other = #expect(throws: NPYError.self) { try read(great) { try $0.integers() } }
    #expect(
      other?.description
        == "a.npy: expected integers up to 9223372036854775807, found 18446744073709551615")
  }

  @Test("no changed header makes it crash, or read beyond the file")
  func fuzz() {
    var random = SeededRandom(seed: 11)
    var (refused, readable) = (0, 0)
    let alphabet = Array("0123456789(),{}'\"<>|fiuTrue FalseL:\n\0\u{7F}".utf8)
    for round in 0..<10_000 {
      var file = npyFile(
        header: header("<f4", round % 2 == 0 ? "(2, 3)" : "(3, 1, 2)", fortran: "True"),
        version: UInt8(1 + round % 3), data: Array(repeating: 7, count: 24))
      for _ in 0...random.below(3) {
        let place = random.below(file.count - 24)
        switch random.below(4) {
        case 0: file.remove(at: place)
        case 1: file.insert(alphabet[random.below(alphabet.count)], at: place)
        case 2: file[place] = UInt8(random.below(256))
        default: file[place] = alphabet[random.below(alphabet.count)]
        }
      }
      do {
        try read(file) { array in
          #expect(array.doubles.count == array.count)
          if let first = array.shape.first, first > 0 { _ = array[first - 1].doubles }
        }
        readable += 1
      } catch {
        refused += 1
      }
    }
    #expect(refused > 5000 && readable > 10)
  }

  @Test(
    "real files: int64 in C order, uint16 in Fortran order, float32",
    .enabled(if: sharedData != nil, "needs ../shared/data"))
  func realFiles() throws {
    let folder = try #require(sharedData) + "/arkitface_tables/"
    func withFile(_ name: String, _ body: (NPYArray) throws -> Void) throws {
      try MappedFile(path: folder + name).withBytes { try body(NPYArray($0, name: name)) }
    }
    try withFile("kpt_ind.npy") { array in
      #expect(array.shape == [68] && array.element.name == "int64")
      let values = try array.integers()
      #expect(values.prefix(3) == [57, 376, 208])
    }
    try withFile("triangles.npy") { array in
      #expect(array.shape == [2304, 3] && array.element.name == "uint16")
      #expect(array.contiguousBytes == nil)
      let values = try array[0].integers()
      #expect(values == [1201, 44, 45])
      #expect(array.doubles.reduce(0, +) == 4_142_826)
    }
    try withFile("uv_coords_std_202109.npy") { array in
      #expect(array.shape == [1279, 2] && array.element.name == "float32")
      #expect(abs(array.doubles.reduce(0, +) - 1327.4862) < 1e-3)
    }
  }
}
