/// A path of a file that belongs to a frame.
struct BiwiFile: Equatable {
  enum Kind: String, CaseIterable {
    case depth = "depth.bin"
    case pose = "pose.txt"
    case png = "rgb.png"
    case jpg = "rgb.jpg"
    case jpeg = "rgb.jpeg"
  }

  /// The sequence's folder, without a slash at its end; "" for the top of the tree.
  var folder: String
  /// The name before its kind, such as `frame_00003`.
  var stem: String
  var kind: Kind
  /// The file's name as it is spelt, for some systems use capitals.
  let name: String

  init(folder: String, stem: String, kind: Kind) {
    (self.folder, self.stem, self.kind) = (folder, stem, kind)
    name = "\(stem)_\(kind.rawValue)"
  }

  /// - Returns: nil for any other file, such as masks, meshes and the binary poses of `db_annotations`.
  init?(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let words = (parts.last ?? "").split(separator: "_", omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "frame", !words[1].isEmpty,
      words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let kind = Kind(rawValue: words[2].lowercased())
    else { return nil }
    folder = parts.dropLast().joined(separator: "/")
    stem = "frame_\(words[1])"
    self.kind = kind
    name = String(parts.last ?? "")
  }

  var path: String { inFolder(name) }

  /// The path of another file in the sequence's folder.
  func inFolder(_ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

  func sibling(_ kind: Kind) -> BiwiFile { BiwiFile(folder: folder, stem: stem, kind: kind) }
}

/// The files of one frame.
struct BiwiFrame {
  let folder: String
  let stem: String
  private var files: [BiwiFile]

  init(_ first: BiwiFile) {
    (folder, stem, files) = (first.folder, first.stem, [first])
  }

  var kinds: [BiwiFile.Kind] { files.map(\.kind) }

  /// Takes a file of the same frame.
  ///
  /// - Returns: false where the file belongs to another frame.
  mutating func add(_ file: BiwiFile) -> Bool {
    guard file.folder == folder, file.stem == stem else { return false }
    files.append(file)
    return true
  }

  func path(_ kind: BiwiFile.Kind) -> String {
    (files.first { $0.kind == kind } ?? BiwiFile(folder: folder, stem: stem, kind: kind)).path
  }

  var hasPose: Bool { kinds.contains(.pose) }
  /// The kinds of colour images that are there, the preferred one first.
  var images: [BiwiFile.Kind] { [.png, .jpg, .jpeg].filter(kinds.contains) }
}
