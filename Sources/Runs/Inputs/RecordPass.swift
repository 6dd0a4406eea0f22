internal import Datasets
internal import Pipeline
internal import Schema

/// Goes through a file's records once, in its order. Worker threads parse, and do what work a caller has for each record;
/// what they make of it goes to the caller's thread, and the record itself ends on its own.
struct RecordPass {
  var settings: RunSettings
  var stop: StopFlag
  /// Whether records have what is kept of their source; without it, reading is faster.
  var keepsNative = true
  /// Whether an entry is read, asked for in their order; nil for all. Others are neither parsed nor counted.
  var only: ((Int) throws -> Bool)?

  /// Where a record is in its file.
  struct Item: Sendable {
    /// Its place among the file's records.
    var index: Int
    /// Its place among the file's entries, of which some may be no records.
    var entry: Int
    /// Where to find it again.
    var place: RecordFile.Place
  }

  /// What one line or sample held, and where it was.
  private struct Entry<Content: Sendable>: Sendable {
    var number: Int
    var place: RecordFile.Place
    var content: Content
  }

  /// What is counted of an outcome.
  struct Reading: Sendable {
    var isImage: Bool
    var issues: [RecordIssue]
    /// nil where there is no record.
    var counts: RecordCounts?
  }

  /// What was read, and what a worker made of its record.
  private struct Worked<Work: Sendable>: Sendable {
    var reading: Reading
    var work: Result<Work, any Error>?
  }

  /// Runs to the end of a file, from where it stands.
  ///
  /// - Parameters:
  ///   - count: counts what was read, and its issues. A record, where there is one, goes to `body`.
  ///   - body: gets each record.
  /// - Throws: `Interruption`, what reading throws, or the first error of the closures.
  func run(
    over file: RecordFile, count: (Reading) throws -> Void,
    _ body: (Item, ImageRecord) throws -> Void
  ) throws {
    try run(over: file, makeWorker: {}, work: { _, record in record }, count: count, body)
  }

  /// The same, where each record is worked on by a worker thread.
  ///
  /// - Parameter work: what `body` gets for the record. An error of it is thrown when the record's turn comes.
  func run<Worker, Work: Sendable>(
    over file: RecordFile, makeWorker: @escaping @Sendable () throws -> Worker,
    work: @escaping @Sendable (inout Worker, ImageRecord) throws -> Work,
    count: (Reading) throws -> Void, _ body: (Item, Work) throws -> Void
  ) throws {
    try run(
      over: file, companion: { _ in }, makeWorker: makeWorker,
      work: { worker, record, _ in try work(&worker, record) }, count: count, body)
  }

  /// The same, where a record is worked on with what the caller knows of it.
  ///
  /// - Parameters:
  ///   - companion: what `work` gets with the record, by the entry's number; asked for in their order, on the caller's
  ///     thread.
  ///   - work: what `body` gets for the record. An error of it is thrown when the record's turn comes.
  func run<Companion: Sendable, Worker, Work: Sendable>(
    over file: RecordFile, companion: (Int) throws -> Companion,
    makeWorker: @escaping @Sendable () throws -> Worker,
    work: @escaping @Sendable (inout Worker, ImageRecord, Companion) throws -> Work,
    count: (Reading) throws -> Void, _ body: (Item, Work) throws -> Void
  ) throws {
    var file = file
    file.keepsNative = keepsNative
    var (entry, read, used) = (0, 0, 0)
    func next() throws -> Entry<(PendingOutcome, Companion)>? {
      while true {
        let place = file.place
        guard let pending = try file.nextPending() else { return nil }
        defer { entry += 1 }
        guard try only?(entry) != false else { continue }
        return Entry(number: entry, place: place, content: (pending, try companion(entry)))
      }
    }
    // A record takes some kilobytes, so that a window of batches stays small.
    try OrderedImages(settings: settings, stop: stop, batchSize: 64).run(
      total: file.size,
      next: next, position: { file.position }, makeWorker: makeWorker,
      transform: { (worker: inout Worker, entry: Entry<(PendingOutcome, Companion)>) in
        let outcome = entry.content.0.outcome()
        let done = outcome.record.map { record in
          Result { try work(&worker, record, entry.content.1) }
        }
        let reading = Reading(
          isImage: outcome.isImage, issues: outcome.issues,
          counts: outcome.record.map(RecordCounts.init))
        return Entry(
          number: entry.number, place: entry.place, content: Worked(reading: reading, work: done))
      },
      sink: { (entry: Entry<Worked<Work>>) in
        read += 1
        try count(entry.content.reading)
        if let work = entry.content.work {
          let item = Item(index: used, entry: entry.number, place: entry.place)
          try body(item, work.get())
          used += 1
        }
        return (read, read - used)
      })
  }
}
