internal import Datasets
internal import Schema

/// Some entries of a source. All before them are read too, as what a reader says of an entry may depend on others; so
/// each entry is what it is in a run of the whole.
struct PartSource: AnnotationSource {
  private var source: any AnnotationSource
  private let entries: Range<Int>
  private let total: Int
  /// How many entries of the source were read.
  private var read = 0

  /// - Parameters:
  ///   - source: from its beginning.
  ///   - entries: those that are wanted.
  ///   - total: how many entries the source has.
  ///   - start: how many entries `source` has passed already.
  init(_ source: any AnnotationSource, entries: Range<Int>, of total: Int, from start: Int = 0) {
    (self.source, self.entries, self.total, read) = (source, entries, total, start)
  }

  var position: Int { max(0, read - entries.lowerBound) }
  var size: Int { entries.count }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    while read < entries.lowerBound {
      guard try source.nextPending() != nil else { throw changed("\(read)") }
      read += 1
    }
    guard read < entries.upperBound else {
      // The last part notices that something was added.
      if read == total, try source.nextPending() != nil { throw changed("more") }
      return nil
    }
    guard let entry = try source.nextPending() else { throw changed("\(read)") }
    read += 1
    return entry
  }

  private func changed(_ found: String) -> RunFailure {
    RunFailure(
      "input: expected \(total) entries, as the parts were cut, found \(found); it changed since")
  }

  /// How many entries a source has from where it stands.
  static func count(_ source: any AnnotationSource, stop: () throws -> Void) throws -> Int {
    var (source, count) = (source, 0)
    while try source.nextPending() != nil {
      count += 1
      if count.isMultiple(of: 1024) { try stop() }
    }
    return count
  }
}
