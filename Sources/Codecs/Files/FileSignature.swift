internal import CZlib

/// What a file is. Only its first bytes decide, never its name.
public enum FileSignature: Sendable, Equatable {
  /// The encoding of a text, as its bytes show it. The raw value is its name in messages.
  public enum Text: String, Sendable {
    /// Text whose units are bytes, such as ASCII, UTF-8 or Latin-1. At least half of it is ASCII.
    case ascii = "text"
    /// In two bytes a unit, with or without a mark of their order.
    case utf16 = "UTF-16 text"
    /// In four bytes a unit.
    case utf32 = "UTF-32 text"
  }

  /// No byte at all.
  case empty
  /// Any other zip, an empty one included.
  case zip
  /// A zip whose first member is a NumPy array.
  case npz
  /// An uncompressed tar.
  case tar
  /// Packed as one stream by gzip, bzip2, xz or zstd. `isTar` says whether a tar is inside; this is known for
  /// gzip only.
  case compressed(by: String, isTar: Bool)
  /// JPEG, PNG, WebP or BMP, which every command reads.
  case image
  /// A file of an LMDB environment, with the version of its format: 1 for LMDB 0.9, 2 for LMDB 1.0.
  case lmdb(version: Int)
  /// A NumPy array.
  case npy
  /// A file that begins with "MATLAB ", and the version that follows there, such as "5.0".
  case matlab(version: String)
  /// Text of any kind.
  case text(Text)
  /// Another known form, in words with an article: "an HDF5 file".
  case other(String)
  /// Anything else.
  case binary

  /// How many of the first bytes are looked at.
  public static let headBytes = 1024

  /// Recognises a file by its first bytes.
  ///
  /// - Parameter head: the first `headBytes` bytes, or all where there are fewer. More are ignored.
  public init(head: some Collection<UInt8>) { self.init([UInt8](head.prefix(Self.headBytes))) }

  /// Recognises a file.
  ///
  /// - Throws: `FileError` where there is no such file, or it cannot be read or is not a regular file.
  public init(path: String) throws {
    self.init(try FileEnds(path: path, head: Self.headBytes, tail: 0).head)
  }

  private init(_ head: [UInt8]) {
    if head.isEmpty {
      self = .empty
    } else if let known = Self.known(head) {
      self = known
    } else if let text = Self.text(head) {
      self = .text(text)
    } else if let packed = Self.serialised(head) {
      self = packed
    } else {
      self = .binary
    }
  }

  /// Whether it is an archive of files of any kind, or a file packed as one stream. An `npz` does not count.
  public var isArchive: Bool {
    switch self {
    case .zip, .tar, .compressed: true
    case .other(let name): Self.foreignArchives.contains { $0.name == name }
    default: false
    }
  }

  /// In words, with an article: "a compressed tar (gzip)".
  public var description: String {
    switch self {
    case .empty: "an empty file"
    case .zip: "a zip"
    case .npz: "NumPy arrays (.npz)"
    case .tar: "a tar"
    case .compressed(let program, let isTar):
      isTar ? "a compressed tar (\(program))" : "a file packed by \(program)"
    case .image: "an image"
    case .lmdb(let version): version == 1 ? "an LMDB" : "an LMDB of the format of LMDB 1.0"
    case .npy: "a NumPy array (.npy)"
    case .matlab(let version): "a MATLAB \(version) file"
    case .text(let form): form.rawValue
    case .other(let name): name
    case .binary: "binary data of no form that sixdof knows"
    }
  }

  private static let foreignArchives: [(magic: [UInt8], name: String)] = [
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive"),
    (Array("Rar!".utf8), "a RAR archive"),
  ]

  private static let others: [(magic: [UInt8], offset: Int, name: String)] =
    foreignArchives.map { ($0.magic, 0, $0.name) } + [
      (Array("GIF8".utf8), 0, "a GIF image"), ([0x49, 0x49, 0x2A, 0], 0, "a TIFF image"),
      ([0x4D, 0x4D, 0, 0x2A], 0, "a TIFF image"), (Array("ftyp".utf8), 4, "a video or HEIF image"),
      (Array("SQLite format 3".utf8), 0, "an SQLite database"),
      (Array("PAR1".utf8), 0, "a Parquet table"), (Array("ARROW1".utf8), 0, "an Arrow table"),
      (Array("TFL3".utf8), 4, "a TensorFlow Lite model"), (Array("%PDF".utf8), 0, "a PDF"),
    ]

