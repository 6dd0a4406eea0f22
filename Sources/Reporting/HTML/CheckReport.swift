public import Schema

/// What `sixdof check` found in a dataset, as a page that needs no other files.
///
/// `CheckReportBuilder` collects it while records pass; `html` is the page. The same contents give the same
/// bytes: no time and no machine is named in it.
public struct CheckReport: Sendable {
  /// A line of the summary: what was read, or with which option.
  public struct Fact: Sendable, Equatable {
    /// What the line is about.
    public var name: String
    /// The line's value, as it is shown.
    public var value: String

    /// A line of the summary.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// A check with the number of its findings, whether they are listed or not.
  public struct Tally: Sendable, Equatable {
    /// The check itself.
    public var check: Check
    /// How many findings it has.
    public var count = 0
    /// How many of its findings the page lists.
    public var kept = 0
  }

  /// The page's heading: what was checked.
  public internal(set) var title: String
  /// The lines under the heading.
  public internal(set) var facts: [Fact]
  /// How many images were checked.
  public internal(set) var imageCount = 0
  /// How many faces these images have.
  public internal(set) var faceCount = 0
  /// How many findings the settings accept; they are counted nowhere else.
  public internal(set) var acceptedCount = 0
  /// Every check that ran, in the order of the catalogue.
  public internal(set) var tallies: [Tally]

  var findings: [ReportedFinding] = []
  var faces: [ReportedFace] = []
  /// Indices into `faces`, sorted by falling residuals.
  var worst: [Int] = []
  var distributions = FaceDistributions()

  /// The number of all findings, listed or not.
  public var count: Int { tallies.reduce(0) { $0 + $1.count } }

  /// The number of findings of a severity, listed or not.
  public func count(of severity: Check.Severity) -> Int {
    tallies.reduce(0) { $0 + ($1.check.severity == severity ? $1.count : 0) }
  }
}

/// A record to which a listed finding or face belongs.
struct ReportedRecord: Sendable, Equatable {
  /// The index of the record in the input, from 0; negative for a record of which only the id is known.
  var ordinal: Int
  var id: String
  var path = ""
  /// In pixels; nil where it is not known.
  var size: (width: Int, height: Int)?

  static func == (left: Self, right: Self) -> Bool { left.ordinal == right.ordinal }
}

/// A finding that the page lists.
struct ReportedFinding: Sendable {
  /// An index into `tallies`.
  var check: Int
  var location: SourceLocation
  var record: ReportedRecord?
  var face: Int?
  var measure: Double?
  var detail: String
}
