import Schema
import Testing

@Suite("Numbers and words as text")
struct StringLayoutTests {
  @Test(
    "numbers are what printf makes of them",
    arguments: [
      (1.25, "%.1f", "1.2"), (1.35, "%.1f", "1.4"), (-0.04, "%.1f", "-0.0"),
      (2, "%9.4f", "   2.0000"),
      (1234.5, "%.3g", "1.23e+03"), (0.1 + 0.2, "%.17g", "0.30000000000000004"),
      (.nan, "%.1f", "nan"),
      (-.infinity, "%.2f", "-inf"), (1e-7, "%.4g", "1e-07"), (0.05, "%.1f mm", "0.1 mm"),
    ])
  func printed(number: Double, conversion: String, text: String) {
    #expect(number.printed(conversion) == text)
  }

  @Test("the greatest number has room")
  func greatest() {
    let text = Double.greatestFiniteMagnitude.printed("%.9f")
    #expect(text.count == 309 + 1 + 9)
    #expect(Double(text) == .greatestFiniteMagnitude)
  }

  @Test("columns and white space")
  func words() {
    #expect("ab".padded(to: 4) == "ab  " && "abcde".padded(to: 4) == "abcde")
    #expect("ab".padded(toRight: 4) == "  ab" && "abcde".padded(toRight: 4) == "abcde")
    #expect(" \t a b\u{A0}\r\n".trimmed == "a b")
    #expect("  ".trimmed.isEmpty)
    #expect("x, y ".split(separator: ",").map(\.trimmed) == ["x", "y"])
  }
}
