internal import CSQLite

/// A failed read of an SQLite database. The text completes "file.sqlite: ...".
public struct SQLiteError: Error, CustomStringConvertible {
  /// "expected X, found Y", or SQLite's own words.
  public let description: String
}

/// An SQLite database that is read from its bytes, so that it may lie in an archive, and nothing is ever made or locked
/// beside the user's file.
public final class SQLiteFile {
  private let contents: FileContents
  private let database: OpaquePointer

  /// Opens a database.
  ///
  /// - Parameter contents: the whole file, which is not copied.
  /// - Throws: `SQLiteError` where it is no whole database.
  public init(_ contents: FileContents) throws {
    self.contents = contents
    var handle: OpaquePointer?
    let status = sqlite3_open_v2(
      ":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
    guard status == SQLITE_OK, let handle else {
      sqlite3_close_v2(handle)
      throw SQLiteError(description: "expected a database, found that SQLite cannot begin")
    }
    database = handle
    // A file is trusted with nothing but its rows: no functions of its own in views, no shadow tables.
    sqlite3_exec(handle, "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON", nil, nil, nil)
    try contents.withBytes { bytes in
      guard bytes.count >= 100 else {
        throw SQLiteError(description: "expected a database, found \(bytes.count) bytes")
      }
      // SQLite cannot read a log beside a file that is in memory. Without one there is nothing in it.
      if bytes[18] == 2 || bytes[19] == 2 {
        throw SQLiteError(
          description:
            "expected a database without a write-ahead log, found one; run sqlite3 FILE 'PRAGMA journal_mode=DELETE'"
        )
      }
      let memory = UnsafeMutablePointer(
        mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      guard
        sqlite3_deserialize(
          handle, "main", memory, Int64(bytes.count), Int64(bytes.count),
          UInt32(SQLITE_DESERIALIZE_READONLY)) == SQLITE_OK
      else { throw failure() }
    }
  }

  deinit { sqlite3_close_v2(database) }

  /// The rows that a query gives, one after the other.
  ///
  /// - Throws: `SQLiteError` where the query does not fit the database.
  public func rows(_ query: String) throws -> SQLiteRows {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, query, -1, &statement, nil) == SQLITE_OK, let statement
    else { throw failure() }
    return SQLiteRows(self, statement)
  }

  fileprivate func failure() -> SQLiteError {
    SQLiteError(
      description: "expected a whole database, found: \(String(cString: sqlite3_errmsg(database)))")
  }
}

/// The rows of a query. Columns are those of the row that `next` moved to.
public final class SQLiteRows {
  private let file: SQLiteFile
  private let statement: OpaquePointer

  fileprivate init(_ file: SQLiteFile, _ statement: OpaquePointer) {
    (self.file, self.statement) = (file, statement)
  }

  deinit { sqlite3_finalize(statement) }

  /// Moves to the next row.
  ///
  /// - Returns: false at the end.
  /// - Throws: `SQLiteError` where the database is damaged.
  public func next() throws -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: true
    case SQLITE_DONE: false
    default: throw file.failure()
    }
  }

  /// Whether a column is NULL.
  public func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(statement, CInt(column)) == SQLITE_NULL
  }

  /// A number; nil where the column is NULL, or no number.
  public func number(_ column: Int) -> Double? {
    switch sqlite3_column_type(statement, CInt(column)) {
    case SQLITE_INTEGER, SQLITE_FLOAT: sqlite3_column_double(statement, CInt(column))
    default: nil
    }
  }

  /// A whole number; nil where the column holds none.
  public func integer(_ column: Int) -> Int? {
    sqlite3_column_type(statement, CInt(column)) == SQLITE_INTEGER
      ? Int(sqlite3_column_int64(statement, CInt(column))) : nil
  }

  /// A text, or a number as text; nil where the column is NULL.
  public func text(_ column: Int) -> String? {
    sqlite3_column_text(statement, CInt(column)).map { String(cString: $0) }
  }
}
