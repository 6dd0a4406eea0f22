internal import SystemPackage

/// Four numbers, as `RowFile` keeps and `RowSorter` sorts them: a key, and what belongs to it.
public typealias Row = SIMD4<UInt64>

extension Row {
  /// Whether this comes before another one: by the first number, then the second, and so on.
  @inline(__always)
  func precedes(_ other: Row) -> Bool {
    if x != other.x { return x < other.x }
    if y != other.y { return y < other.y }
    if z != other.z { return z < other.z }
    return w < other.w
  }

  /// Whether the first two numbers, which are a hash of 128 bits where rows are found by one, are another row's.
  public func hasKey(of other: Row?) -> Bool { other.map { x == $0.x && y == $0.y } ?? false }
}

/// Keeps rows in a nameless temporary file, to be read again in their order. Memory does not grow with their number.
public final class RowFile {
  private let descriptor: FileDescriptor
  private var waiting: [Row] = []
  private var written = 0
  /// In messages: the file has none of its own.
  private let name: String
  private static let buffered = 1 << 13
  private static let rowBytes = MemoryLayout<Row>.stride

  /// Makes an empty file.
  ///
  /// - Parameter folder: on whose disk it is; nil for the system's folder of temporary files.
  /// - Throws: `FileError` where no temporary file can be made.
  public init(in folder: String? = nil) throws {
    name = nameOfTemporaryFile(in: folder)
    descriptor = try namelessTemporaryFile(in: folder)
  }

  deinit { try? descriptor.close() }

  /// How many rows were appended.
  public var count: Int { written + waiting.count }

  /// Appends a row.
  ///
  /// - Throws: `FileError` where the temporary file cannot be written.
  public func append(_ row: Row) throws {
    waiting.append(row)
    if waiting.count == Self.buffered { try flush() }
  }

  func append(contentsOf rows: [Row]) throws {
    try flush()
    try write(rows)
  }

  private func flush() throws {
    try write(waiting)
    waiting.removeAll(keepingCapacity: true)
  }

  private func write(_ rows: [Row]) throws {
    do {
      try rows.withUnsafeBytes {
        _ = try descriptor.writeAll(toAbsoluteOffset: Int64(written * Self.rowBytes), $0)
      }
    } catch let error as Errno {
      throw FileError(action: "write", path: name, errno: error)
    }
    written += rows.count
  }

  /// A row by its number, from 0.
  ///
  /// - Throws: as `rows`.
  public subscript(index: Int) -> Row { get throws { try rows(index..<index + 1)[0] } }

  /// Rows by their numbers, from 0.
  ///
  /// - Throws: `FileError` where the temporary file cannot be written or read.
  public func rows(_ range: Range<Int>) throws -> [Row] {
    precondition(range.upperBound <= count, "rows that were appended")
    try flush()
    return try [Row](unsafeUninitializedCapacity: range.count) { room, filled in
      let bytes = UnsafeMutableRawBufferPointer(
        start: room.baseAddress, count: range.count * Self.rowBytes)
      let read = try readFully(
        descriptor, at: range.lowerBound * Self.rowBytes, into: bytes, path: name)
      guard read == bytes.count else {
        throw FileError(action: "read", path: name, errno: .ioError)
      }
      filled = range.count
    }
  }

  /// Reads rows one after the other, with some kilobytes of memory.
  public struct Reader {
    private let file: RowFile
    private var rest: Range<Int>
    private var read: [Row] = []
    private var next = 0

    /// - Parameters:
    ///   - file: whose rows are read.
    ///   - range: of the rows' numbers; nil for all.
    public init(_ file: RowFile, _ range: Range<Int>? = nil) {
      (self.file, rest) = (file, range ?? 0..<file.count)
    }

    /// The next row; nil at the end.
    ///
    /// - Throws: `FileError` where the temporary file cannot be read.
    public mutating func nextRow() throws -> Row? {
      if next == read.count {
        guard !rest.isEmpty else { return nil }
        let end = min(rest.upperBound, rest.lowerBound + RowFile.buffered / 4)
        read = try file.rows(rest.lowerBound..<end)
        (rest, next) = (end..<rest.upperBound, 0)
      }
      defer { next += 1 }
      return read[next]
    }
  }
}
