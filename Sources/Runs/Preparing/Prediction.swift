internal import Codecs
internal import Datasets
internal import Geometry
public import Inference
internal import Labelling
public import Schema

/// How a run finds the faces of its images.
public struct InferencePlan: Sendable {
  /// The reference networks.
  public var models: ReferenceInference
  /// How CenterFace looks for faces.
  public var search: FaceSearch
  /// The user's own, in place of the reference detector.
  public var detector: UserModel?
  /// The user's own network, whose poses then stand in place of our fit's.
  public var network: UserModel?
  /// Whether the records' own faces are looked at, and none are searched for.
  public var usesAnnotatedFaces = false
  /// Whether poses are means of our fit and of what the user's network says.
  public var fusesPoses = false
  /// What is kept of the reference landmarker's points once poses are fitted to them; a layout that they can be reduced
  /// to.
  public var keptLandmarks = Landmarks.Layout.face5

  /// By the reference networks unless others are named.
  public init(models: ReferenceInference, search: FaceSearch) {
    (self.models, self.search) = (models, search)
  }
}

extension PreparationWorker {
  /// Puts the faces found in an image into its record, or what an interrupted run found in it.
  ///
  /// - Returns: false where the image cannot be decoded, which is an issue.
  public func find(
    _ record: inout ImageRecord, _ image: StoredImage, _ predictor: FacePredictor,
    _ result: inout PreparedImage
  ) throws -> Bool {
    do {
      try image.bytes().withUnsafeBytes { bytes in
        guard let earlier = plan.foundEarlier else {
          return try predict(&record, bytes, predictor)
        }
        let key = try FoundFaces.key(of: record, image: bytes)
        if let known = earlier.record(key) {
          (record.faces, record.camera, record.native) = (known.faces, known.camera, known.native)
        } else {
          try predict(&record, bytes, predictor)
          result.foundLine = try FoundFaces.line(of: record, key: key)
        }
      }
      return true
    } catch let error as ImageError {
      result.issues.append(
        RecordIssue(
          RecordIssue.Code(error.reason), at: record.location,
          "image '\(record.image.path)': \(error)"))
      return false
    }
  }

  private func predict(
    _ record: inout ImageRecord, _ image: UnsafeRawBufferPointer, _ predictor: FacePredictor
  ) throws {
    let annotated = isShowingAnnotatedFaces ? record.faces : nil
    let found = try predictor.predictions(
      inFile: image, of: annotated, camera: record.camera?.intrinsics)
    record.faces = found.map(\.face)
    if predictor.findsPoses {
      // Theirs, whatever camera the record had; none of the poses in that one is left.
      record.camera = CameraChoice.widthPlusHeight.camera(for: record.image)
    }
    if isShowingAnnotatedFaces { record.dropAnnotatedNative() }
    // Means are taken in the camera, where the fit is.
    record.setPredictedPoses(
      found.map(\.pose), turnsWithSight: plan.inference?.fusesPoses ?? false)
  }
}

extension ImageRecord {
  /// Keeps of Face Mesh's points what a layout has. Others stay: a user's own network has no more than are wanted.
  mutating func reduceMeshes(to layout: Landmarks.Layout) {
    for i in faces.indices {
      guard let points = faces[i].landmarks, points.layout == .mediapipe468 else { continue }
      guard var reduced = points.reduced(to: layout) else { continue }
      // Means of points that are told to a hundredth of a pixel are no more exact.
      for k in 0..<reduced.count {
        let position = (reduced[k].position * 100.0).rounded(.toNearestOrAwayFromZero) / 100.0
        reduced[k] = Landmarks.Point(position, reduced[k].visibility)
      }
      faces[i].landmarks = reduced
    }
  }

  /// Takes away all that a dataset says of the faces, so that only predictions are left.
  mutating func dropAnnotation() {
    faces = []
    dropAnnotatedNative()
  }

  /// Gives the faces a network's poses, as they are in the record's camera.
  ///
  /// Rotations without a camera stay as the network says, relative to the line of sight, as those of
  /// 300W-LP do, unless they are to be turned with it.
  fileprivate mutating func setPredictedPoses(_ poses: [NetworkPose?], turnsWithSight: Bool) {
    guard let camera = camera?.intrinsics, let height = image.height else { return }
    for (i, pose) in poses.enumerated() {
      let (extrinsics, frame): (Extrinsics, HeadPose.Frame)
      switch pose {
      case .weakPerspective(let pose):
        extrinsics = pose.lifted(to: camera, imageHeight: height, turnsWithSight: turnsWithSight)
        frame = .bfm
      case .perspective(let pose, let said): (extrinsics, frame) = (pose, said)
      case nil: continue
      }
      faces[i].pose = HeadPose(
        rotationVector: extrinsics.rotation.rotationVector, translation: extrinsics.translation,
        frame: frame, scale: .assumed, provenance: .prediction)
    }
  }

  mutating func markPosesAsPredicted() {
    for i in faces.indices { faces[i].pose?.provenance = .prediction }
  }
}
