public import Schema

/// A run that cannot go on, for a reason that lies in its input or in how it was asked for.
public struct RunFailure: Error, CustomStringConvertible {
  /// Whose fault it is.
  public enum Reason: Sendable {
    /// What was read is wrong.
    case input
    /// The run was asked for in a way that cannot be.
    case call
  }

  /// What would help. A front end says it in its own terms.
  public enum Remedy: Sendable, Equatable {
    /// Give the folder or archive of images when the records are made, so that cameras are known.
    case imagesForCamera
    /// Bring all poses to one object frame.
    case oneFrame
    /// Write whole records, which hold images without poses too.
    case wholeRecords
    /// Say which of the records of one id is kept.
    case chooseDuplicate
    /// Write what the form can hold, and leave the rest out.
    case allowLosses
    /// Name the folder or archive of the images that records refer to.
    case nameImages
    /// Name the dataset's folder, which holds what records only refer to.
    case nameSource
    /// Name the folder of ARKitFace's mesh tables.
    case nameMeshTables
    /// Give the size of the image, from which a camera follows.
    case nameImageSize
    /// Label the records, which gives faces their poses.
    case labelFirst
    /// Fit annotated poses anew, in another camera.
    case fitAnew
    /// Place poses of angles alone by their landmarks.
    case placeAngles
    /// Find faces in images.
    case findFaces
    /// Have landmarks placed in the boxes that there are.
    case placeLandmarks
    /// Gather samples into one LMDB.
    case oneLMDB
    /// Name a face model that was learnt from landmarks.
    case calibratedFace
    /// Read angles in this convention.
    case nameConvention(String)
  }

  /// "place: what: expected X, found Y".
  public let description: String
  /// Whose fault it is.
  public let reason: Reason
  /// What would help; nil where the text says all.
  public let remedy: Remedy?

  /// A failure of the input unless the call is at fault.
  public init(_ description: String, reason: Reason = .input, remedy: Remedy? = nil) {
    (self.description, self.reason, self.remedy) = (description, reason, remedy)
  }
}

/// A run that was to stop at the first issue met one.
public struct StrictStop: Error {
  /// "place: what: expected X, found Y".
  public let text: String

  init(issue: RecordIssue) { text = "\(issue)" }

  /// For the finding that was met first.
  public init(finding: Finding) { text = "\(finding.location): \(finding.detail)" }
}
