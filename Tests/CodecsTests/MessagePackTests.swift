internal import Codecs
internal import Testing

private func decoded(_ bytes: some Collection<UInt8>) -> MessagePackValue? {
  Array(bytes).withUnsafeBytes { MessagePackValue(decoding: $0) }
}

/// The bytes of what `body` writes.
private func written(_ body: (MessagePackWriter) -> Void) -> [UInt8] {
  let writer = MessagePackWriter()
  body(writer)
  return writer.bytes
}

@Suite("MessagePack")
struct MessagePackTests {
  @Test("the bytes are those of the specification")
  func specification() {
    let bytes = written {
      $0.writeMap(count: 2)
      $0.write("a")
      $0.writeArray(count: 3)
      $0.write(true)
      $0.writeNil()
      $0.write(-1)
      $0.write("b")
      $0.write(0.5)
    }
    let expected: [UInt8] =
      [0x82, 0xA1, 0x61, 0x93, 0xC3, 0xC0, 0xFF, 0xA1, 0x62]
      + [0xCB, 0x3F, 0xE0, 0, 0, 0, 0, 0, 0]
    #expect(bytes == expected)
    #expect(
      decoded(bytes)
        == .map([
          (key: "a", value: .array([.boolean(true), .null, .integer(-1)])),
          (key: "b", value: .double(0.5)),
        ]))
  }

  @Test(
    "an array or a map whose size is known at its end has the bytes of one whose size was known",
    arguments: [0, 1, 15, 16, 255, 65535, 65536])
  func nested(count: Int) {
    let known = written {
      $0.write("before")
      $0.writeArray(count: count)
      for i in 0..<count { $0.write(i) }
      $0.writeMap(count: count)
      for i in 0..<count {
        $0.write("k")
        $0.write(i)
      }
      $0.write("after")
    }
    let found = written {
      $0.write("before")
      let array = $0.beginNested()
      for i in 0..<count { $0.write(i) }
      $0.endArray(from: array, count: count)
      let map = $0.beginNested()
      for i in 0..<count {
        $0.write("k")
        $0.write(i)
      }
      $0.endMap(from: map, count: count)
      $0.write("after")
    }
    #expect(found == known)
  }

  @Test(
    "integers of every width come back",
    arguments: [0, 127, 128, 255, 256, 65535, 65536, -1, -32, -33, -129, -32769, .max, .min])
  func integers(value: Int) {
    #expect(decoded(written { $0.write(value) }) == .integer(value))
  }

  @Test("doubles come back bit by bit", arguments: [0, -0.1, 1e300, 2.5e-308, .infinity])
  func doubles(value: Double) {
    #expect(decoded(written { $0.write(value) }) == .double(value))
  }

  @Test("text of every length class comes back", arguments: [0, 1, 31, 32, 255, 256, 65536])
  func text(count: Int) {
    let text = String(repeating: "é", count: count)
    #expect(decoded(written { $0.write(text) }) == .text(text))
  }

  @Test(
    "binary data is a header before bytes from elsewhere, and is found without a copy",
    arguments: [0, 1, 255, 256, 65535, 65536])
  func binary(count: Int) {
    let header = written { $0.writeBinaryHeader(count: count) }
    #expect(header.count + count == MessagePackWriter.binarySize(count))
    let data = noise(count)
    guard case .binary(let range) = decoded(header + data) else {
      Issue.record("binary data is decoded as such")
      return
    }
    #expect(Array((header + data)[range]) == data)
  }

  @Test("a range of binary data counts from the start of all the bytes")
  func nestedBinary() {
    let bytes =
      written {
        $0.writeArray(count: 2)
        $0.write("name")
        $0.writeBinaryHeader(count: 3)
      } + [7, 8, 9]
    #expect(decoded(bytes) == .array([.text("name"), .binary(8..<11)]))
  }

  @Test("a cleared writer starts a new value")
  func reuse() {
    let writer = MessagePackWriter()
    #expect(writer.bytes.isEmpty)
    writer.write(String(repeating: "long", count: 10_000))
    writer.removeAll()
    writer.write(7)
    #expect(writer.bytes == [7])
  }

  @Test("no prefix of a value is a value")
  func truncated() {
    let bytes =
      written {
        $0.writeMap(count: 1)
        $0.write("key")
        $0.writeArray(count: 2)
        $0.write(1.5)
        $0.writeBinaryHeader(count: 4)
      } + [1, 2, 3, 4]
    #expect(decoded(bytes) != nil)
    for count in 0..<bytes.count { #expect(decoded(bytes.prefix(count)) == nil) }
  }

  @Test("keys that are no text, extensions and the unused byte are no values here")
  func foreign() {
    #expect(decoded([0x81, 0x01, 0x02]) == nil)
    #expect(decoded([0xD4, 0x01, 0x02]) == nil)
    #expect(decoded([0xC1]) == nil)
  }

  @Test("float32 and unsigned 64-bit integers of other writers are read")
  func otherWriters() {
    #expect(decoded([0xCA, 0x3F, 0xC0, 0, 0]) == .double(1.5))
    #expect(decoded([0xCF, 0, 0, 0, 0, 0, 0, 1, 0]) == .integer(256))
    #expect(decoded([0xCF] + Array(repeating: 0xFF, count: 8)) == .integer(.max))
  }
}
