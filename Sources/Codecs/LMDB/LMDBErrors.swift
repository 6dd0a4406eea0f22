internal import CLMDB
internal import Glibc

/// An LMDB file that was cut short: pages that it counts are not there.
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

/// A page of an LMDB file that is not as the format has it.
public struct DamagedLMDB: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let page: Int
  /// Where the page begins in the file.
  public let offset: Int
  /// "expected X, found Y".
  public let detail: String

  public var description: String { "\(path): page \(page) (byte \(offset)): \(detail)" }
}

/// An unfinished LMDB file that cannot be gone on with, for what an interrupted run left is damaged.
public struct DamagedRemainder: Error, CustomStringConvertible {
  /// What is wrong, and where.
  public let fault: any Error

  public var description: String {
    "\(fault); what the interrupted run wrote was lost when the machine stopped"
  }
}

/// A failed LMDB call: which call, on which file, and LMDB's own reason.
public struct LMDBError: Error, CustomStringConvertible {
  public let call: StaticString
  public let path: String
  public let code: CInt

  /// Whether it is the system's reason and not LMDB's own.
  public var isSystemError: Bool { code > 0 && code != ENOENT }

  /// Whether the file is none of LMDB's.
  var isForeign: Bool { code == MDB_INVALID || code == MDB_CORRUPTED }

  public var description: String { "\(path): \(call): \(String(cString: mdb_strerror(code)))" }
}
