import Codecs
import TestSupport
import Testing

@Suite("XML cursor")
struct XMLCursorTests {
  private func events(_ text: String) throws -> [String] {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var cursor = XMLCursor(bytes)
      var found: [String] = []
      while let event = try cursor.next() {
        let content = XMLCursor.text(cursor.content) ?? "?"
        switch event {
        case .start:
          let attributes = cursor.attributes.map { name, value in
            String(decoding: bytes[name], as: UTF8.self) + "="
              + (XMLCursor.text(UnsafeRawBufferPointer(rebasing: bytes[value])) ?? "?")
          }
          found.append(([content] + attributes).joined(separator: " "))
        case .end: found.append("/" + content)
        case .text: found.append("'\(content)'")
        }
      }
      return found
    }
  }

  @Test("gives elements, attributes and text in order")
  func walk() throws {
    let text = """
      \u{FEFF}<?xml version="1.0" encoding="utf-8"?>
      <!-- a < comment -->
      <annotations version='1.1'><image id="0" name="a &amp; b.jpg"/>
        <meta> 5 &lt; 6 &#65;&#x42; </meta><![CDATA[<raw>]]></annotations>
      """
    #expect(
      try events(text) == [
        "annotations version=1.1", "image id=0 name=a & b.jpg", "/image", "meta", "'5 < 6 AB'",
        "/meta", "'<raw>'", "/annotations",
      ])
  }

  @Test("a bare ampersand stays, as dlib's tool writes file names")
  func ampersand() throws {
    #expect(try events("<i f='a&b & c.jpg'/>") == ["i f=a&b & c.jpg", "/i"])
  }

  @Test(
    "document types, and XML that is cut or crossed, are refused with the line",
    arguments: [
      "<!DOCTYPE a [<!ENTITY x SYSTEM '/etc/passwd'>]><a>&x;</a>", "<a>", "<a><b></a></b>",
      "<a x=1/>", "<a x='1/>", "<a x/>", "<a", "<!-- x", "", "text", "<a></b>", "<a><![CDATA[x</a>",
    ])
  func refused(text: String) {
    #expect(throws: XMLError.self) { try events("\n\n" + text) }
    do { _ = try events("\n\n" + text) } catch let error as XMLError {
      #expect(error.line >= 3)
    } catch {}
  }

  @Test("skips an element with all that is in it")
  func skipping() throws {
    try Array("<a><b><c>x</c><c/></b><d/></a>".utf8).withUnsafeBytes { bytes in
      var cursor = XMLCursor(bytes)
      #expect(try cursor.next() == .start)
      #expect(try cursor.next() == .start && cursor.isNamed("b"))
      try cursor.skipElement()
      #expect(try cursor.next() == .start && cursor.isNamed("d") && cursor.depth == 2)
      try cursor.skipElement()
      #expect(try cursor.next() == .end && cursor.isNamed("a"))
      #expect(try cursor.next() == nil)
    }
  }

  @Test("no bytes make it crash or go round in circles")
  func mutations() {
    var random = SeededRandom(seed: 3)
    let base = Array("<?xml?><a b='c&amp;'><d>e &#65; f</d><!--g--><h i=\"j\"/></a>".utf8)
    for _ in 0..<2000 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      bytes.withUnsafeBytes { raw in
        var cursor = XMLCursor(raw)
        var steps = 0
        while steps <= 2 * raw.count, (try? cursor.next()) ?? nil != nil {
          steps += 1
          _ = XMLCursor.text(cursor.content)
        }
        #expect(steps <= 2 * raw.count)
      }
    }
  }
}
