/// Something that can be wrong with annotations, images or a dataset, and that is looked for by name.
///
/// The catalogue of all that `sixdof check` looks for is in `Checks`.
public struct Check: Sendable, Equatable {
  /// How much a finding matters. Notes are worth knowing and no fault; warnings are likely faults;
  /// errors keep an image, face or record from being used.
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    case note, warning, error

    public static func < (left: Self, right: Self) -> Bool {
      func rank(_ severity: Self) -> Int { allCases.firstIndex(of: severity) ?? 0 }
      return rank(left) < rank(right)
    }
  }

  /// Stable, in lower case with hyphens, as `degenerate-box`. Where a reader reports the same fault, it is
  /// the raw value of its `RecordIssue.Code`.
  public var id: String
  public var severity: Severity
  /// A few words in lower case, as "box without area".
  public var title: String
  /// What it means for those who train on it, and what to do: one or two sentences.
  public var explanation: String
  /// The limit in words, with its unit; nil where there is none.
  public var threshold: String?

  public init(
    _ id: String, _ severity: Severity, _ title: String, threshold: String? = nil,
    _ explanation: String
  ) {
    (self.id, self.severity, self.title) = (id, severity, title)
    (self.threshold, self.explanation) = (threshold, explanation)
  }
}

/// One thing that a check found.
public struct Finding: Sendable, Equatable {
  public var check: Check
  public var location: SourceLocation
  /// The record's id; nil where the dataset as a whole is meant.
  public var record: String?
  /// The face's index in the record, from 0; nil where the image as a whole is meant.
  public var face: Int?
  /// What is compared with the threshold, for sorting: the greater, the worse. nil where there is no such
  /// number.
  public var measure: Double?
  /// "what: expected X, found Y".
  public var detail: String

  public init(
    _ check: Check, at location: SourceLocation, record: String? = nil, face: Int? = nil,
    measure: Double? = nil, _ detail: String
  ) {
    (self.check, self.location, self.record, self.face) = (check, location, record, face)
    (self.measure, self.detail) = (measure, detail)
  }
}
