public import Codecs
internal import Schema
public import Shards

/// What kind of input a person named: a file, a folder or `-`. Its contents decide, never its name.
public enum InputKind: Sendable, Equatable {
  /// Our records, one a line.
  case records
  /// An LMDB that our readers can read, in either layout.
  case shard(ShardLayout)
  /// An LMDB that they cannot read, and what it is: "an LMDB that holds Python pickles".
  case foreignLMDB(String)
  /// An annotation file of a form that a dataset's reader takes.
  case annotations(Recognition)
  /// A folder, zip or tar; `TreeContents` says what it holds.
  case tree
  /// A JPEG, PNG, WebP or BMP.
  case image
  /// BIWI's depth image.
  case depthImage
  /// Empty, or with nothing but blanks.
  case empty
  /// Anything else: what it is in words, and what to do with it.
  case other(String, remedy: String?)

  /// Finds the kind of an input. Folders and archives are not looked into.
  ///
  /// - Parameter path: `-` is standard input, which is assumed to hold records and not waited for; its reader looks at
  ///   it by `init(reading:)`.
  /// - Throws: `FileError`, `ArchiveError`, `LMDBError` or `TruncatedLMDB` where it cannot be read.
  public init(path: String) throws {
    if path == "-" {
      self = .records
    } else if PathList.file(path) != nil {
      self = .tree
    } else if LMDBReader.file(inFolder: path) != nil {
      self = try Self.lmdb(path)
    } else if try folder(at: path) != nil {
      self = .tree
    } else {
      switch try FileSignature(path: path) {
      case .lmdb: self = try Self.lmdb(path)
      case .empty where Self.isNamedLMDB(path): self = .foreignLMDB("a file of 0 bytes")
      case .zip, .tar: self = .tree
      case .compressed(let program, _):
        do {
          let file = try PackedFile.open(path)
          self = file.signature == .tar ? .tree : Self(of: file)
        } catch let error as ArchiveError {
          self = .other("a broken file packed by \(program)", remedy: error.detail)
        }
      default: self = try Self(of: MappedFile(path: path))
      }
    }
  }

  /// The same of an input that its caller reads: standard input is looked at too, and stays at hand for whoever opens it.
  public init(reading path: String) throws {
    self = path == "-" ? Self(of: try PackedFile.open(path)) : try Self(path: path)
  }

  /// Finds the kind of an open file by its contents.
  public init(of file: MappedFile) {
    self = file.withBytes { bytes in
      switch FileSignature(head: bytes.prefix(FileSignature.headBytes)) {
      case .text(.ascii): Self.text(bytes, file)
      case .empty: .empty
      case .image: .image
      case .matlab(let version) where version == "5.0":
        Self.recognised(bytes, file) ?? .other("a MATLAB 5.0 file", remedy: nil)
      case .binary where Self.isDepthImage(bytes): .depthImage
      case .text(let encoding):
        if let known = Self.recognised(bytes, file) {
          known
        } else {
          .other(
            encoding.rawValue,
            remedy:
              "convert it to UTF-8 first: iconv -f \(encoding == .utf16 ? "UTF-16" : "UTF-32") -t UTF-8"
          )
        }
      case .compressed(let program, let isTar):
        .other(
          isTar ? "a compressed tar (\(program))" : "a file packed by \(program)",
          remedy: "unpack it first")
      case let signature:
        Self.recognised(bytes, file)
          ?? .other(
            signature.description,
            remedy: signature.isArchive ? "unpack it and name the folder" : nil)
      }
    }
  }

  /// Guesses the kind by the name alone, for a path where there is nothing yet.
  public init(name: String) {
    let name = name.lowercased()
    self =
      if name == "-" || name.hasSuffix(".jsonl") {
        .records
      } else if Self.isNamedLMDB(name) {
        .shard(.records)
      } else if name.hasImageEnding {
        .image
      } else if name.hasSuffix(".bin") {
        .depthImage
      } else {
        .tree
      }
  }

  /// Whether it is an LMDB of any kind.
  public var isLMDB: Bool {
    switch self {
    case .shard, .foreignLMDB: true
    default: false
    }
  }

  /// In words, as they follow "found" in a message.
  public var description: String {
    switch self {
    case .records: "records"
    case .shard(let layout): "an LMDB of layout \(layout.name)"
    case .foreignLMDB(let words): words
    case .annotations(let form): form.title
    case .tree: "a folder or archive"
    case .image: "an image"
    case .depthImage: "a depth image"
    case .empty: "an empty file"
    case .other(let words, _): words
    }
  }

