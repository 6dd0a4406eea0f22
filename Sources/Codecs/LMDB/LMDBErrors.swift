internal import CLMDB
internal import Glibc

/// An LMDB file that was cut short: pages that it counts are missing.
public struct TruncatedLMDB: Error, Equatable, CustomStringConvertible {
  /// The file's.
  public let path: String
  /// The least size that the file would have to have.
  public let expectedBytes: Int
  /// How many bytes are there.
  public let foundBytes: Int

  public var description: String {
    "\(path): expected at least \(expectedBytes) bytes, found \(foundBytes); the file is truncated"
  }
}

/// A file that is not an LMDB that can be read, and what it is instead.
public struct UnreadableLMDB: Error, Equatable, CustomStringConvertible {
  /// The file's.
  public let path: String
  /// What it is, in words: "0 bytes".
  public let found: String

  public var description: String { "\(path): expected an LMDB, found \(found)" }
}

/// A page of an LMDB file that breaks the rules of the format.
public struct DamagedLMDB: Error, Equatable, CustomStringConvertible {
  /// The file's.
  public let path: String
  /// The page's number, from 0.
  public let page: Int
  /// The byte of the file where the page begins.
  public let offset: Int
  /// "expected X, found Y".
  public let detail: String

  public var description: String { "\(path): page \(page) (byte \(offset)): \(detail)" }
}

/// An unfinished LMDB file that cannot be continued, because what an interrupted run left is damaged.
public struct DamagedRemainder: Error, CustomStringConvertible {
  /// What is wrong, and where.
  public let fault: any Error

  public var description: String {
    "\(fault); what the interrupted run wrote was lost when the machine stopped"
  }
}

/// A failed LMDB call: which call, on which file, and LMDB's own reason.
public struct LMDBError: Error, CustomStringConvertible {
  /// The function of liblmdb.
  public let call: StaticString
  /// The file's.
  public let path: String
  /// A code of LMDB, or a system error number where positive.
  public let code: CInt

  /// Whether the reason is a system error other than a missing file, and not LMDB's own.
  public var isSystemError: Bool { code > 0 && code != ENOENT }

  /// Whether the file is not an LMDB at all.
  var isForeign: Bool { code == MDB_INVALID || code == MDB_CORRUPTED }

  public var description: String { "\(path): \(call): \(String(cString: mdb_strerror(code)))" }
}
