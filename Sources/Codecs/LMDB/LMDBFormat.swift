/// LMDB 0.9's file format (data version 1), as programs of 64 bits and little-endian numbers write it.
///
/// A file is an array of pages of one size. The first two are meta pages (`LMDBMeta`), of which the one with the
/// greater transaction number is valid. Each page begins with MDB_page, 16 bytes:
///
/// | byte | field | |
/// |---|---|---|
/// | 0 | mp_pgno | the page's own number, 8 bytes |
/// | 8 | mp_pad | 2 bytes, unused here |
/// | 10 | mp_flags | what the page is, 2 bytes |
/// | 12 | pb_lower, pb_upper | where a tree's page has its free room, 2 bytes each |
/// | 12 | pb_pages | of how many pages a large value has, 4 bytes in place of these |
///
/// On a page of a tree the nodes' offsets from its beginning follow, 2 bytes each, in the order of their keys.
/// The nodes fill the page from `upper` to its end without a gap. MDB_node is 8 bytes and the key. In a leaf
/// mn_lo and mn_hi are the value's size, mn_flags says how the value is kept, and the value follows the key. In a
/// branch these three fields are the number of the page below. mn_ksize is the key's length.
enum LMDBFormat {
  static let magic: UInt32 = 0xBEEF_C0DE
  static let version: UInt32 = 1
  /// The size of MDB_page.
  static let headerBytes = 16
  /// The size of MDB_node without its key.
  static let nodeBytes = 8
  /// The sizes in bytes that pages may have. LMDB 0.9 takes the system's page size.
  static let pageSizes = 512...65536
  /// More levels than any tree has. LMDB's own cursors have room for this many.
  static let mostLevels = 32

  /// The bits of mp_flags.
  enum PageFlags {
    static let branch: UInt16 = 0x01
    static let leaf: UInt16 = 0x02
    static let overflow: UInt16 = 0x04
    static let meta: UInt16 = 0x08
    /// P_DIRTY, P_LOOSE and P_KEEP: a writer's own notes, which mean nothing in a file.
    static let notes: UInt16 = 0xC010
  }

  /// The bits of mn_flags in a leaf's node.
  enum NodeFlags {
    /// The value has pages of its own, and the node holds the number of the first one.
    static let overflow: UInt16 = 0x01
    /// The value is a database's MDB_db.
    static let database: UInt16 = 0x02
  }

  /// How many pages a value with pages of its own takes, their header included.
  static func overflowPages(_ valueBytes: Int, pageSize: Int) -> Int {
    (headerBytes + valueBytes + pageSize - 1) / pageSize
  }
}

/// A meta page: MDB_meta after the page's header. Fields that are not needed for reading are left out.
struct LMDBMeta {
  /// MDB_db: a tree.
  struct Database: Equatable {
    static let bytes = 48
    /// md_root of an empty tree.
    static let noPage = UInt64.max

    let flags: UInt16
    let depth: Int
    let entries: UInt64
    let root: UInt64

    init(_ page: UnsafeRawBufferPointer, at offset: Int) {
      flags = page.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
      depth = Int(page.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self))
      entries = page.loadUnaligned(fromByteOffset: offset + 32, as: UInt64.self)
      root = page.loadUnaligned(fromByteOffset: offset + 40, as: UInt64.self)
    }
  }

  /// The size of the page's header and MDB_meta.
  static let bytes = 152

  let pageFlags: UInt16
  let magic: UInt32
  let version: UInt32
  /// From md_pad of the first database, which is used for the page size there.
  let pageSize: UInt32
  /// The tree of free pages, by the transaction that freed them.
  let free: Database
  let main: Database
  let lastPage: UInt64
  let transaction: UInt64

  /// - Parameter page: at least the first `bytes` bytes of a page.
  init(_ page: UnsafeRawBufferPointer) {
    pageFlags = page.loadUnaligned(fromByteOffset: 10, as: UInt16.self)
    magic = page.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
    version = page.loadUnaligned(fromByteOffset: 20, as: UInt32.self)
    pageSize = page.loadUnaligned(fromByteOffset: 40, as: UInt32.self)
    free = Database(page, at: 40)
    main = Database(page, at: 88)
    lastPage = page.loadUnaligned(fromByteOffset: 136, as: UInt64.self)
    transaction = page.loadUnaligned(fromByteOffset: 144, as: UInt64.self)
  }

  /// What is wrong with the meta page, in words; nil where nothing is.
  var fault: String? {
    if pageFlags & ~LMDBFormat.PageFlags.notes != LMDBFormat.PageFlags.meta {
      return "expected a meta page, found flags \(flagsText(pageFlags))"
    }
    if magic != LMDBFormat.magic {
      return
        "expected the magic number \(flagsText(LMDBFormat.magic)), found \(flagsText(magic))"
    }
    if version != LMDBFormat.version {
      return "expected format \(LMDBFormat.version), found \(version)"
    }
    let size = Int(pageSize)
    guard LMDBFormat.pageSizes.contains(size), size & (size - 1) == 0 else {
      let range = LMDBFormat.pageSizes
      return
        "expected a page size that is a power of two from \(range.lowerBound) to \(range.upperBound), found \(size)"
    }
    return nil
  }

  /// Whether both meta pages describe the same trees.
  func agrees(with other: LMDBMeta) -> Bool {
    main == other.main && free == other.free && lastPage == other.lastPage
  }
}

/// A number as messages write flags: 0x41.
func flagsText(_ number: some BinaryInteger) -> String {
  "0x" + String(number, radix: 16, uppercase: true)
}
