public import Codecs

/// Reads one shard of either layout.
public final class ShardReader {
  private let file: LMDBReader
  public let layout: ShardLayout
  /// How many samples it holds.
  public let count: Int

  /// - Throws: `LMDBError`, or `ShardError` where the file is no shard.
  public init(path: String) throws {
    file = try LMDBReader(path: path)
    let length = try file.withValue(of: Array("__len__".utf8)) { MessagePackValue(decoding: $0) }
    let entries = try file.count()
    if case .integer(let length)?? = length {
      guard (0...entries).contains(length) else {
        throw ShardError(
          path: path, detail: "__len__: expected at most \(entries) samples, found \(length)")
      }
      (layout, count) = (.img2pose, length)
      return
    }
    (layout, count) = (.records, entries)
    if count > 0, try file.withValue(of: ShardLayout.records.key(0), { _ in true }) == nil {
      throw ShardError(
        path: path, detail: "expected a shard of layout img2pose or records, found other keys")
    }
  }

  /// A sample's value, decoded, with its encoded bytes; nil where there is no such index.
  public func withSample<Result>(
    _ index: Int, _ body: (MessagePackValue, UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    try file.withValue(of: layout.key(index)) { bytes in
      guard let value = MessagePackValue(decoding: bytes) else {
        throw ShardError(path: "entry \(index)", detail: "expected MessagePack, found other bytes")
      }
      return try body(value, bytes)
    }
  }
}

/// A file that is no shard.
public struct ShardError: Error, CustomStringConvertible {
  public let path: String
  public let detail: String

  public var description: String { "\(path): \(detail)" }
}
