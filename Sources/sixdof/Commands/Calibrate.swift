internal import ArgumentParser
internal import Geometry
internal import Labelling
internal import Runs
internal import Schema

struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn the mean face that fits your landmarks, for label to fit poses with.",
    discussion: """
      From records with annotated poses, or from landmarks alone. Writes the face in metres (x right, y down, \
      z away from the camera), NAME.json with its frame and spread, and NAME.svg, a picture of it and of the \
      face that it began as. label, build and annotate take it by --face-model NAME.npy, without another option.

      The size and the origin are those of --face-model, and so are the axes where no poses are used. Needs 16 \
      faces, seen from different sides.

        sixdof calibrate annotated.jsonl --camera weak-perspective --output face.npy
        sixdof calibrate landmarks.jsonl --turn-from ten-posed.jsonl --output face.npy
      """)

  @Argument(help: "The records; '-' is standard input.") var inputs: [String]
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The face to write, a .npy; beside it a .json and a .svg of its name.", valueName: "file"))
  var output: String
  @Flag(help: "Pass over annotated poses, and take the axes of the face that it begins as.")
  var landmarksAlone = false
  @Option(
    help: ArgumentHelp(
      "Learn from landmarks alone, then turn the face so that the poses of these records come out on average; 5 faces at least.",
      valueName: "records"))
  var turnFrom: String?
  @Flag(help: "Keep the face symmetric.") var symmetric = false
  @Option(
    help: ArgumentHelp(
      "Standard deviation of a landmark's placement, in fractions of the interocular distance; what else there is in residuals is the spread of faces.",
      valueName: "fraction"))
  var landmarkSigma: Double = LandmarkUncertainty().placement
  @OptionGroup(title: "Camera") var camera: CameraOptions
  @OptionGroup(title: "Face model") var faceModel: FaceModelOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try camera.validateWithoutPhotos()
    try camera.validateWithoutEstimate()
    guard !inputs.isEmpty else { throw ValidationError("'calibrate' needs records.") }
    guard (0...1).contains(landmarkSigma) else {
      throw ValidationError("'--landmark-sigma' must be from 0 to 1, not \(landmarkSigma).")
    }
    guard (inputs + [turnFrom ?? ""]).filter({ $0 == "-" }).count <= 1 else {
      throw ValidationError("Standard input can be read once only.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = CalibrationRun(inputs: inputs, output: output, settings: runOptions.settings)
      run.models = try faceModel.load()
      (run.isFromLandmarksAlone, run.turnFrom) = (landmarksAlone, turnFrom)
      run.isSymmetric = symmetric
      run.camera = try camera.load()
      if run.camera != nil { run.cameraText = camera.text }
      run.uncertainty.placement = landmarkSigma
      return try run.perform(context)
    }
  }
}
