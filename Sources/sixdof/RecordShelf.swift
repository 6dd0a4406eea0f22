internal import Codecs
internal import Datasets
internal import Schema

/// Records of a file of lines or of an LMDB, to which one can come back.
struct RecordShelf {
  private var lines: RecordLines?
  private var shard: ShardSource?
  let size: Int

  enum Place: Sendable {
    case line(RecordLines.Mark)
    case sample(Int)
  }

  /// - Throws: `FileError`, `LMDBError` or `ShardError` where there is no such file.
  init(path: String) throws {
    if path.hasSuffix(".lmdb") {
      let source = try ShardSource(path: path, annotated: true)
      (shard, size) = (source, source.size)
    } else {
      let file = try MappedFile(path: path)
      (lines, size) = (RecordLines(file: file), file.count)
    }
  }

  var position: Int { shard?.position ?? lines?.position ?? 0 }

  /// The next record, without its image, and where it is.
  mutating func next() throws -> (place: Place, outcome: Outcome)? {
    if shard != nil {
      shard?.takesImages = false
      let place = Place.sample(position)
      return try shard?.next().map { (place, $0) }
    }
    guard let mark = lines?.mark else { return nil }
    return lines?.next().map { (.line(mark), $0) }
  }

  /// What is at a place that `next` gave, with its image where the source holds it.
  mutating func outcome(at place: Place) throws -> Outcome? {
    switch place {
    case .sample(let index):
      shard?.position = index
      shard?.takesImages = true
      return try shard?.next()
    case .line(let mark):
      lines?.move(to: mark)
      return lines?.next()
    }
  }
}
