/// Sorts any number of rows in bounded memory: sorted runs in a nameless temporary file, which are merged while they are
/// read (D. E. Knuth, "The Art of Computer Programming", volume 3, section 5.4). Few rows are sorted where they are, and
/// no file is made.
public final class RowSorter {
  /// How many rows are sorted in memory unless another number is given: 16 MB of them.
  public static let usualMemory = 1 << 19
  /// How many runs are merged at once; more are first merged to longer ones.
  private static let greatestFanIn = 256

  private let most: Int
  private let folder: String?
  private var rows: [Row] = []
  private var file: RowFile?
  private var runs: [Range<Int>] = []
  /// How many rows were added.
  public private(set) var count = 0

  /// Makes a sorter without rows.
  ///
  /// - Parameters:
  ///   - memory: how many rows are in memory at most; at least 2.
  ///   - folder: on whose disk runs are kept; nil for the system's folder of temporary files.
  public init(memory: Int = usualMemory, in folder: String? = nil) {
    precondition(memory >= 2, "rows to sort in memory")
    (most, self.folder) = (memory, folder)
  }

  /// Adds a row.
  ///
  /// - Throws: `FileError` where a temporary file cannot be written.
  public func add(_ row: Row) throws {
    if rows.count == most { try writeRun() }
    rows.append(row)
    count += 1
  }

  private func writeRun() throws {
    let file = try self.file ?? RowFile(in: folder)
    self.file = file
    sortRows()
    let start = file.count
    try file.append(contentsOf: rows)
    runs.append(start..<file.count)
    rows.removeAll(keepingCapacity: true)
  }

  private func sortRows() { rows.sort { $0.precedes($1) } }

  /// All rows in ascending order. The sorter is empty afterwards.
  ///
  /// - Throws: `FileError` where a temporary file cannot be written or read.
  public func sorted() throws -> SortedRows {
    count = 0
    guard file != nil else {
      sortRows()
      defer { rows = [] }
      return SortedRows(rows)
    }
    if !rows.isEmpty { try writeRun() }
    rows = []
    guard var file else { return SortedRows([]) }
    while runs.count > Self.greatestFanIn {
      let longer = try RowFile(in: folder)
      var merged: [Range<Int>] = []
      for first in stride(from: 0, to: runs.count, by: Self.greatestFanIn) {
        let start = longer.count
        var some = try SortedRows(
          file, Array(runs[first..<min(first + Self.greatestFanIn, runs.count)]))
        while let row = try some.nextRow() { try longer.append(row) }
        merged.append(start..<longer.count)
      }
      (file, runs) = (longer, merged)
    }
    defer { (self.file, runs) = (nil, []) }
    return try SortedRows(file, runs)
  }
}

/// Rows of a `RowSorter` in ascending order.
public struct SortedRows {
  private var inMemory: [Row]
  private var next = 0
  private var readers: [RowFile.Reader] = []
  /// The next row of each reader that has one, as a binary heap with the least on top.
  private var heap: [(row: Row, reader: Int)] = []

  fileprivate init(_ rows: [Row]) { inMemory = rows }

  fileprivate init(_ file: RowFile, _ runs: [Range<Int>]) throws {
    inMemory = []
    readers = runs.map { RowFile.Reader(file, $0) }
    for i in readers.indices {
      guard let row = try readers[i].nextRow() else { continue }
      heap.append((row, i))
    }
    for i in heap.indices.reversed() { sink(i) }
  }

  /// The next row; nil at the end.
  ///
  /// - Throws: `FileError` where the temporary file cannot be read.
  public mutating func nextRow() throws -> Row? {
    if next < inMemory.count {
      defer { next += 1 }
      return inMemory[next]
    }
    guard let least = heap.first else { return nil }
    if let row = try readers[least.reader].nextRow() {
      heap[0].row = row
    } else {
      let last = heap.removeLast()
      if heap.isEmpty { return least.row }
      heap[0] = last
    }
    sink(0)
    return least.row
  }

  private mutating func sink(_ start: Int) {
    var i = start
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2] where child < heap.count {
        if heap[child].row.precedes(heap[least].row) { least = child }
      }
      guard least != i else { return }
      heap.swapAt(i, least)
      i = least
    }
  }
}
