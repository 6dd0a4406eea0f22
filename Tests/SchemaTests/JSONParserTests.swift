import Schema
import TestSupport
import Testing

@Suite("JSON parser")
struct JSONParserTests {
  @Test("text that is no UTF-8 is refused rather than repaired", arguments: [#"n"#, #"\n"#])
  func latin1(rest: String) throws {
    let bytes = Array("\"".utf8) + [0xE9] + Array((rest + "\"").utf8)
    let error = #expect(throws: JSONError.self) {
      try bytes.withUnsafeBytes { try JSONParser.value(of: $0) }
    }
    #expect(error?.description == "JSON text: expected UTF-8, found other bytes")
  }

  @Test("reads every kind of value and keeps the order of members")
  func kinds() throws {
    let text =
      " { \"z\" : [ 1 , -2.5, 1e3, true, false, null ] ,\t\"a\" : { } , \"b\":[],\"c\":\"\" }\r\n"
    let value = try JSONParser.value(of: text)
    #expect(
      value
        == .object([
          (
            "z",
            .array([
              .integer(1), .double(-2.5), .double(1000), .boolean(true), .boolean(false), .null,
            ])
          ),
          ("a", .object([])), ("b", .array([])), ("c", .text("")),
        ]))
  }

  @Test("what was written is read back", arguments: 0..<200)
  func roundTrip(seed: Int) throws {
    var numbers = SeededRandom(seed: UInt64(seed))
    let value = JSONValue.random(depth: 4, from: &numbers)
    #expect(try JSONParser.value(of: value.compactText) == value)
    #expect(try JSONParser.value(of: value.prettyText) == value)
  }

  @Test(
    "reads escapes",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""a\u0041\u00e9\u20ACb""#, "aAé€b"),
      (#""\ud83d\ude00""#, "😀"), (#""x\uD83D\uDE00y""#, "x😀y"), (#""\udbff\udfff""#, "\u{10FFFF}"),
      ("\"é😀\"", "é😀"), (#""\u0000""#, "\0"),
    ])
  func escapes(quoted: String, plain: String) throws {
    let value = try JSONParser.value(of: quoted)
    let text = try #require(value.text)
    #expect(Array(text.unicodeScalars) == Array(plain.unicodeScalars))
  }

  @Test(
    "half a surrogate pair is the replacement character",
    arguments: [
      (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
      (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
    ])
  func halfPairs(quoted: String, plain: String) throws {
    #expect(try JSONParser.value(of: quoted).text == plain)
  }

  @Test("tells whole numbers of 64 bits from others")
  func numbers() throws {
    #expect(try JSONParser.value(of: "9223372036854775807") == .integer(.max))
    #expect(try JSONParser.value(of: "-9223372036854775808") == .integer(.min))
    #expect(try JSONParser.value(of: "9223372036854775808") == .double(9_223_372_036_854_775_808))
    #expect(try JSONParser.value(of: "1.0") == .double(1))
    #expect(try JSONParser.value(of: "0.1E-2") == .double(0.001))
  }

  @Test("reads the words that Python writes for numbers that are none")
  func notFinite() throws {
    #expect(try JSONParser.value(of: "[NaN]").elements?.first?.number?.isNaN == true)
    #expect(
      try JSONParser.value(of: "[Infinity, -Infinity]")
        == .array([.double(.infinity), .double(-.infinity)]))
  }

  @Test("reads 64 levels and refuses more")
  func depth() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(try JSONParser.value(of: nested(64)).compactText == nested(64))
    let error = #expect(throws: JSONError.self) { try JSONParser.value(of: nested(65)) }
    #expect(error?.description == "expected at most 64 levels of JSON, found more")
    #expect(throws: JSONError.self) {
      try JSONParser.value(of: String(repeating: #"{"a":"#, count: 100_000))
    }
  }

  @Test(
    "says where, what was expected and what was found",
    arguments: [
      ("", "JSON, character 1: expected a JSON value, found the end"),
      ("  ", "JSON, character 3: expected a JSON value, found the end"),
      ("[1,]", "JSON, character 4: expected a JSON value, found ']'"),
      ("[1 2]", "JSON, character 4: expected ',' or ']', found '2]'"),
      ("[1 2\n]", "JSON, character 4: expected ',' or ']', found '2'"),
      ("[\u{1}]", "JSON, character 2: expected a JSON value, found a control character"),
      (#"{"a" 1}"#, "JSON, character 6: expected ':', found '1}'"),
      (#"{"a":1 "b"}"#, #"JSON, character 8: expected ',' or '}', found '"b"}'"#),
      ("{a:1}", "JSON, character 2: expected a key in quotes, found 'a:1}'"),
      (#"{"a":1,}"#, "JSON, character 8: expected a key in quotes, found '}'"),
      ("[1] x", "JSON, character 5: expected the end, found 'x'"),
      ("nul", "JSON, character 1: expected a JSON value, found 'nul'"),
      ("-", "JSON, character 1: expected a JSON value, found '-'"),
      ("[1.2.3]", "JSON, character 2: expected a JSON value, found '1.2.3]'"),
      (#""abc"#, "JSON, character 5: expected the end of a text, found the end"),
      (#""a\"#, "JSON, character 4: expected an escape, found the end"),
      (#""\u12"#, #"JSON, character 3: expected four hexadecimal digits, found 'u12'"#),
      (#""a\q""#, #"JSON, character 4: expected an escape, found 'q"'"#),
      (
        "[\"a\tb\"]",
        "JSON, character 4: expected an escape for a control character, found a control character"
      ),
      ("[01]", "JSON, character 2: expected a JSON value, found '01]'"),
      (#"{"a":"#, "JSON, character 6: expected a JSON value, found the end"),
      (
        "'a long text in single quotes'",
        "JSON, character 1: expected a JSON value, found ''a long text'"
      ),
    ])
  func errors(text: String, message: String) {
    let error = #expect(throws: JSONError.self) { try JSONParser.value(of: text) }
    #expect(error?.description == message)
  }

  @Test(
    "refuses what RFC 8259 does not allow",
    arguments: [
      "01", "-01", "+1", ".5", "1.", "1.e5", "1e", #""\q""#, #""\u+041""#, "\"a\nb\"", "\"a\tb\"",
      #""\ud83d\u+e00""#, "[1]]", "\u{FEFF}1", "nan", "inf",
    ])
  func strict(text: String) {
    #expect(throws: JSONError.self) { try JSONParser.value(of: text) }
  }
}

extension JSONValue {
  /// A value of random kind; containers nest at most as deep as given.
  fileprivate static func random(depth: Int, from numbers: inout SeededRandom) -> JSONValue {
    let texts = ["", "a b", "\"\\/", "\n\u{1}\t", "é€😀", "\r\n", "null"]
    switch numbers.below(depth > 0 ? 8 : 5) {
    case 0: return .null
    case 1: return .boolean(numbers.below(2) == 0)
    case 2: return .integer(Int(bitPattern: UInt(truncatingIfNeeded: numbers.next())))
    case 3: return .double(Double(numbers.below(1_000_000) * 2 + 1) / 1024)
    case 4: return .text(texts[numbers.below(texts.count)])
    case 5, 6:
      let count = numbers.below(4)
      return .array((0..<count).map { _ in random(depth: depth - 1, from: &numbers) })
    default:
      let count = numbers.below(4)
      return .object(
        (0..<count).map { ("\($0)" + texts[$0], random(depth: depth - 1, from: &numbers)) })
    }
  }
}
