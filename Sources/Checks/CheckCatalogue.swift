public import Schema

/// All that `sixdof check` looks for.
///
/// A check is declared in the file of the code that looks for it; the checks of readers are in
/// `CheckCatalogue+Issues`. This is the list of all checks, in the order in which they are shown.
public enum CheckCatalogue {
  /// Every check, in the order in which they are shown.
  public static let all: [Check] =
    SourceChecks.all + reading + imageFiles + pixels + boxes + landmarks + visibility + poses
    + dataset + records
    + Check.shards

  static let boxes: [Check] = [
    .imageWithoutFaces, .invalidFace, .degenerateBox, .boxOutsideImage, .boxPartlyOutsideImage,
    .duplicateBox, .boxLargerThanLandmarks, .boxSmallerThanLandmarks,
  ]
  static let landmarks: [Check] = [
    .landmarksOutsideBox, .landmarksOutsideImage, .coincidentLandmarks, .collinearLandmarks,
    .mirroredLandmarks, .landmarkOrder,
  ]
  static let visibility: [Check] = [.noLandmarkPresent, .visibleOutsideImage]
  static let poses: [Check] = [
    .poseNotFinite, .poseBehindCamera, .implausibleDepth, .poseAgainstLandmarks, .poseAgainstBox,
    .largeResidual, .angleBeyondProtocol,
  ]
  static let dataset: [Check] = [.residualOutlier, .integerLandmarks, .yawBalance]

  static let pixels: [Check] = [.undecodableImage, .damagedImage, .unusualPixels]
  static let records: [Check] = [
    .photoInTwoSplits, .subjectInTwoSplits, .sequenceInTwoSplits, .sharedLandmarks,
    .unmirroredFlip, .duplicateImage, .duplicateAcrossSplits, .nearDuplicate,
    .nearDuplicateAcrossSplits,
  ]

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

  /// The check of an id; nil where there is none.
  public static func check(id: String) -> Check? { byID[id] }

  /// The check whose finding a reader's issue is. For codes of other commands, which compare predictions or
  /// draw splits, a check without a real explanation is made.
  public static func check(for code: RecordIssue.Code) -> Check {
    byID[code.rawValue]
      ?? Check(
        code.rawValue, code.severity == .error ? .error : .warning,
        code.rawValue.replacing("-", with: " "), "Found by another command.")
  }
}

extension Check {
  /// A check for a fault that readers report too, under the same id.
  init(
    _ code: RecordIssue.Code, _ severity: Severity, _ title: String, threshold: String? = nil,
    _ explanation: String
  ) {
    self.init(code.rawValue, severity, title, threshold: threshold, explanation)
  }
}

extension Finding {
  /// The finding of a reader.
  ///
  /// - Parameters:
  ///   - issue: what the reader found.
  ///   - record: the record that was made nevertheless; nil where there is none.
  public init(_ issue: RecordIssue, in record: ImageRecord?) {
    self.init(
      CheckCatalogue.check(for: issue.code), at: issue.location, record: record?.id, issue.detail)
  }
}
