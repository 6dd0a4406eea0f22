internal import Codecs
internal import Datasets
internal import Geometry
public import Inference
internal import Labelling
internal import Schema

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

  /// By the reference networks unless others are named.
  public init(
    models: ReferenceInference, search: FaceSearch, detector: UserModel? = nil,
    network: UserModel? = nil, usesAnnotatedFaces: Bool = false
  ) {
    (self.models, self.search, self.detector) = (models, search, detector)
    (self.network, self.usesAnnotatedFaces) = (network, usesAnnotatedFaces)
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
    if isShowingAnnotatedFaces { record.native = nil }
    record.setPredictedPoses(found.map(\.pose))
  }
}

extension ImageRecord {
  /// Takes away all that a dataset says of the faces, so that only predictions are left.
  mutating func dropAnnotation() {
    faces = []
    native = nil
  }

  /// Gives the faces a network's poses, as they are in the record's camera.
  ///
  /// Rotations without a camera stay as the network says, relative to the line of sight, as those of
  /// 300W-LP do.
  fileprivate mutating func setPredictedPoses(_ poses: [NetworkPose?]) {
    guard let camera = camera?.intrinsics, let height = image.height else { return }
    for (i, pose) in poses.enumerated() {
      let (extrinsics, frame): (Extrinsics, HeadPose.Frame)
      switch pose {
      case .weakPerspective(let pose):
        (extrinsics, frame) = (pose.lifted(to: camera, imageHeight: height), .bfm)
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
