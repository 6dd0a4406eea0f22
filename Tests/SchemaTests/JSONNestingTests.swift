import Schema
import TestSupport
import Testing

@Suite("Skipping JSON")
struct JSONNestingTests {
  /// Where a value that begins with a bracket ends, byte by byte; nil where it does not.
  private static func end(of bytes: [UInt8]) -> Int? {
    var (depth, place, isText) = (0, 0, false)
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\") where isText: place += 1
      case UInt8(ascii: "\""): isText.toggle()
      case _ where isText: break
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return place + 1 }
      default: break
      }
      place += 1
    }
    return nil
  }

  private static func skipped(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      return try? cursor.skipValue().upperBound
    }
  }

  @Test("ends where a walk byte by byte does, whatever brackets, quotes and backslashes there are")
  func random() {
    var numbers = SeededRandom(seed: 11)
    let alphabets = [
      "{}[]\"\\ ,", "{}[]\"\\aaaaaaaaaaaaaaaaaaaaaaaa", "[]\\\"", "{\"x\":[1,2],}\u{e9}",
    ]
    var ended = 0
    for round in 0..<20_000 {
      let alphabet = Array(alphabets[round % alphabets.count].utf8)
      let length = 1 + numbers.below(200)
      var bytes = (0..<length).map { _ in alphabet[numbers.below(alphabet.count)] }
      bytes[0] = UInt8(ascii: numbers.below(2) == 0 ? "{" : "[")
      let expected = Self.end(of: bytes)
      #expect(Self.skipped(bytes) == expected, "\(String(decoding: bytes, as: UTF8.self))")
      if expected != nil { ended += 1 }
    }
    #expect(ended > 5_000)
  }

  @Test("runs of backslashes across blocks of 64 bytes escape what they should")
  func escapes() {
    for before in 50..<80 {
      for count in 0..<8 {
        let text = String(repeating: "a", count: before) + String(repeating: "\\", count: count)
        let bytes = Array(#"["\#(text)"]", 1, "]"]"#.utf8)
        #expect(Self.skipped(bytes) == Self.end(of: bytes), "\(before), \(count)")
      }
    }
  }

  @Test("a text that is cut anywhere has no end, and says what is missing")
  func truncated() throws {
    let text =
      #"{"a": [1, "b\"}", {"c": ["#.utf8 + [UInt8](repeating: 0x31, count: 90)
      + #"]}], "d": "é"}"#.utf8
    let bytes = Array(text)
    #expect(Self.skipped(bytes) == bytes.count)
    for length in 1..<bytes.count {
      #expect(Self.skipped(Array(bytes.prefix(length))) == nil, "\(length)")
    }
    #expect {
      try bytes.dropLast().withUnsafeBytes { bytes in
        var cursor = JSONCursor(UnsafeRawBufferPointer(rebasing: bytes[...]))
        try cursor.skipValue()
      }
    } throws: { "\($0)".contains("expected a JSON value, found the end") }
  }
}

@Suite("Numbers of JSON")
struct JSONNumberTests {
  @Test("a scanner takes those that the parser takes, to the last bit")
  func scanned() throws {
    var numbers = SeededRandom(seed: 12)
    let parts = [
      "-", "0", "00", "7", "12", "345678", ".", "e", "E", "+", "5", "1234567890123456789",
    ]
    var taken = 0
    for _ in 0..<40_000 {
      let text = (0...numbers.below(5)).map { _ in parts[numbers.below(parts.count)] }.joined()
      // Short ones are read only where more bytes follow.
      let array = Array("[\(text) ,          null]".utf8)
      array.withUnsafeBytes { bytes in
        let parsed = (try? JSONParser.value(of: bytes))?.elements?.first?.number
        var scanner = JSONScanner(bytes, at: 1)
        guard let scanned = try? scanner.number() else { return }
        var rest = UnsafeRawBufferPointer(rebasing: bytes[scanner.position...])
        while let first = rest.first, first == 0x20 { rest = .init(rebasing: rest.dropFirst()) }
        guard rest.first == UInt8(ascii: ",") else { return }
        taken += 1
        #expect(parsed?.bitPattern == scanned.bitPattern, "\(text)")
      }
    }
    #expect(taken > 5_000)
  }
}
