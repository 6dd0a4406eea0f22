internal import Geometry
public import Schema

/// Derives poses from landmarks: the mean face fitted in the image's camera.
///
/// It holds the solver's scratch; use one a thread.
public struct PoseLabeller {
  private var solver: LeastSquaresPoseSolver
  private let model: FaceModel

  public init(model: FaceModel = .bfmFivePoints) {
    self.model = model
    solver = LeastSquaresPoseSolver(model: model.points)
  }

  /// The camera to assume for an image whose own is not known.
  public static func assumedCamera(width: Int, height: Int) -> Camera {
    Camera(intrinsics: .widthPlusHeight(width, height), provenance: .assumedWidthPlusHeight)
  }

  /// Fits a pose to each face that has landmarks; an annotated pose stays.
  ///
  /// - Returns: a warning for each face whose landmarks allow no pose; it keeps them and has none.
  /// - Precondition: the record has a camera.
  public mutating func label(_ record: inout ImageRecord) -> [RecordIssue] {
    guard let camera = record.camera?.intrinsics else {
      preconditionFailure("a pose needs a camera; the caller sees to it")
    }
    var issues: [RecordIssue] = []
    for i in record.faces.indices where record.faces[i].pose?.provenance != .annotation {
      guard let landmarks = record.faces[i].landmarks?.fivePoints else { continue }
      if let label = label(landmarks, camera) {
        (record.faces[i].pose, record.faces[i].fit) = label
      } else {
        (record.faces[i].pose, record.faces[i].fit) = (nil, nil)
        issues.append(unusable(landmarks, face: i, of: record))
      }
    }
    return issues
  }

  private mutating func label(_ landmarks: Landmarks, _ camera: Intrinsics) -> (
    HeadPose, FitQuality
  )? {
    let fit = solver.fit(landmarkCount: landmarks.count, camera: camera) { landmarks.position($0) }
    guard let fit else { return nil }
    let pose = HeadPose(
      rotationVector: fit.extrinsics.rotation.rotationVector,
      translation: fit.extrinsics.translation)
    let distance = camera.focalLength.x * model.interocularDistance / fit.extrinsics.translation.z
    let quality = FitQuality(
      solver: .leastSquares, points: fit.points, reprojectionError: fit.reprojectionError,
      interocularDistance: distance, flags: fit.points < landmarks.count ? [.fewPoints] : [])
    return (pose, quality)
  }

  private func unusable(_ landmarks: Landmarks, face: Int, of record: ImageRecord) -> RecordIssue {
    let found =
      landmarks.presentCount < LeastSquaresPoseSolver.minimumPoints
      ? "\(landmarks.presentCount)" : "points in one place or behind the camera"
    return RecordIssue(
      .unusableLandmarks, at: record.location(ofFace: face),
      "face \(face + 1), landmarks: expected at least 4 that determine a pose, found \(found)")
  }
}
