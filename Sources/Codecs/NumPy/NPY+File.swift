extension NPY {
  /// An array in C order as a whole file, byte for byte as NumPy 2 writes it.
  ///
  /// - Parameters:
  ///   - type: NumPy's name for the elements' type, such as "<f4".
  ///   - shape: the sizes of the axes, the slowest first.
  ///   - data: the elements' bytes, as many as shape and type need; this is not checked.
  public static func file(type: String, shape: [Int], data: [UInt8]) -> [UInt8] {
    header(type: type, shape: shape) + data
  }

  /// What comes before the elements, for files that are written piece by piece. Its size does not depend on the
  /// length of the first axis.
  public static func header(type: String, shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
    // NumPy leaves room for the first axis to grow to 21 digits without moving the elements.
    if let first = shape.first {
      header += String(repeating: " ", count: max(0, 21 - "\(first)".utf8.count))
    }
    // Magic, version, length, header and its newline together fill a multiple of 64 bytes.
    let used = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - used % 64) % 64) + "\n"
    precondition(header.utf8.count <= 0xFFFF, "a header of version 1")
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + UInt16(header.utf8.count).littleEndianBytes
      + Array(header.utf8)
  }
}
