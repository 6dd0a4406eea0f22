public import Geometry
public import Schema

/// What is compared of a face, annotated or predicted.
public struct FaceView: Sendable, Equatable {
  public var box: BoundingBox
  /// The five points of `face-5`, nil for one that is missing; nil where there are none.
  public var points: [SIMD2<Double>?]?
  /// Axis times angle as stored, which may be of any length.
  public var rotationVector: SIMD3<Double>?
  public var frame = HeadPose.Frame.bfm
  /// Whether the rotation was fitted to the landmarks, so that their faults are its own.
  public var isFitted = false
  /// A detector's scores; 1 for annotated faces.
  public var score = 1.0
  public var landmarkScore = 1.0
  /// Whether the annotation itself says that the face is hard to see, or to be left out.
  public var isDoubtful = false

  public init(box: BoundingBox) { self.box = box }

  /// - Parameter isRelativeToSight: whether to take the rotation relative to the line of sight to the face, as
  ///   weak perspective's annotations have it.
  public init(_ face: Face, isRelativeToSight: Bool = false) {
    box = face.box
    if let five = face.landmarks?.fivePoints { points = (0..<5).map(five.position) }
    if let pose = face.pose {
      let extrinsics = pose.extrinsics
      let turns = isRelativeToSight && extrinsics.translation.z > 0
      rotationVector =
        turns ? extrinsics.allocentric.rotation.rotationVector : pose.rotationVector
      frame = pose.frame
      isFitted = pose.provenance == .pnp
    }
    let attributes = face.attributes
    score = attributes.score ?? 1
    landmarkScore = attributes.others.first { $0.name == "landmark_score" }?.value.number ?? 1
    isDoubtful =
      attributes.invalid == true || attributes.ignore == true
      || [attributes.blur, attributes.occlusion, attributes.illumination, attributes.pose]
        .contains { ($0 ?? 0) > 0 }
      || Self.hasHidden(face.landmarks)
  }

  private static func hasHidden(_ landmarks: Landmarks?) -> Bool {
    guard let landmarks else { return false }
    // A face whose landmarks are all missing was given none.
    return landmarks.presentCount > 0
      && (0..<landmarks.count).contains { landmarks[$0].visibility != .visible }
  }

  public var rotation: Rotation? { rotationVector.map(Rotation.init(rotationVector:)) }

  /// The square root of the box's area.
  public var size: Double { max(0, box.width * box.height).squareRoot() }

  func isReliable(_ thresholds: ValidationThresholds) -> Bool {
    score >= thresholds.reliableScore && landmarkScore >= thresholds.reliableLandmarkScore
      && size >= thresholds.reliableSize && points != nil
  }
}

/// An image's annotated and predicted faces.
public struct ImageView: Sendable {
  /// How a report names the image.
  public var path: String
  public var size: SIMD2<Double>
  /// By how much the detector sees the image smaller than it is; at most 1.
  public var scale: Double
  public var labels: [FaceView]
  public var predictions: [FaceView]
  /// Whether the dataset annotates one face an image, whoever else is in it.
  public var hasOneFaceByDesign = false

  public init(
    path: String, size: SIMD2<Double>, scale: Double = 1, labels: [FaceView],
    predictions: [FaceView]
  ) {
    self.path = path
    self.size = size
    self.scale = scale
    self.labels = labels
    self.predictions = predictions
  }

  /// - Parameter detectorSize: the longer side of what the detector is shown.
  public init(labelled: ImageRecord, predicted: ImageRecord, detectorSize: Double) {
    let (width, height) = (Double(labelled.image.width ?? 0), Double(labelled.image.height ?? 0))
    let isWeak = labelled.camera?.provenance == .weakPerspective
    // Where one face was turned to the camera's axis, all were.
    let isEgocentric = labelled.faces.contains {
      $0.attributes.others.contains { $0.name == "egocentric" && $0.value == .boolean(true) }
    }
    let scale = min(1, detectorSize / max(width, height, 1))
    self.init(
      path: labelled.image.path, size: SIMD2(width, height), scale: scale,
      labels: labelled.faces.map { FaceView($0) },
      predictions: predicted.faces.map {
        var face = FaceView($0, isRelativeToSight: isWeak && !isEgocentric)
        face.points = face.points?.map { $0.map { $0 - Self.landmarkBias / scale } }
        return face
      })
    hasOneFaceByDesign =
      ["300w-lp", "aflw2000", "biwi", "arkitface"].contains(labelled.source.dataset)
  }

  /// MTCNN, whose landmarks O-Net's are, cuts a face out from the whole pixel at or before its box and places
  /// landmarks as if it were the box itself: half a pixel too far right and down in the mean.
  private static let landmarkBias = 0.5
}
