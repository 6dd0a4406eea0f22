/// A place in a file.
public struct SourceLocation: Sendable, Equatable {
  /// The annotation file's name without its folder, so that messages do not depend on where a dataset
  /// lies.
  public var file: String
  /// 1-based; nil where the whole file is meant.
  public var line: Int?

  public init(file: String, line: Int? = nil) {
    self.file = file
    self.line = line
  }

  /// The last component of a path.
  public static func fileName(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

/// Something wrong with one image or record: counted, written to `PREFIX.issues.jsonl`, never thrown.
public struct RecordIssue: Sendable, Equatable {
  /// An error means that an image, record or face could not be used; with a warning it was kept and
  /// flagged, or the dataset itself means it to be left out.
  public enum Severity: String, Sendable { case error, warning }

  public enum Code: String, Sendable, CaseIterable {
    case malformedLine = "malformed-line"
    case malformedRecord = "malformed-record"
    case unreadableFile = "unreadable-file"
    case unsafePath = "unsafe-path"
    case pathNotUTF8 = "path-not-utf-8"
    case missingAnnotation = "missing-annotation"
    case missingImage = "missing-image"
    case missingCamera = "missing-camera"
    case missingPose = "missing-pose"
    case missingPrediction = "missing-prediction"
    case unmatchedPrediction = "unmatched-prediction"
    case undetectedFace = "undetected-face"
    case emptyImage = "empty-image"
    case notAnImage = "not-an-image"
    case truncatedImage = "truncated-image"
    case unreadableImage = "unreadable-image"
    case oversizedImage = "oversized-image"
    case tooManyPixels = "too-many-pixels"
    case changedImage = "changed-image"
    case brokenLink = "broken-link"
    case linkCycle = "link-cycle"
    case unreadFormat = "unread-format"
    case degenerateBox = "degenerate-box"
    case boxOutsideImage = "box-outside-image"
    case badLandmark = "bad-landmark"
    case unusableLandmarks = "unusable-landmarks"
    case conflictingAnnotation = "conflicting-annotation"
    case unreadableArray = "unreadable-array"
    case exifOrientation = "exif-orientation"
    case pathWithSpace = "path-with-space"
    case duplicateRecord = "duplicate-record"
    /// Entries of one image in one file, which were made one record.
    case mergedEntries = "merged-entries"
    case unlistedImage = "unlisted-image"
    case conflictingList = "conflicting-list"
    case crossingGroup = "crossing-group"
    case tooFewRecords = "too-few-records"
    case unevenSplit = "uneven-split"
    case mixedFrames = "mixed-frames"
    case windowsLineEnds = "windows-line-ends"
    case byteOrderMark = "byte-order-mark"

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
        .unreadFormat, .pathWithSpace, .mergedEntries, .tooFewRecords, .unevenSplit, .mixedFrames,
        .linkCycle, .windowsLineEnds, .byteOrderMark:
        .warning
      }
    }
  }

  public var code: Code
  public var location: SourceLocation
  /// "what: expected X, found Y".
  public var detail: String

  public init(_ code: Code, at location: SourceLocation, _ detail: String) {
    self.code = code
    self.location = location
    self.detail = detail
  }

  public var severity: Severity { code.severity }

  /// One object of `PREFIX.issues.jsonl`.
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

/// What a source found at one place: a record, or none, and what was wrong there.
public struct Outcome: Sendable {
  public var record: ImageRecord?
  public var issues: [RecordIssue]
  /// Whether there is no record only because the protocol that was asked for leaves the image out.
  public var isOutsideProtocol: Bool
  /// The image file's bytes, where the source itself holds them.
  public var image: [UInt8]?
  /// Which of several inputs it comes from, from 0.
  public var input = 0

  public init(
    record: ImageRecord?, issues: [RecordIssue] = [], isOutsideProtocol: Bool = false
  ) {
    self.record = record
    self.issues = issues
    self.isOutsideProtocol = isOutsideProtocol
  }
}

/// An image's outcome, read already or still to be read; that can be done on any thread.
public enum PendingOutcome: Sendable {
  case read(Outcome)
  case deferred(@Sendable () -> Outcome)

  public func outcome() -> Outcome {
    switch self {
    case .read(let outcome): outcome
    case .deferred(let read): read()
    }
  }
}
