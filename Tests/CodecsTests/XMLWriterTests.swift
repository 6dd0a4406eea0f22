import Codecs
import Testing

@Suite("XML writer")
struct XMLWriterTests {
  @Test(
    "text and attributes come back as they were",
    arguments: [
      "", "plain", " a ", "\n\t\r", "<a href=\"x\">&amp;</a>", "größe 😀", "]]>", "a  b", "'",
      "50%;",
    ])
  func roundTrip(text: String) throws {
    var xml = XMLWriter()
    xml.begin("a")
    xml.attribute("b", text)
    xml.attribute("n", 1, -0.5, 1e300, 0.1)
    xml.endTag()
    xml.element("c", text)
    xml.end("a")
    try xml.bytes.withUnsafeBytes { bytes throws in
      var cursor = XMLCursor(bytes)
      #expect(try cursor.next() == .start)
      #expect(cursor.attribute("b") == text)
      #expect(cursor.attribute("n") == "1,-0.5,1e+300,0.1")
      #expect(try cursor.next() == .start)
      if !text.isEmpty {
        #expect(try cursor.next() == .text)
        #expect(XMLCursor.text(cursor.content) == text)
      }
      #expect(try cursor.next() == .end)
    }
    #expect(XMLWriter.canHold(text))
  }

  @Test("control characters become a replacement, and are told beforehand")
  func control() {
    var xml = XMLWriter()
    xml.text("a\u{1}b")
    #expect(String(decoding: xml.bytes, as: UTF8.self) == "a\u{FFFD}b")
    #expect(!XMLWriter.canHold("a\u{1}b") && !XMLWriter.canHold("\u{FFFF}"))
  }
}
