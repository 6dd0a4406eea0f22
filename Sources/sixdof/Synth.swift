internal import ArgumentParser
internal import Datasets
internal import Labelling
internal import Pipeline
internal import Rendering

struct Synth: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a dataset whose truth is known, in its own native forms.",
    discussion: """
      Renders faces in random poses and writes images, annotations in all forms that the dataset \
      travels in, and truth.jsonl with the true poses. The same options give the same bytes.

        sixdof synth wider-face --count 100 --output synthetic
        sixdof synth biwi --count 100 --output synthetic-biwi
      """)

  @Argument(help: "Which dataset to imitate.") var dataset: Dataset
  @Option(help: "How many images.") var count: Int
  @Option(name: .shortAndLong, help: "The folder to write to.") var output: String
  @Option(help: "Another seed makes another dataset.") var seed: UInt64 = 1
  @Option(help: "The split that file names tell: train, val or test.") var split: String = "train"
  @Option(
    help:
      "Image size as WIDTHxHEIGHT (default: 640x480; 300w-lp, aflw2000: 450x450; arkitface: 800x800)."
  )
  var size: ImageSize?
  @Option(help: "At most this many faces an image.") var maxFaces: Int = 4
  @Option(help: "Noise of the background in grey levels; more makes larger files.") var noise: Int =
    6
  @Option(help: "JPEG quality.") var quality: Int = 85
  @OptionGroup(title: "Run") var runOptions: RunOptions

  struct ImageSize: ExpressibleByArgument {
    var width: Int
    var height: Int

    init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }

    init?(argument: String) {
      let parts = argument.split(separator: "x").compactMap { Int($0) }
      guard parts.count == 2, parts.allSatisfy({ (64...16_384).contains($0) }) else { return nil }
      self.init(width: parts[0], height: parts[1])
    }
  }

  func validate() throws {
    guard (1...1_000_000).contains(count) else {
      throw ValidationError("'--count' must be from 1 to 1000000, not \(count).")
    }
    guard (1...100).contains(quality) else {
      throw ValidationError("'--quality' must be from 1 to 100, not \(quality).")
    }
    guard (0...100).contains(noise) else {
      throw ValidationError("'--noise' must be from 0 to 100, not \(noise).")
    }
    guard (1...200).contains(maxFaces) else {
      throw ValidationError("'--max-faces' must be from 1 to 200, not \(maxFaces).")
    }
    guard ["train", "val", "test"].contains(split) else {
      throw ValidationError("'--split' must be train, val or test, not '\(split)'.")
    }
  }

  func run() throws {
    if dataset == .biwi { return try makeBiwi() }
    var options = SynthesisOptions()
    options.seed = seed
    options.split = split
    let size =
      size
      ?? (dataset == .arkitFace
        ? ImageSize(width: 800, height: 800)
        : [.threeHundredWLP, .aflw2000].contains(dataset)
          ? ImageSize(width: 450, height: 450) : .init(width: 640, height: 480))
    (options.width, options.height) = (size.width, size.height)
    options.maximumFaces = maxFaces
    options.noise = noise
    options.jpegQuality = quality
    let settings = options
    switch dataset {
    case .arkitFace:
      let model = FaceModel.bfm68Points.points
      var synthesis = ARKitFaceSynthesis(folder: output, options: settings, model: model)
      try make("both layouts") {
        ARKitFaceSynthesis.jpeg(index: $0, options: settings, model: model)
      } add: {
        try synthesis.add(index: $0, jpeg: $1)
      } finish: {
        try synthesis.finish()
      }
    case .threeHundredWLP, .aflw2000:
      let model = FaceModel.bfm68Points.points
      var synthesis =
        dataset == .aflw2000
        ? AFLW2000.synthesis(in: output, options: settings, model: model)
        : ThreeHundredWLP.synthesis(in: output, options: settings, model: model)
      try make("their own layout", jpeg: synthesis.jpeg) {
        try synthesis.add(index: $0, jpeg: $1)
      } finish: {
        try synthesis.finish()
      }
    default:
      let model = FaceModel.bfmFivePoints.points
      var made: WiderFaceSynthesis?
      try reportingFailures {
        made = try WiderFaceSynthesis(folder: output, options: settings, model: model)
        return Exit.done
      }
      guard var synthesis = made else { return }
      try make("four forms of annotation") {
        WiderFaceSynthesis.jpeg(index: $0, options: settings, model: model)
      } add: {
        try synthesis.add(index: $0, jpeg: $1)
      } finish: {
        try synthesis.finish()
      }
    }
  }

  /// Renders the images on worker threads and adds each with its annotations, in order.
  private func make(
    _ forms: String, jpeg: @escaping @Sendable (Int) -> [UInt8],
    add: (Int, [UInt8]) throws -> Void, finish: () throws -> Void
  ) throws {
    try reportingFailures {
      let stop = Interruptible().stop
      let meter = ProgressMeter(style: runOptions.progress, unit: "images", total: count)
      var (asked, done) = (0, 0)
      try mapInOrder(
        workers: runOptions.jobs, window: 4 * runOptions.jobs, makeContext: {},
        source: {
          try stop.check()
          guard asked < count else { return nil }
          defer { asked += 1 }
          return asked
        },
        transform: { _, index in jpeg(index) },
        sink: { jpeg in
          try add(done, jpeg)
          done += 1
          meter.update(position: done, done: done, rejected: 0)
        })
      try finish()
      meter.finish()
      say("wrote     \(output): \(Tally.count(done, "image")) in \(forms), and truth.jsonl")
      return Exit.done
    }
  }
}
