/// Reads one LMDB file, ours or another program's, by itself or in a folder of its own. Nothing is written, and
/// there is no lock file.
///
/// We read the format ourselves, as liblmdb trusts a file's contents. Whatever is damaged, or changed while it is
/// read, is an error that says where. Pages may have any size that LMDB allows. A reader belongs to one thread.
public final class LMDBReader {
  private let tree: LMDBTree
  /// A buffer for values with pages of their own. It is nil while it is in use.
  private var spare: LMDBValueBuffer?

  /// The path of the file that is read.
  public var path: String { tree.snapshot.file.path }

  /// Opens an LMDB.
  ///
  /// - Parameter path: the file, whatever its name, or a folder with `data.mdb` in it.
  /// - Throws: `LMDBError` where the file is missing or not an LMDB; `FileError` where it cannot be read;
  ///   `UnreadableLMDB` where it is empty or of a format that is not supported; `TruncatedLMDB` where it was cut
  ///   short; `DamagedLMDB` where its first pages are faulty.
  public init(path: String) throws {
    let snapshot = try Self.snapshot(Self.file(inFolder: path) ?? path)
    guard snapshot.main.flags == 0 else {
      throw UnreadableLMDB(
        path: snapshot.file.path, found: Self.words(forFlags: snapshot.main.flags))
    }
    tree = LMDBTree(snapshot.main, of: snapshot, order: .bytes)
  }

  /// The path of `data.mdb` in a folder; nil where the path is not a folder with such a file.
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

  /// What a database's flags mean, in words. MDB_REVERSEKEY, MDB_DUPSORT, MDB_INTEGERKEY and their companions
  /// stand for keys in another order, or several values for each key.
  private static func words(forFlags flags: UInt16) -> String {
    let names = [
      (0x02, "keys compared from their ends"), (0x04, "several values a key"),
      (0x08, "numbers as keys"),
    ]
    let known = names.filter { Int(flags) & $0.0 != 0 }.map(\.1)
    let held = known.isEmpty ? "flags that sixdof does not know" : known.joined(separator: " and ")
    return "one with \(held) (flags \(flagsText(flags)))"
  }

  /// How many keys the file holds, special ones such as `__len__` included.
  public func count() throws -> Int { Int(tree.database.entries) }

  /// Gives the bytes of a key's value to the closure, during which they are valid.
  ///
  /// - Returns: what the closure returns; nil where there is no such key.
  ///
  /// - Throws: `DamagedLMDB`, `TruncatedLMDB`, `ChangedFile` or `FileError` where the value cannot be read; what
  ///   the closure throws.
  public func withValue<Result>(
    of key: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    guard let place = try key.withUnsafeBytes({ try tree.place(of: $0) }) else { return nil }
    return try withValue(at: place, body)
  }

  /// Calls `body` with each key and value, in the order of keys, until it returns false. The buffers are valid
  /// only during the call.
  ///
  /// - Throws: as `withValue`. At the end, `DamagedLMDB` where the number of entries is not what the file states,
  ///   and `ChangedFile` where the file was written to meanwhile.
  public func forEach(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try visit { place in
      try withValue(at: place) { try body(place.node.key, $0) }
    }
  }

  /// Calls `body` with each key, in their order, until it returns false. Values that have pages of their own are
  /// not read.
  ///
  /// - Throws: as `forEach`.
  public func forEachKey(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
    try visit { try body($0.node.key) }
  }

  /// Checks that nobody has written to the file, for callers that read single values.
  ///
  /// - Throws: `ChangedFile` where the file is not as it was when it was opened.
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
