internal import Codecs
internal import Datasets
internal import Schema

/// A JSON Lines file of records as a source.
struct RecordFile: AnnotationSource {
  private var lines: RecordLines
  let size: Int

  init(path: String) throws {
    let file = try MappedFile(path: path)
    lines = RecordLines(file: file)
    size = file.count
  }

  var position: Int { lines.position }

  mutating func next() -> Outcome? { lines.next() }
}
