public import Geometry
public import Schema

/// The parts of a face, annotated or predicted, that are compared.
public struct FaceView: Sendable, Equatable {
  /// In pixels of the stored image.
  public var box: BoundingBox
  /// The five points of `face-5` in pixels, nil for a missing point; nil where there are no landmarks.
  public var points: [SIMD2<Double>?]?
  /// Axis times angle in radians, as stored; the angle may exceed a full turn.
  public var rotationVector: SIMD3<Double>?
  /// The object frame of the rotation.
  public var frame = HeadPose.Frame.bfm
  /// Whether the rotation was fitted to the landmarks, so that it shares their faults.
  public var isFitted = false
  /// The face detector's score; 1 for annotated faces.
  public var score = 1.0
  /// The landmarker's score; 1 for annotated faces.
  public var landmarkScore = 1.0
  /// Whether the annotation itself says that the face is hard to see, or is to be ignored.
  public var isDoubtful = false

  /// A face with a box only.
  public init(box: BoundingBox) { self.box = box }

  /// The compared parts of a record's face.
  ///
  /// - Parameters:
  ///   - face: in pixels of the image.
  ///   - isRelativeToSight: whether to convert the rotation to one relative to the line of sight to the face, as
  ///     annotations in weak perspective are.
  public init(_ face: Face, isRelativeToSight: Bool = false) {
    box = face.box
    if let five = face.landmarks?.fivePoints { points = (0..<5).map(five.position) }
    if let pose = face.pose {
      let seen = isRelativeToSight ? pose.extrinsics : nil
      rotationVector = pose.rotationVector
      if let seen, seen.translation.z > 0 {
        rotationVector = seen.allocentric.rotation.rotationVector
      }
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
    // If all landmarks are missing, the face was not annotated with any, which says nothing about hidden ones.
    return landmarks.presentCount > 0
      && (0..<landmarks.count).contains { landmarks[$0].visibility != .visible }
  }

  /// From the object's frame to the camera; nil without a pose.
  public var rotation: Rotation? { rotationVector.map(Rotation.init(rotationVector:)) }

  /// The square root of the box's area, in pixels.
  public var size: Double { max(0, box.width * box.height).squareRoot() }

  func isReliable(_ thresholds: ValidationThresholds) -> Bool {
    score >= thresholds.reliableScore && landmarkScore >= thresholds.reliableLandmarkScore
      && size >= thresholds.reliableSize && points != nil
  }
}

/// An image's annotated and predicted faces.
public struct ImageView: Sendable {
  /// The image's name in reports.
  public var path: String
  /// Width and height in pixels.
  public var size: SIMD2<Double>
  /// The size at which the detector sees the image, divided by the image's own size; at most 1.
  public var scale: Double
  /// The annotated faces.
  public var labels: [FaceView]
  /// The predicted faces.
  public var predictions: [FaceView]
  /// Whether the dataset annotates only one face in each image, even if there are others.
  public var hasOneFaceByDesign = false

  /// An image of a dataset that annotates all faces.
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

  /// The same image's records, annotated and predicted. The half pixel by which O-Net misplaces landmarks is
  /// taken off.
  ///
  /// - Parameters:
  ///   - labelled: as annotated.
  ///   - predicted: as the networks found it.
  ///   - detectorSize: the longer side, in pixels, of the image that the detector is shown.
  ///   - hasOneFaceByDesign: whether the dataset annotates one face an image, whatever else it shows.
  public init(
    labelled: ImageRecord, predicted: ImageRecord, detectorSize: Double, hasOneFaceByDesign: Bool
  ) {
    let (width, height) = (Double(labelled.image.width ?? 0), Double(labelled.image.height ?? 0))
    let isWeak = labelled.camera?.provenance == .weakPerspective
    // If one face's rotation is relative to the camera's axis, all are.
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
    self.hasOneFaceByDesign = hasOneFaceByDesign
  }

  /// MTCNN, whose network O-Net is, cuts a face out from the whole pixel at or before its box, but places landmarks
  /// as if it had cut at the box itself. That is on average half a pixel too far right and down.
  private static let landmarkBias = 0.5
}
