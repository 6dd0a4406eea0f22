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

/// A file that is no LMDB that can be read, and what it is.
public struct UnreadableLMDB: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let found: String

  public var description: String { "\(path): expected an LMDB, found \(found)" }
}

/// Reads one LMDB file: ours or another program's, alone or in a folder of its own. Nothing is written beside
/// it.
public final class LMDBReader {
  private let environment: LMDBEnvironment
  /// The file that is read.
  public var path: String { environment.path }

  /// - Parameter path: the file, whatever its name, or a folder with `data.mdb` in it.
  /// - Throws: `LMDBError` or `FileError` where the file is missing; `UnreadableLMDB` where it has nothing in it
  ///   or another format; `TruncatedLMDB` where it was cut short.
  public init(path: String) throws { environment = try Self.opened(path) }

  /// The file of an LMDB's folder; nil where there is none.
  public static func file(inFolder path: String) -> String? {
    let file = path + (path.hasSuffix("/") ? "" : "/") + "data.mdb"
    guard isFolder(path), FileIdentity(file) != nil, !isFolder(file) else { return nil }
    return file
  }

  /// The one place where a file is opened to be read, and looked at before its pages are believed.
  private static func opened(_ path: String) throws -> LMDBEnvironment {
    let path = file(inFolder: path) ?? path
    let signature = try? FileSignature(path: path)
    switch signature {
    case .empty: throw UnreadableLMDB(path: path, found: "0 bytes")
    case .lmdb(let version) where version != 1:
      throw UnreadableLMDB(
        path: path,
        found:
          "one of the format of LMDB 1.0 (\(version)); copy it with a program that has LMDB 0.9"
      )
    default: break
    }
    let environment = try LMDBEnvironment(path: path, flags: MDB_RDONLY)
    let descriptor = try openForReading(path)
    defer { try? descriptor.close() }
    let (size, used) = (try fileSize(of: descriptor, path: path), try environment.describedBytes())
    guard size >= used else {
      throw TruncatedLMDB(path: path, expectedBytes: used, foundBytes: size)
    }
    return environment
  }

  /// What the values are, in words, by the first one's first bytes: "Python pickles". nil where they are MessagePack or
  /// of no form that is known, or there are none.
  ///
  /// - Parameter skipping: keys of no sample, which come first.
  public func foreignValues(skipping: [String] = []) throws -> String? {
    let transaction = try environment.transaction(flags: MDB_RDONLY)
    var found: String?
    try transaction.forEach { key, value in
      if skipping.contains(where: { key.elementsEqual($0.utf8) }) { return true }
      found =
        transaction.isDatabase(key)
        ? "a database of its own named '\(String(decoding: key, as: UTF8.self))'"
        : Self.form(of: value)
      return false
    }
    return found
  }

  private static func form(of value: UnsafeRawBufferPointer) -> String? {
    switch MessagePackValue(decoding: value) {
    case .array, .map(_): if value.first != 0x80 { return nil }
    default: break
    }
    switch FileSignature(head: value) {
    case .empty: return "values of 0 bytes"
    case .other("a Python pickle"): return "Python pickles"
    case .other("Arrow data (pyarrow)"): return "Arrow data (pyarrow)"
    case .image: return "images alone, without annotations"
    case .text where value.first == UInt8(ascii: "{") || value.first == UInt8(ascii: "["):
      return "JSON"
    case .text(let form): return form.rawValue
    case .binary:
      // channels, height and width, each a field of its own
      return value.count > 4 && value[0] == 0x08 && value[2] == 0x10
        ? "Protocol Buffers, as Caffe's Datum" : nil
    case let other: return other.description
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
