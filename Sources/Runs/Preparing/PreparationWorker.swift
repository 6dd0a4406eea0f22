public import Checks
public import Codecs
internal import Datasets
public import Geometry
internal import Inference
public import Labelling
public import Schema
internal import Shards

/// What a run does with each image.
public struct PreparationPlan: Sendable {
  /// nil where a run needs no images.
  public var images: ImageStore?
  /// Of images that the source itself holds.
  public var heldLimit = PixelLimit.standard
  /// Of all images.
  public var pixelLimit: PixelLimit { images?.pixelLimit ?? heldLimit }
  /// What replaces the records' faces by those found in the images; nil where they stay.
  public var inference: InferencePlan?
  /// What an interrupted run found already; nil where nobody will ask for what this one finds.
  var foundEarlier: FoundFaces.Earlier?
  /// Whether a record's line is that of the annotated record and, after it, that of the faces found.
  public var keepsAnnotation = false
  /// How to fit poses; nil where none are fitted.
  public var labelling: LabellingOptions?
  /// The camera to assume; nil for the usual one.
  public var camera: CameraChoice?
  /// Brings all poses to one object frame; nil where they keep theirs.
  public var frames: FrameConversion?
  /// Looks for what is wrong with the records; nil where nothing does.
  public var checker: RecordChecker?
  /// In which conventions records have their poses' angles.
  public var eulerConventions: [EulerConvention] = []
  /// What img2pose's layout is given of a face.
  public var targets = Img2PoseTargets.Options()
  /// nil where no samples are made.
  public var layout: ShardLayout?
  public var writesRecords = false
  /// Whether to hash images.
  public var checksum = false

  public init() {}

  /// Whether the records' poses go into one set; what img2pose's converter fits is in one frame.
  var poolsPoses: Bool { layout != nil && targets.source != .img2pose }
}

/// One image after all that can be done to it on any thread.
struct PreparedImage: Sendable {
  var issues: [RecordIssue]
  /// Whether a record came of it.
  var isUsed = false
  var faces = 0
  var facesWithLandmarks = 0
  var facesWithPose = 0
  var frames = FrameCounts()
  /// The frames of poses that were brought to another.
  var convertedFrames = FrameCounts()
  var findings: [CheckDigest.Found] = []
  var leftOut: [LeftOut] = []
  var sample: EncodedSample?
  /// For each local pose, the angle by which converting it misses the global one; empty where the
  /// conversion is exact or is what defines the global one.
  var conversionErrors: [Double] = []
  /// What the layout holds that the record lacks.
  var completed = CompletedLandmarks()
  var image: StoredImage?
  /// The record as a line of JSON Lines; empty where none is wanted.
  var line: [UInt8] = []
  /// "digest  path", as `sha256sum` prints it.
  var checksum = ""
  /// What was found in the image, for a run that goes on with this one; empty where that run has it.
  var foundLine: [UInt8] = []
}

/// Turns a source's outcome into a prepared image: header, camera, pose, encoding. One a thread.
struct PreparationWorker {
  let plan: PreparationPlan
  private let opening: ImageOpening
  private let predictor: FacePredictor?
  private var labeller: PoseLabeller?
  private var targets: Img2PoseTargets
  private var encoder: SampleEncoder?
  private var json = JSONWriter()

  /// - Throws: `InferenceError` where a model cannot be run.
  init(plan: PreparationPlan) throws {
    self.plan = plan
    opening = ImageOpening(images: plan.images, limit: plan.heldLimit)
    predictor = try plan.inference.map {
      try FacePredictor(
        $0.models, search: $0.search, detector: $0.detector, model: $0.network,
        limit: plan.pixelLimit)
    }
    labeller = plan.labelling.map { PoseLabeller(options: $0) }
    targets = Img2PoseTargets(plan.targets)
    encoder = plan.layout.map(SampleEncoder.init)
  }

  /// Whether the faces that are looked at are the records' own.
  var isShowingAnnotatedFaces: Bool { plan.inference?.usesAnnotatedFaces ?? false }

