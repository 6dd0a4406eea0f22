extension FixedWidthInteger {
  /// The number's bytes, the least significant first.
  public var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { [UInt8]($0) } }
}

extension Sequence where Element: FixedWidthInteger {
  /// The bytes of all numbers in their order, the least significant of each first: how NumPy, MATLAB and PyTorch on
  /// common machines store them.
  public var littleEndianBytes: [UInt8] {
    storedBytes ?? map { $0.littleEndian }.withUnsafeBytes { [UInt8]($0) }
  }
}

extension Sequence<Float> {
  /// The numbers as float32, likewise.
  public var littleEndianBytes: [UInt8] {
    storedBytes ?? map { $0.bitPattern.littleEndian }.withUnsafeBytes { [UInt8]($0) }
  }
}

extension Sequence<Double> {
  /// The numbers as float64, likewise.
  public var littleEndianBytes: [UInt8] {
    storedBytes ?? map { $0.bitPattern.littleEndian }.withUnsafeBytes { [UInt8]($0) }
  }
}

extension Sequence {
  /// The bytes of numbers as they stand in memory, which is far faster than one number after another; nil where they do
  /// not stand side by side, or the machine has the most significant byte first.
  fileprivate var storedBytes: [UInt8]? {
    guard 1.littleEndian == 1 else { return nil }
    return withContiguousStorageIfAvailable { [UInt8](UnsafeRawBufferPointer($0)) }
  }
}
