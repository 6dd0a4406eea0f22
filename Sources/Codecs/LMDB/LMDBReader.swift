/// Reads one LMDB file: ours or another program's, alone or in a folder of its own. Nothing is written beside
/// it.
///
/// The format is read by us and not by liblmdb, which believes a file: whatever is damaged or changed while it is
/// read is an error that says where. Pages may have any size. A reader belongs to one thread.
public final class LMDBReader {
  private let tree: LMDBTree
  /// Values with pages of their own, each read whole when it is asked for; one in use is taken out.
  private var spare: LMDBValueBuffer?

  /// The file that is read.
  public var path: String { tree.snapshot.file.path }

  /// - Parameter path: the file, whatever its name, or a folder with `data.mdb` in it.
  /// - Throws: `LMDBError` or `FileError` where the file is missing; `UnreadableLMDB` where it has nothing in it
  ///   or another format; `TruncatedLMDB` where it was cut short; `DamagedLMDB` where its first pages are not as they should be.
  public init(path: String) throws {
    let snapshot = try Self.snapshot(Self.file(inFolder: path) ?? path)
    guard snapshot.main.flags == 0 else {
      throw UnreadableLMDB(
        path: snapshot.file.path, found: Self.words(forFlags: snapshot.main.flags))
    }
    tree = LMDBTree(snapshot.main, of: snapshot, order: .bytes)
  }

  /// The file of an LMDB's folder; nil where there is none.
  public static func file(inFolder path: String) -> String? {
    let file = path + (path.hasSuffix("/") ? "" : "/") + "data.mdb"
    guard isFolder(path), FileIdentity(file) != nil, !isFolder(file) else { return nil }
    return file
  }

  private static func snapshot(_ path: String) throws -> LMDBSnapshot {
    switch try? FileSignature(path: path) {
    case .empty: throw UnreadableLMDB(path: path, found: "0 bytes")
    case .lmdb(let version) where version != 1:
      throw UnreadableLMDB(
        path: path,
        found:
          "one of the format of LMDB 1.0 (\(version)); copy it with a program that has LMDB 0.9"
      )
    default: return try LMDBSnapshot(path: path, unfinished: false)
    }
  }

  /// MDB_REVERSEKEY, MDB_DUPSORT, MDB_INTEGERKEY and what goes with them: keys in another order, or many values a key.
  private static func words(forFlags flags: UInt16) -> String {
    let names = [
      (0x02, "keys compared from their ends"), (0x04, "several values a key"),
      (0x08, "numbers as keys"),
    ]
    let known = names.filter { Int(flags) & $0.0 != 0 }.map(\.1)
    let held = known.isEmpty ? "flags that sixdof does not know" : known.joined(separator: " and ")
    return "one with \(held) (flags \(flagsText(flags)))"
  }

  /// How many keys the file holds, its own special ones included.
  public func count() throws -> Int { Int(tree.database.entries) }

  /// The bytes of a key's value, valid in the closure; nil where there is no such key.
  ///
  /// - Throws: `DamagedLMDB`, `TruncatedLMDB`, `ChangedFile` or `FileError` where the value cannot be read; what `body` throws.
  public func withValue<Result>(
    of key: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    guard let place = try key.withUnsafeBytes({ try tree.place(of: $0) }) else { return nil }
    return try withValue(at: place, body)
  }

  /// Visits all pairs in key order until `body` returns false; its buffers are valid in the call only.
  ///
  /// - Throws: as `withValue`; `DamagedLMDB` where there are not as many entries as the file counts, and `ChangedFile` where it
  ///   was written to meanwhile, both at the end.
  public func forEach(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try visit { place in
      try withValue(at: place) { try body(place.node.key, $0) }
    }
  }

  /// Visits all keys in their order, without reading values that have pages of their own.
  public func forEachKey(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
    try visit { try body($0.node.key) }
  }

  /// - Throws: `ChangedFile` where the file is not as it was when it was opened: for who has read all single values.
  public func checkUnchanged() throws { try tree.snapshot.file.checkUnchanged() }

  func visit(_ body: (LMDBTree.Place) throws -> Bool) throws {
    try tree.forEach(visited: LMDBPageSet(of: tree.snapshot), body)
    try checkUnchanged()
  }

  func withValue<Result>(
    at place: LMDBTree.Place, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try withExtendedLifetime(place.page) {
      guard place.node.isOverflow else { return try body(place.node.value) }
      let buffer = spare ?? LMDBValueBuffer()
      spare = nil
      defer { spare = buffer }
      return try body(buffer.read(place.node, of: tree.snapshot))
    }
  }
}
