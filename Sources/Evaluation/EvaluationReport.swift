/// The numbers of an evaluation, to be printed in one of several forms.
public struct EvaluationReport: Sendable {
  /// A metric's value over some faces.
  public struct Estimate: Sendable, Equatable {
    public var value: Double
    /// 95 %, where it was asked for.
    public var interval: ClosedRange<Double>?
    /// Over how many faces, or images.
    public var count: Int

    public init(value: Double, interval: ClosedRange<Double>? = nil, count: Int) {
      self.value = value
      self.interval = interval
      self.count = count
    }
  }

  public struct Row: Sendable {
    public var name: String
    public var title: String
    public var unit: String
    /// As the paper's code computes it; nil where it has no such number, or nothing could be measured.
    public var published: Estimate?
    public var correct: Estimate?
    /// Why the two differ; nil where they are one definition.
    public var difference: String?
  }

  /// All faces, or those of one bin.
  public struct Group: Sendable {
    public var name: String
    /// Degrees; nil for all faces.
    public var bounds: (lower: Double?, upper: Double?)?
    public var count: Int
    public var rows: [Row]
  }

  public struct Count: Sendable {
    public var name: String
    public var title: String
    public var value: Int

    public init(_ name: String, _ title: String, _ value: Int) {
      self.name = name
      self.title = title
      self.value = value
    }
  }

  public var method: EvaluationProtocol
  public var pairing: String
  public var bootstrap: Bootstrap?
  public var counts: [Count]
  public var groups: [Group]
  /// Beside the rows' own differences.
  public var notes: [String]

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

  /// Why numbers differ, each once, in the rows' order.
  var differences: [String] {
    var found: [String] = []
    for difference in groups.flatMap(\.rows).compactMap(\.difference)
    where !found.contains(difference) { found.append(difference) }
    return found
  }
}
