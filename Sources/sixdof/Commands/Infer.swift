internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Inference
internal import Runs

struct Infer: PartedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find faces in images: boxes with scores, landmarks, poses by our fit.",
    discussion: """
      Reads a folder, zip or tar of images, one image, records (with --images), or an LMDB that has its \
      images in it, and writes one record an image with what the reference networks find; annotated faces \
      are left out. Each face has the detector's score and, as landmark_score, how sure the landmarker is that its \
      landmarks are a face's. --list-models says where the networks are, and how to get them.

        sixdof infer photos/ --output predictions.jsonl
        sixdof infer labelled.jsonl --images WIDER_train/images \\
          --output predictions.jsonl
        sixdof infer photos/ --model mb1_120x120.json --output predictions.jsonl
        sixdof infer photos/ --model mb05.json --fuse --output found.jsonl
        sixdof infer photos/ --detector rfb-320.json --output predictions.jsonl
        sixdof infer biwi.jsonl --images BIWI --faces annotated --model trg.json \\
          --output predictions.jsonl
        sixdof infer --list-models
      """)

  @Argument(
    help:
      "A folder, zip, tar or image, records (.jsonl), or an .lmdb; @FILE for archives that a file lists; '-' for a tar on standard input, or for records with --images."
  )
  var input: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The records to write; '-' is standard output.", valueName: "file"))
  var output: String?
  @Option(help: "The records' dataset, where the input names none.") var dataset = "photos"
  @Option(
    help: ArgumentHelp(
      "The manifest of a network of your own that gives the poses, in place of our fit (Documentation/networks-and-licences.md).",
      valueName: "json"))
  var model: String?
  @Flag(
    help:
      "Give the mean of our fit and of what 3DDFA_V2 says, which --model names, in place of the latter alone."
  )
  var fuse = false
  @Option(
    help: ArgumentHelp(
      "The manifest of a network of your own that finds the faces, in place of CenterFace (Documentation/networks-and-licences.md).",
      valueName: "json"))
  var detector: String?
  @Option(
    help:
      "Which faces: those found, or the records' own boxes, which nothing is searched for (annotated)."
  )
  var faces = Faces.found
  @Flag(help: "Name the networks with their origins and licences, and say which are there.")
  var listModels = false
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Faces") var search: FaceSearchOptions
  @OptionGroup var label: LabelOptions
  @Flag(help: "Go on with an interrupted run: no image is searched again that it has searched.")
  var resume = false
  @OptionGroup(title: "Parts") var parts: PartOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  enum Faces: String, ExpressibleByArgument, CaseIterable { case found, annotated }

  func validate() throws {
    if listModels { return }
    guard let input else {
      throw ValidationError("'infer' needs images, records or an LMDB, or '--list-models'.")
    }
    guard let output else { throw ValidationError("'infer' needs '--output'.") }
    try label.camera.validateWithoutEstimate()
    try parts.validate(output: output, input: input)
    if resume, OutputSet.isStream(at: output) || output == "-" {
      throw ValidationError("'--resume' is for a file; what went through a stream is not kept.")
    }
    if fuse {
      guard model != nil else {
        throw ValidationError("'--fuse' needs '--model', the manifest of 3DDFA_V2.")
      }
      guard search.landmarker == .faceMesh else {
        throw ValidationError(
          "'--fuse' is for '--landmarker face-mesh', whose poses it was measured with.")
      }
      guard label.profile.profile == .standard, label.faceModel.faceModel == nil else {
        throw ValidationError(
          "'--fuse' has the fit of Face Mesh's own face; leave '--profile' and '--face-model' out.")
      }
    } else if model != nil, let option = label.givenForFit.first {
      throw ValidationError("'\(option)' is for our fit; '--model' gives the poses.")
    }
    if detector != nil, let option = search.givenForCenterFace.first {
      throw ValidationError("'\(option)' is for CenterFace; '--detector' finds the faces.")
    }
    guard !dataset.isEmpty else { throw ValidationError("'--dataset' cannot be empty.") }
    guard detector == nil || faces == .found else {
      throw ValidationError("'--detector' finds faces; '--faces annotated' has none searched for.")
    }
    let kind = InputKind(argument: input)
    switch (kind, faces) {
    case (.image, .annotated), (.tree, .annotated):
      throw ValidationError("'--faces annotated' is for records or an LMDB; images have no boxes.")
    default: break
    }
    switch (kind, images.images.isEmpty) {
    case (.records, true) where input == "-":
      guard !resume, faces == .found else {
        throw ValidationError(
          "A tar on standard input is read once and has no faces; leave '\(resume ? "--resume" : "--faces")' out."
        )
      }
    case (.records, true):
      throw ValidationError("Records name their images; '--images' says where these are.")
    case (.image, false), (.tree, false), (.shard, false):
      throw ValidationError("'--images' is for records; this input is the images.")
    default: break
    }
  }

  func run() throws {
    if listModels {
      try CommandRun.perform { context in
        context.print(ModelList(folder: .standard()).text)
        return .done
      }
    }
    guard !listModels, let input, let output else { return }
    try CommandRun.perform { context in
      var run = makeRun(input, to: output)
      run.part = try parts.settings()
      return try run.perform(context)
    }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    guard let input else { throw ValidationError("'infer' needs images, records or an LMDB.") }
    try PartOptions.refuseStream(input)
    let run = makeRun(input, to: "-")
    return (try run.wholeSource(), run.digestedFiles)
  }

  private func makeRun(_ input: String, to output: String) -> InferenceRun {
    var run = InferenceRun(input: input, output: output, settings: runOptions.settings, plan: plan)
    (run.dataset, run.images, run.resumes) = (dataset, images.location, resume)
    (run.model, run.detector) = (model, detector)
    run.labellingFiles = label.files
    (run.search.faces, run.search.landmarker) = (search.search, search.landmarker)
    (run.search.usesAnnotatedFaces, run.search.fusesPoses) = (faces == .annotated, fuse)
    return run
  }

  private func plan() throws -> PreparationPlan {
    var plan = PreparationPlan()
    var inference = try search.plan()
    inference.detector = try detector.map(UserModel.init(manifest:))
    inference.network = try model.map(UserModel.init(manifest:))
    (inference.usesAnnotatedFaces, inference.fusesPoses) = (faces == .annotated, fuse)
    try checkOptions(for: inference.network?.manifest)
    plan.inference = inference
    if model == nil || fuse {
      plan.labelling = try label.labelling(predictedBy: search.landmarker)
    }
    (plan.camera, plan.frames) = (try label.camera.load(), label.profile.frames.conversion)
    return plan
  }

  /// A network that finds faces itself heeds fewer options than one that is shown them.
  private func checkOptions(for manifest: ModelManifest?) throws {
    guard let manifest else { return }
    if fuse, manifest.adapter != .tddfaV2 {
      throw RunFailure(
        "\(manifest.name): expected '3ddfa-v2' for '--fuse', found '\(manifest.adapter.rawValue)'")
    }
    guard manifest.adapter.role == .heads else { return }
    let given =
      (detector == nil ? [] : ["--detector"]) + (faces == .found ? [] : ["--faces"])
      + search.givenForCenterFace + search.givenForLandmarks + label.camera.given
    if let option = given.first {
      throw RunFailure(
        "\(manifest.name): '\(manifest.adapter.rawValue)' finds faces by itself, in a camera of its own; leave '\(option)' out"
      )
    }
  }
}
