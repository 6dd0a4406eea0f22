internal import Checks
internal import Codecs
internal import Datasets
internal import Geometry
internal import Inference
internal import Labelling
internal import Schema
internal import Shards

/// Turns a source's outcome into a prepared image: header, camera, pose, encoding. One a thread.
struct PreparationWorker {
  let plan: PreparationPlan
  private let opening: ImageOpening
  private let predictor: FacePredictor?
  private var labeller: PoseLabeller?
  private let targets: ImageTargets
  private let encoder: SampleEncoder?
  private var json = JSONWriter()
  /// What EXIF states of the current image.
  private var equivalentFocalLength: Double?

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
    targets = ImageTargets(
      plan.targets, meshes: plan.meshes.map { PerspNetMeshes($0, limit: plan.pixelLimit) })
    encoder = plan.layout.map(SampleEncoder.init)
  }

  /// Whether the faces that are looked at are the records' own.
  var isShowingAnnotatedFaces: Bool { plan.inference?.usesAnnotatedFaces ?? false }

  /// Takes an image through the stages that the plan asks for: opening, finding, labelling, encoding. Each may end
  /// it with an issue.
  mutating func prepare(_ outcome: Outcome) throws -> PreparedImage {
    var result = PreparedImage(issues: outcome.issues, isImage: outcome.isImage)
    guard var record = outcome.record else {
      if outcome.isOutsideProtocol { result.leftOut.append(.imagesOutsideTheProtocol) }
      return result
    }
    json.removeAll()
    equivalentFocalLength = nil
    if plan.inference != nil, !plan.keepsAnnotation, !isShowingAnnotatedFaces {
      record.dropAnnotation()
    }
    if plan.images != nil || outcome.image != nil {
      guard let image = try open(&record, outcome.image, &result) else { return result }
      equivalentFocalLength = image.header.equivalentFocalLength
      guard try findFaces(&record, image, &result)
      else { return result }
      // Where nothing packs an image that was searched, its file is closed before it waits for its turn.
      result.image = predictor != nil && plan.layout == nil ? nil : image
    }
    guard assumeCamera(for: &record, &result) else {
      result.image = nil
      return result
    }
    try label(&record, &result)
    try encode(record, &result)
    return result
  }

  /// - Returns: nil where the image cannot be used, which is an issue.
  private func open(
    _ record: inout ImageRecord, _ held: [UInt8]?, _ result: inout PreparedImage
  ) throws -> StoredImage? {
    switch opening.open(record, held: held) {
    case .failure(let rejected):
      result.issues.append(rejected.issue)
      return nil
    case .success(let image):
      describe(image.header, in: &record, &result)
      if plan.checksum {
        let digest = try image.bytes().withUnsafeBytes(sha256(of:))
        result.checksum = "\(digest)  \(record.image.path)\n"
      }
      return image
    }
  }

  /// - Returns: false where the image cannot be searched, which is an issue.
  private mutating func findFaces(
    _ record: inout ImageRecord, _ image: StoredImage, _ result: inout PreparedImage
  ) throws -> Bool {
    guard let predictor else { return true }
    // A network may ask for the camera that its pose is to be in.
    if plan.inference?.network != nil {
      guard assumeCamera(for: &record, &result) else { return false }
    }
    let annotated = record
    guard try find(&record, image, predictor, &result) else { return false }
    if plan.keepsAnnotation {
      annotated.withoutNative.write(to: &json)
      record = record.withoutNative
    }
    return true
  }

  private mutating func label(
    _ record: inout ImageRecord, _ result: inout PreparedImage
  ) throws {
    if labeller != nil {
      guard record.camera != nil else {
        throw RunFailure(
          "record '\(record.id)': image size: expected width and height, found none",
          remedy: .imagesForCamera)
      }
      // img2pose's converter fits no others.
      if case .img2pose = plan.labelling?.method { keepLandmarks(of: &record) }
      let said = plan.inference?.fusesPoses == true ? record.faces.map(\.pose) : []
      result.issues += labeller?.label(&record) ?? []
      for (i, pose) in said.enumerated() {
        if let pose { record.faces[i].fuse(with: pose.rotation, fittedBy: .faceMesh) }
      }
      if plan.inference != nil { record.markPosesAsPredicted() }
    }
    keepLandmarks(of: &record)
    if let frames = plan.frames { result.convertedFrames = try frames.apply(to: &record) }
    if labeller != nil || !plan.eulerConventions.isEmpty {
      for i in record.faces.indices { record.faces[i].describePose(in: plan.eulerConventions) }
    }
  }

  private func keepLandmarks(of record: inout ImageRecord) {
    if let inference = plan.inference { record.reduceMeshes(to: inference.keptLandmarks) }
  }

  /// Counts what the record holds and makes of it what is written.
  private mutating func encode(_ record: ImageRecord, _ result: inout PreparedImage) throws {
    result.isUsed = true
    result.faces = record.faces.count
    result.facesWithLandmarks = record.faces.count { $0.landmarks != nil }
    result.facesWithPose = record.faces.count { $0.pose != nil }
    result.frames = record.frames
    result.sights.add(record)
    if let checker = plan.checker {
      result.findings = CheckDigest.findings(in: record, by: checker)
    } else if let checker = plan.sideChecker {
      result.findings = CheckDigest.mirrored(in: record, by: checker)
    }
    if let image = result.image {
      result.sample = try sample(of: record, image, &result)
      // An image that the sample does not hold need not stay open.
      if result.sample == nil || result.sample?.ownImageBytes != nil { result.image = nil }
    }
    if plan.writesRecords {
      record.write(to: &json)
      result.line = try json.bytes
    }
  }

  /// Gives a record the camera that the run assumes, where it has none of its own.
  ///
  /// One that poses refer to which are not made anew stays, and so does a dataset's own, unless all
  /// poses are replaced. Where no camera is named, only the made-up one of an orthographic annotation is replaced, by its
  /// own projection.
  /// - Returns: false where a table of cameras has none for the image, which is an issue.
  private func assumeCamera(
    for record: inout ImageRecord, _ result: inout PreparedImage
  ) -> Bool {
    if let present = record.camera {
      let isMadeUp = plan.inference == nil && present.provenance == .weakPerspective
      guard plan.camera != nil || isMadeUp, let labelling = plan.labelling else { return true }
      let isPinned =
        !present.isAssumed
        || record.faces.contains {
          $0.pose != nil && ($0.pose?.provenance == .annotation || $0.landmarks == nil)
        }
      if isPinned, !labelling.replacesPoses {
        result.keepsCamera = plan.camera != nil
        return true
      }
    }
    let choice = plan.camera ?? .usual(inPlaceOf: record.camera)
    let camera = choice.camera(
      for: record.image, equivalentFocalLength: equivalentFocalLength)
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

  private mutating func sample(
    of record: ImageRecord, _ image: StoredImage, _ result: inout PreparedImage
  ) throws -> EncodedSample? {
    targets.begin(record.image, file: image)
    let sample: EncodedSample?
    do {
      sample = try encoder?.sample(of: record, imageBytes: image.count, targets: targets)
    } catch let rejected as RejectedSample {
      let place = record.faces.isEmpty ? record.location : record.location(ofFace: 0)
      result.issues.append(RecordIssue(rejected.code, at: place, rejected.detail))
      return nil
    }
    result.leftOut += targets.leftOut
    result.conversionErrors = targets.conversionErrors
    if sample != nil { result.completed = targets.completed }
    return sample
  }

  /// Puts into the record what its image's header says, and compares the boxes with it.
  private func describe(
    _ header: ImageHeader, in record: inout ImageRecord, _ result: inout PreparedImage
  ) {
    if let issue = opening.describe(header, in: &record) { result.issues.append(issue) }
    for (i, face) in record.faces.enumerated() where !face.box.isDegenerate {
      guard !face.box.isCentred(width: header.width, height: header.height) else { continue }
      let centre = face.box.centre
      result.issues.append(
        RecordIssue(
          .boxOutsideImage, at: record.location(ofFace: i),
          "box \(i + 1): expected a centre inside \(header.width) x \(header.height), found \(centre.x), \(centre.y)"
        ))
    }
  }
}