  mutating func prepare(_ outcome: Outcome) throws -> PreparedImage {
    var result = PreparedImage(issues: outcome.issues)
    guard var record = outcome.record else {
      if outcome.isOutsideProtocol { result.leftOut.append(.imagesOutsideTheProtocol) }
      return result
    }
    if plan.inference != nil, !plan.keepsAnnotation, !isShowingAnnotatedFaces {
      record.dropAnnotation()
    }
    json.removeAll()
    if plan.images != nil || outcome.image != nil {
      let image: StoredImage
      switch opening.open(record, held: outcome.image) {
      case .success(let opened): image = opened
      case .failure(let rejected):
        result.issues.append(rejected.issue)
        return result
      }
      describe(image.header, in: &record, &result)
      result.image = image
      if plan.checksum {
        let digest = try image.bytes().withUnsafeBytes(sha256(of:))
        result.checksum = "\(digest)  \(record.image.path)\n"
      }
      if let predictor {
        // A network may ask for the camera that its pose is to be in.
        if plan.inference?.network != nil {
          guard assumeCamera(for: &record, &result) else { return result }
        }
        let annotated = record
        guard try find(&record, image, predictor, &result) else { return result }
        if plan.keepsAnnotation {
          annotated.withoutNative.write(to: &json)
          record = record.withoutNative
        }
        // Where nothing packs it, its file is closed before it waits for its turn.
        if plan.layout == nil { result.image = nil }
      }
    }
    guard assumeCamera(for: &record, &result) else { return result }
    if labeller != nil {
      guard record.camera != nil else {
        throw RunFailure(
          "record '\(record.id)': image size: expected width and height, found none",
          remedy: .imagesForCamera)
      }
      result.issues += labeller?.label(&record) ?? []
      if plan.inference != nil { record.markPosesAsPredicted() }
    }
    if let frames = plan.frames { result.convertedFrames = try frames.apply(to: &record) }
    if labeller != nil || !plan.eulerConventions.isEmpty {
      for i in record.faces.indices { record.faces[i].describePose(in: plan.eulerConventions) }
    }
    result.isUsed = true
    result.faces = record.faces.count
    result.frames = record.frames
    if let checker = plan.checker {
      result.findings = CheckDigest.findings(in: record, by: checker)
    }
    for face in record.faces {
      if face.landmarks != nil { result.facesWithLandmarks += 1 }
      if face.pose != nil { result.facesWithPose += 1 }
    }
    if let image = result.image {
      result.sample = try encode(record, image, &result)
      if result.sample == nil { result.image = nil }
    }
    if plan.writesRecords {
      record.write(to: &json)
      result.line = try json.bytes
    }
    return result
  }

  /// Gives a record the camera that the run assumes, where it has none of its own.
  ///
  /// One that poses refer to which are not made anew stays, and so does a dataset's own, unless all
  /// poses are replaced.
  /// - Returns: false where a table of cameras has none for the image, which is an issue.
  private func assumeCamera(
    for record: inout ImageRecord, _ result: inout PreparedImage
  ) -> Bool {
    if let present = record.camera {
      guard plan.camera != nil, let labelling = plan.labelling else { return true }
      let isPinned =
        !present.isAssumed
        || record.faces.contains {
          $0.pose != nil && ($0.pose?.provenance == .annotation || $0.landmarks == nil)
        }
      if isPinned, !labelling.replacesPoses { return true }
    }
    let choice = plan.camera ?? .widthPlusHeight
    let camera = choice.camera(for: record.image)
    if camera == nil, case .table = choice {
      result.issues.append(
        RecordIssue(
          .missingCamera, at: record.location,
          "image '\(record.image.path)': expected a camera in the file of cameras, found none"))
      return false
    }
    record.camera = camera
    return true
  }

  private mutating func encode(
    _ record: ImageRecord, _ image: StoredImage, _ result: inout PreparedImage
  ) throws -> EncodedSample? {
    var (leftOut, errors): ([LeftOut], [Double]) = ([], [])
    var completed = CompletedLandmarks()
    let sample = try encoder?.sample(
      of: record, imageBytes: image.count,
      target: { face, box, camera in
        let target = targets.target(
          of: face, box: box, camera: camera,
          imageSize: record.image.size)
        if let refusal = target.refusal { leftOut.append(LeftOut(refusal)) }
        if target.completedPoints > 0 { completed.faces += 1 }
        completed.points += target.completedPoints
        if plan.targets.isApproximate, let pose = target.pose {
          let crop = CropCamera(box: box, image: camera, rule: plan.targets.rule)
          let reached = crop.global(from: pose.local.extrinsics).rotation
          errors.append(reached.angle(to: pose.global.extrinsics.rotation))
        }
        return (target.pose, target.landmarks)
      },
      leftOut: { leftOut.append($0) })
    result.leftOut += leftOut
    result.conversionErrors = errors
    if sample != nil { result.completed = completed }
    return sample
  }

  /// Puts into the record what its image's header says, and compares the boxes with it.
  private func describe(
    _ header: ImageHeader, in record: inout ImageRecord, _ result: inout PreparedImage
  ) {
    if let issue = opening.describe(header, in: &record) { result.issues.append(issue) }
    for (i, face) in record.faces.enumerated() where !face.box.isDegenerate {
      let centre = face.box.centre
      if centre.x >= 0, centre.y >= 0, centre.x < Double(header.width),
        centre.y < Double(header.height)
      {
        continue
      }
      result.issues.append(
        RecordIssue(
          .boxOutsideImage, at: record.location(ofFace: i),
          "box \(i + 1): expected a centre inside \(header.width) x \(header.height), found \(centre.x), \(centre.y)"
        ))
    }
  }
}
