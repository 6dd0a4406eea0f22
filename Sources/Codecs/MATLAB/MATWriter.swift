internal import SystemPackage

/// What `MATWriter` can store: the kinds of values that the datasets' own files have.
public enum MATContent {
  /// A cell array of one column.
  case cells([MATContent])
  /// A structure of one row: the names of its fields, and an element's values in their order.
  case structure(fields: [String], [[MATContent]])
  /// A text of one row.
  case text(String)
  /// Integers of shape rows x columns, column by column.
  case int32([Int32], rows: Int, columns: Int)
  /// Likewise.
  case uint8([UInt8], rows: Int, columns: Int)
  /// Likewise.
  case uint16([UInt16], rows: Int, columns: Int)
  /// Numbers of any type, row by row. The array's own name is not used.
  case array(MATArray)
}

/// Writes a MATLAB v5 file, uncompressed. It is complete once `finish` has returned. Equal content gives equal bytes.
public final class MATWriter {
  private let file: OutputFile
  private let path: String

  /// Makes the file, or replaces what is there.
  ///
  /// - Throws: `FileError` where it cannot be made.
  public init(path: String) throws {
    self.path = path
    file = try OutputFile(path: path)
    // 116 bytes of text, 8 of an offset that is not used, the version and the byte order.
    let text = Array("MATLAB 5.0 MAT-file, made by sixdof".utf8)
    let padding = [UInt8](repeating: 0x20, count: 116 - text.count)
    try file.write(text + padding + [UInt8](repeating: 0, count: 8) + [0, 1] + Array("IM".utf8))
  }

  /// Writes a whole file of arrays.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public static func write(_ arrays: [MATArray], to path: String) throws {
    let writer = try MATWriter(path: path)
    for array in arrays { try writer.write(array) }
    try writer.finish()
  }

  /// Writes what is still buffered.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func finish() throws { try file.flush() }

  /// Writes a variable.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func write(_ name: String, _ content: MATContent) throws {
    let bytes = Self.matrix(name, content)
    // A size has 32 bits.
    guard bytes.count <= Int(UInt32.max) else {
      throw FileError(action: "write variable '\(name)' of", path: path, errno: .fileTooLarge)
    }
    try file.write(bytes)
  }

  /// Writes an array under its own name.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func write(_ array: MATArray) throws { try write(array.name, .array(array)) }

  /// The element of a matrix: flags, shape, name and contents.
  private static func matrix(_ name: String, _ content: MATContent) -> [UInt8] {
    let (kind, shape, contents) = parts(of: content)
    let flags = element(6, [UInt32(kind), 0].littleEndianBytes)
    let dimensions = element(5, shape.map { Int32(clamping: $0) }.littleEndianBytes)
    return element(14, flags + dimensions + element(1, Array(name.utf8)) + contents)
  }

  /// MATLAB's number of the class, the shape, and the elements that follow the name.
  private static func parts(
    of content: MATContent
  ) -> (kind: UInt32, shape: [Int], contents: [UInt8]) {
    switch content {
    case .cells(let cells):
      return (MATVariable.cellArray, [cells.count, 1], cells.flatMap { matrix("", $0) })
    case .structure(let fields, let elements):
      // Names have places of one length, the last byte of which is 0.
      let length = (fields.map(\.utf8.count).max() ?? 0) + 1
      let names = fields.flatMap { name in
        Array(name.utf8) + [UInt8](repeating: 0, count: length - name.utf8.count)
      }
      let head = element(5, Int32(length).littleEndianBytes) + element(1, names)
      let values = elements.flatMap { values in values.flatMap { matrix("", $0) } }
      return (MATVariable.structure, [1, elements.count], head + values)
    case .text(let text):
      let units = Array(text.utf16)
      return (MATVariable.text, [1, units.count], element(4, units.littleEndianBytes))
    case .int32(let values, let rows, let columns):
      return (12, [rows, columns], element(5, values.littleEndianBytes))
    case .uint8(let values, let rows, let columns):
      return (9, [rows, columns], element(2, values))
    case .uint16(let values, let rows, let columns):
      return (11, [rows, columns], element(4, values.littleEndianBytes))
    case .array(let array):
      var values = [UInt8](repeating: 0, count: array.bytes.count)
      array.bytes.withUnsafeBytes { source in
        values.withUnsafeMutableBytes {
          // In the other direction: from row by row to column by column.
          copyTransposed(
            source, to: $0, rows: array.columns, columns: array.rows, width: array.element.width)
        }
      }
      return (
        array.element.matlabClass, [array.rows, array.columns],
        element(array.element.matlabType, values)
      )
    }
  }

  /// An element: type, size and data, which are padded to multiples of eight bytes; up to four bytes of data stand in the
  /// place of the size.
  private static func element(_ type: UInt32, _ data: [UInt8]) -> [UInt8] {
    if (1...4).contains(data.count) {
      let padding = [UInt8](repeating: 0, count: 4 - data.count)
      return (UInt32(data.count) << 16 | type).littleEndianBytes + data + padding
    }
    let padding = [UInt8](repeating: 0, count: (8 - data.count % 8) % 8)
    return [type, UInt32(truncatingIfNeeded: data.count)].littleEndianBytes + data + padding
  }
}
