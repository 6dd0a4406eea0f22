/// A place in a file.
public struct SourceLocation: Sendable, Equatable {
  /// The annotation file's name without its folder, so that messages do not depend on where a dataset is.
  public var file: String
  /// 1-based; nil for the whole file.
  public var line: Int?

  /// From a file's name, and a line where one is meant.
  public init(file: String, line: Int? = nil) {
    self.file = file
    self.line = line
  }

  /// The last component of a path.
  public static func fileName(of path: String) -> String {
    let slash = UInt8(ascii: "/")
    guard let last = path.utf8.lastIndex(where: { $0 != slash }) else { return path }
    let whole = path[...last]
    return whole.utf8.lastIndex(of: slash).map { String(whole[whole.index(after: $0)...]) }
      ?? String(whole)
  }
}

/// A fault of one image or record. Issues are counted and written to `PREFIX.issues.jsonl`, never thrown.
public struct RecordIssue: Sendable, Equatable {
  /// An error means that an image, record or face could not be used. With a warning it was kept and flagged, or
  /// the dataset itself intends it to be left out.
  public enum Severity: String, Sendable { case error, warning }

  /// The kinds of issues. The raw value is the stable name in files and messages.
  public enum Code: String, Sendable, CaseIterable {
    /// A line of an annotation file that cannot be read.
    case malformedLine = "malformed-line"
    /// A line or file of records that cannot be read.
    case malformedRecord = "malformed-record"
    /// A file that cannot be read at all.
    case unreadableFile = "unreadable-file"
    /// An image path that leads out of its folder, or cannot be used at all (`ImagePathVerdict`).
    case unsafePath = "unsafe-path"
    /// A file name that is not UTF-8.
    case pathNotUTF8 = "path-not-utf-8"
    /// An image without its annotation file.
    case missingAnnotation = "missing-annotation"
    /// An image that is not there.
    case missingImage = "missing-image"
    /// The calibration that a dataset has for its images is not there, or cannot be used.
    case missingCamera = "missing-camera"
    /// A pose that a dataset has for its faces is not there, or cannot be used.
    case missingPose = "missing-pose"
    /// An image or record of the truth without a prediction.
    case missingPrediction = "missing-prediction"
    /// A prediction without an image or record of the truth.
    case unmatchedPrediction = "unmatched-prediction"
    /// A face of the truth that no detection fits.
    case undetectedFace = "undetected-face"
    /// An image file of 0 bytes.
    case emptyImage = "empty-image"
    /// A file that begins neither as JPEG nor as PNG.
    case notAnImage = "not-an-image"
    /// An image file that ends before its image does.
    case truncatedImage = "truncated-image"
    /// An image file that the system cannot read.
    case unreadableImage = "unreadable-image"
    /// An image file with more bytes than the run allows.
    case oversizedImage = "oversized-image"
    /// An image with more pixels than the run allows.
    case tooManyPixels = "too-many-pixels"
    /// An image of another size than its record says.
    case changedImage = "changed-image"
    /// A link to nothing.
    case brokenLink = "broken-link"
    /// A link to a folder that was visited already.
    case linkCycle = "link-cycle"
    /// Images of a format that is not read.
    case unreadFormat = "unread-format"
    /// A box without area.
    case degenerateBox = "degenerate-box"
    /// A box whose centre is outside of the image.
    case boxOutsideImage = "box-outside-image"
    /// Landmarks of a wrong number, or that are not finite.
    case badLandmark = "bad-landmark"
    /// Landmarks that cannot be used, so that poorer ones take their place.
    case unusableLandmarks = "unusable-landmarks"
    /// Annotations of one image or face that contradict each other; one of them is used.
    case conflictingAnnotation = "conflicting-annotation"
    /// An array of a source file that cannot be read.
    case unreadableArray = "unreadable-array"
    /// An EXIF orientation other than upright, which is not applied.
    case exifOrientation = "exif-orientation"
    /// An image path with a space, which img2pose's lists cannot hold.
    case pathWithSpace = "path-with-space"
    /// A second entry or record of one image, which is not used.
    case duplicateRecord = "duplicate-record"
    /// Records of several ids that name one image.
    case sharedImagePath = "shared-image-path"
    /// Several entries of one image in one file were merged into one record.
    case mergedEntries = "merged-entries"
    /// An image that is in none of the given lists.
    case unlistedImage = "unlisted-image"
    /// A name that is in several lists, or fits several images.
    case conflictingList = "conflicting-list"
    /// A group of images that lists put into different parts.
    case crossingGroup = "crossing-group"
    /// Fewer records than were asked for.
    case tooFewRecords = "too-few-records"
    /// A part whose size differs from what was asked for.
    case unevenSplit = "uneven-split"
    /// Poses in several object frames.
    case mixedFrames = "mixed-frames"
    /// Names of sides that mean the image's left in some faces and the person's in others.
    case mixedSides = "mixed-sides"
    /// Names of points that mean none of a layout's, so that the points stay under `native` alone.
    case unmappedPoints = "unmapped-points"
    /// Annotations that are not of faces, or of a shape that records do not hold.
    case otherAnnotations = "other-annotations"
    /// Image paths from the root of a system, or URLs, of which only a relative path is kept.
    case absolutePath = "absolute-path"
    /// Lines that end with CR LF.
    case windowsLineEnds = "windows-line-ends"
    /// A byte order mark at the beginning of a file.
    case byteOrderMark = "byte-order-mark"

