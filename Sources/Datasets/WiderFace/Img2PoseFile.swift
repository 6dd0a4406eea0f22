internal import Codecs
internal import Schema

/// One of img2pose's JSON files as text: the source's own where it still says what the record says.
struct Img2PoseFile {
  /// As the list names it.
  let name: String
  let text: String
  /// Whether it is the source's own text.
  let isKept: Bool

  /// - Parameter made: what the record says, the members in img2pose's order.
  init(of record: ImageRecord, saying made: JSONValue) throws {
    name = Self.name(of: record)
    if let kept = Self.kept(of: record), Self.isSame(Self.source(of: record), made) {
      (text, isKept) = (kept.text, true)
    } else {
      (text, isKept) = (try made.compactText + "\n", false)
    }
  }

  /// As the list is to name a record's file; what tells ids apart tells files apart.
  static func name(of record: ImageRecord) -> String {
    let own = record.keepsExtensionInID ? record.image.path[...] : record.image.stem
    return kept(of: record)?.name ?? "json/\(own).json"
  }

  /// What a record keeps of the file it was read from.
  static func native(name: String?, text: String) -> NativeValue {
    .object(
      .object((name.map { [("entry", .text($0))] } ?? []) + [("text", .text(text))]))
  }

  /// The object of the file that a record was read from.
  static func source(of record: ImageRecord) -> JSONValue? {
    kept(of: record).flatMap { try? JSONParser.value(of: $0.text) }
  }

  /// Writes the file below a folder.
  func write(to folder: OutputFolder) throws { try folder.write(text.utf8, to: name) }

  private static func kept(of record: ImageRecord) -> (name: String?, text: String)? {
    guard case .object(let native) = record.native, let text = native["text"]?.text else {
      return nil
    }
    // A list may name files anywhere; only those below it are written there again.
    let name = native["entry"]?.text.flatMap { name in
      if case .plain = ImagePathVerdict(name), name.hasSuffix(".json") { name } else { nil }
    }
    return (name, text)
  }

  /// Whether all of `made` is in `kept`, which may have further members, and further columns of a point.
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
