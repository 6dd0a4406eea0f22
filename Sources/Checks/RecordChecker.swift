public import Schema

/// Looks for what is wrong with one record, on any thread; what only many records show is in
/// `DatasetCheck`.
public struct RecordChecker: Sendable {
  public let thresholds: CheckThresholds
  /// The five points of the mean face in metres (`Landmarks.Layout.face5`, object axes, origin of the frame
  /// `bfm`), for poses to be held against landmarks.
  let faceModel: [SIMD3<Double>]

  /// - Parameter faceModel: five points.
  public init(thresholds: CheckThresholds = CheckThresholds(), faceModel: [SIMD3<Double>]) {
    precondition(faceModel.count == 5, "one point for each landmark of face-5")
    self.thresholds = thresholds
    self.faceModel = faceModel
  }

  /// Codes of readers' issues that the record itself shows, with the face that has them: these findings stand
  /// for both.
  public static let codesFoundInRecords: Set<RecordIssue.Code> = [.degenerateBox, .boxOutsideImage]

  /// What is wrong with the record, its readers' issues included.
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
