internal import Codecs
internal import Schema

/// A task: the address of an image, and the regions that one annotator drew in it.
struct LabelStudioTask {
  /// The image's path; nil where there is none.
  let image: String?
  /// The regions of the annotation that is taken.
  private(set) var results: [JSONValue] = []
  /// Ids of task and annotator.
  private(set) var native: [(key: String, value: JSONValue)] = []

  /// Of several annotations that were not skipped, the one that is marked as ground truth is taken, or the first; where
  /// there is none, the first prediction.
  init(_ task: JSONValue, _ notes: inout LabelStudioNotes) {
    let data = task["data"] ?? task
    var address = data["image"]?.text
    if address == nil, case .object(let members) = data {
      address = members.lazy.compactMap { $0.value.text }.first { Self.isAddress($0) }
    }
    let upload = task["file_upload"]?.text.map(Self.withoutUploadPrefix)
    image = address.flatMap(Self.path) ?? upload
    if let id = task["id"] { native.append(("id", id)) }
    let lists = ["annotations", "completions"].compactMap { task[$0]?.elements }
    guard !lists.isEmpty || task["predictions"] != nil else {
      readShort(task)
      return
    }
    let annotations = lists.joined().filter { $0["was_cancelled"] != .boolean(true) }
    let chosen =
      annotations.first { $0["ground_truth"] == .boolean(true) } ?? annotations.first
      ?? (lists.allSatisfy(\.isEmpty) ? task["predictions"]?.elements?.first : nil)
    notes.further += max(annotations.count - 1, 0)
    guard let chosen else {
      notes.empty += 1
      return
    }
    if let who = chosen["completed_by"], who.isScalar { native.append(("completed_by", who)) }
    results = chosen["result"]?.elements ?? []
  }

  /// JSON-MIN: the regions are in lists named as their tags, without ids.
  private mutating func readShort(_ task: JSONValue) {
    guard case .object(let members) = task else { return }
    for (_, value) in members {
      for region in value.elements ?? [] where region["x"] != nil {
        results.append(.object([("value", region)]))
      }
    }
  }

  private static func isAddress(_ text: String) -> Bool {
    text.contains("/")
      || FileEnding.images.contains {
        text.lowercased().hasSuffix($0)
      }
  }

  /// The path that an address of an image holds: without scheme, host and query; that of a local file is the query's `d`.
  /// An uploaded file is named without its folders and the eight digits in front of it.
  ///
  /// - Returns: nil where the address holds the picture itself.
  static func path(_ address: String) -> String? {
    let isData = address.utf8.prefix(5).elementsEqual("data:".utf8) { $0 | 0x20 == $1 | 0x20 }
    if isData, address.lowercased().hasPrefix("data:") { return nil }
    var rest = address[...]
    let hasScheme = rest.holds("://") ? rest.firstRange(of: "://") : nil
    if let scheme = hasScheme {
      rest = rest[scheme.upperBound...]
      rest = rest.firstIndex(of: "/").map { rest[$0...].dropFirst() } ?? rest
    }
    let isLocal = rest.holds("data/local-files/")
    if isLocal, let query = rest.firstRange(of: "?d=") ?? rest.firstRange(of: "&d=") {
      rest = rest[query.upperBound...].prefix { $0 != "&" }
    } else if hasScheme != nil || rest.holds("data/upload/") {
      rest = rest.prefix { $0 != "?" && $0 != "#" }
    }
    let isURL = hasScheme != nil || isLocal || rest.holds("data/upload/")
    let path = isURL ? decoded(rest) : String(rest)
    guard path.holds("data/upload/") else {
      return isURL ? String(path.drop { $0 == "/" }) : path
    }
    return withoutUploadPrefix(SourceLocation.fileName(of: path))
  }

  private static func withoutUploadPrefix(_ name: String) -> String {
    let prefix = name.utf8.prefix(9)
    let isPrefixed =
      name.utf8.count > 9 && prefix.last == UInt8(ascii: "-")
      && prefix.dropLast().allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    return isPrefixed ? String(name.dropFirst(9)) : name
  }

  /// A URL's text with its per cent escapes replaced, unless they are no UTF-8.
  private static func decoded(_ text: Substring) -> String {
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
