internal import Codecs
internal import Datasets
internal import Evaluation
internal import Geometry
internal import Schema

/// Detections from a folder of WIDER FACE's text files, or from records.
enum WiderPredictions {
  case texts(WiderPredictionFolder)
  case records(PredictionIndex)

  init(path: String, pairing: PredictionIndex.Pairing, findings: inout Findings) throws {
    if try InputKind(path: path) == .tree {
      self = .texts(try WiderPredictionFolder(path: path, findings: &findings))
    } else {
      self = .records(try PredictionIndex(path: path, pairing: pairing, findings: &findings))
    }
  }

  /// How images were paired, for the report.
  var description: String {
    switch self {
    case .texts(let folder): "paired by event and image name \(folder.paired)"
    case .records(let index): index.description
    }
  }

  var pairedCount: Int {
    switch self {
    case .texts(let folder): folder.paired
    case .records(let index): index.pairedByID + index.pairedOtherwise
    }
  }

  mutating func detections(
    for image: ImageRecord, findings: inout Findings
  ) throws -> [ScoredBox]? {
    switch self {
    case .texts(var folder):
      defer { self = .texts(folder) }
      return try folder.detections(for: image, findings: &findings)
    case .records(var index):
      defer { self = .records(index) }
      guard let record = try index.prediction(for: image, findings: &findings) else { return nil }
      var detections: [ScoredBox] = []
      for (i, face) in record.faces.enumerated() {
        guard let score = face.attributes.score else {
          try findings.add(
            RecordIssue(
              .malformedRecord, at: record.location(ofFace: i),
              "face \(i + 1): expected attributes.score, found none; it is left out"))
          continue
        }
        detections.append(ScoredBox(box: face.box, score: score))
      }
      return detections
    }
  }

  func reportUnused(_ findings: inout Findings) throws {
    switch self {
    case .texts(let folder): try folder.reportUnused(&findings)
    case .records(let index): try index.reportUnused(&findings)
    }
  }
}
