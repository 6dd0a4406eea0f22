internal import Codecs
internal import Datasets
internal import Pipeline
public import Reporting
internal import Schema

/// Makes contact sheets of annotated faces or images.
public struct SheetRun: Job {
  /// A file of records, or an LMDB.
  public var input: String
  /// Where the records' images are.
  public var images = ImageLocation()
  /// How many tiles, on all pages together.
  public var most: Int
  /// What tiles are sorted by.
  public var order: SheetSelection.Order
  /// Whether those with the greatest value of `order` are shown, and not a sample.
  public var takesWorst = false
  /// Another seed gives another result.
  public var seed: UInt64 = 1
  /// Whether a tile is an image and not a face.
  public var imagesWhole = false
  /// Tiles in a row, and rows on a page.
  public var columns = 8
  /// Rows on a page.
  public var rows = 6
  /// Of a tile, in pixels.
  public var side = 160
  /// Whether tiles have text under them.
  public var hasCaptions = true
  /// What is drawn over a tile's image.
  public var overlays: FacePortrait.Overlays = [.box, .landmarks, .axes]
  /// Ends in .png, .jpg or .jpeg.
  public var output: String
  /// How the run goes about its work.
  public var settings: RunSettings

  /// - Parameters:
  ///   - input: a file of records, or an LMDB.
  ///   - most: how many tiles, on all pages together.
  ///   - order: what tiles are sorted by.
  ///   - output: ends in .png, .jpg or .jpeg.
  ///   - settings: how the run goes about its work.
  public init(
    input: String, most: Int, order: SheetSelection.Order, output: String, settings: RunSettings
  ) {
    (self.input, self.most, self.order) = (input, most, order)
    (self.output, self.settings) = (output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let ending = SheetPages.ending(of: output)
    let outputs = try OutputSet(
      file: output, ending: ".\(output.suffix(ending.count))",
      inputs: [input] + images.paths)
    let shelf = try RecordFile(path: input, shards: .any)
    let store = try images.open(or: nil, isRequired: !shelf.isShard)
    try context.begin(outputs)
    return try make(shelf, store, outputs, ending, context)
  }

  private func make(
    _ shelf: RecordFile, _ store: ImageStore?, _ outputs: OutputSet, _ ending: String,
    _ context: RunContext
  ) throws -> RunOutcome {
    var selection = SheetSelection(
      order: order, most: most, takesWorst: takesWorst, seed: seed, imagesWhole: imagesWhole)
    var tally = Tally()
    try RecordPass(settings: settings, stop: context.stop, keepsNative: false).run(
      over: shelf, count: { try tally.count($0, isStrict: settings.isStrict) }
    ) { item, record in
      tally.add(record)
      selection.add(record, at: item.place)
    }
    let choices = selection.choices
    guard !choices.isEmpty else {
      throw RunFailure(
        "\(input): expected \(imagesWhole ? "images" : "faces") to show, found none"
          + (takesWorst ? " with a value to sort by; label the records first" : ""))
    }
    let pages = SheetPages(
      choices: choices, columns: columns, rows: rows, side: side, hasCaptions: hasCaptions,
      overlays: overlays, imagesWhole: imagesWhole,
      pixelLimit: images.pixelLimit)
    let issues = try pages.write(
      from: shelf, images: store, jobs: settings.jobs, progress: settings.progress,
      stop: context.stop
    ) { number, page in
      let bytes = ending == "png" ? page.png() : page.jpeg(quality: 90)
      try outputs.write(bytes, to: pages.count == 1 ? nil : "-\(number).\(ending)")
    }
    for issue in issues {
      if settings.isStrict { throw StrictStop(issue: issue) }
      tally.add(issue)
    }
    try context.stop.check()
    try outputs.publish()
    for line in tally.summaryLines(issuesFile: nil) { context.say(line) }
    let names =
      pages.count == 1 ? output : "\(outputs.base)-1.\(ending) to -\(pages.count).\(ending)"
    context.say(
      "wrote     \(names): \(choices.count) of \(counted(selection.seen, imagesWhole ? "image" : "face"))"
    )
    return settings.outcome(after: tally)
  }
}
