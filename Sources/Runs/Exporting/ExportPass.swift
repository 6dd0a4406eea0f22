internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

/// Takes records through worker threads, which open and encode, to a writer, in the records' order.
struct ExportPass {
  let format: ExportForm
  let settings: RunSettings
  /// Of each input.
  let images: [Place]
  let pixelLimit: PixelLimit
  /// Whether the pass goes on where the form cannot hold all of a record.
  let allowsLosses: Bool
  private(set) var tally = Tally()
  private(set) var written = (images: 0, faces: 0)
  private(set) var leftOut = ReasonCounts()
  /// What the writer says of what it wrote.
  private(set) var notes: [String] = []
  /// Of the records that were written, where each has a file of its own.
  private var files: Set<String> = []

  /// Where an input's images are.
  enum Place: Sendable {
    case none
    /// In the input itself.
    case source
    case store(ImageStore)

    var isOpened: Bool { if case .none = self { false } else { true } }
    var store: ImageStore? { if case .store(let store) = self { store } else { nil } }
  }

  init(
    format: ExportForm, settings: RunSettings, images: [Place], pixelLimit: PixelLimit,
    allowsLosses: Bool
  ) {
    (self.format, self.settings, self.allowsLosses) = (format, settings, allowsLosses)
    (self.images, self.pixelLimit) = (images, pixelLimit)
  }

  /// The error at the first record that the form cannot hold in full.
  struct LossFound: Error {}

  /// What a worker made of one outcome.
  private struct Encoded<Sample: Sendable>: Sendable {
    /// Without the record and the image's bytes.
    var outcome: Outcome
    /// Of the record; nil where there is none.
    var counts: RecordCounts?
    /// The file that is the record's alone.
    var file: String?
    /// Whether the form cannot hold all of the record, where that was asked.
    var isLossy = false
    /// Nil where the record was rejected, which is an issue of the outcome.
    var sample: Sample?
  }

  private struct Worker<Writer: EncodingDatasetWriter> {
    /// Of each input; nil where its images are not opened.
    let openings: [ImageOpening?]
    /// Has written nothing: losses are those of a record, whatever was written before it.
    let writer: Writer
    let asksForLosses: Bool
    var encoder: Writer.Encoder

    mutating func encode(_ outcome: Outcome) throws -> Encoded<Writer.Encoder.Sample> {
      var result = Encoded<Writer.Encoder.Sample>(outcome: outcome)
      (result.outcome.image, result.outcome.record) = (nil, nil)
      guard let record = outcome.record else { return result }
      result.counts = RecordCounts(record)
      result.file = writer.fileName(of: record)
      result.isLossy = asksForLosses && !writer.losses(of: record).isEmpty
      do {
        let image = try openings[outcome.input]?.open(record, held: outcome.image).get()
        result.sample = try encoder.encode(record, image: image)
      } catch let rejected as RejectedImage {
        result.outcome.issues.append(rejected.issue)
      } catch let rejected as RejectedRecord {
        result.outcome.issues.append(rejected.issue)
      }
      return result
    }
  }

  /// Writes all records, and has the writer finish where it got any.
  ///
  /// What a record would lose is asked when it is about to be written, so that records are read once. What was written
  /// by then has no name yet, and gets none.
  ///
  /// - Throws: `LossFound`, unless losses are allowed; what ends the run.
  mutating func run(
    _ records: JoinedSources, _ writer: any DatasetWriter, _ context: RunContext
  ) throws {
    if let writer = writer as? any EncodingDatasetWriter {
      try run(records, encoding: writer, context)
    } else {
      try run(records, encoding: WholeRecordWriter(writer), context)
    }
  }

  private mutating func run<Writer: EncodingDatasetWriter>(
    _ records: JoinedSources, encoding writer: Writer, _ context: RunContext
  ) throws {
    var (source, writer): (any AnnotationSource, Writer) = (records, writer)
    // It is only asked about records, which any thread may do.
    nonisolated(unsafe) let unwritten = writer
    let (images, limit, makeEncoder) = (images, pixelLimit, writer.makeEncoder)
    let asksForLosses = !allowsLosses
    // An image in flight holds an open file, a record at most some kilobytes.
    let batchSize = images.contains(where: \.isOpened) ? 8 : 64
    try OrderedImages(settings: settings, stop: context.stop, batchSize: batchSize).run(
      &source,
      makeWorker: {
        Worker(
          openings: images.map {
            $0.isOpened ? ImageOpening(images: $0.store, limit: limit) : nil
          }, writer: unwritten, asksForLosses: asksForLosses, encoder: try makeEncoder())
      },
      transform: { worker, outcome in try worker.encode(outcome) },
      sink: { encoded in
        try take(encoded, &writer)
        return (tally.read, tally.rejected)
      })
    guard written.images > 0 else { return }
    try writer.finish()
    notes = writer.notes
  }

  private mutating func take<Writer: EncodingDatasetWriter>(
    _ encoded: Encoded<Writer.Encoder.Sample>, _ writer: inout Writer
  ) throws {
    func isShared() -> Bool { encoded.file.map { !files.insert($0).inserted } ?? false }
    if !allowsLosses, encoded.isLossy || isShared() { throw LossFound() }
    try tally.count(encoded.outcome, isStrict: settings.isStrict)
    guard let counts = encoded.counts, let sample = encoded.sample else { return }
    tally.add(counts)
    if allowsLosses, isShared() {
      leftOut.add(ExportRun.sharedFile)
      return
    }
    let taken: WrittenRecord
    do {
      taken = try writer.write(sample)
    } catch let rejected as RejectedRecord {
      if settings.isStrict { throw StrictStop(issue: rejected.issue) }
      tally.add(rejected.issue)
      return
    }
    written.images += taken.isWritten ? 1 : 0
    written.faces += taken.faces
    for reason in taken.leftOut { leftOut.add(reason) }
  }
}

/// A form whose writer takes records as they are.
struct WholeRecordWriter: EncodingDatasetWriter {
  struct Encoder: RecordEncoder {
    struct Sample: Sendable {
      var record: ImageRecord
      var image: StoredImage?
    }

    func encode(_ record: ImageRecord, image: StoredImage?) -> Sample {
      Sample(record: record, image: image)
    }
  }

  private var writer: any DatasetWriter

  init(_ writer: any DatasetWriter) { self.writer = writer }

  var makeEncoder: @Sendable () throws -> Encoder { { Encoder() } }

  func losses(of record: ImageRecord) -> [String] { writer.losses(of: record) }

  func fileName(of record: ImageRecord) -> String? { writer.fileName(of: record) }

  var notes: [String] { writer.notes }

  mutating func write(_ sample: Encoder.Sample) throws -> WrittenRecord {
    try writer.write(sample.record, image: sample.image)
  }

  mutating func finish() throws { try writer.finish() }
}
