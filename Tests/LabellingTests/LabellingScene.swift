import Geometry
import Labelling
import Schema

/// A face whose pose is known, as landmarks of an image.
struct LabellingScene {
  var width = 640
  var height = 480
  var pose: Extrinsics
  var face: Face

  /// - Parameter rotationVector: in radians.
  init(
    rotationVector: SIMD3<Double>, translation: SIMD3<Double>, model: FaceModel = .bfmFivePoints
  ) {
    pose = Extrinsics(
      rotation: Rotation(rotationVector: rotationVector), translation: translation)
    face = Face(box: BoundingBox(left: 100, top: 100, right: 200, bottom: 220))
    let camera = Intrinsics.widthPlusHeight(width, height)
    let pose = pose
    face.landmarks = Landmarks(
      layout: model.layout,
      points: model.points.map {
        Landmarks.Point(camera.projection(of: pose.applied(to: $0)))
      })
  }

  /// A record of this face alone, with the camera that img2pose assumes.
  var record: ImageRecord {
    var image = ImageReference(path: "a/b.jpg")
    (image.width, image.height) = (width, height)
    return ImageRecord(
      source: RecordSource(dataset: "wider-face", file: "label.txt", line: 7), image: image,
      camera: CameraChoice.widthPlusHeight.camera(for: image), faces: [face])
  }

  static let frontal = LabellingScene(rotationVector: .zero, translation: [0.1, -0.05, 1.2])
}

extension Landmarks {
  /// Five points as those of AFLW's 21 that hold them; the others are missing.
  var inAFLW: Landmarks {
    var points = Landmarks(layout: .aflw21)
    for (i, places) in Layout.aflw21.fivePointSources.enumerated() { points[places[0]] = self[i] }
    return points
  }
}
