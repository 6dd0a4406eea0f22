internal import Codecs
public import Datasets
public import Schema
internal import Shards

/// Records of a file of lines or of an LMDB, to which one can come back. A copy reads on by itself.
public struct RecordFile: AnnotationSource {
  /// Which LMDBs are taken for records.
  public enum Shards {
    /// No LMDB: files of lines alone.
    case none
    /// Those that hold whole records; img2pose's layout has no paths, ids or cameras.
    case whole
    /// img2pose's too, of which faces come and images by their number.
    case any
  }

  enum Place: Sendable {
    case line(RecordLines.Mark)
    case sample(Int)
  }

  private enum Storage {
    case lines(RecordLines)
    case shard(ShardSource)
  }

  /// As the user named it.
  public let path: String
  /// In bytes; of an LMDB in samples.
  public let size: Int
  private var storage: Storage

  /// - Throws: `WrongInput` where the file holds something else; what opening it throws.
  public init(path: String, shards: Shards = .none) throws {
    self.path = path
    let kind = try InputKind(path: path)
    let expected = shards == .none ? "records" : "records or an LMDB of them"
    switch (kind, shards) {
    case (.records, _), (.empty, _):
      let file = try PackedFile.open(path)
      // Standard input is known by now.
      let kind = path == "-" ? InputKind(of: file) : kind
      guard kind == .records || kind == .empty else {
        throw WrongInput.refusal(path, kind, expected: expected)
      }
      (storage, size) = (.lines(RecordLines(file: file)), file.count)
    case (.shard(let layout), .whole) where !layout.holdsRecords:
      throw WrongInput(
        path: path, expected: "whole records",
        found: "\(kind.description), which keeps no image's path",
        remedy: "name the records that it was packed from")
    case (.shard, .whole), (.shard, .any):
      let source = try ShardSource(path: path, annotated: true)
      (storage, size) = (.shard(source), source.size)
    default: throw WrongInput.refusal(path, kind, expected: expected)
    }
    takesImages = false
  }

  /// Opens the same file on another thread.
  var opener: @Sendable () throws -> RecordFile {
    let path = path
    guard case .lines(let lines) = storage else {
      return { try RecordFile(path: path, shards: .any) }
    }
    // Standard input cannot be opened anew.
    return { [size] in RecordFile(path: path, size: size, lines) }
  }

  private init(path: String, size: Int, _ lines: RecordLines) {
    (self.path, self.size, storage) = (path, size, .lines(lines))
  }

  /// Whether it is an LMDB.
  public var isShard: Bool { if case .shard = storage { true } else { false } }

  /// Whether it is an LMDB of whole records.
  public var holdsRecords: Bool {
    if case .shard(let shard) = storage { shard.holdsRecords } else { false }
  }

  /// In the unit of `size`.
  public var position: Int {
    switch storage {
    case .lines(let lines): lines.position
    case .shard(let shard): shard.position
    }
  }

  /// Whether outcomes have the images that an LMDB holds.
  var takesImages: Bool {
    get { if case .shard(let shard) = storage { shard.takesImages } else { false } }
    set {
      guard case .shard(var shard) = storage else { return }
      shard.takesImages = newValue
      storage = .shard(shard)
    }
  }

  /// Whether records of lines have what is kept of their source; without it, they are read faster.
  var keepsNative: Bool {
    get { if case .lines(let lines) = storage { lines.keepsNative } else { true } }
    set {
      guard case .lines(var lines) = storage else { return }
      lines.keepsNative = newValue
      storage = .lines(lines)
    }
  }

  /// Where `next` goes on.
  var place: Place {
    switch storage {
    case .lines(let lines): .line(lines.mark)
    case .shard(let shard): .sample(shard.position)
    }
  }

  /// Has `next` go on at a place of the same file.
  mutating func move(to place: Place) {
    switch (storage, place) {
    case (.lines(var lines), .line(let mark)):
      lines.move(to: mark)
      storage = .lines(lines)
    case (.shard(var shard), .sample(let index)):
      shard.position = index
      storage = .shard(shard)
    default: preconditionFailure("a place is of the file that gave it")
    }
  }

  /// The next record.
  public mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  /// The next record, whose line any thread may parse.
  public mutating func nextPending() throws -> PendingOutcome? {
    switch storage {
    case .lines(var lines):
      defer { storage = .lines(lines) }
      return lines.nextPending()
    case .shard(var shard):
      defer { storage = .shard(shard) }
      return try shard.nextPending()
    }
  }
}
