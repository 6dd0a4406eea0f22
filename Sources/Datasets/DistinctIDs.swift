internal import Codecs
internal import Schema

/// Gives distinct ids to images that differ only in their extension, such as `a.jpg` and `a.png`: the first
/// image's id has no extension, the second one's keeps it. Takes 10 to 20 bytes an image while all images have
/// one extension, and 30 bytes afterwards. At the end it says what paths are told of (`PathNotes`).
struct DistinctIDs: AnnotationSource {
  private var source: any AnnotationSource
  /// The extensions met so far.
  private var extensions: [Substring] = []
  /// Hashes of the paths without extension, as long as only one extension was met.
  private var stems: Set<UInt64> = []
  /// After that: for each hash, the index of the extension that came first.
  private var first: [UInt64: Int] = [:]
  private var notes = PathNotes()

  init(_ source: any AnnotationSource) { self.source = source }

  var position: Int { source.position }
  var size: Int { source.size }

  mutating func next() throws -> Outcome? {
    guard var outcome = try source.next() else {
      let issues = notes.take()
      return issues.isEmpty ? nil : .notes(issues)
    }
    notes.add(outcome)
    if let record = outcome.record, isTaken(record) { outcome.record?.keepExtensionInID() }
    return outcome
  }

  /// Whether an image with another extension already has the same path without it.
  private mutating func isTaken(_ record: ImageRecord) -> Bool {
    let image = record.image
    var stem = image.stem
    let end = image.path[stem.endIndex...]
    let place = extensions.firstIndex(of: end) ?? extensions.count
    if place == extensions.count { extensions.append(end) }
    // Unlike the values of `Hasher`, this hash is the same in each run.
    let hash = stem.withUTF8 { fastHash(of: UnsafeRawBufferPointer($0)) }
    if extensions.count == 1 {
      if !stems.insert(hash).inserted { notes.addRepeated(record) }
      return false
    }
    if !stems.isEmpty {
      first = Dictionary(uniqueKeysWithValues: stems.lazy.map { ($0, 0) })
      stems = []
    }
    let known = first[hash]
    if known == nil { first[hash] = place }
    if known == place { notes.addRepeated(record) }
    return known.map { $0 != place } ?? false
  }
}
