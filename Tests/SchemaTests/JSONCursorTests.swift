import Schema
import TestSupport
import Testing

@Suite("JSON cursor")
struct JSONCursorTests {
  private func withCursor<Result>(
    _ text: String, _ body: (inout JSONCursor) throws -> Result
  ) throws -> Result {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      return try body(&cursor)
    }
  }

  @Test("takes members of any kind, and skips the others")
  func members() throws {
    let text = #"""
      { "skip" : {"a": [1, "]}", {"b": "\""}]}, "n": -2.5e1, "t": "a\u00e9\n", "i": 9007199254740993,
        "list": [1, [2, 3.5], "x"], "f": true, "one": 1, "null": null, "empty": {}, "none": [] }
      """#
    try withCursor(text) { cursor in
      try cursor.enterObject()
      var found: [String: JSONValue] = [:]
      var list: [Double] = []
      while let key = try cursor.nextKey() {
        let name = String(decoding: key, as: UTF8.self)
        switch name {
        case "n": found[name] = try cursor.number().map { .double($0) }
        case "t": found[name] = try cursor.text().map { .text($0) }
        case "i": found[name] = try cursor.integer().map { .integer($0) }
        case "f", "one": found[name] = try cursor.flag().map { .boolean($0) }
        case "list": #expect(try cursor.numbers(into: &list))
        case "empty": found[name] = try cursor.value()
        default: try cursor.skipValue()
        }
      }
      #expect(found["n"] == .double(-25))
      #expect(found["t"] == .text("aé\n"))
      #expect(found["i"] == .integer(9_007_199_254_740_993))
      #expect(found["f"] == .boolean(true) && found["one"] == .boolean(true))
      #expect(found["empty"] == .object([]))
      #expect(list.prefix(3) == [1, 2, 3.5] && list.count == 4 && list[3].isNaN)
      #expect(cursor.kind() == .end)
    }
  }

  @Test("a value of another kind is skipped and gives nothing")
  func otherKinds() throws {
    try withCursor(#"[{"a":1}, "5", [6], 7, NaN]"#) { cursor in
      try cursor.enterArray()
      #expect(try cursor.nextElement() && cursor.number() == nil)
      #expect(try cursor.nextElement() && cursor.integer() == nil)
      #expect(try cursor.nextElement() && cursor.text() == nil)
      #expect(try cursor.nextElement() && cursor.flag() == nil)
      #expect(try cursor.nextElement() && cursor.number() == nil)
      #expect(try !cursor.nextElement())
    }
  }

  @Test("numbers beyond any integer are none, and huge digits do not wrap")
  func hugeNumbers() throws {
    let numbers = ["18446744073709551616", "-9223372036854775808", "1e300", "123456789012345678"]
    try withCursor("[" + numbers.joined(separator: ",") + "]") { cursor in
      try cursor.enterArray()
      var found: [Int?] = []
      while try cursor.nextElement() { found.append(try cursor.integer()) }
      #expect(found == [nil, .min, nil, 123_456_789_012_345_678])
    }
  }

  @Test(
    "broken JSON is told with its place",
    arguments: [
      #"{"a" 1}"#, #"{"a":1 "b":2}"#, #"{a:1}"#, #"{"a":"#, #"{"a":[1,2"#, #"{"a":"x"#, "[", "{",
      #"{"a":1,}"#, "",
    ])
  func broken(text: String) throws {
    #expect(throws: JSONError.self) {
      try withCursor(text) { cursor in
        try cursor.enterObject()
        while try cursor.nextKey() != nil { try cursor.skipValue() }
      }
    }
  }

  @Test("no bytes make it crash or go round in circles")
  func mutations() throws {
    var random = SeededRandom(seed: 7)
    let base = Array(#"{"a":[1,{"b":"c\"d"}],"e":-1.5e3,"f":null,"g":[[[]]]}"#.utf8)
    for _ in 0..<2000 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      bytes.withUnsafeBytes { raw in
        var cursor = JSONCursor(raw)
        var steps = 0
        do {
          try cursor.enterObject()
          while try cursor.nextKey() != nil {
            steps += 1
            var list: [Double] = []
            switch steps % 4 {
            case 0: try cursor.skipValue()
            case 1: _ = try cursor.numbers(into: &list)
            case 2: _ = try cursor.text()
            default: _ = try cursor.integer()
            }
          }
        } catch {}
        #expect(steps <= raw.count)
      }
    }
  }
}
