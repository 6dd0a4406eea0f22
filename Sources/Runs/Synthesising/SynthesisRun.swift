public import Codecs
public import Datasets
internal import Labelling
internal import Pipeline
internal import Rendering
internal import Schema

/// Makes a dataset whose truth is known, in its own native forms.
public struct SynthesisRun {
  public var dataset: Dataset
  /// How many images.
  public var count: Int
  /// The folder to make.
  public var output: String
  public var existing = OutputSet.Existing.refused
  public var options = SynthesisOptions()
  public var settings: RunSettings

  /// With the size of images that the dataset usually has.
  public init(dataset: Dataset, count: Int, output: String, settings: RunSettings) {
    (self.dataset, self.count, self.output) = (dataset, count, output)
    self.settings = settings
    (options.width, options.height) =
      switch dataset {
      case .widerFace, .biwi: (640, 480)
      case .threeHundredWLP, .aflw2000: (450, 450)
      case .arkitFace: (800, 800)
      }
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let outputs = try OutputSet(folder: output, inputs: [], existing: existing)
    try context.begin(outputs)
    let (stop, folder) = (context.stop, try outputs.makeFolder(""))
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
    context.say("wrote     \(output): \(made)")
    return .done
  }

  private var images: String { counted(count, "image") }

  /// Renders the images on worker threads and adds each with its annotations, in order.
  private func make<Image: Sendable>(
    _ stop: StopFlag, image: @escaping @Sendable (Int, SyntheticPainter) -> Image,
    add: (Int, Image) throws -> Void
  ) throws {
    let meter = ProgressMeter(style: settings.progress, unit: "images", total: count)
    var (asked, done) = (0, 0)
    let head = HeadMesh(landmarks: FaceModel.bfm68Points.points)
    try mapInOrder(
      workers: settings.jobs, window: 4 * settings.jobs,
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
