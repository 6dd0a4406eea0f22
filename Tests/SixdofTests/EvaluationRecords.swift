import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

/// A record of one image with one face, or none.
func evaluationRecord(
  _ id: String, path: String? = nil, yaw: Double? = 0, box: [Double] = [10, 10, 50, 60],
  score: Double? = nil, levels: (Bool, Bool, Bool)? = nil
) -> ImageRecord {
  var record = ImageRecord(
    id: id, source: RecordSource(dataset: "made"),
    image: ImageReference(path: path ?? "\(id).jpg"))
  var face = Face(
    box: BoundingBox(left: box[0], top: box[1], right: box[2], bottom: box[3]))
  if let yaw {
    face.pose = HeadPose(
      rotationVector: [0, yaw * .pi / 180, 0], translation: [0, 0, 1], frame: .arkit,
      scale: .measured, provenance: .annotation)
  }
  face.attributes.score = score
  (face.attributes.easy, face.attributes.medium, face.attributes.hard) =
    levels.map { ($0, $1, $2) } ?? (nil, nil, nil)
  record.faces = [face]
  return record
}

func writeRecords(_ records: [ImageRecord], to path: String) throws {
  var writer = JSONWriter()
  for record in records { record.write(to: &writer) }
  try Data(writer.bytes).write(to: URL(fileURLWithPath: path))
}

/// Runs in a folder with `predictions.jsonl` and `truth.jsonl`.
func evaluate(
  _ predictions: [ImageRecord], _ truth: [ImageRecord], _ options: [String] = [],
  method: String = "trg"
) throws -> Program.Outcome {
  try withTemporaryDirectory { folder in
    try writeRecords(predictions, to: folder + "/predictions.jsonl")
    try writeRecords(truth, to: folder + "/truth.jsonl")
    return try Program.run(
      ["evaluate", "predictions.jsonl", "--truth", "truth.jsonl", "--protocol", method] + options,
      in: folder)
  }
}

/// The value of a metric over all faces of a report in JSON.
func evaluatedMetric(
  _ name: String, _ variant: String = "correct", in outcome: Program.Outcome
) throws -> Double? {
  let report = try JSONParser.value(of: outcome.output)
  let metrics = try #require(report["groups"]?.elements?.first?["metrics"]?.elements)
  return metrics.first { $0["name"]?.text == name }?[variant]?["value"]?.number
}
