extension Double {
  /// Four significant digits, for people.
  public var short: String {
    guard self != 0, isFinite else { return self == 0 ? "0" : "\(self)" }
    var scale = 1.0
    while magnitude * scale < 1000, scale < 1e18 { scale *= 10 }
    let rounded = (self * scale).rounded() / scale
    return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
  }
}
