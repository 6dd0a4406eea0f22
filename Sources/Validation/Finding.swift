internal import Geometry
public import Schema

/// A disagreement of annotation and prediction that the networks' errors do not explain.
public struct Finding: Sendable, Equatable {
  /// Stable, such as "landmarks-mirrored" or "missed-face".
  public var id: String
  /// How many faces have it.
  public var count: Int
  /// One sentence, with the numbers.
  public var text: String
  /// The same numbers by name, for programs.
  public var numbers: [Number]
  /// The first faces that have it, such as "image.jpg: face 3"; at most ten.
  public var examples: [String] = []

  /// One number of a finding.
  public struct Number: Sendable, Equatable {
    /// Stable; it ends with the unit where there is one, such as "x_px".
    public var name: String
    /// In the unit that the name states.
    public var value: Double

    init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  static let greatestExamples = 10

  /// One line for a terminal, such as "landmarks-mirrored  6 faces  landmarks look mirrored: …".
  public var line: String {
    let faces = "\(count) face\(count == 1 ? "" : "s")"
    let first = examples.first.map { " (first: \($0))" } ?? ""
    return "\(id)  \(faces)  \(text)\(first)"
  }

  /// The finding as an object of the JSON report.
  public var json: JSONValue {
    .object([
      ("id", .text(id)), ("faces", .integer(count)), ("text", .text(text)),
      ("numbers", .object(numbers.map { ($0.name, .double($0.value)) })),
      ("examples", .array(examples.map(JSONValue.text))),
    ])
  }
}

/// Counts findings of one kind over a dataset.
struct FindingTally: Sendable {
  private(set) var count = 0
  private(set) var examples: [String] = []
  /// The overlap or error as annotated, and with the reading.
  private(set) var before = ThinnedSample<Double>()
  private(set) var after = ThinnedSample<Double>()

  mutating func add(_ place: String, before: Double? = nil, after: Double? = nil) {
    count += 1
    if examples.count < Finding.greatestExamples { examples.append(place) }
    if let before { self.before.add(before) }
    if let after { self.after.add(after) }
  }
}
