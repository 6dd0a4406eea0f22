public import ArgumentParser
internal import Datasets
internal import Reporting
public import Runs

struct Sheet: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A contact sheet of annotated faces or images.",
    discussion: """
      Cuts each face from its image, or shows whole images, with its annotation drawn over it and its \
      name, angles, reprojection error and size under it. Where there are more than --count, a sample is \
      taken that --seed decides, or with --worst those of the greatest residual.

        sixdof sheet labelled.jsonl --images WIDER_train/images --output sheet.png
        sixdof sheet labelled.jsonl --images WIDER_train/images --worst 48 \\
          --draw landmarks,mesh --output worst.jpg
      """)

  @Argument(help: "Records (.jsonl), or an .lmdb, which has its images in it.") var input: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The picture to write, .png or .jpg; NAME-1.png and so on where there are several pages.",
      valueName: "file"))
  var output: String
  @Option(
    help: "How many tiles, on all pages together (default: --columns x --rows, one page).")
  var count: Int?
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
      ("--count", count, 1...100_000), ("--worst", worst, 1...100_000),
      ("--columns", columns, 1...200), ("--rows", rows, 1...1000), ("--size", size, 16...4096),
    ] { try require(name, value, in: range) }
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
    guard isShard || !images.images.isEmpty else {
      throw ValidationError("Records name their images; '--images' says where these are.")
    }
    guard !isShard || images.images.isEmpty else {
      throw ValidationError("'--images' is for records; an .lmdb has its images in it.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      let order = sort ?? (worst == nil ? .none : .residual)
      var run = SheetRun(
        input: input, most: worst ?? count ?? columns * rows, order: order, output: output,
        settings: runOptions.settings)
      (run.takesWorst, run.seed, run.imagesWhole) = (worst != nil, seed, imagesWhole)
      (run.columns, run.rows, run.side, run.hasCaptions) = (columns, rows, size, captions)
      (run.overlays, run.images) = (drawing.draw.overlays, images.location)
      return try run.perform(context)
    }
  }
}

extension SheetSelection.Order: ExpressibleByArgument {}
