internal import Codecs
internal import Geometry
internal import Pipeline
internal import Schema

/// What is known of a file of one form before its faces are read. A copy reads any of its images, on any thread; what
/// it counts over them is in `notes` alone.
protocol FileForm: Sendable {
  /// What is counted over a file's images, to be said once at its end.
  associatedtype Notes: FormNotes = NoNotes
  var notes: Notes { get set }
  /// Whether names of sides occur.
  var hasNamedSides: Bool { get }
  /// Whether images are best read one after the other, by one copy.
  static var readsInOrder: Bool { get }
  /// This form with options in which another side is meant; nil where it has to be made anew.
  func reading(_ options: ReadingOptions) -> Self?
}

extension FileForm {
  static var readsInOrder: Bool { false }
  func reading(_ options: ReadingOptions) -> Self? { nil }
}

/// What is counted over images, in parts that are added up in the file's order.
protocol FormNotes: Sendable {
  /// Nothing counted.
  init()
  /// Adds what was counted over the images that follow.
  mutating func add(_ next: Self)
}

/// Of a form that has nothing to say of its file.
struct NoNotes: FormNotes {
  mutating func add(_ next: NoNotes) {}
}

extension FileForm where Notes == NoNotes {
  var notes: NoNotes {
    get { NoNotes() }
    set {}
  }
}

/// A form in whose faces names of sides occur, whose meaning is all that options change after the first look.
protocol SidedForm: FileForm {
  var options: ReadingOptions { get set }
}

extension SidedForm {
  func reading(_ options: ReadingOptions) -> Self? {
    var form = self
    form.options = options
    return form
  }
}

/// The images of one file that was looked through for them.
///
/// An image begins at a place: a number from 0 on, below `end`. Its place is followed by that of the next image, or by
/// further places of its own.
protocol FormImages: Sendable {
  associatedtype Form: FileForm
  var file: AnnotationFile { get }
  /// How many places there are.
  func end(_ form: Form) -> Int
  /// The place of the image after the one that begins at a place.
  func place(after place: Int) -> Int
  /// The offset in the file at which a place's text begins.
  func offset(of place: Int, _ form: Form) -> Int
  /// Reads the images of some places, which begin with an image's first and end with another's last.
  func read(
    _ places: Range<Int>, _ form: inout Form, _ lines: inout LineCount,
    in bytes: UnsafeRawBufferPointer, _ options: ReadingOptions
  ) -> [Outcome]
  /// Counts the sides of these images' points.
  func countSides(_ places: Range<Int>, _ form: inout Form, in bytes: UnsafeRawBufferPointer)
  /// What is said of the file as a whole, at its end.
  func remarks(_ form: Form) -> [RecordIssue]
}

/// Reads one file's images in blocks, ahead of what is asked for and on as many threads as the options say.
struct FormReader<Images: FormImages>: SideAwareSource {
  typealias Form = Images.Form
  /// Images that one thread reads without a pause. A record takes some kilobytes.
  private static var blockSize: Int { 128 }
  /// So many blocks tell what names of sides mean, where their faces agree.
  private static var votingBlocks: Int { 16 }

  /// What one thread keeps.
  private struct Worker {
    var form: Form
    var lines = LineCount()
    /// Of its own, so that threads do not wait for each other; nil where nobody counts.
    var vote: SideVote?

    init(_ form: Form, _ options: ReadingOptions) {
      self.form = form
      guard let shared = options.sideVote else { return }
      let vote = SideVote(isOpen: shared.isOpen)
      var options = options
      options.sideVote = vote
      // Only a form that can be read with other options has names of sides.
      if let own = form.reading(options) { (self.form, self.vote) = (own, vote) }
    }
  }

  /// What a block of images gave.
  private struct Block: Sendable {
    /// The last image first, so that each can be moved out.
    var outcomes: [Outcome]
    var notes: Form.Notes
    var sides: SideVote.Counts
  }

  private let images: Images
  private var form: Form
  private var options: ReadingOptions
  private let end: Int
  /// The place of the image that is asked for next.
  private var nextPlace = 0
  /// The place after those that are read, or being read.
  private var added = 0
  private var outcomes: [Outcome] = []
  private var worker: Worker?
  private var crew: OrderedCrew<Range<Int>, Block>?
  private var isDone = false