  private static func known(_ head: [UInt8]) -> FileSignature? {
    func has(_ magic: [UInt8], at offset: Int = 0) -> Bool {
      head.count >= offset + magic.count && head[offset...].starts(with: magic)
    }
    if has([0x50, 0x4B, 3, 4]) {
      let length = Int(head[safe: 26]) | Int(head[safe: 27]) << 8
      let name = head.dropFirst(30).prefix(length)
      return name.suffix(4).elementsEqual(".npy".utf8) ? .npz : .zip
    }
    if has([0x50, 0x4B, 5, 6]) { return .zip }
    if has([0x1F, 0x8B]) {
      return .compressed(by: "gzip", isTar: unpacked(head).map(isTar) ?? false)
    }
    for (magic, program) in [
      (Array("BZh".utf8), "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
      ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
    ] where has(magic) { return .compressed(by: program, isTar: false) }
    if has([0xFF, 0xD8, 0xFF]) || has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      return .image
    }
    if head.withUnsafeBytes({ WebPImage.isRecognised($0) || isBitmap($0) }) { return .image }
    if has([0x93] + Array("NUMPY".utf8)) { return .npy }
    if has(Array("MATLAB ".utf8)) {
      return .matlab(version: String(decoding: head[7...].prefix { $0 != 0x20 }, as: UTF8.self))
    }
    if has([0x89] + Array("HDF\r\n".utf8)) { return .other("an HDF5 file") }
    // The magic number comes after a page's header, which is longer in LMDB 1.0.
    for offset in [16, 24] where has([0xDE, 0xC0, 0xEF, 0xBE], at: offset) {
      return .lmdb(version: Int(head[safe: offset + 4]))
    }
    for other in others where has(other.magic, at: other.offset) { return .other(other.name) }
    return isTar(head) ? .tar : nil
  }

  /// The letters BM begin many a text.
  private static func isBitmap(_ head: UnsafeRawBufferPointer) -> Bool {
    head.count >= 26 && BMPImage.isRecognised(head) && head[6..<10].allSatisfy { $0 == 0 }
  }

  /// Whether the first header's checksum is right, or the tar is an empty one, which is blocks of zeros.
  private static func isTar(_ head: [UInt8]) -> Bool {
    guard head.count >= 512 else { return false }
    let header = head[..<512]
    if header.allSatisfy({ $0 == 0 }) { return head.count >= 1024 && head.allSatisfy { $0 == 0 } }
    let stated = header[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard !stated.isEmpty else { return false }
    let sum = header.reduce(0) { $0 + Int($1) } - header[148..<156].reduce(0) { $0 + Int($1) }
    return sum + 8 * 0x20 == stated.reduce(0) { $0 * 8 + Int($1 - 0x30) }
  }

  private static func text(_ head: [UInt8]) -> Text? {
    if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
      return .utf32
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return .utf16 }
    if head.contains(0) {
      // UTF-16 without a byte order mark: with Latin letters every other byte is zero.
      let zeros = [0, 1].map { first in
        stride(from: first, to: head.count, by: 2).count { head[$0] == 0 }
      }
      let half = head.count / 2
      return head.count >= 4 && (zeros[0] == 0) != (zeros[1] == 0)
        && max(zeros[0], zeros[1]) * 10 >= half * 9
        ? .utf16 : nil
    }
    // Text in any encoding has line ends and tabs, but hardly any other control characters.
    let controls = head.count { $0 < 0x20 && !(0x08...0x0D).contains($0) && $0 != 0x1B }
    guard controls == 0 else { return nil }
    let foreign = head.count { $0 >= 0x80 }
    return foreign * 2 <= head.count ? .ascii : nil
  }

  /// Forms that have no definite mark at their beginning.
  private static func serialised(_ head: [UInt8]) -> FileSignature? {
    if head.count > 2, head[0] == 0x80, (2...5).contains(head[1]) {
      return .other("a Python pickle")
    }
    // Arrow writes four bytes 0xFF and then the length of a message.
    let start = [UInt8](head.prefix(64))
    for at in stride(from: 0, to: max(start.count - 8, 0), by: 4)
    where start[at..<at + 4].allSatisfy({ $0 == 0xFF }) && start[at + 6] == 0 && start[at + 7] == 0
    {
      return .other("Arrow data (pyarrow)")
    }
    // ONNX: the field ir_version, then the producer's name.
    if head.count > 8, head[0] == 0x08, (1...16).contains(head[1]), head[2] == 0x12 {
      return .other("an ONNX model")
    }
    return nil
  }

  /// The first unpacked bytes of a gzip stream.
  private static func unpacked(_ packed: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    // 16 added to the window bits: the stream has gzip's header.
    guard
      inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    var packed = packed
    return packed.withUnsafeMutableBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: headBytes) { buffer, count in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(headBytes)
        _ = inflate(&stream, Z_SYNC_FLUSH)
        count = headBytes - Int(stream.avail_out)
      }
    }
  }
}

extension MappedFile {
  /// What the file is.
  public var signature: FileSignature {
    withBytes { FileSignature(head: $0.prefix(FileSignature.headBytes)) }
  }
}

extension [UInt8] {
  /// 0 beyond the end.
  fileprivate subscript(safe index: Int) -> UInt8 { index < count ? self[index] : 0 }
}
