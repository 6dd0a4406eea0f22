import Geometry
import Schema

@testable import Evaluation

/// A pose with these angles in degrees and a translation in metres.
func pose(
  _ convention: EulerConvention = .aflw, pitch: Double = 0, yaw: Double = 0, roll: Double = 0,
  at translation: SIMD3<Double> = [0, 0, 1]
) -> Extrinsics {
  Extrinsics(
    rotation: convention.rotation(of: .degrees(pitch: pitch, yaw: yaw, roll: roll)),
    translation: translation)
}

/// The rows of all faces by name.
func rows(
  _ method: EvaluationProtocol, _ samples: [FaceSample], triangles: [SIMD3<Int32>]? = nil
) -> [String: EvaluationReport.Row] {
  var evaluation = PoseEvaluation(method, triangles: triangles)
  for sample in samples { evaluation.add(sample) }
  return Dictionary(uniqueKeysWithValues: evaluation.groups()[0].rows.map { ($0.name, $0) })
}

/// An image whose faces have these boxes (left, top, right, bottom) and scores.
func image(_ faces: [(box: [Double], score: Double?)], width: Int? = 640, height: Int? = 480)
  -> ImageRecord
{
  var record = ImageRecord(
    source: RecordSource(dataset: "made"), image: ImageReference(path: "a.jpg"))
  (record.image.width, record.image.height) = (width, height)
  record.faces = faces.map { box, score in
    var face = Face(
      box: BoundingBox(left: box[0], top: box[1], right: box[2], bottom: box[3]))
    face.attributes.score = score
    return face
  }
  return record
}

extension Double {
  func isNear(_ other: Double, within tolerance: Double = 1e-9) -> Bool {
    (self - other).magnitude <= tolerance
  }
}
