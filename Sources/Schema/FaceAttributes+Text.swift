internal import Geometry

extension FaceAttributes {
  /// All attributes that are present, as JSON has them, in its order. `degenerate` is not among them, as the box shows
  /// it.
  public var members: [Other] {
    Self.integers.compactMap { name, place in
      self[place].map { Other(name: "\(name)", value: .integer(Int($0))) }
    }
      + Self.flags.compactMap { name, place in
        self[place].map { Other(name: "\(name)", value: .boolean($0)) }
      }.filter { $0.name != "degenerate" }
      + Self.numbers.compactMap { name, place in
        self[place].map { Other(name: "\(name)", value: .double($0)) }
      } + others
  }

  /// Sets an attribute that has a member of its own from its text: a number as digits, `true` or `false`.
  ///
  /// - Returns: false, and nothing is set, where there is no such member or the text is no value of it.
  public mutating func set(_ name: String, text: String) -> Bool {
    if let place = Self.integers.first(where: { "\($0.name)" == name })?.place {
      guard let number = Int8(text), (0...2).contains(number) else { return false }
      self[place] = number
      return true
    }
    if let place = Self.flags.first(where: { "\($0.name)" == name })?.place {
      guard text == "true" || text == "false" else { return false }
      self[place] = text == "true"
      return true
    }
    if let place = Self.numbers.first(where: { "\($0.name)" == name })?.place {
      guard let number = Double(text), PlausibleRange.measure.contains(number) else { return false }
      self[place] = number
      return true
    }
    return false
  }
}
