/// Writes NumPy's `.npy` format, version 1.0 (numpy.lib.format), as far as it is needed here. `NPYArray` reads
/// it.
public enum NPY {
  /// A float64 array as a whole file, little-endian.
  ///
  /// - Parameters:
  ///   - values: in C order (last index fastest).
  ///   - shape: its product is the number of values; nil for one dimension.
  public static func file(_ values: [Double], shape: [Int]? = nil) -> [UInt8] {
    let shape = shape ?? [values.count]
    precondition(shape.reduce(1, *) == values.count, "as many values as the shape has")
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Magic, two length bytes, header and its newline together fill a multiple of 64 bytes.
    let used = magic.count + 2 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - used % 64) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var bytes = magic + [UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}
