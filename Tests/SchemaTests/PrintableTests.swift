import Schema
import Testing

@Suite("printable text")
struct PrintableTests {
  @Test("plain text of any language stays as it is")
  func plain() {
    for text in ["", "a b.jpg", "Grüße/東京-é.png", "naïve 👩🏽 ☃", "back\\slash"] {
      #expect(text.printable == text)
    }
  }

  @Test(
    "what a terminal acts upon or hides becomes visible",
    arguments: [
      ("\u{1B}[2J", "\\u{1B}[2J"), ("a\nb", "a\\u{A}b"), ("a\r\nb", "a\\u{D}\\u{A}b"),
      ("a\tb\u{7F}", "a\\u{9}b\\u{7F}"), ("\u{9B}31m", "\\u{9B}31m"),
      ("\u{202E}gpj.exe", "\\u{202E}gpj.exe"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
      ("a\u{200E}\u{200F}\u{61C}", "a\\u{200E}\\u{200F}\\u{61C}"),
      ("a\u{200B}\u{FEFF}\u{2060}", "a\\u{200B}\\u{FEFF}\\u{2060}"),
      ("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c"), ("\u{0}", "\\u{0}"),
    ])
  func hidden(text: String, shown: String) { #expect(text.printable == shown) }

  @Test("line feeds of a text of lines stay, alone")
  func lines() {
    #expect("a\u{1B}\nb\r\nc\n".printableLines == "a\\u{1B}\nb\\u{D}\nc\n")
  }
}
