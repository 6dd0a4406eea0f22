/// A possible fault of annotations, images or a dataset, which is looked for under a name.
///
/// The catalogue of everything that `sixdof check` looks for is in the module `Checks`.
public struct Check: Sendable, Equatable {
  /// How much a finding matters, in ascending order. A note is worth knowing but is not a fault. A warning is a
  /// likely fault. An error keeps an image, face or record from being used.
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    case note, warning, error

    public static func < (left: Self, right: Self) -> Bool {
      func rank(_ severity: Self) -> Int { allCases.firstIndex(of: severity) ?? 0 }
      return rank(left) < rank(right)
    }
  }

  /// A stable name in lower case with hyphens, such as `degenerate-box`. Where a reader reports the same fault,
  /// it is the raw value of the `RecordIssue.Code`.
  public var id: String
  /// Of each finding of this check.
  public var severity: Severity
  /// A few words in lower case, such as "box without area".
  public var title: String
  /// What it means for training, and what to do: one or two sentences.
  public var explanation: String
  /// The limit in words, with its unit; nil where there is none.
  public var threshold: String?

  /// From a stable name, a severity, a title, a limit in words and an explanation.
  public init(
    _ id: String, _ severity: Severity, _ title: String, threshold: String? = nil,
    _ explanation: String
  ) {
    (self.id, self.severity, self.title) = (id, severity, title)
    (self.threshold, self.explanation) = (threshold, explanation)
  }
}

/// One fault that a check found.
public struct Finding: Sendable, Equatable {
  /// The check that found it.
  public var check: Check
  /// Where it is, for messages.
  public var location: SourceLocation
  /// The record's id; nil for the dataset as a whole.
  public var record: String?
  /// The face's index in the record, from 0; nil for the image as a whole.
  public var face: Int?
  /// The number that is compared with the threshold, for sorting: the greater, the worse. nil where there is
  /// none.
  public var measure: Double?
  /// "what: expected X, found Y".
  public var detail: String

  /// A finding about a face, an image or the whole dataset.
  public init(
    _ check: Check, at location: SourceLocation, record: String? = nil, face: Int? = nil,
    measure: Double? = nil, _ detail: String
  ) {
    (self.check, self.location, self.record, self.face) = (check, location, record, face)
    (self.measure, self.detail) = (measure, detail)
  }
}
