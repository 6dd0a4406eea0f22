public import Geometry
public import Schema

// What parts of a run keep of distributions.
extension QuantileSketch {
  /// Its counts as members of an object.
  public var json: [(key: String, value: JSONValue)] {
    func list(_ numbers: [Int]) -> JSONValue { .array(numbers.map(JSONValue.integer)) }
    let counts = counts
    return [
      ("zero", .integer(counts.zero)), ("positive", list(counts.positive)),
      ("negative", list(counts.negative)),
    ]
  }

  /// Reads the members of an object that `json` gives.
  ///
  /// - Returns: nil where one is missing or no count.
  public init?(json: JSONValue) {
    guard let zero = json["zero"]?.count, let positive = json["positive"]?.counts,
      let negative = json["negative"]?.counts
    else { return nil }
    self.init(Counts(zero: zero, positive: positive, negative: negative))
  }
}

extension JSONValue {
  /// A number of things; nil for any other value.
  public var count: Int? {
    if case .integer(let number) = self, (0..<1 << 50).contains(number) { number } else { nil }
  }

  /// A list of them; nil for any other value.
  public var counts: [Int]? {
    guard let elements else { return nil }
    let counts = elements.compactMap(\.count)
    return counts.count == elements.count ? counts : nil
  }
}
