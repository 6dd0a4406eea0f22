public import Schema

/// What `sixdof check` found in a dataset, as a page that needs nothing but itself.
///
/// `CheckReportBuilder` collects it while records go by; `html` is the page. The same contents give the same
/// bytes: nothing in it tells the time or the machine.
public struct CheckReport: Sendable {
  /// A line of the summary: what was read, or with which option.
  public struct Fact: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// A check with the number of its findings, kept or not.
  public struct Tally: Sendable, Equatable {
    public var check: Check
    public var count = 0
    /// How many of them the page lists.
    public var kept = 0
  }

  /// The page's heading: what was checked.
  public internal(set) var title: String
  public internal(set) var facts: [Fact]
  public internal(set) var imageCount = 0
  public internal(set) var faceCount = 0
  /// Findings that the settings accept, which are counted nowhere else.
  public internal(set) var acceptedCount = 0
  /// Every check that ran, in the order of the catalogue.
  public internal(set) var tallies: [Tally]

  var findings: [ReportedFinding] = []
  var faces: [ReportedFace] = []
  /// Indices into `faces`, the greatest residual first.
  var worst: [Int] = []
  var distributions = FaceDistributions()

  /// The number of all findings, also of those that are not listed.
  public var count: Int { tallies.reduce(0) { $0 + $1.count } }

  public func count(of severity: Check.Severity) -> Int {
    tallies.reduce(0) { $0 + ($1.check.severity == severity ? $1.count : 0) }
  }
}

/// A record that something listed belongs to.
struct ReportedRecord: Sendable, Equatable {
  /// The number of the record in the input from 0; negative for one that is known by its id only.
  var ordinal: Int
  var id: String
  var path = ""
  /// In pixels, where known.
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
