/// The hashes that a `HashTable` wrote, read from the file in place.
public struct HashRows: Sendable {
  private let file: MappedFile
  private let start: Int
  /// How many hashes there are.
  public let count: Int

  /// Opens a file of hashes.
  ///
  /// - Throws: `FileError` where there is no such file; `NPYError` where it is not an array of n x 2 uint64.
  public init(path: String) throws {
    let file = try MappedFile(path: path)
    self.file = file
    (start, count) = try file.withBytes { bytes in
      let array = try NPYArray(bytes, name: path)
      guard array.element.littleEndianType == "<u8", !array.element.isBigEndian,
        array.shape.count == 2, array.shape[1] == 2, array.contiguousBytes != nil
      else {
        throw NPYError(
          name: path,
          detail:
            "expected rows of two uint64, found \(array.shapeText) of \(array.element.name)")
      }
      return (bytes.count - 16 * array.shape[0], array.shape[0])
    }
  }

  /// The hash in a row, from 0 to `count` - 1; others are a programming error.
  public subscript(index: Int) -> XXH128 {
    precondition((0..<count).contains(index), "a row of the table")
    return file.withBytes { bytes in
      func number(_ column: Int) -> UInt64 {
        UInt64(
          littleEndian: bytes.loadUnaligned(
            fromByteOffset: start + 16 * index + 8 * column, as: UInt64.self))
      }
      return XXH128(high: number(0), low: number(1))
    }
  }
}
