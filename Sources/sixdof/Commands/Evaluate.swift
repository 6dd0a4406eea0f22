public import ArgumentParser
internal import Datasets
public import Evaluation
internal import Geometry
public import Runs

extension EvaluationProtocol: ExpressibleByArgument {}
extension PredictionIndex.Pairing: ExpressibleByArgument {}
extension EvaluationReport.Form: ExpressibleByArgument {}

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score predictions against the truth, as the papers do and as it should be.",
    discussion: """
      Each metric is computed as the named paper's code has it and, beside that, as its name says; where \
      the two differ, a line tells why. Records are paired by id, else by image path; what finds no \
      partner is counted, reported and makes the exit code 2. The report goes to standard output, \
      findings to standard error, or all of them to OUTPUT.issues.jsonl.

        sixdof evaluate predictions.jsonl --truth labelled.jsonl \\
          --protocol img2pose-aflw2000
        sixdof evaluate predictions.jsonl --truth test.jsonl --protocol trg \\
          --source ARKitFace --bootstrap 1000 --format latex --output table.tex
        sixdof evaluate predictions/ --protocol wider --truth wider_face_val.mat \\
          wider_easy_val.mat wider_medium_val.mat wider_hard_val.mat
      """)

  @Argument(
    help:
      "The predictions as records, or in any form that 'sixdof formats' lists, such as a CSV of image, yaw, pitch and roll; '-' is standard input. For wider also a folder or zip of event/image.txt files."
  )
  var predictions: String

  @Option(
    parsing: .upToNextOption,
    help:
      "The truth as records; for wider also the benchmark's .mat files. '-' is standard input.")
  var truth: [String]

  @Option(
    name: .customLong("protocol"),
    help: "Whose metrics; wider is average precision, the others compare poses.")
  var method: EvaluationProtocol

  @Option(
    help:
      "The report's form, json with all digits; by default what the output's .md, .json or .tex says, else text."
  )
  var format: EvaluationReport.Form?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write the report; '-' is standard output.", valueName: "file"))
  var output = "-"

  @Option(
    help:
      "Which records are of one image: those of one id, or else of one image path (auto), of one id, one path, or one file name without folder and extension (name)."
  )
  var pair: PredictionIndex.Pairing = .auto

  @Option(
    help: ArgumentHelp(
      "How poses are written in predictions that are no records and do not tell it: angles with names are aflw's by default; rotation vectors, quaternions, matrices and angles without names need it.",
      valueName: "name"))
  var convention: PoseNotation?

  @Option(
    help:
      "The unit of angles in predictions that are no records and do not state it: by default degrees, and radians in AFLW's text."
  )
  var angleUnit: AngleUnit?

  @Option(
    help:
      "Bounds in degrees of the bins by true yaw: of its magnitude, or signed where one is negative (--bins=-90,-30,30,90); none for no bins. (default: 0,30,60,90)"
  )
  var bins: BinChoice?

  @Option(help: "How many bootstrap draws to take 95 % intervals from; 0 for none.")
  var bootstrap = 0

  @Option(help: "The bootstrap's seed.")
  var seed: UInt64 = 0

  @Option(
    help:
      "The dataset's folder, zip or tar, for ADD and reconstruction where records only name the files of the true meshes: ARKitFace's .npz, BIWI's NN.obj."
  )
  var source: String?

  @Option(help: "The mesh's triangles (.npy, counting from 0), for TRG's face size error.")
  var triangles: String?

  @Flag(help: "Stop at the first finding, warnings included, and write nothing.")
  var strict = false

  @OptionGroup var ending: EndingOptions

  struct BinChoice: ExpressibleByArgument {
    var bins: Evaluation.YawBins?

    init?(argument: String) {
      bins = Evaluation.YawBins(text: argument)
      if bins == nil, argument != "none" { return nil }
    }
  }

  func validate() throws {
    try require("--bootstrap", bootstrap, in: 0...100_000)
    if method == .wider, bins != nil || source != nil || triangles != nil {
      throw ValidationError(
        "'--bins', '--source' and '--triangles' are for poses, not for '--protocol wider'.")
    }
    if method != .wider, truth.count > 1 {
      throw ValidationError("'--truth' takes several files for '--protocol wider' only.")
    }
    if truth.contains("-"), predictions == "-" {
      throw ValidationError("Predictions and truth cannot both be standard input.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      var settings = RunSettings()
      (settings.isStrict, settings.failOn) = (strict, ending.failOn)
      var run = EvaluationRun(
        predictions: predictions, truth: truth, method: method, settings: settings)
      (run.format, run.output, run.pairing) = (format, output, pair)
      (run.notation, run.angleUnit) = (convention, angleUnit)
      if let bins { run.bins = bins.bins }
      run.bootstrap = bootstrap > 0 ? Bootstrap(draws: bootstrap, seed: seed) : nil
      (run.source, run.triangles) = (source, triangles)
      return try run.perform(context)
    }
  }
}
