internal import Codecs
internal import Testing

@Suite("NumPy files")
struct NPYTests {
  @Test(
    "version 1.0, a header that ends at a multiple of 64 bytes, then the values",
    arguments: [0, 1, 9, 10, 12_345])
  func layout(count: Int) {
    let values = (0..<count).map { Double($0) * -0.1 }
    let file = NPY.file(values)
    #expect(Array(file.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    let header = 10 + Int(file[8]) + Int(file[9]) << 8
    #expect(header % 64 == 0)
    #expect(file[header - 1] == UInt8(ascii: "\n"))
    let text = String(decoding: file[10..<header], as: UTF8.self)
    #expect(
      text.hasPrefix("{'descr': '<f8', 'fortran_order': False, 'shape': (\(count),), }"))
    #expect(file.count == header + 8 * count)
    let found = (0..<count).map { i in
      // Little-endian, byte by byte.
      Double(
        bitPattern: (0..<8).reduce(UInt64(0)) {
          $0 | UInt64(file[header + 8 * i + $1]) << UInt64(8 * $1)
        })
    }
    #expect(found == values)
  }

  @Test("infinities and NaN keep their bits")
  func specials() {
    let file = NPY.file([.infinity, -0.0])
    #expect(file.suffix(16) == [0, 0, 0, 0, 0, 0, 0xF0, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0x80])
    #expect(NPY.file([.nan]).suffix(2) == [0xF8, 0x7F])
  }

  @Test("a shape is written as NumPy writes it", arguments: [[6], [2, 3], [3, 2, 1], [0, 6]])
  func shapes(shape: [Int]) throws {
    let values = (0..<shape.reduce(1, *)).map(Double.init)
    let file = NPY.file(values, shape: shape)
    #expect((file.count - 8 * values.count) % 64 == 0)
    try file.withUnsafeBytes { bytes in
      let array = try NPYArray(bytes, name: "a.npy")
      #expect(array.shape == shape && array.doubles == values)
    }
  }
}
