internal import Glibc

/// What a file of text is encoded in, as its bytes tell. All readers of text ask here.
public enum TextForm {
  /// Where text begins, after a UTF-8 byte order mark if there is one.
  public static func start(of bytes: UnsafeRawBufferPointer) -> Int {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Why bytes are no text in UTF-8 with lines that end with a line feed; nil where they may be.
  ///
  /// The first bytes tell, and in a text without a line feed the first 64 KB.
  public static func fault(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    if let encoding = encoding(of: bytes) { return encoding }
    if let compression = FileSignature.compression(of: bytes) { return compression }
    if let other = FileSignature.name(of: bytes) { return TextFault(found: other) }
    return hasOldLineEnds(bytes)
      ? TextFault(
        found: "lines that end with CR alone, as on old Macs",
        remedy: "convert it: tr '\\r' '\\n' < FILE > NEW")
      : nil
  }

  /// - Throws: `TextFault`, naming the file.
  public static func check(_ file: MappedFile) throws(TextFault) {
    guard var fault = file.withBytes({ Self.fault(of: $0) }) else { return }
    fault.path = file.path
    throw fault
  }

  private static let sample = 4096

  private static func encoding(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    func fault(_ name: String, _ code: String) -> TextFault {
      TextFault(found: "\(name) text", remedy: "convert it: iconv -f \(code) -t UTF-8 FILE > NEW")
    }
    let marks: [(bytes: [UInt8], name: String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE], "UTF-16"),
      ([0xFE, 0xFF], "UTF-16"),
    ]
    if let mark = marks.first(where: { bytes.starts(with: $0.bytes) }) {
      return fault(mark.name, mark.name)
    }
    // Without a mark the zeros tell: names and numbers are ASCII, one byte of each unit.
    let count = min(bytes.count, sample) & ~3
    guard count >= 4 else { return nil }
    var zeros = [0, 0, 0, 0]
    for i in 0..<count where bytes[i] == 0 { zeros[i & 3] += 1 }
    let (most, few) = (count / 4 * 3 / 4, count / 4 / 8)
    let isMostlyZero = zeros.map { $0 >= most }
    let hasFewZeros = zeros.map { $0 <= few }
    func matches(_ pattern: [Bool]) -> Bool {
      (0..<4).allSatisfy { pattern[$0] ? isMostlyZero[$0] : hasFewZeros[$0] }
    }
    if matches([false, true, false, true]) { return fault("UTF-16", "UTF-16LE") }
    if matches([true, false, true, false]) { return fault("UTF-16", "UTF-16BE") }
    if matches([false, true, true, true]) { return fault("UTF-32", "UTF-32LE") }
    if matches([true, true, true, false]) { return fault("UTF-32", "UTF-32BE") }
    return nil
  }

  /// Whether there is a CR between two texts and no line feed before the end.
  private static func hasOldLineEnds(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    let feed = memchr(base, 0x0A, bytes.count).map { UnsafeRawPointer($0) - base } ?? bytes.count
    guard bytes.count - feed < 16, bytes[feed...].allSatisfy({ $0 <= 0x20 }),
      let cut = memchr(base, 0x0D, min(feed, 1 << 16)).map({ UnsafeRawPointer($0) - base })
    else { return false }
    return bytes[cut..<feed].contains { $0 > 0x20 }
  }
}

/// Why a file is no text that can be read: one message for the whole of it.
public struct TextFault: Error, CustomStringConvertible {
  /// The file, where it is known.
  public var path: String?
  public let found: String
  /// nil where there is none.
  public let remedy: String?

  init(found: String, remedy: String? = nil) {
    self.found = found
    self.remedy = remedy
  }

  /// "text: expected X, found Y; remedy", for a place that is named before it.
  public var detail: String {
    "text: expected UTF-8 with lines that end with LF, found \(found)"
      + (remedy.map { "; \($0)" } ?? "")
  }

  public var description: String { (path.map { "\($0): " } ?? "") + detail }
}
