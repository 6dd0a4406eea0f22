public import Codecs
public import Schema

/// Reads one shard of either layout.
public final class ShardReader {
  private let file: LMDBReader
  private let path: String
  public let layout: ShardLayout
  /// How many samples it holds.
  public let count: Int

  /// - Throws: `LMDBError`, `UnreadableLMDB` or `DamagedLMDB`, or `ShardError` where the file is no shard.
  public init(path: String) throws {
    self.path = path
    file = try LMDBReader(path: path)
    guard let layout = try ShardLayout(of: file) else {
      let skipped = [ShardLayout.listKey, ShardLayout.lengthKey]
      let held = try file.foreignValues(skipping: skipped).map { "an LMDB that holds \($0)" }
      throw ShardError(
        path: path,
        detail:
          "expected a shard of layout img2pose or records, found \(held ?? "other keys")")
    }
    self.layout = layout
    guard layout == .img2pose else {
      count = try file.count()
      return
    }
    let length = try file.withValue(of: Array(ShardLayout.lengthKey.utf8)) {
      MessagePackValue(decoding: $0)
    }
    guard case .integer(let count)?? = length, count >= 0 else {
      throw ShardError(
        path: path,
        detail: "expected the key \(ShardLayout.lengthKey) with the number of samples, found none")
    }
    let entries = try file.count()
    guard count <= entries else {
      throw ShardError(
        path: path,
        detail:
          "\(ShardLayout.lengthKey): expected at most \(entries) samples, found \(count)")
    }
    self.count = count
  }

  /// A sample's value, decoded, with its encoded bytes; nil where there is no such index.
  public func withSample<Result>(
    _ index: Int, _ body: (MessagePackValue, UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    try file.withValue(of: layout.key(index)) { bytes in
      guard let value = MessagePackValue(decoding: bytes) else {
        throw ShardError(
          path: path, detail: "entry \(index): expected MessagePack, found other bytes")
      }
      return try body(value, bytes)
    }
  }

  /// For who has read all that they want.
  ///
  /// - Throws: `ChangedFile` where the file was written to meanwhile.
  public func checkUnchanged() throws { try file.checkUnchanged() }
}

/// A file that is no shard.
public struct ShardError: Error, CustomStringConvertible {
  public let path: String
  public let detail: String

  public var description: String { "\(path): \(detail)" }
}
