internal import Codecs
internal import Inference
internal import Schema

/// How a run finds the faces of its images.
struct InferencePlan: Sendable {
  var models: ReferenceInference
  var search: FaceSearch
}

extension PreparationWorker {
  /// Puts the faces found in an image into its record.
  ///
  /// - Returns: false where the image cannot be decoded, which is an issue.
  func predict(
    _ record: inout ImageRecord, _ image: StoredImage, _ predictor: FacePredictor,
    _ result: inout PreparedImage
  ) throws -> Bool {
    do {
      record.faces = try image.bytes().withUnsafeBytes(predictor.faces(inFile:))
      return true
    } catch let error as ImageError {
      result.issues.append(
        RecordIssue(
          RecordIssue.Code(error.reason), at: record.location,
          "image '\(record.image.path)': \(error)"))
      return false
    }
  }
}

extension ImageRecord {
  /// Takes away all that a dataset says of the faces, so that only predictions are left.
  mutating func dropAnnotation() {
    faces = []
    native = nil
  }

  /// Without what only the source's own form needs.
  var withoutNative: ImageRecord {
    var record = self
    record.native = nil
    for i in record.faces.indices { record.faces[i].native = nil }
    return record
  }

  mutating func markPosesAsPredicted() {
    for i in faces.indices { faces[i].pose?.provenance = .prediction }
  }
}
