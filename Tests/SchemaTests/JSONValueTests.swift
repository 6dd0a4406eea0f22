import Schema
import Testing

@Suite("JSON values")
struct JSONValueTests {
  @Test("pretty text keeps plain arrays on a line and indents the rest by two")
  func prettyText() throws {
    let value = JSONValue.object([
      ("a", .array([.integer(1), .null, .text("x,\"y")])),
      ("b", .object([("c", .object([])), ("d", .array([]))])),
      ("e", .array([.array([.double(0.5)]), .object([("f", .boolean(false))])])),
    ])
    #expect(
      try value.prettyText == """
        {
          "a": [1,null,"x,\\"y"],
          "b": {
            "c": {},
            "d": []
          },
          "e": [
            [0.5],
            {
              "f": false
            }
          ]
        }

        """)
    #expect(try JSONValue.integer(3).prettyText == "3\n")
  }

  @Test("compact text is one line")
  func compactText() throws {
    let value = JSONValue.object([("a", .array([.integer(1), .object([("b", .null)])]))])
    #expect(try value.compactText == #"{"a":[1,{"b":null}]}"#)
  }

  @Test("objects with other members, another order or other numbers differ")
  func equality() {
    let value = JSONValue.object([("a", .integer(1)), ("b", .null)])
    #expect(value == .object([("a", .integer(1)), ("b", .null)]))
    #expect(value != .object([("b", .null), ("a", .integer(1))]))
    #expect(value != .object([("a", .integer(1))]))
    #expect(value != .object([("a", .double(1)), ("b", .null)]))
    #expect(JSONValue.array([.null]) != .array([]))
    #expect(JSONValue.text("1") != .integer(1))
  }

  @Test("gives members, numbers, texts and elements, and nil for values of another kind")
  func access() {
    let value = JSONValue.object([("a", .integer(1)), ("b", .double(0.5)), ("c", .text("x"))])
    #expect(value["a"]?.number == 1)
    #expect(value["b"]?.number == 0.5)
    #expect(value["c"]?.text == "x")
    #expect(value["d"] == nil)
    #expect(JSONValue.array([.null])["a"] == nil)
    #expect(JSONValue.array([.null]).elements == [.null])
    #expect(value.elements == nil)
    #expect(value.text == nil)
    #expect(JSONValue.text("1").number == nil)
  }

  @Test("names its kind for messages")
  func kind() {
    let values: [JSONValue] = [
      .null, .boolean(true), .integer(1), .double(1), .text(""), .array([]), .object([]),
    ]
    #expect(
      values.map(\.kind) == [
        "null", "true or false", "a number", "a number", "text", "an array", "an object",
      ])
  }
}
