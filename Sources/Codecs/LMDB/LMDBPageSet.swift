internal import Glibc
internal import SystemPackage

/// The pages that a walk has visited, one bit for each.
final class LMDBPageSet {
  private let words: UnsafeMutablePointer<UInt64>

  /// - Throws: `FileError` where there is not enough memory for the file's number of pages.
  init(of snapshot: LMDBSnapshot) throws {
    // `calloc` gives zeros without touching the memory. So the set costs what the walk reaches, and not what the
    // file counts.
    guard let words = calloc(snapshot.lastPage / 64 + 1, 8) else {
      throw FileError(
        action: "count the pages", path: snapshot.file.path, errno: .noMemory)
    }
    self.words = words.assumingMemoryBound(to: UInt64.self)
  }

  deinit { free(words) }

  func contains(_ page: Int) -> Bool { words[page / 64] & (1 << UInt64(page % 64)) != 0 }

  /// - Throws: `DamagedLMDB` where one of the pages is in the set already.
  func insert(_ first: Int, count: Int, of snapshot: LMDBSnapshot) throws {
    for page in first..<first + count {
      guard !contains(page) else {
        throw snapshot.file.fault(
          page: page, pageSize: snapshot.pageSize,
          "expected one way to this page, found a second one")
      }
      words[page / 64] |= 1 << UInt64(page % 64)
    }
  }
}
