import Schema
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
  private func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: (try? writer.bytes) ?? [], as: UTF8.self)
  }

  @Test("puts commas between members and between elements, and nowhere else")
  func commas() {
    let written = text {
      $0.object {
        $0.key("a")
        $0.array {
          $0.value(1)
          $0.array { _ in }
          $0.object { _ in }
          $0.null()
          $0.value(true)
        }
        $0.key("b")
        $0.object {
          $0.key(named: "c")
          $0.value("d")
        }
      }
    }
    #expect(written == #"{"a":[1,[],{},null,true],"b":{"c":"d"}}"#)
  }

  @Test("ends lines so that the next one starts without a comma")
  func lines() {
    let written = text {
      for number in 1...2 {
        $0.array { $0.value(number) }
        $0.endLine()
      }
    }
    #expect(written == "[1]\n[2]\n")
  }

  @Test("can be emptied and used again")
  func removeAll() {
    let written = text {
      $0.value(1)
      $0.removeAll()
      $0.value(2)
    }
    #expect(written == "2")
  }

  @Test(
    "escapes quotes, backslashes and control characters, and nothing else",
    arguments: [
      (#"a"b\c/"#, #""a\"b\\c/""#), ("\n\r\t", #""\n\r\t""#),
      ("\0\u{1}\u{B}\u{1F} \u{7F}", #""\u0000\u0001\u000b\u001f "# + "\u{7F}\""),
      ("é 😀 \r\n", "\"é 😀 \\r\\n\""), ("", "\"\""),
    ])
  func escapes(plain: String, quoted: String) {
    #expect(text { $0.value(plain) } == quoted)
    #expect(
      text {
        $0.object {
          $0.key(named: plain)
          $0.null()
        }
      } == "{\(quoted):null}")
  }

  @Test(
    "writes the shortest digits, whole numbers without a fraction",
    arguments: [
      (0.0, "0"), (-0.0, "-0.0"), (1, "1"), (-640, "-640"), (0.1, "0.1"), (373.643, "373.643"),
      (1.0 / 3, "0.3333333333333333"), (1e14, "100000000000000"), (1e15, "1000000000000000.0"),
      (1e16, "1e+16"), (1e-7, "1e-07"),
      (.leastNonzeroMagnitude, "5e-324"),
    ] as [(Double, String)])
  func numbers(number: Double, written: String) {
    #expect(text { $0.value(number) } == written)
  }

  @Test("a number that is not finite refuses the whole text", arguments: [Double.nan, .infinity])
  func notFinite(number: Double) {
    var writer = JSONWriter()
    writer.array {
      $0.value(1)
      $0.value(number)
      $0.value(-Double.infinity)
    }
    let error = #expect(throws: JSONError.self) { try writer.bytes }
    #expect(error?.description == "JSON: expected finite numbers to write, found \(number)")
    writer.removeAll()
    writer.value(2)
    #expect((try? writer.bytes) == Array("2".utf8))
  }
}
