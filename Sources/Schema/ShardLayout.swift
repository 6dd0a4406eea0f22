public import Codecs

/// A layout of samples in LMDB files. DESIGN §6.
public enum ShardLayout: String, Sendable, CaseIterable {
  /// What img2pose's own loader reads.
  case img2pose
  /// Everything the record holds, beside the image.
  case records

  /// img2pose's keys of no sample: how many there are, and which.
  public static let lengthKey = "__len__"
  public static let listKey = "__keys__"

  /// Whether keys come in ascending byte order; img2pose's unpadded numbers do not.
  public var hasAscendingKeys: Bool { self == .records }

  /// How many digits a key has at least.
  public var digits: Int { self == .records ? 10 : 1 }

  public func key(_ index: Int) -> [UInt8] {
    let digits = Array(String(index).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: max(0, self.digits - digits.count)) + digits
  }

  /// Tells which layout a file has, by its keys and what its first value is.
  ///
  /// A file without an entry counts as one of records, of which it has none.
  ///
  /// - Returns: nil where it is another program's; `LMDBReader.foreignValues` says what that holds.
  /// - Throws: `LMDBError` where the file cannot be read.
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
