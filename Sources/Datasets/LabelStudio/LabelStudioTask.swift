internal import Codecs
internal import Schema

/// A task: the address of an image, and the regions that one annotator drew in it.
struct LabelStudioTask {
  /// The image's path, or its URL; nil where there is none.
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

  /// The path of an image that lies with Label Studio: that of a local file is the query's `d`, and an uploaded one is named
  /// without its folders and the eight digits in front of it. Any other address stays as it is.
  ///
  /// - Returns: nil where the address holds the picture itself.
  static func path(_ address: String) -> String? {
    let isData = address.utf8.prefix(5).elementsEqual("data:".utf8) { $0 | 0x20 == $1 | 0x20 }
    if isData, address.lowercased().hasPrefix("data:") { return nil }
    var rest = address[...]
    let isLocal = rest.holds("data/local-files/")
    let isUpload = rest.holds("data/upload/")
    // Another URL is one as in any form.
    guard isLocal || isUpload else { return address }
    if isLocal, let query = rest.firstRange(of: "?d=") ?? rest.firstRange(of: "&d=") {
      rest = rest[query.upperBound...].prefix { $0 != "&" }
    } else {
      rest = rest.prefix { $0 != "?" && $0 != "#" }
    }
    let path = ImageAddress.decoded(rest)
    if isUpload { return withoutUploadPrefix(SourceLocation.fileName(of: path)) }
    return String(path.drop { $0 == "/" })
  }

  private static func withoutUploadPrefix(_ name: String) -> String {
    let prefix = name.utf8.prefix(9)
    let isPrefixed =
      name.utf8.count > 9 && prefix.last == UInt8(ascii: "-")
      && prefix.dropLast().allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    return isPrefixed ? String(name.dropFirst(9)) : name
  }
}
