/// Builds a `.npz` file in memory, byte for byte as NumPy 2 does: `numpy.savez`, or `numpy.savez_compressed` with
/// the same zlib. Local headers have 64-bit sizes, and no time is stored.
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
  /// - Parameter npy: a whole `.npy` file.
  public mutating func add(_ name: String, npy: [UInt8]) {
    let content = isCompressed ? Deflate.packed(npy) : npy
    let name = Array((name + ".npy").utf8)
    let offset = file.count
    precondition(offset + content.count + name.count < Int(UInt32.max), "sizes of 32 bits")
    let checksum = npy.withUnsafeBytes { Deflate.checksum($0) }
    // Version 4.5, flags, method, and the first date that a zip archive can state.
    var common: [UInt8] = []
    common.append(45, bytes: 2)
    common.append(0, bytes: 2)
    common.append(isCompressed ? 8 : 0, bytes: 2)
    common.append(0, bytes: 2)
    common.append(0x21, bytes: 2)
    common.append(Int(checksum), bytes: 4)

    file.append(ZipFields.localHeader, bytes: 4)
    file += common
    file.append(0xFFFF_FFFF, bytes: 4)
    file.append(0xFFFF_FFFF, bytes: 4)
    file.append(name.count, bytes: 2)
    file.append(20, bytes: 2)
    file += name
    file.append(1, bytes: 2)
    file.append(16, bytes: 2)
    file.append(npy.count, bytes: 8)
    file.append(content.count, bytes: 8)
    file += content

    directory.append(ZipFields.directoryHeader, bytes: 4)
    // Made by Unix, so the external attributes hold permissions.
    directory.append(3 << 8 | 45, bytes: 2)
    directory += common
    directory.append(content.count, bytes: 4)
    directory.append(npy.count, bytes: 4)
    directory.append(name.count, bytes: 2)
    directory.append(0, bytes: 8)
    directory.append(0o600 << 16, bytes: 4)
    directory.append(offset, bytes: 4)
    directory += name
    count += 1
  }

  /// The whole file.
  public consuming func finished() -> [UInt8] {
    let offset = file.count
    file += directory
    file.append(ZipFields.endOfDirectory, bytes: 4)
    file.append(0, bytes: 4)
    file.append(count, bytes: 2)
    file.append(count, bytes: 2)
    file.append(directory.count, bytes: 4)
    file.append(offset, bytes: 4)
    file.append(0, bytes: 2)
    return file
  }
}

extension [UInt8] {
  /// The low bytes of a number, least significant first.
  fileprivate mutating func append(_ value: Int, bytes: Int) {
    for i in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
}
