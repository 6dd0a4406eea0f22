extension String {
  /// The text with everything made visible that a terminal or a page would act on or hide. Control characters,
  /// line ends, marks that change the direction of writing and characters without width are written as `\u{1B}`.
  ///
  /// File names and records are text from others: it must not move a cursor, or look like another name.
  public var printable: String { printable(keepsLineFeeds: false) }

  /// The same for a text of several lines, whose line feeds stay.
  public var printableLines: String { printable(keepsLineFeeds: true) }

  private func printable(keepsLineFeeds: Bool) -> String {
    // Almost all text is plain ASCII, which needs one look and no copy.
    guard utf8.contains(where: { !(0x20..<0x7F).contains($0) }) else { return self }
    func isHidden(_ scalar: Unicode.Scalar) -> Bool {
      if (0x20..<0x7F).contains(scalar.value) || (keepsLineFeeds && scalar == "\n") { return false }
      return switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
    guard unicodeScalars.contains(where: isHidden) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      if isHidden(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
