internal import Codecs
internal import Schema

/// A source whose images may differ in nothing but the extension: the id of the second of `a.jpg` and `a.png` keeps
/// it, for an id without it is the first one's. Takes 8 bytes an image while all have one extension, and 30 afterwards.
struct DistinctIDs: AnnotationSource {
  private var source: any AnnotationSource
  /// The extensions met.
  private var extensions: [Substring] = []
  /// Hashes of the paths without extension, while there is one extension.
  private var stems: [UInt64] = []
  /// Afterwards, for each the extension that came first.
  private var first: [UInt64: Int] = [:]

  init(_ source: any AnnotationSource) { self.source = source }

  var position: Int { source.position }
  var size: Int { source.size }

  mutating func next() throws -> Outcome? {
    guard var outcome = try source.next() else { return nil }
    if let image = outcome.record?.image, isTaken(image) { outcome.record?.keepExtensionInID() }
    return outcome
  }

  /// Whether an image of another extension has the rest of the path.
  private mutating func isTaken(_ image: ImageReference) -> Bool {
    var stem = image.stem
    let end = image.path[stem.endIndex...]
    let place = extensions.firstIndex(of: end) ?? extensions.count
    if place == extensions.count { extensions.append(end) }
    // Unlike `Hasher`'s the same in each run.
    let hash = stem.withUTF8 { fastHash(of: UnsafeRawBufferPointer($0)) }
    if extensions.count == 1 {
      stems.append(hash)
      return false
    }
    if !stems.isEmpty {
      first = Dictionary(stems.map { ($0, 0) }, uniquingKeysWith: { known, _ in known })
      stems = []
    }
    let known = first[hash]
    if known == nil { first[hash] = place }
    return known.map { $0 != place } ?? false
  }
}
