public import Codecs
public import Datasets
internal import Labelling
internal import Pipeline
internal import Rendering
internal import Schema

/// Makes a dataset whose truth is known, in its own native forms.
public struct SynthesisRun: Job {
  /// Which is imitated.
  public var dataset: DatasetDescription
  /// How many images.
  public var count: Int
  /// The folder to make.
  public var output: String
  /// What is done where the output exists.
  public var existing = OutputSet.Existing.refused
  /// The folder of ARKitFace's mesh tables; nil for tables of our own.
  public var meshTables: String?
  /// Of the pictures; `meshTables` is read when the run is performed.
  public var options = SynthesisOptions()
  /// The folder of 3DDFA's tables, by which faces get shapes and expressions; nil for the mean face.
  public var landmarkTables: String?
  /// How the run goes about its work.
  public var settings: RunSettings

  /// With the size of images that the dataset usually has.
  public init(dataset: DatasetDescription, count: Int, output: String, settings: RunSettings) {
    (self.dataset, self.count, self.output) = (dataset, count, output)
    self.settings = settings
    (options.width, options.height) = dataset.usualSize
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    guard let synthesise = dataset.synthesise else {
      let imitable = DatasetDescription.all.filter { $0.synthesise != nil }.map(\.name)
      throw RunFailure(
        "\(dataset.name): expected a dataset that can be imitated, found one that cannot; these can: \(imitable.joined(separator: ", "))",
        reason: .call)
    }
    let outputs = try OutputSet(
      folder: output, inputs: [meshTables, landmarkTables].compactMap { $0 }, existing: existing)
    var options = options
    options.meshTables = try meshTables.map(ARKitFaceTables.init)
    options.landmarkModel = try landmarkTables.map(MorphableLandmarks.init)
    try context.begin(outputs)
    let face = MeanFace(
      five: FaceModel.bfmFivePoints.points, sixtyEight: FaceModel.bfm68Points.points)
    let made = try make(synthesise(outputs.makeFolder(""), options, face), context.stop)
    try context.stop.check()
    try outputs.publish()
    context.say("wrote     \(output): \(counted(count, "image")) \(made)")
    return .done
  }

  /// Draws the pictures on worker threads and adds each with its annotations, in order.
  ///
  /// - Returns: what was made beside them, in words.
  private func make(_ empty: some DatasetSynthesis, _ stop: StopFlag) throws -> String {
    var synthesis = empty
    let draw = synthesis.draw
    let meter = ProgressMeter(style: settings.progress, unit: "images", total: count)
    var (asked, done) = (0, 0)
    let head = HeadMesh.bfm
    try mapInOrder(
      workers: settings.jobs, window: 4 * settings.jobs,
      makeContext: { SyntheticPainter(head: head) },
      source: {
        try stop.check()
        guard asked < count else { return nil }
        defer { asked += 1 }
        return asked
      },
      transform: { painter, index in draw(index, painter) },
      sink: { picture in
        try synthesis.add(index: done, picture)
        done += 1
        meter.update(position: done, done: done, rejected: 0)
      })
    meter.finish()
    try synthesis.finish()
    return synthesis.summary
  }
}
