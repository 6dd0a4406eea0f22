/// Rows of uint64 of a `.npy` file, read from it in place.
public struct NumberRows: Sendable {
  private let file: MappedFile
  private let start: Int
  private let columns: Int
  /// How many rows there are.
  public let count: Int

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file's.
  ///   - columns: how many numbers a row has.
  /// - Throws: `FileError` where there is no such file; `NPYError` where it is not an array of n x `columns` uint64.
  public init(path: String, columns: Int) throws {
    let file = try MappedFile(path: path)
    (self.file, self.columns) = (file, columns)
    (start, count) = try file.withBytes { bytes in
      let array = try NPYArray(bytes, name: path)
      guard array.element.littleEndianType == "<u8", !array.element.isBigEndian,
        array.shape.count == 2, array.shape[1] == columns, array.contiguousBytes != nil
      else {
        let names = [2: "two", 3: "three"]
        throw NPYError(
          name: path,
          detail:
            "expected rows of \(names[columns] ?? "\(columns)") uint64, found \(array.shapeText) of \(array.element.name)"
        )
      }
      return (bytes.count - 8 * columns * array.shape[0], array.shape[0])
    }
  }

  /// A number by its row, from 0 to `count` - 1, and column; others are a programming error.
  public subscript(row: Int, column: Int) -> UInt64 {
    precondition(
      (0..<count).contains(row) && (0..<columns).contains(column), "a place in the table")
    return file.withBytes { bytes in
      UInt64(
        littleEndian: bytes.loadUnaligned(
          fromByteOffset: start + 8 * (columns * row + column), as: UInt64.self))
    }
  }
}

/// Writes rows of uint64 as a `.npy` file, piece by piece.
public final class NumberRowsWriter {
  private let file: OutputFile
  private let columns: Int
  private var rows = 0

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - file: a regular one, from its beginning.
  ///   - columns: how many numbers a row has.
  /// - Throws: `FileError` where it cannot be written.
  public init(_ file: OutputFile, columns: Int) throws {
    (self.file, self.columns) = (file, columns)
    try file.write(header)
  }

  private var header: [UInt8] { NPY.header(type: "<u8", shape: [rows, columns]) }

  /// Appends a row.
  ///
  /// - Parameter numbers: as many as there are columns.
  /// - Throws: `FileError` where it cannot be written.
  public func append(_ numbers: UInt64...) throws {
    precondition(numbers.count == columns, "a number for each column")
    rows += 1
    try file.write(numbers.flatMap(\.littleEndianBytes))
  }

  /// Ends the file, and waits until it is on the disk.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func finish() throws {
    try file.replace(at: 0, with: header)
    try file.finish()
  }
}
