/// A member of a `.npz` file in the zip archive's own words, as NumPy 2 has Python write them: 64-bit sizes in
/// local headers, and no time.
struct NPZEntry {
  /// With `.npy`.
  private let name: [UInt8]
  private let isCompressed: Bool
  /// Of the whole `.npy` file.
  private let checksum: UInt32
  /// In bytes, unpacked.
  private let size: Int
  /// In bytes, as stored.
  private let storedSize: Int

  /// From this size or position on, Python writes 64 bits into the directory.
  private static let zip64Limit = Int(Int32.max)
  private static let inExtra = 0xFFFF_FFFF

  /// - Parameter name: without `.npy`.
  init(name: String, isCompressed: Bool, checksum: UInt32, size: Int, storedSize: Int) {
    self.name = Array((name + ".npy").utf8)
    (self.isCompressed, self.checksum) = (isCompressed, checksum)
    (self.size, self.storedSize) = (size, storedSize)
  }

  /// What comes before the content. Its length depends on the name alone.
  var localHeader: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(ZipFields.localHeader, bytes: 4)
    // Version 4.5 of the format, which has 64-bit sizes.
    appendCommon(to: &bytes, version: 45)
    bytes.append(Self.inExtra, bytes: 4)
    bytes.append(Self.inExtra, bytes: 4)
    bytes.append(name.count, bytes: 2)
    bytes.append(20, bytes: 2)
    bytes += name
    bytes.append(1, bytes: 2)
    bytes.append(16, bytes: 2)
    bytes.append(size, bytes: 8)
    bytes.append(storedSize, bytes: 8)
    return bytes
  }

  /// What the directory says of it.
  ///
  /// - Parameter offset: of the local header in the file.
  func directoryRecord(offset: Int) -> [UInt8] {
    let isLarge = size > Self.zip64Limit || storedSize > Self.zip64Limit
    let isFar = offset > Self.zip64Limit
    var extra: [UInt8] = []
    if isLarge || isFar {
      extra.append(1, bytes: 2)
      extra.append((isLarge ? 16 : 0) + (isFar ? 8 : 0), bytes: 2)
      if isLarge {
        extra.append(size, bytes: 8)
        extra.append(storedSize, bytes: 8)
      }
      if isFar { extra.append(offset, bytes: 8) }
    }
    var bytes: [UInt8] = []
    bytes.append(ZipFields.directoryHeader, bytes: 4)
    // Made by Unix, so the external attributes hold permissions.
    bytes.append(3 << 8 | 45, bytes: 2)
    appendCommon(to: &bytes, version: 45)
    bytes.append(isLarge ? Self.inExtra : storedSize, bytes: 4)
    bytes.append(isLarge ? Self.inExtra : size, bytes: 4)
    bytes.append(name.count, bytes: 2)
    bytes.append(extra.count, bytes: 2)
    // No comment, disk 0, no internal attributes.
    bytes.append(0, bytes: 6)
    bytes.append(0o600 << 16, bytes: 4)
    bytes.append(isFar ? Self.inExtra : offset, bytes: 4)
    return bytes + name + extra
  }

  private func appendCommon(to bytes: inout [UInt8], version: Int) {
    bytes.append(version, bytes: 2)
    bytes.append(0, bytes: 2)
    bytes.append(isCompressed ? 8 : 0, bytes: 2)
    // The first time and date that a zip archive can state.
    bytes.append(0, bytes: 2)
    bytes.append(0x21, bytes: 2)
    bytes.append(Int(checksum), bytes: 4)
  }

  /// What follows the directory.
  ///
  /// - Parameters:
  ///   - offset: where the directory begins.
  ///   - size: its bytes.
  static func end(entries: Int, offset: Int, size: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    let isLarge = offset > zip64Limit || size > zip64Limit || entries > 0xFFFF
    if isLarge {
      bytes.append(ZipFields.endOfDirectory64, bytes: 4)
      bytes.append(44, bytes: 8)
      bytes.append(45, bytes: 2)
      bytes.append(45, bytes: 2)
      bytes.append(0, bytes: 8)
      for number in [entries, entries, size, offset] { bytes.append(number, bytes: 8) }
      bytes.append(ZipFields.locator64, bytes: 4)
      bytes.append(0, bytes: 4)
      bytes.append(offset + size, bytes: 8)
      bytes.append(1, bytes: 4)
    }
    bytes.append(ZipFields.endOfDirectory, bytes: 4)
    bytes.append(0, bytes: 4)
    bytes.append(min(entries, 0xFFFF), bytes: 2)
    bytes.append(min(entries, 0xFFFF), bytes: 2)
    bytes.append(min(size, inExtra), bytes: 4)
    bytes.append(min(offset, inExtra), bytes: 4)
    bytes.append(0, bytes: 2)
    return bytes
  }
}

extension [UInt8] {
  /// The low bytes of a number, least significant first.
  fileprivate mutating func append(_ value: Int, bytes: Int) {
    for i in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
}
