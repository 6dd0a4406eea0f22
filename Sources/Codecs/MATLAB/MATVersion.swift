/// The versions of MATLAB's files.
enum MATVersion {
  static let hdf5 = "MATLAB 7.3 (HDF5); in MATLAB save it with '-v7'"

  /// What another version's file is, in words with a remedy; nil for MATLAB 5 and for files that are not
  /// MATLAB's.
  static func other(in bytes: UnsafeRawBufferPointer) -> String? {
    if HDF5File.base(in: bytes) != nil {
      return bytes.starts(with: "MATLAB".utf8)
        ? hdf5 : "an HDF5 file"
    }
    if bytes.starts(with: "MATLAB 7.3".utf8) {
      return hdf5
    }
    return isVersion4(bytes) ? "MATLAB 4; in MATLAB load it and save it with '-v7'" : nil
  }

  /// What a MATLAB or HDF5 file is, in words; nil for other files.
  static func found(in bytes: UnsafeRawBufferPointer) -> String? {
    other(in: bytes) ?? (bytes.starts(with: "MATLAB 5.0".utf8) ? "a MATLAB 5 file" : nil)
  }

  /// MATLAB 4 has no magic number. A matrix begins with five 32-bit numbers: its type, rows, columns, an
  /// imaginary flag and the length of its name. The name follows and ends with a zero byte.
  private static func isVersion4(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 22 else { return false }
    for isLittleEndian in [true, false] {
      let fields = (0..<5).map { i in
        let raw = bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
        return Int(isLittleEndian ? raw.littleEndian : raw.bigEndian)
      }
      let (type, length) = (fields[0], fields[4])
      // The type's decimal digits: byte order, 0, precision up to 5, and 0 to 2 for full, text or sparse.
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
