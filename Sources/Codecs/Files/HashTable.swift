internal import Glibc
internal import SystemPackage

/// Collects hashes of several lists, which come in any order, and writes them as one NumPy array: rows (high,
/// low) of uint64, list after list.
///
/// Until then they are in a nameless temporary file, 20 bytes each, so memory does not grow with their number.
public final class HashTable {
  private let spool: NamelessFile
  /// The number of hashes in each list.
  private var counts: [Int]
  private static let rowBytes = 16
  private static let entryBytes = 4 + rowBytes
  /// How many bytes of rows may wait, over all lists, to be written together.
  private static let bufferedBytes = 4 << 20

  /// Makes empty lists.
  ///
  /// - Parameter lists: how many there are; at least 1.
  /// - Throws: `FileError` where no temporary file can be made.
  public init(lists: Int) throws {
    precondition(lists > 0, "at least one list")
    spool = try NamelessFile()
    counts = Array(repeating: 0, count: lists)
  }

  /// Appends a hash to a list.
  ///
  /// - Parameters:
  ///   - hash: what is appended.
  ///   - list: the list's number, from 0.
  /// - Throws: `FileError` where the temporary file cannot be written.
  public func append(_ hash: XXH128, to list: Int) throws {
    let entry = Entry(list: UInt32(list), hash: hash)
    counts[list] += 1
    try spool.output.write(entry.bytes)
  }

  /// Writes all rows to a `.npy` file and waits until it is on the disk.
  ///
  /// - Throws: `FileError` where the file cannot be written.
  public func write(to path: String) throws {
    let file = try openForWriting(path, [.create, .truncate])
    do {
      try file.closeAfter {
        try write(to: file)
        guard fsync(file.rawValue) == 0 else { throw Errno.current }
      }
    } catch let error as Errno {
      throw FileError(action: "write", path: path, errno: error)
    }
  }

  private func write(to file: FileDescriptor) throws {
    let header = NPY.header(type: "<u8", shape: [counts.reduce(0, +), 2])
    try file.writeAll(toAbsoluteOffset: 0, header)
    // Where each list's next rows go in the file, and the rows that wait.
    var places: [Int] = []
    var end = header.count
    for count in counts {
      places.append(end)
      end += count * Self.rowBytes
    }
    var waiting = Array(repeating: [UInt8](), count: counts.count)
    let most = max(Self.rowBytes, Self.bufferedBytes / counts.count)
    func flush(_ list: Int) throws {
      try file.writeAll(toAbsoluteOffset: Int64(places[list]), waiting[list])
      places[list] += waiting[list].count
      waiting[list].removeAll(keepingCapacity: true)
    }
    try spool.output.flush()
    try spool.mapped().withBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: Self.entryBytes) {
        let list = Int(Entry.list(at: start, of: bytes))
        waiting[list] += bytes[start + 4..<start + Self.entryBytes]
        if waiting[list].count > most - Self.rowBytes { try flush(list) }
      }
    }
    for list in waiting.indices where !waiting[list].isEmpty { try flush(list) }
  }

  /// A row in the temporary file: the number of its list, then the row as it will be written, little-endian.
  private struct Entry {
    var list: UInt32
    var hash: XXH128

    var bytes: [UInt8] {
      [UInt8](unsafeUninitializedCapacity: HashTable.entryBytes) { room, count in
        let room = UnsafeMutableRawBufferPointer(room)
        room.storeBytes(of: list.littleEndian, as: UInt32.self)
        room.storeBytes(of: hash.high.littleEndian, toByteOffset: 4, as: UInt64.self)
        room.storeBytes(of: hash.low.littleEndian, toByteOffset: 12, as: UInt64.self)
        count = HashTable.entryBytes
      }
    }

    static func list(at start: Int, of bytes: UnsafeRawBufferPointer) -> UInt32 {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
    }
  }
}
