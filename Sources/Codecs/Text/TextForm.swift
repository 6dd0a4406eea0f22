internal import Glibc

/// The encoding of a text file, as its bytes show it. All readers of text use this.
public enum TextForm {
  /// The position where text begins: 3 after a UTF-8 byte order mark, else 0.
  public static func start(of bytes: UnsafeRawBufferPointer) -> Int {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Why bytes are not UTF-8 text with lines that end with a line feed; nil where they may be.
  ///
  /// The first bytes decide. In a text without a line feed, a CR is looked for in the first 64 KiB.
  public static func fault(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    if let marked = markedEncoding(of: bytes) { return marked }
    if let compression = FileSignature.compression(of: bytes) { return compression }
    if let other = FileSignature.name(of: bytes) { return TextFault(found: other) }
    if let wide = unmarkedEncoding(of: bytes) { return wide }
    return hasOldLineEnds(bytes)
      ? TextFault(
        found: "lines that end with CR alone, as on old Macs",
        remedy: "convert it: tr '\\r' '\\n' < FILE > NEW")
      : nil
  }

  /// Checks a whole file.
  ///
  /// - Throws: `TextFault`, which names the file, where it is not such text.
  public static func check(_ file: MappedFile) throws(TextFault) {
    guard var fault = file.withBytes({ Self.fault(of: $0) }) else { return }
    fault.path = file.path
    throw fault
  }

  private static let sample = 4096

  private static func fault(_ name: String, _ code: String) -> TextFault {
    TextFault(found: "\(name) text", remedy: "convert it: iconv -f \(code) -t UTF-8 FILE > NEW")
  }

  private static func markedEncoding(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    let marks: [(bytes: [UInt8], name: String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE], "UTF-16"),
      ([0xFE, 0xFF], "UTF-16"),
    ]
    return marks.first { bytes.starts(with: $0.bytes) }.map { fault($0.name, $0.name) }
  }

  /// Recognises wide encodings by their zeros: names and numbers are ASCII, which has one non-zero byte in each
  /// unit.
  private static func unmarkedEncoding(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    let count = min(bytes.count, sample) & ~3
    guard count >= 4 else { return nil }
    var zeros = [0, 0, 0, 0]
    for i in 0..<count where bytes[i] == 0 { zeros[i & 3] += 1 }
    let isMostlyZero = zeros.map { 4 * $0 >= 3 * (count / 4) }
    let hasFewZeros = zeros.map { 8 * $0 <= count / 4 }
    func matches(_ pattern: [Bool]) -> Bool {
      (0..<4).allSatisfy { pattern[$0] ? isMostlyZero[$0] : hasFewZeros[$0] }
    }
    if matches([false, true, false, true]) { return fault("UTF-16", "UTF-16LE") }
    if matches([true, false, true, false]) { return fault("UTF-16", "UTF-16BE") }
    if matches([false, true, true, true]) { return fault("UTF-32", "UTF-32LE") }
    if matches([true, true, true, false]) { return fault("UTF-32", "UTF-32BE") }
    return nil
  }

  /// Whether there is a CR between two texts, and no line feed except at the end.
  private static func hasOldLineEnds(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    let feed = memchr(base, 0x0A, bytes.count).map { UnsafeRawPointer($0) - base } ?? bytes.count
    guard bytes.count - feed < 16, bytes[feed...].allSatisfy({ $0 <= 0x20 }),
      let cut = memchr(base, 0x0D, min(feed, 1 << 16)).map({ UnsafeRawPointer($0) - base })
    else { return false }
    return bytes[cut..<feed].contains { $0 > 0x20 }
  }
}

/// Why a file is not text that can be read: one message for the whole file.
public struct TextFault: Error, CustomStringConvertible {
  /// The file's path, where it is known.
  public var path: String?
  /// What it is instead, in words: "UTF-16 text".
  public let found: String
  /// How to make it readable, in words; nil where there is no way.
  public let remedy: String?

  init(found: String, remedy: String? = nil) {
    self.found = found
    self.remedy = remedy
  }

  /// "text: expected X, found Y; remedy". The caller puts the place before it.
  public var detail: String {
    "text: expected UTF-8 with lines that end with LF, found \(found)"
      + (remedy.map { "; \($0)" } ?? "")
  }

  public var description: String { (path.map { "\($0): " } ?? "") + detail }
}
