import Geometry
import TestSupport
import Testing

@testable import Schema

/// Records are read in one pass where they are as the writer writes them, and by the parser of all JSON elsewhere.
@Suite("Records in one pass")
struct RecordScanningTests {
  /// What a reader made of a line: the record as it is written, or the error in words.
  private func made(_ read: () throws -> ImageRecord) -> String {
    do { return try read().jsonLine } catch { return "\(error)" }
  }

  private func parsed(_ line: [UInt8]) -> String {
    line.withUnsafeBytes { bytes in made { try ImageRecord(JSONParser.value(of: bytes)) } }
  }

  private func scanned(_ line: [UInt8], keepsNative: Bool = true) throws -> ImageRecord {
    try line.withUnsafeBytes { try ImageRecord(scanning: $0, keepsNative: keepsNative) }
  }

  private func read(_ line: [UInt8]) -> String {
    line.withUnsafeBytes { bytes in made { try ImageRecord(json: bytes) } }
  }

  @Test("a record with every member is taken, with spaces too")
  func full() throws {
    let record = fullRecord()
    var line = record.jsonLine
    // The only name with a quote in it.
    line.replace(#"a \"b\""#, with: "a b")
    let expected = try ImageRecord(jsonLine: line)
    #expect(try scanned(Array(line.utf8)) == expected)
    let spaced = line.replacing(",\"", with: " , \t\"").replacing("\":", with: "\" : ")
    #expect(try scanned(Array(spaced.utf8)) == expected)
    #expect(try scanned(Array(line.utf8), keepsNative: false) == expected.withoutNative)
  }

  @Test("an estimated camera has its uncertainty, and goes through both readers")
  func estimatedCamera() throws {
    var record = fullRecord()
    record.camera?.provenance = .estimated
    var line = record.jsonLine
    #expect(line.contains(#""provenance":"estimated","focal_sigma":0.125}"#))
    line.replace(#"a \"b\""#, with: "a b")
    #expect(try scanned(Array(line.utf8)).camera == record.camera)
    #expect(try ImageRecord(jsonLine: line).camera == record.camera)
    for wrong in ["-0.1", "101", "\"0.1\""] {
      let text = line.replacing(#""focal_sigma":0.125"#, with: #""focal_sigma":"# + wrong)
      #expect(parsed(Array(text.utf8)).contains("camera.focal_sigma: expected "))
    }
  }

  @Test("numbers are those of the parser, to the last bit")
  func numbers() throws {
    var random = SeededRandom(seed: 1)
    for i in 0..<20_000 {
      let number: String
      switch i % 4 {
      case 0: number = "\(random.uniform(-1e3...1e3))"
      case 1: number = "\(Double(bitPattern: random.next()))"
      case 2:
        number =
          ["", "-"][random.below(2)] + random.digits(1 + random.below(21)) + "."
          + random.digits(1 + random.below(24))
      default:
        number =
          ["", "-"][random.below(2)] + random.digits(1 + random.below(20))
          + ["", "e", "E+", "e-", ".", ".5e3"][random.below(6)] + random.digits(random.below(4))
      }
      // Within a longer text most numbers are read in another way than at its end.
      for text in [number, number + String(repeating: " ", count: 50)] {
        try expectAsParsed(Array(text.utf8))
      }
    }
  }

  private func expectAsParsed(_ text: [UInt8]) throws {
    try text.withUnsafeBytes { buffer in
      let expected = (try? JSONParser.value(of: buffer))?.number
      var scanner = JSONScanner(buffer)
      guard let value = try? scanner.number(.measure), (try? scanner.end()) != nil else {
        // What is refused here is read by the parser; usual numbers are not refused.
        #expect(expected.map { abs($0) > 1e29 || text.contains(UInt8(ascii: "e")) } ?? true)
        return
      }
      #expect(value.bitPattern == expected?.bitPattern, "\(String(decoding: text, as: UTF8.self))")
      var whole = JSONScanner(buffer)
      guard let integer = try? whole.integer(), (try? whole.end()) != nil else { return }
      #expect(Double(integer) == expected)
    }
  }

  @Test("numbers of all numbers of digits before and after the point, with all signs and exponents")
  func shapes() throws {
    var random = SeededRandom(seed: 3)
    let ends = [
      "", "e5", "E-5", "e+05", "e-005", "e0005", "e", "e-", "x", ".", ".1", "-", "+", "/", ":",
    ]
    for whole in 0...21 {
      for decimals in 0...26 {
        for end in ends {
          let digits = random.digits(whole) + (decimals > 0 ? "." : "") + random.digits(decimals)
          for sign in ["", "-"] {
            for room in [0, 60] {
              let text = sign + digits + end + String(repeating: " ", count: room)
              try expectAsParsed(Array(text.utf8))
            }
          }
        }
      }
    }
  }

  @Test("a text ends at its quote, wherever that is, and not at a control character or a backslash")
  func textEnds() {
    for length in 0..<200 {
      let inside = (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
      for (end, isEnd) in [("\"", true), ("\\\"", false), ("\u{1F}\"", false), ("", false)] {
        let bytes = inside + Array((end + "\"}").utf8.prefix(isEnd ? 3 : end.utf8.count))
        let found = bytes.withUnsafeBytes { JSONScanner.plainText(in: $0, from: 0) }
        #expect((found?.range == 0..<length) == isEnd && found?.isASCII == (isEnd ? true : nil))
      }
      var other = inside + [UInt8(ascii: "\""), 0xC3]
      other.insert(0x7F, at: 0)
      let ascii = other.withUnsafeBytes { JSONScanner.plainText(in: $0, from: 0) }
      #expect(ascii?.isASCII == true)
      other.insert(contentsOf: [0xC3, 0xA9], at: length / 2)
      let accented = other.withUnsafeBytes { JSONScanner.plainText(in: $0, from: 0) }
      #expect(accented?.range == 0..<length + 3 && accented?.isASCII == false)
    }
  }

  @Test("a line that is changed anywhere is read, or refused, as the parser does", arguments: 0..<8)
  func changed(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let line = Array(fullRecord().jsonLine.utf8)
    let pieces = [
      "null", "-0", "1e5", "1e999", "NaN", "-", "\"", "\\", "{", "}", "[", "]", ",", ":", "\u{1}",
      "\\u00e9", "é", "00", "0.", " ", "true", "\"line\":", "\"x\":1,", "1e400", "missing", "5",
    ]
    for _ in 0..<1_500 {
      var changed = line
      let place = random.below(changed.count)
      switch random.below(4) {
      case 0: changed[place] = UInt8(truncatingIfNeeded: random.below(256))
      case 1: changed.removeSubrange(place..<min(changed.count, place + 1 + random.below(12)))
      case 2: changed.insert(contentsOf: Array(pieces[random.below(pieces.count)].utf8), at: place)
      default:
        let end = min(changed.count, place + random.below(40))
        changed.insert(contentsOf: changed[place..<end], at: place)
      }
      #expect(read(changed) == parsed(changed), "\(String(decoding: changed, as: UTF8.self))")
      let whole = changed.withUnsafeBytes { try? ImageRecord(json: $0) }
      let bare = changed.withUnsafeBytes { try? ImageRecord(json: $0, keepsNative: false) }
      #expect(whole?.withoutNative == bare)
    }
  }

  @Test(
    "what is wrong in a native that is not kept is found all the same",
    arguments: [
      (#"{"line":"x"}"#, true), (#"{"a":[1,{"b":null}],"c":"\n"}"#, true), ("null", true),
      (#"{"line":"x}"#, false), (#"{"a":1e999}"#, false), (#"{"a":NaN}"#, false), ("[]", false),
      (#"{"a":01}"#, false), (#"{"a" 1}"#, false), (#"{"a":"\q"}"#, false), ("\"x\"", false),
      (String(repeating: #"{"a":"#, count: 70) + "1" + String(repeating: "}", count: 70), false),
    ])
  func natives(native: String, isGood: Bool) {
    let line =
      #"{"schema":"sixdof.image/1","id":"i","source":{"dataset":"d"},"image":{"path":"p"},"#
      + #""faces":[],"native":"# + native + "}"
    for keepsNative in [true, false] {
      let record = Array(line.utf8).withUnsafeBytes {
        try? ImageRecord(json: $0, keepsNative: keepsNative)
      }
      #expect((record != nil) == isGood, "\(native)")
    }
  }
}
