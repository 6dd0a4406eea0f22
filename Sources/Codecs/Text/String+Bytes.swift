internal import Glibc

extension String {
  /// Whether this text comes before another one by the bytes of its UTF-8, as `sort` orders in the C locale.
  public func comesBeforeInBytes(_ other: String) -> Bool {
    var (one, other) = (self, other)
    return one.withUTF8 { one in
      other.withUTF8 { other in
        guard let first = one.baseAddress, let second = other.baseAddress else {
          return one.count < other.count
        }
        let order = memcmp(first, second, min(one.count, other.count))
        return order == 0 ? one.count < other.count : order < 0
      }
    }
  }
}
