/// The numbers of an evaluation, which can be written in several forms.
public struct EvaluationReport: Sendable {
  /// A metric's value over some faces.
  public struct Estimate: Sendable, Equatable {
    /// In the row's unit; average precision is from 0 to 1.
    public var value: Double
    /// The 95 % confidence interval; nil where none was asked for, or some draw has no value.
    public var interval: ClosedRange<Double>?
    /// How many faces, or images, the value is computed from.
    public var count: Int

    /// A value, and its interval if there is one.
    public init(value: Double, interval: ClosedRange<Double>? = nil, count: Int) {
      self.value = value
      self.interval = interval
      self.count = count
    }
  }

  /// One metric in two definitions.
  public struct Row: Sendable {
    /// The key in JSON.
    public var name: String
    /// The name for readers.
    public var title: String
    /// Such as "°" or "mm"; empty for a number without a unit.
    public var unit: String
    /// As the paper's code computes it; nil where that has no such number, or nothing could be measured.
    public var published: Estimate?
    /// By the right definition; nil where there is none, or nothing could be measured.
    public var correct: Estimate?
    /// Why the two numbers differ; nil where the definitions are the same.
    public var difference: String?
  }

  /// The rows of all faces, or of the faces in one bin.
  public struct Group: Sendable {
    /// `all`, or the bin's title.
    public var name: String
    /// The bin's bounds of yaw in degrees, nil for an open end; nil for all faces.
    public var bounds: (lower: Double?, upper: Double?)?
    /// How many faces or images the group has.
    public var count: Int
    /// One for each metric, in the protocol's order.
    public var rows: [Row]
  }

  /// A number of faces or images, such as those left out.
  public struct Count: Sendable {
    /// The key in JSON.
    public var name: String
    /// The name for readers.
    public var title: String
    /// How many there are.
    public var value: Int

    /// A count by its key, its name and its value.
    public init(_ name: String, _ title: String, _ value: Int) {
      self.name = name
      self.title = title
      self.value = value
    }
  }

  /// The protocol that was followed.
  public var method: EvaluationProtocol
  /// How detections were paired with annotated faces, in one sentence.
  public var pairing: String
  /// How intervals were drawn; nil where none were asked for.
  public var bootstrap: Bootstrap?
  /// What was compared and what was left out.
  public var counts: [Count]
  /// All faces first, then one group for each bin that has any.
  public var groups: [Group]
  /// Notes besides the rows' own differences.
  public var notes: [String]

  /// A report of these numbers.
  public init(
    method: EvaluationProtocol, pairing: String, bootstrap: Bootstrap?, counts: [Count],
    groups: [Group], notes: [String]
  ) {
    self.method = method
    self.pairing = pairing
    self.bootstrap = bootstrap
    self.counts = counts
    self.groups = groups
    self.notes = notes
  }

  /// The reasons for differences, each once, in the order of the rows.
  var differences: [String] {
    var found: [String] = []
    for difference in groups.flatMap(\.rows).compactMap(\.difference)
    where !found.contains(difference) { found.append(difference) }
    return found
  }
}
