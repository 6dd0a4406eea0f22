extension BinaryInteger {
  /// At least so many digits, with zeros before the number's own. No sign may be among them.
  public func digits(_ count: Int, radix: Int = 10) -> String {
    let own = String(self, radix: radix)
    return String(repeating: "0", count: max(0, count - own.count)) + own
  }
}