  init(_ images: Images, _ form: Form, _ options: ReadingOptions) {
    (self.images, self.form, self.options) = (images, form, options)
    end = images.end(form)
  }

  var hasNamedSides: Bool { form.hasNamedSides }
  var position: Int { nextPlace < end ? images.offset(of: nextPlace, form) : size }
  var size: Int { images.file.contents.count }

  func reading(_ options: ReadingOptions) -> Self? {
    form.reading(options).map { FormReader(images, $0, options) }
  }

  mutating func countSides() throws -> SideCount {
    guard let shared = options.sideVote else { return .all }
    let step = UInt64(max(1, end / (Self.votingBlocks * Self.blockSize)))
    // Chosen by chance, as files may have an order of their own, and the same ones in each run.
    func isChosen(_ block: Int) -> Bool {
      SplitMix64.mixed(UInt64(block)).isMultiple(of: step)
    }
    try countSides(into: shared, of: isChosen)
    if step == 1 { return .all }
    if shared.isDecided { return .some }
    try countSides(into: shared) { !isChosen($0) }
    return .all
  }

  private func countSides(into shared: SideVote, of isChosen: (Int) -> Bool) throws {
    var (next, number) = (0, 0)
    try mapInOrder(
      workers: threads, window: 4 * threads,
      makeContext: { [form, options] in Worker(form, options) },
      source: {
        while let block = nextBlock(from: &next) {
          number += 1
          if isChosen(number) { return block }
        }
        return nil
      },
      transform: { [images] (worker: inout Worker, places: Range<Int>) in
        images.file.contents.withBytes { images.countSides(places, &worker.form, in: $0) }
        return worker.vote?.take()
      },
      sink: { if let counts = $0 { shared.add(counts) } })
  }

  mutating func next() throws -> Outcome? {
    if outcomes.isEmpty, nextPlace < end { try readBlock() }
    if let outcome = outcomes.popLast() {
      nextPlace = images.place(after: nextPlace)
      return outcome
    }
    guard !isDone else { return nil }
    (isDone, crew) = (true, nil)
    let issues = images.remarks(form)
    return issues.isEmpty ? nil : .notes(issues)
  }

  private var threads: Int { Form.readsInOrder ? 1 : max(1, options.jobs) }

  private mutating func readBlock() throws {
    let block: Block
    if threads == 1 || end <= Self.blockSize {
      let places = nextBlock(from: &added) ?? nextPlace..<end
      var worker = worker.take() ?? Worker(form, options)
      block = Self.read(places, images, &worker, options)
      self.worker = worker
    } else {
      let crew = try crew ?? makeCrew()
      self.crew = crew
      while !crew.isFull, let places = nextBlock(from: &added) { crew.add(places) }
      block = try crew.collect()
    }
    form.notes.add(block.notes)
    options.sideVote?.add(block.sides)
    outcomes = block.outcomes
  }

  private func makeCrew() throws -> OrderedCrew<Range<Int>, Block> {
    try OrderedCrew(
      workers: threads, window: threads + 2,
      makeContext: { [form, options] in Worker(form, options) },
      transform: { [images, options] (worker: inout Worker, places) in
        Self.read(places, images, &worker, options)
      })
  }

  private static func read(
    _ places: Range<Int>, _ images: Images, _ worker: inout Worker, _ options: ReadingOptions
  ) -> Block {
    worker.form.notes = Form.Notes()
    var outcomes = images.file.contents.withBytes {
      images.read(places, &worker.form, &worker.lines, in: $0, options)
    }
    outcomes.reverse()
    return Block(
      outcomes: outcomes, notes: worker.form.notes, sides: worker.vote?.take() ?? (0, 0))
  }

  /// The places of the next images; nil after the last one.
  private func nextBlock(from next: inout Int) -> Range<Int>? {
    guard next < end else { return nil }
    let first = next
    for _ in 0..<Self.blockSize where next < end { next = images.place(after: next) }
    return first..<next
  }
}
