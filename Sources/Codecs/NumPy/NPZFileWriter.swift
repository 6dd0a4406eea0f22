/// Writes a `.npz` file piece by piece, byte for byte as `numpy.savez` of NumPy 2 does, so that no array need be in
/// memory. Members are stored, not deflated.
public final class NPZFileWriter {
  private let file: OutputFile
  /// How many bytes were written.
  private var position = 0
  private var directory: [UInt8] = []
  private var count = 0

  /// Makes the file, or replaces what is there.
  ///
  /// - Parameter path: of a regular file, as sizes are set after their data.
  /// - Throws: `FileError` where it cannot be made.
  public init(path: String) throws { file = try OutputFile(path: path) }

  /// Adds an array in C order.
  ///
  /// - Parameters:
  ///   - name: without `.npy`.
  ///   - type: NumPy's name for the elements' type, such as "|u1", "<f4" or "<i8".
  ///   - shape: empty for a single number.
  ///   - body: gives the elements' bytes to the closure that it gets, in pieces of any size and in all as many as
  ///     type and shape need; this is not checked.
  /// - Throws: `FileError` where they cannot be written; what `body` throws.
  public func add(
    _ name: String, type: String, shape: [Int],
    _ body: ((_ piece: [UInt8]) throws -> Void) throws -> Void
  ) throws {
    let start = position
    func entry(checksum: UInt32, size: Int) -> NPZEntry {
      NPZEntry(
        name: name, isCompressed: false, checksum: checksum, size: size, storedSize: size)
    }
    let unknown = entry(checksum: 0, size: 0).localHeader
    try write(unknown)
    var checksum: UInt32 = 0
    func put(_ piece: [UInt8]) throws {
      checksum = piece.withUnsafeBytes { Deflate.checksum($0, after: checksum) }
      try write(piece)
    }
    try put(NPY.header(type: type, shape: shape))
    try body(put)
    let written = entry(checksum: checksum, size: position - start - unknown.count)
    try file.replace(at: start, with: written.localHeader)
    directory += written.directoryRecord(offset: start)
    count += 1
  }

  /// Writes the directory, and waits until the file is on the disk.
  ///
  /// - Throws: `FileError` where that fails.
  public func finish() throws {
    try file.write(directory)
    try file.write(NPZEntry.end(entries: count, offset: position, size: directory.count))
    try file.finish()
  }

  private func write(_ bytes: [UInt8]) throws {
    try file.write(bytes)
    position += bytes.count
  }
}
