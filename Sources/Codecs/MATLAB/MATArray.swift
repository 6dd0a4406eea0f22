/// A two-dimensional array of real numbers as a MATLAB file holds it.
///
/// MATLAB stores numbers column by column. Here they are row by row and little-endian, as in NumPy.
public struct MATArray: Sendable, Equatable {
  /// The type of the numbers. The raw value is NumPy's name for it.
  public enum Element: String, Sendable, CaseIterable {
    case float64 = "<f8"
    case float32 = "<f4"
    case int8 = "|i1"
    case uint8 = "|u1"
    case int16 = "<i2"
    case uint16 = "<u2"
    case int32 = "<i4"
    case uint32 = "<u4"
    case int64 = "<i8"
    case uint64 = "<u8"

    /// The size of one number in bytes: 1, 2, 4 or 8.
    public var width: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .float32, .int32, .uint32: 4
      case .float64, .int64, .uint64: 8
      }
    }
  }

  /// The variable's.
  public let name: String
  /// Of all numbers.
  public let element: Element
  /// The size of the first dimension.
  public let rows: Int
  /// The size of the second dimension.
  public let columns: Int
  /// The numbers, little-endian and row by row.
  public let bytes: [UInt8]

  /// From numbers as NumPy stores them.
  ///
  /// - Parameters:
  ///   - name: the variable's name in MATLAB.
  ///   - element: the type of the numbers.
  ///   - rows: how many rows there are.
  ///   - columns: how many columns there are.
  ///   - bytes: little-endian numbers, row by row: rows x columns x width bytes.
  public init(name: String, element: Element, rows: Int, columns: Int, bytes: [UInt8]) {
    precondition(bytes.count == rows * columns * element.width, "as many bytes as the shape has")
    self.name = name
    self.element = element
    self.rows = rows
    self.columns = columns
    self.bytes = bytes
  }

  /// From numbers row by row, which are rounded to float32.
  public init(name: String, floats: [Double], rows: Int, columns: Int) {
    self.init(
      name: name, element: .float32, rows: rows, columns: columns,
      bytes: floats.map { Float($0) }.littleEndianBytes)
  }

  /// From numbers row by row, kept as float64.
  public init(name: String, doubles: [Double], rows: Int, columns: Int) {
    self.init(
      name: name, element: .float64, rows: rows, columns: columns,
      bytes: doubles.littleEndianBytes)
  }

  /// From numbers row by row.
  public init(name: String, int16s: [Int16], rows: Int, columns: Int) {
    self.init(
      name: name, element: .int16, rows: rows, columns: columns,
      bytes: int16s.littleEndianBytes)
  }

  /// The numbers row by row. Integers beyond 2⁵³ are rounded.
  public var doubles: [Double] {
    switch element {
    case .float64: values(UInt64.self) { Double(bitPattern: $0) }
    case .float32: values(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .int8: values(Int8.self) { Double($0) }
    case .uint8: values(UInt8.self) { Double($0) }
    case .int16: values(Int16.self) { Double($0) }
    case .uint16: values(UInt16.self) { Double($0) }
    case .int32: values(Int32.self) { Double($0) }
    case .uint32: values(UInt32.self) { Double($0) }
    case .int64: values(Int64.self) { Double($0) }
    case .uint64: values(UInt64.self) { Double($0) }
    }
  }

  /// "2 x 68 float64", for messages.
  public var description: String { "\(rows) x \(columns) \(element)" }

  @inline(__always)
  private func values<Stored: FixedWidthInteger>(
    _ stored: Stored.Type, _ convert: (Stored) -> Double
  ) -> [Double] {
    bytes.withUnsafeBytes { bytes in
      [Double](unsafeUninitializedCapacity: rows * columns) { buffer, count in
        count = rows * columns
        for i in 0..<count {
          let raw = bytes.loadUnaligned(
            fromByteOffset: i * MemoryLayout<Stored>.size, as: Stored.self)
          buffer[i] = convert(raw.littleEndian)
        }
      }
    }
  }
}

/// Copies a matrix of elements of `width` bytes from column-by-column to row-by-row order.
///
/// With `rows` and `columns` exchanged it does the opposite.
func copyTransposed(
  _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, rows: Int,
  columns: Int, width: Int
) {
  guard source.count > 0 else { return }
  if rows == 1 || columns == 1 {
    target.copyMemory(from: source)
    return
  }
  func copy<Unit>(_ unit: Unit.Type) {
    for row in 0..<rows {
      for column in 0..<columns {
        let value = source.loadUnaligned(
          fromByteOffset: (column * rows + row) * width, as: Unit.self)
        target.storeBytes(of: value, toByteOffset: (row * columns + column) * width, as: Unit.self)
      }
    }
  }
  switch width {
  case 1: copy(UInt8.self)
  case 2: copy(UInt16.self)
  case 4: copy(UInt32.self)
  default: copy(UInt64.self)
  }
}
