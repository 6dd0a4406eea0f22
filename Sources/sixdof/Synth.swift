internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Labelling
internal import Pipeline
internal import Rendering
internal import Schema

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
  @OptionGroup var overwriting: OverwriteOptions
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
    try CommandRun.perform { run in
      let outputs = try OutputSet(folder: output, inputs: [], existing: overwriting.existing)
      try run.begin(outputs)
      let (stop, folder) = (run.stop, try outputs.makeFolder(""))
      let landmarks = FaceModel.bfm68Points.points
      let options = options
      let made: String
      switch dataset {
      case .widerFace:
        let model = FaceModel.bfmFivePoints.points
        var synthesis = WiderFaceSynthesis(folder: folder, options: options, model: model)
        try make(stop) {
          WiderFaceSynthesis.jpeg(index: $0, options: options, model: model, painter: $1)
        } add: {
          try synthesis.add(index: $0, jpeg: $1)
        }
        try synthesis.finish()
        made = "\(images) in four forms of annotation, and truth.jsonl"
      case .threeHundredWLP, .aflw2000:
        var synthesis =
          dataset == .aflw2000
          ? AFLW2000.synthesis(in: folder, options: options, model: landmarks)
          : ThreeHundredWLP.synthesis(in: folder, options: options, model: landmarks)
        try make(stop, image: synthesis.jpeg) { try synthesis.add(index: $0, jpeg: $1) }
        try synthesis.finish()
        made = "\(images) in their own layout, and truth.jsonl"
      case .biwi:
        var synthesis = BiwiSynthesis(folder: folder, options: options)
        try make(stop) {
          BiwiSynthesis.images(index: $0, options: options, painter: $1)
        } add: {
          try synthesis.add(index: $0, images: $1)
        }
        try synthesis.finish()
        made = "\(images) in two sequences, truth.jsonl and truth_depth.jsonl"
      case .arkitFace:
        var synthesis = ARKitFaceSynthesis(folder: folder, options: options, model: landmarks)
        try make(stop) {
          ARKitFaceSynthesis.jpeg(index: $0, options: options, model: landmarks, painter: $1)
        } add: {
          try synthesis.add(index: $0, jpeg: $1)
        }
        try synthesis.finish()
        made = "\(images) in both layouts, and truth.jsonl"
      }
      try stop.check()
      try outputs.publish()
      say("wrote     \(output): \(made)")
      return Exit.done
    }
  }

  private var images: String { counted(count, "image") }

  private var options: SynthesisOptions {
    var options = SynthesisOptions()
    options.seed = seed
    options.split = split
    let usual =
      switch dataset {
      case .widerFace, .biwi: ImageSize(width: 640, height: 480)
      case .threeHundredWLP, .aflw2000: ImageSize(width: 450, height: 450)
      case .arkitFace: ImageSize(width: 800, height: 800)
      }
    (options.width, options.height) = ((size ?? usual).width, (size ?? usual).height)
    options.maximumFaces = maxFaces
    options.noise = noise
    options.jpegQuality = quality
    return options
  }

  /// Renders the images on worker threads and adds each with its annotations, in order.
  private func make<Image: Sendable>(
    _ stop: StopFlag, image: @escaping @Sendable (Int, SyntheticPainter) -> Image,
    add: (Int, Image) throws -> Void
  ) throws {
    let meter = ProgressMeter(style: runOptions.progress, unit: "images", total: count)
    var (asked, done) = (0, 0)
    let head = HeadMesh(landmarks: FaceModel.bfm68Points.points)
    try mapInOrder(
      workers: runOptions.jobs, window: 4 * runOptions.jobs,
      makeContext: { SyntheticPainter(head: head) },
      source: {
        try stop.check()
        guard asked < count else { return nil }
        defer { asked += 1 }
        return asked
      },
      transform: { painter, index in image(index, painter) },
      sink: { made in
        try add(done, made)
        done += 1
        meter.update(position: done, done: done, rejected: 0)
      })
    meter.finish()
  }
}
