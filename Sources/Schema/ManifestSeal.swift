public import Codecs

/// The last member of a manifest: the XXH3 of 128 bits of all bytes before it, so that no byte of the file can be
/// altered unnoticed.
///
///     {
///       …,
///       "xxh3_128": "3c0cafe2a25a92ba6ba68b83af1a3a62"
///     }
public enum ManifestSeal {
  /// What a manifest's file holds.
  public enum State: Sendable, Equatable {
    case whole
    case altered(expected: XXH128, found: String)
    /// The file ends otherwise: no seal was set, or it is damaged itself.
    case none
  }

  private static let start = "  \"xxh3_128\": \""
  private static let end = "\"\n}\n"
  private static let digits = 32

  /// A manifest as it is written.
  ///
  /// - Parameter manifest: an object with members.
  /// - Throws: `JSONError` where a number is not finite.
  public static func sealed(_ manifest: JSONValue) throws(JSONError) -> String {
    let text = try manifest.prettyText
    precondition(text.hasSuffix("\n}\n"), "an object with members")
    let body = text.dropLast(3) + ",\n"
    return body + start + XXH128(of: Array(body.utf8)).text + end
  }

  /// Looks at a manifest's file.
  public static func state(of file: UnsafeRawBufferPointer) -> State {
    let count = start.utf8.count + digits + end.utf8.count
    guard file.count > count else { return .none }
    let body = UnsafeRawBufferPointer(rebasing: file.dropLast(count))
    let seal = file.suffix(count)
    guard seal.starts(with: start.utf8), seal.suffix(end.utf8.count).elementsEqual(end.utf8) else {
      return .none
    }
    let found = seal.dropFirst(start.utf8.count).prefix(digits)
    let expected = XXH128(of: body)
    if found.elementsEqual(expected.text.utf8) { return .whole }
    return .altered(expected: expected, found: String(decoding: found, as: UTF8.self))
  }
}
