internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

/// Takes records through worker threads, which open and encode, to a writer, in the records' order.
struct ExportPass {
  let format: ExportForm
  let settings: RunSettings
  let images: Images
  let pixelLimit: PixelLimit
  private(set) var tally = Tally()
  private(set) var written = (images: 0, faces: 0)
  private(set) var leftOut = ReasonCounts()
  /// What the writer says of what it wrote.
  private(set) var notes: [String] = []
  /// Of the records that were written, where each has a file of its own.
  private var files: Set<String> = []

  /// Where the inputs' images are.
  enum Images: Sendable {
    case none
    /// In the inputs themselves, where that is true of them.
    case ofSources([Bool])
    /// In one place for all inputs, or in one for each.
    case stores([ImageStore])

    /// The place of an input's images, and whether they are opened at all.
    func place(of input: Int) -> (store: ImageStore?, isOpened: Bool) {
      switch self {
      case .none: (nil, false)
      case .ofSources(let have): (nil, have[input])
      case .stores(let stores): (stores[stores.count == 1 ? 0 : input], true)
      }
    }

    var stores: [ImageStore] { if case .stores(let stores) = self { stores } else { [] } }
    /// For how many inputs there is something to open.
    var places: Int {
      switch self {
      case .none: 0
      case .ofSources(let have): have.count
      case .stores(let stores): stores.count
      }
    }
    var areOpened: Bool { (0..<places).contains { place(of: $0).isOpened } }
  }

  init(format: ExportForm, settings: RunSettings, images: Images, pixelLimit: PixelLimit) {
    (self.format, self.settings) = (format, settings)
    (self.images, self.pixelLimit) = (images, pixelLimit)
  }

  /// What a worker made of one outcome.
  private struct Encoded<Sample: Sendable>: Sendable {
    /// Without the image's bytes.
    var outcome: Outcome
    /// Nil where the record was rejected, which is an issue of the outcome.
    var sample: Sample?
  }

  private struct Worker<Encoder: RecordEncoder> {
    /// For each place of images.
    let openings: [ImageOpening]
    let images: Images
    var encoder: Encoder

    mutating func encode(_ outcome: Outcome) throws -> Encoded<Encoder.Sample> {
      var outcome = outcome
      let held = outcome.image
      outcome.image = nil
      guard let record = outcome.record else { return Encoded(outcome: outcome) }
      do {
        let isOpened = images.place(of: outcome.input).isOpened
        let opening = openings.isEmpty ? nil : openings[openings.count == 1 ? 0 : outcome.input]
        let image = isOpened ? try opening?.open(record, held: held).get() : nil
        return Encoded(outcome: outcome, sample: try encoder.encode(record, image: image))
      } catch let rejected as RejectedImage {
        outcome.issues.append(rejected.issue)
      } catch let rejected as RejectedRecord {
        outcome.issues.append(rejected.issue)
      }
      return Encoded(outcome: outcome)
    }
  }

  /// Writes all records, and has the writer finish where it got any.
  mutating func run<Writer: EncodingDatasetWriter>(
    _ records: JoinedSources, _ writer: Writer, _ context: RunContext
  ) throws {
    var (source, writer): (any AnnotationSource, Writer) = (records, writer)
    let (images, limit, makeEncoder) = (images, pixelLimit, writer.makeEncoder)
    // An image in flight holds an open file, a record at most some kilobytes.
    let batchSize = images.areOpened ? 8 : 64
    try OrderedImages(settings: settings, stop: context.stop, batchSize: batchSize).run(
      &source,
      makeWorker: {
        Worker(
          openings: (0..<images.places).map {
            ImageOpening(images: images.place(of: $0).store, limit: limit)
          }, images: images, encoder: try makeEncoder())
      },
      transform: { worker, outcome in try worker.encode(outcome) },
      sink: { encoded in
        try take(encoded, &writer)
        return (tally.read, tally.rejected)
      })
    for store in images.stores { try store.tellOtherRoot(used: written.images, context.say) }
    guard written.images > 0 else { return }
    try writer.finish()
    notes = writer.notes
  }

  private mutating func take<Writer: EncodingDatasetWriter>(
    _ encoded: Encoded<Writer.Encoder.Sample>, _ writer: inout Writer
  ) throws {
    guard let record = try tally.take(encoded.outcome, isStrict: settings.isStrict),
      let sample = encoded.sample
    else { return }
    tally.add(record)
    if let name = writer.fileName(of: record), !files.insert(name).inserted {
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
