import Checks
import Geometry
import Labelling
import Schema
import TestSupport

/// A record of one face that no check finds fault with: the mean face at a depth of one metre in an image of
/// 640 x 480, with its five points, box and pose.
enum CheckedFace {
  static let camera = Intrinsics.widthPlusHeight(640, 480)

  static func record(
    rotation: SIMD3<Double> = [0.1, 0.2, 0.05], change: (inout ImageRecord) -> Void = { _ in }
  ) -> ImageRecord {
    let pose = HeadPose(rotationVector: rotation, translation: [0.02, -0.01, 1])
    let points = FaceModel.bfmFivePoints.points.map {
      camera.projection(of: pose.motion.applied(to: $0))
    }
    let centre = camera.projection(of: pose.place)
    var face = Face(
      box: BoundingBox(
        left: centre.x - 90, top: centre.y - 110, right: centre.x + 90, bottom: centre.y + 110))
    face.landmarks = Landmarks(layout: .face5, points: points.map { Landmarks.Point($0) })
    face.pose = pose
    face.fit = FitQuality(
      solver: .leastSquares, points: 5, reprojectionError: 1, interocularDistance: 70)
    var record = ImageRecord(
      source: RecordSource(dataset: "test", file: "faces.txt", line: 7),
      image: ImageReference(path: "a/b.jpg"),
      camera: Camera(intrinsics: camera, provenance: .assumedWidthPlusHeight), faces: [face])
    (record.image.width, record.image.height) = (640, 480)
    change(&record)
    return record
  }

  static let checker = RecordChecker(faceModel: FaceModel.bfmFivePoints.points)

  /// The ids of what is found, in order.
  static func ids(_ change: (inout ImageRecord) -> Void = { _ in }) -> [String] {
    checker.findings(in: record(change: change)).map(\.check.id)
  }
}
