extension BinaryInteger {
  /// The number with at least `count` digits, filled up with zeros on the left. It must not be negative.
  public func digits(_ count: Int, radix: Int = 10) -> String {
    let own = String(self, radix: radix)
    return String(repeating: "0", count: max(0, count - own.count)) + own
  }
}
