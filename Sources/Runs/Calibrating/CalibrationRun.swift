internal import Codecs
internal import FoundationEssentials
public import Geometry
public import Labelling
internal import Pipeline
internal import Reporting
internal import Schema

/// Learns the mean face of records' landmarks, from annotated poses or from the landmarks alone.
public struct CalibrationRun: Job {
  /// Files of records; '-' is standard input.
  public var inputs: [String]
  /// The known face, one for each layout.
  public var models = FaceModelSet.bfm
  /// Whether annotated poses are passed over, so that the axes stay the known face's.
  public var isFromLandmarksAlone = false
  /// Records of some faces with poses, to which the face is turned that landmarks alone gave; nil for none.
  public var turnFrom: String?
  /// Whether the face is kept symmetric about x = 0.
  public var isSymmetric = false
  /// Stands in place of assumed cameras; nil for the records' own.
  public var camera: CameraChoice?
  /// The camera in words, for the note beside the face.
  public var cameraText = "as in the records; near-orthographic where they were annotated so"
  /// The assumed errors of landmarks; the identity's is what is measured.
  public var uncertainty = LandmarkUncertainty()
  /// A `.npy`; beside it a `.json` and a `.svg` are written.
  public var output: String
  /// How the run goes about its work.
  public var settings: RunSettings

  /// A face from the records' annotated poses, where they have some, and in their own cameras.
  public init(inputs: [String], output: String, settings: RunSettings) {
    (self.inputs, self.output, self.settings) = (inputs, output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    guard output.hasSuffix(".npy") else {
      throw OutputRefusal(output, "expected the name of a .npy file")
    }
    let outputs = try OutputSet(
      file: output, ending: ".npy", companions: [".json", ".svg"],
      inputs: inputs + [turnFrom].compactMap { $0 })
    var reading = CalibrationReading(models: models, camera: camera)
    for input in inputs { try reading.read(input, settings, context) }
    let bin = reading.mostFaces()
    let isPosed = !isFromLandmarksAlone && turnFrom == nil && (bin?.posed.count ?? 0) > 0
    if isPosed, let bin {
      reading.leaveOut(bin.unposed.count, "faces without an annotated pose")
    }
    for line in reading.tally.summaryLines(issuesFile: nil) { context.say(line) }
    if !reading.leftOut.isEmpty { context.say("left out  \(reading.leftOut.text)") }
    guard let bin else {
      throw RunFailure(
        "\(inputs[0]): expected faces with landmarks, found none among \(counted(reading.tally.faces, "face"))"
      )
    }
    let result = try calibrated(bin, isPosed: isPosed, context)
    try context.begin(outputs)
    let points = NPY.file(
      result.model.points.flatMap { [$0.x, $0.y, $0.z] }, shape: [result.model.points.count, 3])
    try outputs.write(points)
    if !outputs.isStream {
      try outputs.write(try note(of: result, reading, points).prettyText.utf8, to: ".json")
      let drawing = FaceModelDrawing(
        [result.start, result.model].map { FaceModelDescription(model: $0).drawing })
      try outputs.write(drawing.svg.utf8, to: ".svg")
    }
    try context.stop.check()
    try outputs.publish()
    for line in result.lines { context.say(line) }
    let others = bin.frames.present.filter { $0 != result.frame }
    if isPosed, !others.isEmpty {
      context.say(
        "frame     \(result.frame.rawValue): the origin is the known face's; of the annotated poses, in \(others.map(\.rawValue).joined(separator: ", ")), only rotations were used, and all axes are parallel"
      )
    }
    context.say(
      outputs.isStream ? "wrote     \(output)" : "wrote     \(outputs.base).npy, .json and .svg")
    return settings.outcome(after: reading.tally)
  }

  private func calibrated(
    _ bin: CalibrationReading.Bin, isPosed: Bool, _ context: RunContext
  ) throws -> CalibrationResult {
    let (start, posed, unposed) = (bin.start, bin.posed, bin.unposed)
    if isPosed, bin.frames.isMixed {
      throw RunFailure(
        "poses: expected one object frame, found \(bin.frames.text); name records of one, or pass over the poses"
      )
    }
    let passes = CalibrationPasses(
      tables: try (isPosed ? [posed] : [posed, unposed]).map { try $0.table() },
      jobs: settings.jobs, stop: context.stop)
    guard passes.faces >= FaceCalibration.fewestFaces else {
      throw RunFailure(
        "\(inputs[0]): expected at least \(FaceCalibration.fewestFaces) faces \(isPosed ? "with annotated poses" : "with landmarks"), found \(passes.faces)"
      )
    }
    var result = CalibrationResult(
      start: start, isPosed: isPosed, faces: passes.faces,
      frame: isPosed ? Self.frame(bin.frames, start) : start.frame)
    try result.learn(passes, isSymmetric: isSymmetric, uncertainty, output)
    if let turnFrom { try turn(&result, to: turnFrom, context) }
    return result
  }

  /// The frame of a face whose axes are those of poses and whose origin is the known face's. The axes of all known
  /// frames are parallel.
  private static func frame(_ frames: FrameCounts, _ start: FaceModel) -> HeadPose.Frame {
    frames.present.contains(.user) ? .user : start.frame
  }

  /// Turns the face so that the poses of some annotated faces come out on average.
  private func turn(
    _ result: inout CalibrationResult, to path: String, _ context: RunContext
  ) throws {
    var reading = CalibrationReading(
      models: FaceModelSet(result.start), camera: camera)
    try reading.read(path, settings, context)
    let most = reading.mostFaces()
    guard let bin = most, bin.start == result.start, bin.posed.count >= 5 else {
      throw RunFailure(
        "\(path): expected at least 5 faces with annotated poses and landmarks of \(result.start.layout.rawValue), found \(most?.posed.count ?? 0)"
      )
    }
    guard !bin.frames.isMixed else {
      throw RunFailure("\(path): poses: expected one object frame, found \(bin.frames.text)")
    }
    result.frame = Self.frame(bin.frames, result.start)
    let known = CalibrationPasses(
      tables: [try bin.posed.table()], jobs: settings.jobs, stop: context.stop)
    try result.turn(to: known, output)
  }

  private func note(
    of result: CalibrationResult, _ reading: CalibrationReading, _ points: [UInt8]
  ) throws -> JSONValue {
    let leftOut = reading.leftOut.all.map { ($0.reason, JSONValue.integer($0.count)) }
    return .object(
      [
        ("schema", .text(FaceModel.noteSchema)),
        ("sixdof", .text(Release.version)),
        ("layout", .text(result.model.layout.rawValue)),
        ("unit", .text("metre")), ("axes", .text(FaceModel.Axes.opencv.rawValue)),
        ("frame", .text(result.frame.rawValue)),
        ("identity_sigma", .double(result.identitySigma)),
        ("landmark_sigma", .double(uncertainty.placement)),
        ("camera", .text(cameraText)),
        ("start", .text(result.start.name)),
        ("from", .text(result.isPosed ? "annotated poses" : "landmarks alone")),
        ("symmetric", .boolean(isSymmetric)),
      ] + result.json + [
        (
          "records", .array(inputs.map { .text(SourceLocation.fileName(of: $0)) })
        ), ("left_out", .object(leftOut)),
        ("sha256", .text(points.withUnsafeBytes(sha256(of:)))),
      ])
  }
}
