public import Codecs

/// A layout of samples in LMDB files (DESIGN §6).
public enum ShardLayout: String, Sendable, CaseIterable {
  /// The layout that img2pose's own loader reads.
  case img2pose
  /// MessagePack maps of the whole record and the image.
  case records

  /// img2pose's key for the number of samples, which is not a sample itself.
  public static let lengthKey = "__len__"
  /// img2pose's key for the list of samples' keys, likewise.
  public static let listKey = "__keys__"

  /// Whether the keys of consecutive samples are in ascending byte order. img2pose's are not, as its numbers are
  /// not padded.
  public var hasAscendingKeys: Bool { self == .records }

  /// The least number of digits of a key.
  public var digits: Int { self == .records ? 10 : 1 }

  /// The key of a sample: its number from 0 in decimal, padded with zeros to `digits`, as ASCII.
  public func key(_ index: Int) -> [UInt8] {
    let digits = Array(String(index).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: max(0, self.digits - digits.count)) + digits
  }

  /// Recognises a file's layout by its keys and its first value.
  ///
  /// An empty file counts as `records`.
  ///
  /// - Returns: nil where it is another program's. `LMDBReader.foreignValues` says what that holds.
  /// - Throws: as `LMDBReader.forEach`, where the file cannot be read.
  public init?(of file: LMDBReader) throws {
    if try file.count() == 0 {
      self = .records
      return
    }
    let foreign = try file.foreignValues(skipping: [Self.listKey, Self.lengthKey])
    guard foreign == nil else { return nil }
    let length = try file.withValue(of: Array(Self.lengthKey.utf8)) {
      MessagePackValue(decoding: $0)
    }
    if case .integer?? = length {
      self = .img2pose
      return
    }
    if try file.withValue(of: Self.records.key(0), { _ in true }) != nil {
      self = .records
      return
    }
    let first = try file.withValue(of: Self.img2pose.key(0)) { MessagePackValue(decoding: $0) }
    guard case .array?? = first else { return nil }
    self = .img2pose
  }
}
