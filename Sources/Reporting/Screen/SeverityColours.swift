internal import Glibc

/// Colours for the word of severity that begins a line, where a person reads it: on a terminal that knows colours, unless
/// `NO_COLOR` says otherwise (no-color.org).
struct SeverityColours {
  /// Standard error's.
  static let ofErrors = SeverityColours(descriptor: 2)
  /// Standard output's.
  static let ofOutput = SeverityColours(descriptor: 1)

  private let isOn: Bool

  init(isOn: Bool) { self.isOn = isOn }

  private init(descriptor: Int32) {
    let isPlain =
      getenv("NO_COLOR").map { $0[0] != 0 } == true
      || getenv("TERM").map { strcmp($0, "dumb") == 0 } == true
    isOn = isatty(descriptor) == 1 && !isPlain
  }

  /// The same lines, with their severities in colour.
  func coloured(_ text: String) -> String {
    guard isOn else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(colouredLine)
      .joined(separator: "\n")
  }

  private func colouredLine(_ line: Substring) -> String {
    let start = line.firstIndex { $0 != " " } ?? line.endIndex
    for (word, code) in [("error", "1;31"), ("warning", "33"), ("note", "36")]
    where line[start...].hasPrefix(word + ":") {
      let rest = line[line.index(start, offsetBy: word.count)...]
      return "\(line[..<start])\u{1B}[\(code)m\(word)\u{1B}[0m\(rest)"
    }
    return String(line)
  }
}
