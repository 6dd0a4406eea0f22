internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Pickles")
struct PickleWriterTests {
  private func pickle(_ body: (PickleWriter) throws -> Void) throws -> [UInt8] {
    try withTemporaryDirectory { folder in
      let writer = try PickleWriter(OutputFile(path: folder + "/a.pkl"))
      try body(writer)
      try writer.finish()
      return Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/a.pkl")))
    }
  }

  @Test("a dictionary of a list, text and integers, operation for operation")
  func containers() throws {
    let found = try pickle { writer in
      try writer.dictionary {
        try writer.text("é")
        try writer.list {
          try writer.integer(-2)
          try writer.integer(1 << 40)
        }
      }
    }
    let expected: [UInt8] =
      [0x80, 3, UInt8(ascii: "}"), UInt8(ascii: "(")]
      + [UInt8(ascii: "X"), 2, 0, 0, 0, 0xC3, 0xA9]
      + [UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: "J"), 0xFE, 0xFF, 0xFF, 0xFF]
      + [0x8A, 8, 0, 0, 0, 0, 0, 1, 0, 0, UInt8(ascii: "e")]
      + [UInt8(ascii: "u"), UInt8(ascii: ".")]
    #expect(found == expected)
  }

  @Test("an array calls numpy.ndarray on its shape, its type and a bytearray, whole or in pieces")
  func arrays() throws {
    let whole = try pickle { try $0.array(type: "<f4", shape: [1, 2], data: Array(0..<8)) }
    let pieces = try pickle {
      try $0.array(type: "<f4", shape: [1, 2], byteCount: 8) { write in
        try write(Array(0..<3))
        try write(Array(3..<8))
      }
    }
    let expected: [UInt8] =
      [0x80, 3] + Array("cnumpy\nndarray\n(".utf8)
      + [UInt8(ascii: "J"), 1, 0, 0, 0, UInt8(ascii: "J"), 2, 0, 0, 0, UInt8(ascii: "t")]
      + [UInt8(ascii: "X"), 3, 0, 0, 0] + Array("<f4cbuiltins\nbytearray\n".utf8)
      + [UInt8(ascii: "B"), 8, 0, 0, 0] + Array(0..<8)
      + [0x85, UInt8(ascii: "R"), 0x87, UInt8(ascii: "R"), UInt8(ascii: ".")]
    #expect(whole == expected)
    #expect(pieces == expected)
  }
}
