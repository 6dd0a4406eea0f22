public import Schema

/// Looks for faults in one record. It may be used on any thread. What only many records show is in
/// `DatasetCheck`.
public struct RecordChecker: Sendable {
  /// The limits of the checks.
  public let thresholds: CheckThresholds
  /// The five points of the mean face in metres (`Landmarks.Layout.face5`, object axes, origin of the frame
  /// `bfm`), for comparing poses with landmarks.
  let faceModel: [SIMD3<Double>]

  /// - Parameters:
  ///   - thresholds: the limits of the checks.
  ///   - faceModel: the five points of the mean face in metres, in the order of `face-5` and the axes of frame `bfm`.
  public init(thresholds: CheckThresholds = CheckThresholds(), faceModel: [SIMD3<Double>]) {
    precondition(faceModel.count == 5, "one point for each landmark of face-5")
    self.thresholds = thresholds
    self.faceModel = faceModel
  }

  /// Codes of readers' issues whose faults are visible in the record itself, which also knows the face. The
  /// record's findings then stand for both.
  public static let codesFoundInRecords: Set<RecordIssue.Code> = [.degenerateBox, .boxOutsideImage]

  /// The faults of the record, including its readers' issues.
  public func findings(in record: ImageRecord, issues: [RecordIssue] = []) -> [Finding] {
    var found = FindingCollector(record)
    for issue in issues where !Self.codesFoundInRecords.contains(issue.code) {
      found.add(Finding(issue, in: record))
    }
    if record.faces.isEmpty {
      found.add(.imageWithoutFaces, "faces: expected at least one, found none")
    }
    checkDuplicates(&found)
    for index in record.faces.indices {
      let face = record.faces[index]
      checkBox(of: face, index, &found)
      var points: FivePoints?
      if let landmarks = face.landmarks {
        points = FivePoints(landmarks)
        checkVisibility(landmarks, index, &found)
        checkLandmarks(landmarks, points, of: face, index, &found)
      }
      if let pose = face.pose { checkPose(pose, points, of: face, index, &found) }
    }
    return found.findings
  }
}
