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
    return file(type: "<f8", shape: shape, data: values.littleEndianBytes)
  }
}
