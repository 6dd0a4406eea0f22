internal import Codecs
public import Datasets
public import Inference
internal import Schema

/// What `infer` does: records with the faces that networks find in images.
public struct InferenceRun: Job {
  /// A folder, zip or tar of images, one image, records, an LMDB, or a list of archives (`PathList`). '-' is a tar on
  /// standard input, or records where it is named where images are.
  public var input: String
  /// The records to write; '-' is standard output.
  public var output: String
  /// How the run goes about its work.
  public var settings: RunSettings
  /// The records' dataset, where the input names none.
  public var dataset = "photos"
  /// Where images are; their limits count for any input.
  public var images = ImageLocation()
  /// The manifest of a network of the user's own that gives the poses.
  public var model: String?
  /// The manifest of one that finds the faces.
  public var detector: String?
  /// Files that decide how poses are fitted.
  public var labellingFiles: [String] = []
  /// Which networks look for which faces, by what is decided without opening any.
  public var search = Search()
  /// Whether the run goes on with an interrupted one.
  public var resumes = false
  /// Which part of the whole is done; nil for all of it.
  public var part: PartSettings?
  /// What is done to each image, but for where it comes from; called once outputs are under way.
  public var plan: () throws -> PreparationPlan

  /// All that decides which faces are found in an image, beside the networks of the user's own.
  public struct Search: Sendable {
    /// How CenterFace looks for faces.
    public var faces = FaceSearch()
    /// Which network places landmarks.
    public var landmarker = LandmarkNetwork.faceMesh
    /// Whether the records' own faces are looked at, and none are searched for.
    public var usesAnnotatedFaces = false
    /// Whether poses are means of our fit and of what the user's network says.
    public var fusesPoses = false

    /// The reference networks find the faces.
    public init() {}
  }

  /// - Parameters:
  ///   - input: a folder, zip or tar of images, one image, records, or an LMDB.
  ///   - output: the records to write; '-' is standard output.
  ///   - settings: how the run goes about its work.
  ///   - plan: gives what is done to each image; called once outputs are under way.
  public init(
    input: String, output: String, settings: RunSettings,
    plan: @escaping () throws -> PreparationPlan
  ) {
    (self.input, self.output, self.settings, self.plan) = (input, output, settings, plan)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    var conversion = RecordConversion(
      output: output, inputs: PathList.all(input) + manifests + images.paths, settings: settings,
      resumption: resumption
    ) {
      var plan = try plan()
      if let inference = plan.inference, inference.network != nil || inference.detector != nil {
        // What is wrong with a network of the user's own is said before any output is begun.
        _ = try FacePredictor(
          inference.models, search: inference.search, detector: inference.detector,
          model: inference.network)
      }
      let source = try open(&plan)
      return (plan, source)
    }
    conversion.part = part
    conversion.part?.inputs = digestedFiles
    return try conversion.perform(context)
  }

  private var manifests: [String] { [model, detector].compactMap { $0 } }

  /// The files whose digests stand for what is read; manifests of networks name those by their hashes.
  public var digestedFiles: [String] {
    (InputKind(argument: input) == .records ? [input] : [])
      + [PathList.file(input)].compactMap { $0 } + manifests + labellingFiles
  }

  /// What is read, from its beginning.
  ///
  /// - Throws: `WrongInput` where it is none of what the run takes; errors of reading.
  public func wholeSource() throws -> any AnnotationSource {
    var plan = PreparationPlan()
    return try open(&plan)
  }

  /// The networks and how they look for faces; how poses are fitted afterwards may differ when a run is resumed.
  private var resumption: RecordConversion.Resumption {
    RecordConversion.Resumption(isWanted: resumes) {
      let own = try [detector, model].compactMap { $0 }.map(sha256(ofFile:))
      return try JSONValue.object([
        ("sixdof", .text(Release.version)), ("command", .text("infer")),
        ("models", .array((DefaultModel.all.map(\.sha256) + own).map(JSONValue.text))),
        ("detector", .boolean(detector != nil)),
        ("faces", .text(search.usesAnnotatedFaces ? "annotated" : "found")),
        ("threshold", .double(Double(search.faces.threshold))),
        ("size", .integer(search.faces.size)),
        ("small_faces", .text(search.faces.smallFaces.rawValue)),
        ("fuse", .boolean(search.fusesPoses)), ("landmarker", .text(search.landmarker.rawValue)),
      ]).prettyText
    }
  }

  /// Opens the input, and where its images are.
  private func open(_ plan: inout PreparationPlan) throws -> any AnnotationSource {
    if input == "-", images.paths.isEmpty {
      plan.heldLimit = images.pixelLimit
      return try PhotoStream(dataset: dataset, maximumBytes: images.maximumBytes)
    }
    switch try InputKind(path: input) {
    case .records, .empty:
      plan.images = try images.open(or: nil, isRequired: true)
      return try RecordFile(path: input)
    case .shard: return try ShardSource(path: input, annotated: search.usesAnnotatedFaces)
    case .image:
      plan.images = try ImageStore(
        path: input.folderOfPath, maximumBytes: images.maximumBytes, pixelLimit: images.pixelLimit)
      return SinglePhoto(SourceLocation.fileName(of: input), dataset: dataset)
    case .tree:
      let tree = try FileTree(path: input, skipsFaults: true)
      plan.images = try tree.images(
        maximumBytes: images.maximumBytes, pixelLimit: images.pixelLimit)
      return try PhotoSource(tree, dataset: dataset)
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
