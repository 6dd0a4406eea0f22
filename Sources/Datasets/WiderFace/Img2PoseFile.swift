internal import Codecs
internal import Schema

/// One of img2pose's JSON files as text: the source's own text where it still agrees with the record.
struct Img2PoseFile {
  /// The file's path, as the list names it.
  let name: String
  let text: String
  /// Whether the text is the source's own.
  let isKept: Bool

  /// - Parameter made: the record's contents, with the members in img2pose's order.
  init(of record: ImageRecord, saying made: JSONValue) throws {
    name = Self.name(of: record)
    if let kept = Self.kept(of: record), Self.isSame(Self.source(of: record), made) {
      (text, isKept) = (kept.text, true)
    } else {
      (text, isKept) = (try made.compactText + "\n", false)
    }
  }

  /// The path of a record's file for the list. Records with different ids get different files.
  static func name(of record: ImageRecord) -> String {
    let own = record.keepsExtensionInID ? record.image.path[...] : record.image.stem
    return kept(of: record)?.name ?? "json/\(own).json"
  }

  /// What a record keeps of the file that it was read from.
  static func native(name: String?, text: String) -> NativeValue {
    .object(
      .object((name.map { [("entry", .text($0))] } ?? []) + [("text", .text(text))]))
  }

  /// The JSON object of the file that a record was read from; nil where none was kept.
  static func source(of record: ImageRecord) -> JSONValue? {
    kept(of: record).flatMap { try? JSONParser.value(of: $0.text) }
  }

  /// Writes the file below a folder.
  func write(to folder: OutputFolder) throws { try folder.write(text.utf8, to: name) }

  private static func kept(of record: ImageRecord) -> (name: String?, text: String)? {
    guard case .object(let native) = record.native, let text = native["text"]?.text else {
      return nil
    }
    // A list may name files anywhere; only names below it are used again.
    let name = native["entry"]?.text.flatMap { name in
      if case .plain = ImagePathVerdict(name), name.hasSuffix(".json") { name } else { nil }
    }
    return (name, text)
  }

  /// Whether `kept` has all of `made`. It may have more members, and more columns in a point.
  private static func isSame(_ kept: JSONValue?, _ made: JSONValue) -> Bool {
    switch made {
    case .object(let members):
      return members.allSatisfy { isSame(kept?[$0.key], $0.value) }
    case .array(let made):
      guard let kept = kept?.elements, kept.count >= made.count,
        kept.count == made.count || made.first?.number != nil
      else { return false }
      return zip(kept, made).allSatisfy { isSame($0, $1) }
    default:
      if let number = made.number { return kept?.number == number }
      return kept == made
    }
  }
}
