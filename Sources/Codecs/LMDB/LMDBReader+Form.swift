extension LMDBReader {
  /// What the values are, in words, by the first bytes of the first value: "Python pickles". nil where they are
  /// MessagePack, of an unknown form, or where there are none.
  ///
  /// - Parameter skipping: keys that are not samples, whose values are skipped.
  /// - Throws: as `forEach`.
  public func foreignValues(skipping: [String] = []) throws -> String? {
    var found: String?
    try visit { place in
      let node = place.node
      if skipping.contains(where: { node.key.elementsEqual($0.utf8) }) { return true }
      found =
        node.isDatabase
        ? "a database of its own named '\(String(decoding: node.key, as: UTF8.self))'"
        : try withValue(at: place) { Self.form(of: $0) }
      return false
    }
    return found
  }

  private static func form(of value: UnsafeRawBufferPointer) -> String? {
    switch MessagePackValue(decoding: value) {
    case .array, .map(_): if value.first != 0x80 { return nil }
    default: break
    }
    switch FileSignature(head: value) {
    case .empty: return "values of 0 bytes"
    case .other("a Python pickle"): return "Python pickles"
    case .other("Arrow data (pyarrow)"): return "Arrow data (pyarrow)"
    case .image: return "images alone, without annotations"
    case .text where value.first == UInt8(ascii: "{") || value.first == UInt8(ascii: "["):
      return "JSON"
    case .text(let form): return form.rawValue
    case .binary:
      // Caffe's Datum begins with the fields channels and height.
      return value.count > 4 && value[0] == 0x08 && value[2] == 0x10
        ? "Protocol Buffers, as Caffe's Datum" : nil
    case let other: return other.description
    }
  }
}
