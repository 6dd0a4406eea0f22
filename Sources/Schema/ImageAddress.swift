internal import Codecs

/// An image as a URL names it: `https://host/a.jpg`, `s3://bucket/b.png?versionId=1` or `file:///data/c.jpg`. Images are
/// never fetched; a record's image has the path that is left without scheme, host and query.
public struct ImageAddress: Sendable, Equatable {
  /// Without scheme, host and query, and with per cent escapes replaced. That of a file's URL begins with a slash.
  public let path: String
  /// Whether it names a file of a system.
  public let isFile: Bool

  /// - Returns: nil where a text is no URL.
  public init?(_ text: String) {
    // Each path of a file is asked, and few have a colon.
    let hasColon = text.utf8.withContiguousStorageIfAvailable { $0.contains(UInt8(ascii: ":")) }
    guard hasColon != false, let scheme = Self.scheme(of: text) else { return nil }
    isFile = scheme.name.lowercased() == "file"
    let rest = text[scheme.end...]
    guard let slash = rest.firstIndex(of: "/") else {
      path = Self.decoded(rest)
      return
    }
    let whole = rest[slash...]
    path = Self.decoded(Self.withoutQuery(isFile ? whole : whole.drop { $0 == "/" }))
  }

  /// The scheme, of two letters or more as drives of Windows have one, and where what follows `://` begins.
  private static func scheme(of text: String) -> (name: Substring, end: String.Index)? {
    let name = text.utf8.prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    let rest = text.utf8[name.endIndex...]
    guard name.count > 1, name.count < 32, rest.starts(with: "://".utf8) else { return nil }
    return (Substring(name), text.utf8.index(name.endIndex, offsetBy: 3))
  }

  /// An address without its query. It stays where the rest does not name an image, as in `get?id=5`.
  public static func withoutQuery(_ text: Substring) -> Substring {
    let path = text.prefix { $0 != "?" && $0 != "#" }
    return FileEnding.isImage(path) ? path : text.prefix { $0 != "#" }
  }

  /// A URL's text with its per cent escapes replaced, unless they are no UTF-8.
  public static func decoded(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var (bytes, rest) = ([UInt8](), text.utf8)
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let code = UInt8(String(Substring(digits)), radix: 16)
      {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self) ?? String(text)
  }
}
