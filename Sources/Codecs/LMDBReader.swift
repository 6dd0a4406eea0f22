internal import CLMDB
internal import SystemPackage

/// An LMDB file that was cut short: pages that it counts are not there, and to read them would end the process.
public struct TruncatedLMDB: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let expectedBytes: Int
  public let foundBytes: Int

  public var description: String {
    "\(path): expected at least \(expectedBytes) bytes, found \(foundBytes); the file is truncated"
  }
}

/// Reads one LMDB file.
public final class LMDBReader {
  private let environment: LMDBEnvironment

  /// - Throws: `LMDBError` where the file is missing or is no LMDB file; `TruncatedLMDB` where
  ///   it was cut short.
  public init(path: String) throws {
    environment = try LMDBEnvironment(path: path, flags: MDB_RDONLY)
    let descriptor = try openForReading(path)
    defer { try? descriptor.close() }
    let (size, used) = (try fileSize(of: descriptor, path: path), try environment.describedBytes())
    guard size >= used else {
      throw TruncatedLMDB(path: path, expectedBytes: used, foundBytes: size)
    }
  }

  /// How many keys the file holds, its own special ones included.
  public func count() throws -> Int {
    try environment.transaction(flags: MDB_RDONLY).entryCount()
  }

  /// The bytes of a key's value, valid in the closure; nil where there is no such key.
  public func withValue<Result>(
    of key: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    let transaction = try environment.transaction(flags: MDB_RDONLY)
    guard let value = try transaction.value(of: key) else { return nil }
    return try body(value)
  }

  /// Visits all pairs in key order until `body` returns false; its buffers are valid in the call only.
  public func forEach(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try environment.transaction(flags: MDB_RDONLY).forEach(body)
  }
}
