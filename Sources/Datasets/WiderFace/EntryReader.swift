internal import Codecs
internal import Schema

/// A text that consists of one entry for each image; the entries can be read in any order.
protocol EntryReader: AnnotationSource {
  var input: AnnotationText { get set }

  /// Moves past the next entry without reading it. Unlike `next`, it does not count lines.
  ///
  /// - Parameter body: is given the path that the entry names, if it names one.
  /// - Returns: false at the end.
  mutating func skipEntry(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool
}

extension EntryReader {
  var position: Int { input.position }
  var size: Int { input.size }
}

/// The images of a text, each once: all entries of an image are read where its first entry stands.
struct UniqueEntries<Reader: EntryReader>: AnnotationSource {
  private var reader: Reader
  private let repeated: RepeatedEntries

  init(_ reader: Reader) {
    self.reader = reader
    repeated = RepeatedEntries(of: reader)
  }

  var position: Int { reader.position }
  var size: Int { reader.size }

  mutating func next() throws -> Outcome? {
    while repeated.isLater(reader.position) {
      let start = reader.position
      _ = reader.skipEntry { _ in }
      reader.input.line += reader.input.lineFeeds(in: start..<reader.position)
    }
    let others = repeated.others(ofEntryAt: reader.position)
    guard var outcome = try reader.next() else { return nil }
    guard !others.isEmpty else { return outcome }
    var union = EntryUnion()
    if let record = outcome.record { union.add(record) }
    for place in others {
      var visitor = reader
      (visitor.input.position, visitor.input.line) = (place.position, place.line)
      guard let other = try visitor.next() else { continue }
      outcome.issues += other.issues
      if let record = other.record { union.add(record) }
    }
    if let issue = union.issue { outcome.issues.append(issue) }
    outcome.record = union.record
    return outcome
  }
}

/// Which entries of a text belong to the same image.
///
/// A first pass keeps 8 bytes an entry, a hash of its path. Only where hashes are equal, a second pass compares
/// the paths themselves.
struct RepeatedEntries {
  struct Place {
    var position: Int
    /// The number of lines before the entry.
    var line: Int
  }

  /// The later entries of an image, by the position of its first entry.
  private var others: [Int: [Place]] = [:]
  private var later: Set<Int> = []
  /// In bytes. For larger texts the hashes are counted first, so that their memory need not be moved.
  private static let largeText = 64 << 20

  init(of reader: some EntryReader) {
    let equal = Self.equalHashes(reader)
    if equal.isEmpty { return }
    var visitor = reader
    var entries: [String: [Place]] = [:]
    var (line, counted) = (visitor.input.line, visitor.position)
    while true {
      let start = visitor.position
      var path: String?
      let isEntry = visitor.skipEntry { bytes in
        Self.withPlainPath(bytes, reader.input.options) {
          if equal.contains(Self.hash($0)) { path = String(decoding: $0, as: UTF8.self) }
        }
      }
      if !isEntry { break }
      guard let path else { continue }
      line += visitor.input.lineFeeds(in: counted..<start)
      counted = start
      entries[path, default: []].append(Place(position: start, line: line))
    }
    for places in entries.values where places.count > 1 {
      others[places[0].position] = Array(places.dropFirst())
      later.formUnion(places.dropFirst().map(\.position))
    }
  }

  func isLater(_ position: Int) -> Bool { !later.isEmpty && later.contains(position) }

  func others(ofEntryAt position: Int) -> [Place] {
    others.isEmpty ? [] : others[position] ?? []
  }

  private static func equalHashes(_ reader: some EntryReader) -> Set<Int> {
    var hashes: [Int] = []
    if reader.size > largeText {
      var (counter, count) = (reader, 0)
      while counter.skipEntry({ _ in }) { count += 1 }
      hashes.reserveCapacity(count)
    }
    var visitor = reader
    let options = reader.input.options
    while visitor.skipEntry({ bytes in withPlainPath(bytes, options) { hashes.append(hash($0)) } })
    {}
    hashes.sort()
    var equal: Set<Int> = []
    for (first, second) in zip(hashes, hashes.dropFirst()) where first == second {
      equal.insert(first)
    }
    return equal
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: bytes)
    return hasher.finalize()
  }

  private static func withPlainPath(
    _ bytes: UnsafeRawBufferPointer, _ options: ReadingOptions,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    guard ImagePathVerdict.isSpeltOtherwise(bytes) else { return body(bytes) }
    var plain = options.recordPath(of: String(decoding: bytes, as: UTF8.self))
    plain.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}