    /// Fixed for each kind.
    public var severity: Severity {
      switch self {
      case .malformedLine, .malformedRecord, .unreadableFile, .unsafePath, .pathNotUTF8,
        .missingAnnotation,
        .missingImage, .missingCamera, .missingPrediction, .unmatchedPrediction, .emptyImage,
        .notAnImage, .truncatedImage, .unreadableImage, .oversizedImage, .tooManyPixels,
        .changedImage, .brokenLink, .duplicateRecord, .unlistedImage, .conflictingList,
        .crossingGroup:
        .error
      case .missingPose, .undetectedFace, .degenerateBox, .boxOutsideImage, .badLandmark,
        .unusableLandmarks, .conflictingAnnotation, .unreadableArray, .exifOrientation,
        .unreadFormat, .pathWithSpace, .mergedEntries, .sharedImagePath, .tooFewRecords,
        .unevenSplit, .mixedFrames,
        .mixedSides, .unmappedPoints, .otherAnnotations, .linkCycle, .absolutePath,
        .windowsLineEnds, .byteOrderMark:
        .warning
      }
    }
  }

  /// The kind of issue.
  public var code: Code
  /// Where it is.
  public var location: SourceLocation
  /// "what: expected X, found Y".
  public var detail: String

  /// From its parts.
  public init(_ code: Code, at location: SourceLocation, _ detail: String) {
    self.code = code
    self.location = location
    self.detail = detail
  }

  /// That of its kind.
  public var severity: Severity { code.severity }

  /// Writes one line of `PREFIX.issues.jsonl`.
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.key("severity")
      $0.value(severity.rawValue)
      $0.key("code")
      $0.value(code.rawValue)
      $0.key("file")
      $0.value(location.file)
      $0.key("line")
      if let line = location.line { $0.value(line) } else { $0.null() }
      $0.key("detail")
      $0.value(detail)
    }
    writer.endLine()
  }
}

extension RecordIssue: CustomStringConvertible {
  public var description: String { "\(location): \(detail)" }
}

extension SourceLocation: CustomStringConvertible {
  public var description: String { line.map { "\(file):\($0)" } ?? file }
}

/// What a source found at one place: a record or none, and the issues there.
public struct Outcome: Sendable {
  /// nil where no record could be read.
  public var record: ImageRecord?
  /// In the order in which they were found.
  public var issues: [RecordIssue]
  /// Whether there is no record only because the chosen protocol leaves the image out.
  public var isOutsideProtocol: Bool
  /// Whether it is of an image, and not only of the source as a whole.
  public private(set) var isImage = true
  /// The image's path as the source has it, where that is absolute and was made relative by dropping its root alone.
  public var absolutePath: String?
  /// The image's URL where the source names it by one, and a path was made of it.
  public var address: String?
  /// The image file's bytes, where the source itself contains them.
  public var image: [UInt8]?
  /// The number of the input that it comes from, from 0.
  public var input = 0

  /// An outcome without image bytes, of the first input.
  public init(
    record: ImageRecord?, issues: [RecordIssue] = [], isOutsideProtocol: Bool = false
  ) {
    self.record = record
    self.issues = issues
    self.isOutsideProtocol = isOutsideProtocol
  }

  /// What is said of a source as a whole, which belongs to no image.
  public static func notes(_ issues: [RecordIssue]) -> Outcome {
    var outcome = Outcome(record: nil, issues: issues)
    outcome.isImage = false
    return outcome
  }
}

/// An image's outcome that was read already, or is still to be read. That can be done on any thread.
public enum PendingOutcome: Sendable {
  /// Read already.
  case read(Outcome)
  /// Still to be read, by calling the closure once.
  case deferred(@Sendable () -> Outcome)

  /// The outcome, which is read now where it was deferred.
  public consuming func outcome() -> Outcome {
    switch consume self {
    case .read(let outcome): outcome
    case .deferred(let read): read()
    }
  }
}
