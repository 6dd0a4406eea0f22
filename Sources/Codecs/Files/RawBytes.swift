internal import Glibc

extension UnsafeRawBufferPointer {
  /// Whether both hold the same bytes.
  public func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count, let left = baseAddress, let right = other.baseAddress else {
      return count == other.count
    }
    return memcmp(left, right, count) == 0
  }
}
