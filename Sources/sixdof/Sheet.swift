internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Foundation
internal import Pipeline
internal import Reporting
internal import Schema

struct Sheet: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A contact sheet of annotated faces or images.",
    discussion: """
      Cuts each face from its image, or shows whole images, with its annotation drawn over it and its \
      name, angles, reprojection error and size under it. Where there are more than --count, a sample is \
      taken that --seed decides, or with --worst those of the greatest residual.

        sixdof sheet labelled.jsonl --images WIDER_val/images --output sheet.png
        sixdof sheet train.lmdb --worst 48 --draw landmarks,mesh --output worst.jpg
      """)

  @Argument(help: "Records (.jsonl), or an .lmdb, which has its images in it.") var input: String
  @Option(
    name: .shortAndLong,
    help: "The picture to write, .png or .jpg; NAME-1.png and so on where there are several pages.")
  var output: String
  @Option(help: "How many tiles, on all pages together.") var count: Int?
  @Option(help: "Take those with the greatest residual, or what --sort names, this many.")
  var worst: Int?
  @Option(help: "Another seed takes another sample.") var seed: UInt64 = 1
  @Option(
    help:
      "The tiles' order: residual or size, greatest first; yaw, from the face turned to the image's right to the left; none, as they come."
  )
  var sort: SheetSelection.Order?
  @Flag(help: "One tile an image and not one a face.") var imagesWhole = false
  @Option(help: "Tiles in a row.") var columns = 8
  @Option(help: "Rows on a page.") var rows = 6
  @Option(help: "Width and height of a tile in pixels.") var size = 160
  @Flag(inversion: .prefixedNo, help: "Whether tiles have text under them.") var captions = true
  @OptionGroup var drawing: DrawingOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  /// A page is held in memory.
  private static let mostPixels = 64 << 20

  func validate() throws {
    guard ["png", "jpg", "jpeg"].contains(SheetPages.ending(of: output)) else {
      throw ValidationError("'--output' must end in .png, .jpg or .jpeg, not '\(output)'.")
    }
    guard count == nil || worst == nil else {
      throw ValidationError("'--count' and '--worst' both say how many tiles; give one.")
    }
    for (name, value, range) in [
      ("--count", count ?? 1, 1...100_000), ("--worst", worst ?? 1, 1...100_000),
      ("--columns", columns, 1...200), ("--rows", rows, 1...1000), ("--size", size, 16...4096),
    ] where !range.contains(value) {
      throw ValidationError(
        "'\(name)' must be from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }
    if worst != nil, sort == SheetSelection.Order.none {
      throw ValidationError(
        "'--worst' needs a '--sort' by which faces differ: residual, yaw or size.")
    }
    let page = ContactSheet.size(
      side: size, count: columns * rows, columns: columns, hasCaptions: captions)
    guard page.x * page.y <= Self.mostPixels else {
      throw ValidationError(
        "A page of \(page.x) x \(page.y) pixels is larger than \(Self.mostPixels) in all; take fewer '--columns', '--rows' or a smaller '--size'."
      )
    }
    let isShard = InputKind(argument: input).isLMDB
    guard isShard || images.images != nil else {
      throw ValidationError("Records name their images; '--images' says where these are.")
    }
    guard !isShard || images.images == nil else {
      throw ValidationError("'--images' is for records; an .lmdb has its images in it.")
    }
  }

  func run() throws {
    let ending = SheetPages.ending(of: output)
    try CommandRun.perform { run in
      let outputs = try OutputSet(
        file: output, ending: ".\(output.suffix(ending.count))",
        inputs: [input] + [images.images].compactMap { $0 })
      let shelf = try RecordFile(path: input, shards: .any)
      let store = try images.open(or: nil, isRequired: !shelf.isShard)
      try run.begin(outputs)
      return try make(shelf, store, outputs, ending, run.stop)
    }
  }

  private func make(
    _ shelf: RecordFile, _ store: ImageStore?, _ outputs: OutputSet, _ ending: String,
    _ stop: StopFlag
  ) throws -> ExitCode {
    var shelf = shelf
    let order = sort ?? (worst == nil ? .none : .residual)
    var selection = SheetSelection(
      order: order, most: worst ?? count ?? columns * rows, takesWorst: worst != nil, seed: seed,
      imagesWhole: imagesWhole)
    var tally = Tally()
    let meter = ProgressMeter(style: runOptions.progress, unit: "images", total: shelf.size)
    while case let place = shelf.place, let outcome = try shelf.next() {
      try stop.check()
      guard let record = try tally.take(outcome, isStrict: runOptions.strict) else { continue }
      tally.add(record)
      selection.add(record, at: place)
      meter.update(position: shelf.position, done: tally.read, rejected: tally.rejected)
    }
    meter.finish()
    let choices = selection.choices
    guard !choices.isEmpty else {
      throw Failure(
        "\(input): expected \(imagesWhole ? "images" : "faces") to show, found none"
          + (worst == nil
            ? "" : " with a value to sort by; label the records first, or leave --worst out"))
    }
    let pages = SheetPages(
      choices: choices, columns: columns, rows: rows, side: size, hasCaptions: captions,
      overlays: drawing.draw.overlays, imagesWhole: imagesWhole,
      pixelLimit: images.pixelLimit)
    let issues = try pages.write(
      from: shelf, images: store, jobs: runOptions.jobs, progress: runOptions.progress, stop: stop
    ) { number, page in
      let bytes = ending == "png" ? page.png() : page.jpeg(quality: 90)
      try outputs.write(bytes, to: pages.count == 1 ? nil : "-\(number).\(ending)")
    }
    for issue in issues {
      if runOptions.strict { throw StrictStop(issue: issue) }
      tally.add(issue)
    }
    try stop.check()
    try outputs.publish()
    for line in tally.summaryLines(issuesFile: nil) { say(line) }
    let names =
      pages.count == 1 ? output : "\(outputs.base)-1.\(ending) to -\(pages.count).\(ending)"
    say(
      "wrote     \(names): \(choices.count) of \(counted(selection.seen, imagesWhole ? "image" : "face"))"
    )
    return runOptions.exit(after: tally)
  }
}

extension SheetSelection.Order: ExpressibleByArgument {}
