internal import Codecs
internal import Schema

/// ARKitFace in the order of its lists; files that no list names are ignored.
struct ARKitFaceListSource: AnnotationSource {
  private let reader: ARKitFaceSampleReader
  /// The lists still to be read, the next one last.
  private var waiting: [(path: String, split: String?)]
  private var current: OpenList?
  private var bytesOfClosedLists = 0
  let size: Int

  private struct OpenList {
    var contents: FileContents
    var list: ARKitFaceList
    var path: String
    var split: String?
    var position: Int
    var line: Int
  }

  init(reader: ARKitFaceSampleReader) throws {
    self.reader = reader
    waiting = reader.folders.lists.reversed()
    size = try waiting.reduce(0) {
      $0 + (try reader.tree.contents(of: $1.path, limit: .max).count)
    }
  }

  var position: Int { bytesOfClosedLists + (current?.position ?? 0) }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    while true {
      if current == nil {
        guard let next = waiting.popLast() else { return nil }
        if let fault = try open(next.path, split: next.split) { return .read(fault) }
      }
      if let outcome = nextRow() { return outcome }
      bytesOfClosedLists += current?.contents.count ?? 0
      current = nil
    }
  }

  /// - Returns: what is wrong with the whole list, which is then skipped; nil if it can be read.
  private mutating func open(_ path: String, split: String?) throws -> Outcome? {
    let contents = try reader.tree.contents(of: path, limit: .max)
    return contents.withBytes { bytes in
      if let fault = TextForm.fault(of: bytes) {
        bytesOfClosedLists += contents.count
        let issue = RecordIssue(.malformedRecord, at: SourceLocation(file: path), fault.detail)
        return Outcome(record: nil, issues: [issue])
      }
      var lines = TextLines(bytes: bytes, position: 0)
      guard let list = ARKitFaceList(&lines) else { return nil }
      current = OpenList(
        contents: contents, list: list, path: path, split: split, position: lines.position, line: 1)
      return nil
    }
  }

  /// The outcome of the current list's next row; nil at its end.
  private mutating func nextRow() -> PendingOutcome? {
    guard var open = current else { return nil }
    defer { current = open }
    return open.contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: open.position)
      defer { open.position = min(lines.position, bytes.count) }
      while let line = lines.next() {
        open.line += 1
        if line.content.isEmpty { continue }
        let fields = ARKitFaceList.fields(lines.text(line.content))
        guard let sample = open.list.sample(fields) else {
          return .read(malformed(fields, open))
        }
        let row = ARKitFaceRow(
          list: open.path, line: open.line, header: open.list.header,
          text: String(decoding: lines.text(line.whole), as: UTF8.self),
          others: open.list.others(fields))
        let (reader, split) = (reader, open.split)
        return .deferred { reader.outcome(of: sample, split: split, row: row) }
      }
      return nil
    }
  }

  private func malformed(_ fields: [String], _ open: OpenList) -> Outcome {
    let expected = "\(open.list.columns.count) fields that name a file"
    let found = fields.count == open.list.columns.count ? "others" : "\(fields.count)"
    return Outcome(
      record: nil,
      issues: [
        RecordIssue(
          .malformedLine, at: SourceLocation(file: open.path, line: open.line),
          "row: expected \(expected), found \(found)")
      ])
  }
}
