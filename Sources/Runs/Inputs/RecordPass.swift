internal import Datasets
internal import Pipeline
internal import Schema

/// Goes through a file's records once, in its order. Worker threads parse; all else is done on the caller's thread.
struct RecordPass {
  var settings: RunSettings
  var stop: StopFlag

  /// One record of a file.
  struct Item: Sendable {
    /// Its place among the file's records.
    var index: Int
    var record: ImageRecord
    /// Where to find it again.
    var place: RecordFile.Place
  }

  /// What one line or sample held, and where it was.
  private struct Entry<Content: Sendable>: Sendable {
    var place: RecordFile.Place
    var content: Content
  }

  /// Runs to the end of a file, from where it stands.
  ///
  /// - Parameters:
  ///   - count: counts an outcome and its issues. Its record, where it has one, goes to `body`.
  ///   - body: gets each record.
  /// - Throws: `Interruption`, what reading throws, or the first error of the closures.
  func run(
    over file: RecordFile, count: (Outcome) throws -> Void, _ body: (Item) throws -> Void
  ) throws {
    var file = file
    var (read, used) = (0, 0)
    // A record takes some kilobytes, so that a window of batches stays small.
    try OrderedImages(settings: settings, stop: stop, batchSize: 64).run(
      total: file.size,
      next: {
        let place = file.place
        return try file.nextPending().map { Entry(place: place, content: $0) }
      },
      position: { file.position }, makeWorker: {},
      transform: { _, entry in Entry(place: entry.place, content: entry.content.outcome()) },
      sink: { entry in
        read += 1
        try count(entry.content)
        if let record = entry.content.record {
          try body(Item(index: used, record: record, place: entry.place))
          used += 1
        }
        return (read, read - used)
      })
  }
}
