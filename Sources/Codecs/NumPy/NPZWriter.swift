/// Builds a `.npz` file in memory, byte for byte as NumPy 2 does: `numpy.savez`, or `numpy.savez_compressed` with
/// the same zlib. Local headers have 64-bit sizes, and no time is stored. `NPZFileWriter` is for arrays that are too
/// large for that.
public struct NPZWriter {
  private let isCompressed: Bool
  private var file: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Begins an empty file.
  ///
  /// - Parameter isCompressed: whether members are deflated.
  public init(isCompressed: Bool = false) { self.isCompressed = isCompressed }

  /// Adds an array under a name, which is given without `.npy`.
  ///
  /// - Parameters:
  ///   - name: unique in the archive.
  ///   - npy: a whole `.npy` file.
  public mutating func add(_ name: String, npy: [UInt8]) {
    let content = isCompressed ? Deflate.packed(npy) : npy
    let entry = NPZEntry(
      name: name, isCompressed: isCompressed,
      checksum: npy.withUnsafeBytes { Deflate.checksum($0) }, size: npy.count,
      storedSize: content.count)
    directory += entry.directoryRecord(offset: file.count)
    file += entry.localHeader
    file += content
    count += 1
  }

  /// The whole file.
  public consuming func finished() -> [UInt8] {
    let end = NPZEntry.end(entries: count, offset: file.count, size: directory.count)
    return file + directory + end
  }
}
