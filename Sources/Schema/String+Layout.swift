internal import Glibc

extension Double {
  /// The number as C's `printf` prints it with one conversion, such as "%.1f" or "%9.4f"; the point is a point in every
  /// locale. Foundation's `String(format:)` gives the same, and brings 30 MB of tables into a program of its own.
  public func printed(_ conversion: String) -> String {
    withVaList([self]) { arguments in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { room in
        // The greatest number has 309 digits before the point, and nothing here asks for more than nine after it.
        vsnprintf(room.baseAddress, room.count, conversion, arguments)
        return room.baseAddress.map { String(cString: $0) } ?? ""
      }
    }
  }
}

extension String {
  /// The text with spaces after it, up to `width` characters; whole where it is longer.
  public func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// The text with spaces before it, up to `width` characters; whole where it is longer.
  public func padded(toRight width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

extension StringProtocol {
  /// The text without the white space around it.
  public var trimmed: String {
    var text = self[...].drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
