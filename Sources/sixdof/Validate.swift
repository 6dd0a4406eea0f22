internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Foundation
internal import Inference
internal import Labelling
internal import Pipeline
internal import Schema
internal import Validation

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Let the reference networks check annotations: find mirrored, shifted or missing ones.",
    discussion: """
      Finds faces as infer does and compares them with the annotated ones: boxes by overlap, landmarks, \
      poses by angle. Where they disagree it tries what the numbers may mean instead, and names the \
      reading that fits: landmarks mirrored, x and y exchanged, corners read as sizes, poses of another \
      convention. Faces that are small, blurred, occluded or marked as invalid are no finding. One line a \
      finding on standard output; exit code 2 where there are any.

        sixdof validate labelled.jsonl --images WIDER_train/images
        sixdof validate train.lmdb --json findings.json --faces faces.jsonl
      """)

  @Argument(help: "Records (.jsonl; '-' is standard input) or an .lmdb.") var input: String
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(help: ArgumentHelp("Write the findings as JSON too.", valueName: "file"))
  var json: String?
  @Option(
    help: ArgumentHelp(
      "Write a line of JSON for each face, with overlap, landmark error and angle.",
      valueName: "file"))
  var faces: String?
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    let isShard = InputKind(argument: input).isLMDB
    if isShard, images.images != nil {
      throw ValidationError("'--images' is for records; an LMDB has its images in it.")
    }
    if !isShard, images.images == nil {
      throw ValidationError("Records name their images; '--images' says where these are.")
    }
  }

  func run() throws {
    try CommandRun.perform { run in
      let read = [input] + [images.images].compactMap { $0 }
      let reports = try json.map { try OutputSet(file: $0, inputs: read) }
      let tables = try faces.map { try OutputSet(file: $0, inputs: read) }
      let outputs = [reports, tables].compactMap { $0 }
      try OutputSet.refuseShared(outputs)
      let kind = try InputKind(path: input)
      let isShard = kind.isLMDB
      switch kind {
      case .records, .shard, .empty: break
      default: throw WrongInput.refusal(input, kind, expected: "records or an LMDB")
      }
      var plan = PreparationPlan()
      plan.keepsAnnotation = true
      plan.heldLimit = images.pixelLimit
      plan.images = isShard ? nil : try images.open(or: nil, isRequired: true)
      plan.labelling = LabellingOptions()
      var search = FaceSearch()
      search.threshold = ValidationRun.threshold
      var source: any AnnotationSource =
        isShard ? try ShardSource(path: input, annotated: true) : try RecordFile(path: input)
      plan.inference = InferencePlan(models: try ReferenceInference(), search: search)
      let validation = ValidationRun(
        plan: plan, options: runOptions, stop: run.stop, detectorSize: Double(search.decodedSize))
      for set in outputs { try run.begin(set) }
      let table = try tables?.mainFile()
      let (report, tally) = try validation.run(&source, faces: table)
      try table?.finish()
      try reports?.write(report.json.prettyText.utf8)
      try run.stop.check()
      for set in outputs { try set.publish() }
      print(report.text, terminator: "")
      return runOptions.exit(after: tally, hasFindings: !report.findings.isEmpty)
    }
  }
}