  /// A file of records has one early on, unless it begins with many broken lines.
  private static let mostOfText = 1 << 20

  private static func recognised(
    _ bytes: UnsafeRawBufferPointer, _ file: MappedFile
  ) -> InputKind? {
    Recognition(of: bytes, path: file.path).map { .annotations($0) }
  }

  private static func text(_ bytes: UnsafeRawBufferPointer, _ file: MappedFile) -> InputKind {
    let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(mostOfText))
    if start.contains(marker: "sixdof.image") { return .records }
    guard let first = start.dropFirst(TextForm.start(of: start)).first(where: { !$0.isBlank })
    else {
      return start.count == bytes.count ? .empty : .other("blanks", remedy: nil)
    }
    if let known = recognised(bytes, file) { return known }
    let glance = FileGlance(path: file.path, bytes: bytes)
    let names = glance.json?.keys ?? Set(glance.words(0, at: ",").map(String.init))
    if FaceCropRow.areNames(names) {
      return .other(
        "the table of crops that 'sixdof export' wrote",
        remedy: "name the records that the crops were made of")
    }
    guard Self.beginsAsJSON(start, with: first) else {
      let fault = TextForm.fault(of: bytes)
      return .other(fault?.found ?? "text of another kind", remedy: fault?.remedy)
    }
    if let fault = JSONDamage(bytes) {
      return .other("broken JSON (line \(fault.line): \(fault.detail))", remedy: nil)
    }
    return .other("JSON of another kind", remedy: nil)
  }

  /// Whether a bracket is followed by what may follow it in JSON; `[name]` begins many another text.
  private static func beginsAsJSON(_ bytes: UnsafeRawBufferPointer, with first: UInt8) -> Bool {
    let isObject = first == UInt8(ascii: "{")
    guard isObject || first == UInt8(ascii: "["), let place = bytes.firstIndex(of: first),
      let next = bytes[(place + 1)...].first(where: { !$0.isBlank })
    else { return isObject || first == UInt8(ascii: "[") }
    return (isObject ? "\"}" : "\"]{[-0123456789tfnNI").utf8.contains(next)
  }

  private static func lmdb(_ path: String) throws -> InputKind {
    do {
      let file = try LMDBReader(path: path)
      if let layout = try ShardLayout(of: file) { return .shard(layout) }
      let skipped = [ShardLayout.listKey, ShardLayout.lengthKey]
      let held = try file.foreignValues(skipping: skipped) ?? "other keys than a shard's"
      return .foreignLMDB("an LMDB that holds \(held)")
    } catch let error as UnreadableLMDB {
      return .foreignLMDB(error.found)
    }
  }

  /// Whether the bytes begin with a plausible width and height, after which runs of pixels follow.
  private static func isDepthImage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 12 else { return false }
    return [0, 4].allSatisfy {
      (1...Int32(BiwiDepth.longestSide)).contains(
        bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self).littleEndian)
    }
  }

  private static func isNamedLMDB(_ path: String) -> Bool {
    [".lmdb", ".mdb"].contains { path.lowercased().hasSuffix($0) }
  }
}

/// The error for an input of another kind than the one asked for: the run cannot begin.
public struct WrongInput: Error, CustomStringConvertible {
  /// As the user named it; `-` is shown as "standard input".
  public var path: String
  /// In words, as they follow "expected".
  public var expected: String
  /// In words, as they follow "found".
  public var found: String
  /// What to do instead; nil where there is no advice.
  public var remedy: String?

  /// An error with the text "path: expected X, found Y; remedy".
  public init(path: String, expected: String, found: String, remedy: String? = nil) {
    (self.path, self.expected, self.found, self.remedy) = (path, expected, found, remedy)
  }

  public var description: String {
    let place = path == "-" ? "standard input" : path
    return "\(place): expected \(expected), found \(found)" + (remedy.map { "; \($0)" } ?? "")
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func contains(marker: StaticString) -> Bool {
    marker.withUTF8Buffer { marker in
      var position = 0
      while position + marker.count <= count {
        guard let next = self[position...].firstIndex(of: marker[0]) else { return false }
        if self[next...].starts(with: marker) { return true }
        position = next + 1
      }
      return false
    }
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
