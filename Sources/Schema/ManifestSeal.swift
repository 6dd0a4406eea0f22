public import Codecs

/// The last member of a manifest: the XXH3 hash of 128 bits of all bytes before it. So every accidental change of
/// a byte is noticed.
///
///     {
///       …,
///       "xxh3_128": "3c0cafe2a25a92ba6ba68b83af1a3a62"
///     }
public enum ManifestSeal {
  /// Whether a manifest is as it was written.
  public enum State: Sendable, Equatable {
    /// The seal agrees with the bytes before it.
    case whole
    /// It does not: the hash of these bytes, and the digits that the seal has.
    case altered(expected: XXH128, found: String)
    /// The file does not end with a seal: none was set, or the seal itself is damaged.
    case none
  }

  private static let start = "  \"xxh3_128\": \""
  private static let end = "\"\n}\n"
  private static let digits = 32

  /// A manifest's text with its seal.
  ///
  /// - Parameter manifest: an object with at least one member.
  /// - Throws: `JSONError` where a number is not finite.
  public static func sealed(_ manifest: JSONValue) throws(JSONError) -> String {
    let text = try manifest.prettyText
    precondition(text.hasSuffix("\n}\n"), "an object with members")
    let body = text.dropLast(3) + ",\n"
    return body + start + XXH128(of: Array(body.utf8)).text + end
  }

  /// Checks the bytes of a manifest's file.
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
