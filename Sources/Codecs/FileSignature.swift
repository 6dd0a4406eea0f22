/// Names of forms of file that their first bytes tell, for messages on a file of another form.
public enum FileSignature {
  /// What a file is; nil where it may be text, or is unknown.
  public static func name(of bytes: UnsafeRawBufferPointer) -> String? {
    if let found = MATVersion.found(in: bytes) { return found }
    if let compression = compression(of: bytes) { return compression.found }
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
      return zipName(bytes)
    }
    if isLMDB(bytes) { return "an LMDB" }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) { return "a tar archive" }
    return signatures.first { bytes.starts(with: $0.bytes) }?.name
  }

  /// Data packed as one stream, which `fault` names with the remedy.
  static func compression(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    func fault(_ name: String, _ program: String) -> TextFault {
      TextFault(found: "\(name) data", remedy: "unpack it: \(program) -dc FILE > NEW")
    }
    if let found = compressions.first(where: { bytes.starts(with: $0.magic) }) {
      return fault(found.name, found.program)
    }
    // Three letters alone may begin a name; the first block's magic number follows the level.
    let block: [UInt8] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
    guard bytes.starts(with: "BZh".utf8), bytes.count >= 10, bytes[4..<10].elementsEqual(block)
    else { return nil }
    return fault("bzip2", "bzip2")
  }

  private static let compressions: [(magic: [UInt8], name: String, program: String)] = [
    ([0x1F, 0x8B], "gzip", "gunzip"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz", "xz"),
    ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard", "zstd"),
  ]

  private static let signatures: [(bytes: [UInt8], name: String)] = [
    ([0x93] + Array("NUMPY".utf8), "a NumPy array"),
    (Array("SQLite format 3".utf8), "an SQLite database"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"), ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
    (Array("%PDF".utf8), "a PDF document"), ([0x37, 0x7A, 0xBC, 0xAF], "a 7-Zip archive"),
    (Array("Rar!".utf8), "a RAR archive"), ([0x80, 2], "a Python pickle"),
    ([0x80, 3], "a Python pickle"), ([0x80, 4], "a Python pickle"), ([0x80, 5], "a Python pickle"),
    (Array("PAR1".utf8), "a Parquet file"), ([0xD0, 0xCF, 0x11, 0xE0], "a document of MS Office"),
  ]

  private static func zipName(_ bytes: UnsafeRawBufferPointer) -> String {
    // The first member's name is at 30; numpy.savez writes nothing but .npy.
    guard bytes.count >= 30 else { return "a zip archive" }
    let end = min(30 + Int(bytes[26]) + Int(bytes[27]) << 8, bytes.count)
    let name = UnsafeRawBufferPointer(rebasing: bytes[30..<end])
    if name.hasEnding(".npy") { return "an .npz file of arrays" }
    if name.elementsEqual("[Content_Types].xml".utf8) { return "a document of MS Office" }
    return "a zip archive"
  }

  /// A page's head of 16 bytes, then LMDB's magic number.
  private static func isLMDB(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 20 && bytes[16..<20].elementsEqual([0xDE, 0xC0, 0xEF, 0xBE])
  }
}

/// Which form of MATLAB's files one is.
enum MATVersion {
  static let hdf5 = "MATLAB 7.3 (HDF5); in MATLAB save it with '-v7'"

  /// What a file is that was to be MATLAB 5's; nil where it is, or is no file of MATLAB's.
  static func other(in bytes: UnsafeRawBufferPointer) -> String? {
    if isHDF5(bytes) {
      return bytes.starts(with: "MATLAB".utf8)
        ? hdf5 : "an HDF5 file"
    }
    if bytes.starts(with: "MATLAB 7.3".utf8) {
      return hdf5
    }
    return isVersion4(bytes) ? "MATLAB 4; in MATLAB load it and save it with '-v7'" : nil
  }

  /// In words without a remedy.
  static func found(in bytes: UnsafeRawBufferPointer) -> String? {
    other(in: bytes) ?? (bytes.starts(with: "MATLAB 5.0".utf8) ? "a MATLAB 5 file" : nil)
  }

  private static func isHDF5(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    return [0, 512].contains { bytes.count >= $0 + 8 && bytes[$0..<$0 + 8].elementsEqual(magic) }
  }

  /// MATLAB 4 has no magic number: a matrix begins with its type, rows, columns, an imaginary flag and the
  /// length of its name, each of 32 bits, and its name, which ends with a zero.
  private static func isVersion4(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 22 else { return false }
    for isLittleEndian in [true, false] {
      let fields = (0..<5).map { i in
        let raw = bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
        return Int(isLittleEndian ? raw.littleEndian : raw.bigEndian)
      }
      let (type, length) = (fields[0], fields[4])
      // The type's digits: byte order, 0, precision up to 5, and full, text or sparse.
      guard type / 1000 == (isLittleEndian ? 0 : 1), type / 100 % 10 == 0, type / 10 % 10 <= 5,
        type % 10 <= 2, fields[3] <= 1, (2...64).contains(length), 20 + length <= bytes.count,
        bytes[20 + length - 1] == 0
      else { continue }
      let name = bytes[20..<20 + length - 1]
      let width = [8, 4, 4, 2, 2, 1][type / 10 % 10]
      let (size, isTooGreat) = fields[1].multipliedReportingOverflow(by: fields[2] * width)
      if !isTooGreat, size <= bytes.count,
        name.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
      {
        return true
      }
    }
    return false
  }
}
