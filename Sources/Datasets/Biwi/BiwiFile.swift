/// A path in the dataset that belongs to a frame.
struct BiwiFile: Equatable {
  enum Kind: String, CaseIterable {
    case depth = "depth.bin"
    case pose = "pose.txt"
    case png = "rgb.png"
    case jpg = "rgb.jpg"
    case jpeg = "rgb.jpeg"
  }

  /// The sequence's folder, without a slash at its end; "" at the top.
  var folder: String
  /// The name without its kind: `frame_00003`.
  var stem: String
  var kind: Kind

  init(folder: String, stem: String, kind: Kind) {
    (self.folder, self.stem, self.kind) = (folder, stem, kind)
  }

  /// - Returns: nil for any other file, such as masks, meshes and the binary poses of `db_annotations`.
  init?(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let words = (parts.last ?? "").split(separator: "_", omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "frame", !words[1].isEmpty,
      words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let kind = Kind(rawValue: String(words[2]))
    else { return nil }
    folder = parts.dropLast().joined(separator: "/")
    stem = "frame_\(words[1])"
    self.kind = kind
  }

  var path: String { inFolder(name) }
  var name: String { "\(stem)_\(kind.rawValue)" }

  /// The path of another file in the sequence's folder.
  func inFolder(_ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

  func sibling(_ kind: Kind) -> BiwiFile { BiwiFile(folder: folder, stem: stem, kind: kind) }
}

/// The files of one frame.
struct BiwiFrame {
  let folder: String
  let stem: String
  private(set) var kinds: [BiwiFile.Kind]

  init(_ first: BiwiFile) {
    (folder, stem, kinds) = (first.folder, first.stem, [first.kind])
  }

  /// Takes over a file of the same frame.
  ///
  /// - Returns: false where it belongs to another.
  mutating func add(_ file: BiwiFile) -> Bool {
    guard file.folder == folder, file.stem == stem else { return false }
    kinds.append(file.kind)
    return true
  }

  func path(_ kind: BiwiFile.Kind) -> String {
    BiwiFile(folder: folder, stem: stem, kind: kind).path
  }

  var hasPose: Bool { kinds.contains(.pose) }
  /// Colour images, the one to use first.
  var images: [BiwiFile.Kind] { [.png, .jpg, .jpeg].filter(kinds.contains) }
}
