internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Inference
internal import Labelling
internal import Runs
internal import Schema

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

  @Argument(help: "A folder, zip, tar or image, records (.jsonl), or an .lmdb.") var input: String?
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
    let read = [input, model, detector].compactMap { $0 } + images.images
    try CommandRun.perform { context in
      var conversion = RecordConversion(
        output: output, inputs: read, settings: runOptions.settings, resumption: resumption
      ) {
        var plan = PreparationPlan()
        var inference = try search.plan()
        inference.detector = try detector.map(UserModel.init(manifest:))
        inference.network = try model.map(UserModel.init(manifest:))
        inference.usesAnnotatedFaces = faces == .annotated
        if fuse, let manifest = inference.network?.manifest, manifest.adapter != .tddfaV2 {
          throw RunFailure(
            "\(manifest.name): expected '3ddfa-v2' for '--fuse', found '\(manifest.adapter.rawValue)'"
          )
        }
        inference.fusesPoses = fuse
        try checkOptions(for: inference.network?.manifest)
        if inference.network != nil || inference.detector != nil {
          // What is wrong with a network of the user's own is said before any output is begun.
          _ = try FacePredictor(
            inference.models, search: inference.search, detector: inference.detector,
            model: inference.network)
        }
        plan.inference = inference
        if model == nil || fuse {
          plan.labelling = try label.labelling(predictedBy: search.landmarker)
        }
        plan.camera = try label.camera.load()
        plan.frames = label.profile.frames.conversion
        return try open(input, plan)
      }
      conversion.part = try parts.settings()
      conversion.part?.inputs = digestedFiles(input)
      return try conversion.perform(context)
    }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    guard let input else { throw ValidationError("'infer' needs images, records or an LMDB.") }
    return (try open(input, PreparationPlan()).1, digestedFiles(input))
  }

  /// The files whose digests stand for what is read; manifests of networks name those by their hashes.
  private func digestedFiles(_ input: String) -> [String] {
    (InputKind(argument: input) == .records ? [input] : []) + [model, detector].compactMap { $0 }
      + label.files
  }

  /// The networks and how they look for faces; how poses are fitted afterwards may differ when a run is resumed.
  private var resumption: RecordConversion.Resumption {
    RecordConversion.Resumption(isWanted: resume) {
      let own = try [detector, model].compactMap { $0 }.map(sha256(ofFile:))
      let search = search.search
      return try JSONValue.object([
        ("sixdof", .text(Release.version)), ("command", .text("infer")),
        ("models", .array((DefaultModel.all.map(\.sha256) + own).map(JSONValue.text))),
        ("detector", .boolean(detector != nil)), ("faces", .text(faces.rawValue)),
        ("threshold", .double(Double(search.threshold))), ("size", .integer(search.size)),
        ("small_faces", .text(search.smallFaces.rawValue)),
        ("fuse", .boolean(fuse)), ("landmarker", .text(self.search.landmarker.rawValue)),
      ]).prettyText
    }
  }

  /// A network that finds faces itself heeds fewer options than one that is shown them.
  private func checkOptions(for manifest: ModelManifest?) throws {
    guard let manifest, manifest.adapter.role == .heads else { return }
    let given =
      (detector == nil ? [] : ["--detector"]) + (faces == .found ? [] : ["--faces"])
      + search.givenForCenterFace + search.givenForLandmarks + label.camera.given
    if let option = given.first {
      throw RunFailure(
        "\(manifest.name): '\(manifest.adapter.rawValue)' finds faces by itself, in a camera of its own; leave '\(option)' out"
      )
    }
  }

  private func open(
    _ input: String, _ plan: PreparationPlan
  ) throws -> (PreparationPlan, any AnnotationSource) {
    var plan = plan
    switch try InputKind(path: input) {
    case .records, .empty:
      plan.images = try images.location.open(or: nil, isRequired: true)
      return (plan, try RecordFile(path: input))
    case .shard: return (plan, try ShardSource(path: input, annotated: faces == .annotated))
    case .image:
      let slash = input.lastIndex(of: "/")
      let folder = slash.map { String(input[...$0]) } ?? "."
      let name = slash.map { String(input[input.index(after: $0)...]) } ?? input
      plan.images = try ImageStore(
        path: folder, maximumBytes: images.size.maxImageBytes, pixelLimit: images.size.pixelLimit)
      return (plan, SinglePhoto(name, dataset: dataset))
    case .tree:
      let tree = try FileTree(path: input)
      plan.images = try tree.images(
        maximumBytes: images.size.maxImageBytes, pixelLimit: images.size.pixelLimit)
      return (plan, try PhotoSource(tree, dataset: dataset))
    case let kind:
      // What stands in an archive's place, or is one that cannot be entered, says so when it is opened.
      if SourceDoctor.isSource(input) {
        try SourceDoctor.refuseFaultyArchive(input)
        _ = try FileTree(path: input)
      }
      throw WrongInput.refusal(
        input, kind, expected: "a folder or archive of images, an image, records or an LMDB")
    }
  }
}
