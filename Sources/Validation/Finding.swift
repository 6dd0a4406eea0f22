internal import Geometry
public import Schema

/// Something that annotation and prediction disagree on and that the networks' errors do not explain.
public struct Finding: Sendable, Equatable {
  /// Stable: "landmarks-mirrored", "missed-face".
  public var id: String
  /// How many faces have it.
  public var count: Int
  /// One sentence with its numbers.
  public var text: String
  /// The numbers by name, for machines.
  public var numbers: [Number]
  /// The first faces that have it: "image.jpg: face 3".
  public var examples: [String] = []

  public struct Number: Sendable, Equatable {
    public var name: String
    public var value: Double

    init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  static let greatestExamples = 10

  /// "landmarks-mirrored  6 faces  landmarks look mirrored: …".
  public var line: String {
    let faces = "\(count) face\(count == 1 ? "" : "s")"
    let first = examples.first.map { " (first: \($0))" } ?? ""
    return "\(id)  \(faces)  \(text)\(first)"
  }

  public var json: JSONValue {
    .object([
      ("id", .text(id)), ("faces", .integer(count)), ("text", .text(text)),
      ("numbers", .object(numbers.map { ($0.name, .double($0.value)) })),
      ("examples", .array(examples.map(JSONValue.text))),
    ])
  }
}

/// Counts one kind of finding over a dataset.
struct FindingTally: Sendable {
  private(set) var count = 0
  private(set) var examples: [String] = []
  /// What annotation and reading leave, in the finding's own measure.
  private(set) var before = ThinnedSample<Double>()
  private(set) var after = ThinnedSample<Double>()

  mutating func add(_ place: String, before: Double? = nil, after: Double? = nil) {
    count += 1
    if examples.count < Finding.greatestExamples { examples.append(place) }
    if let before { self.before.add(before) }
    if let after { self.after.add(after) }
  }
}
