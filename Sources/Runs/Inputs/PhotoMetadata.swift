internal import Codecs
internal import Schema

/// What a downloader such as img2dataset says of an image, in a `.json` of the image's name: its key, URL and caption. It
/// is kept under `native.img2dataset`.
enum PhotoMetadata {
  /// Larger files are something else, such as LabelMe's with the picture in them.
  static let mostBytes = 1 << 16

  /// The path of an image's metadata.
  static func path(of image: String) -> String { ImageReference.stem(of: image[...]) + ".json" }

  /// Keeps what the file beside an image of a tree says, where there is one.
  ///
  /// - Returns: an issue where it is not JSON.
  static func add(in tree: FileTree, to record: inout ImageRecord) -> RecordIssue? {
    let path = path(of: record.image.path)
    guard tree.contains(path) else { return nil }
    // What is larger, or cannot be read, is no metadata.
    return (try? tree.withBytes(of: path, limit: mostBytes) { add($0, to: &record) }) ?? nil
  }

  /// Keeps what a file says, unless it is something else than metadata.
  ///
  /// - Returns: an issue where it is not JSON.
  static func add(_ bytes: UnsafeRawBufferPointer, to record: inout ImageRecord) -> RecordIssue? {
    let value: JSONValue
    do {
      value = try JSONParser.value(of: bytes)
    } catch {
      return RecordIssue(
        .otherAnnotations, at: record.location,
        "'\(path(of: record.image.path))': \(error); it is not kept")
    }
    guard case .object(let members) = value, value["url"]?.text != nil || value["key"]?.text != nil
    else { return nil }
    // Tags of the photograph as a whole are many times as long as all else.
    let kept = members.filter { $0.key != "exif" }
    record.native = .object(.object([("img2dataset", .object(kept))]))
    return nil
  }
}

extension ImageRecord {
  /// Takes away what the source says of the faces beside the record; what is of the image stays.
  mutating func dropAnnotatedNative() {
    if case .object(let value) = native, value["img2dataset"] != nil { return }
    native = nil
  }
}
