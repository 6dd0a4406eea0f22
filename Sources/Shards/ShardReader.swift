internal import Codecs
internal import Schema

/// Reads one shard of any layout, by index.
public final class ShardReader {
  private let file: LMDBReader
  private let path: String
  /// Which layout the file was recognised to have.
  public let layout: ShardLayout
  /// How many samples the shard holds.
  public let count: Int

  /// Opens a shard and recognises its layout.
  ///
  /// - Throws: `LMDBError`, `UnreadableLMDB` or `DamagedLMDB`, or `ShardError` where the file is not a shard.
  public init(path: String) throws {
    self.path = path
    file = try LMDBReader(path: path)
    guard let layout = try ShardLayout(of: file) else {
      let skipped = [ShardLayout.listKey, ShardLayout.lengthKey]
      let held = try file.foreignValues(skipping: skipped).map { "an LMDB that holds \($0)" }
      throw ShardError(
        path: path,
        detail:
          "expected a shard of layout \(ShardLayout.names), found \(held ?? "other keys")")
    }
    self.layout = layout
    guard layout.hasIndex else {
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

  /// Calls `body` with a sample and with its encoded bytes, which are valid only inside the call.
  ///
  /// - Returns: nil where there is no sample with this index.
  /// - Throws: `ShardError` where the value is no sample, or where `body` throws a `SampleFault`; errors of reading, and
  ///   others of `body`.
  public func withSample<Result>(
    _ index: Int, _ body: (StoredSample, UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    try file.withValue(of: layout.key(index)) { bytes in
      guard let value = MessagePackValue(decoding: bytes) else {
        throw ShardError(
          path: path, detail: "entry \(index): expected MessagePack, found other bytes")
      }
      do {
        return try body(try layout.sample(value), bytes)
      } catch let fault as SampleFault {
        throw ShardError(
          path: path, detail: "sample \(index): \(fault); 'sixdof check' says more")
      }
    }
  }

  /// Calls `body` with a sample's encoded bytes alone, which are valid only inside the call.
  ///
  /// - Throws: `ShardError` where there is no such sample; errors of reading, and those of `body`.
  public func withValue<Result>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let result = try file.withValue(of: layout.key(index), body) else {
      throw ShardError(path: path, detail: "sample \(index): expected its key, found none")
    }
    return result
  }

  /// Checks that the file is still the one that was opened; to be called after the last sample was read.
  ///
  /// - Throws: `ChangedFile` where the file was written to meanwhile.
  public func checkUnchanged() throws { try file.checkUnchanged() }
}

/// The error for a file that is not a shard.
public struct ShardError: Error, CustomStringConvertible {
  /// The file, as it was named.
  public let path: String
  /// What was expected and what was found.
  public let detail: String

  public var description: String { "\(path): \(detail)" }
}
