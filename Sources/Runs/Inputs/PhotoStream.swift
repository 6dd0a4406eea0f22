public import Codecs
public import Datasets
public import Schema

/// The images of a tar that comes through a pipe, each read once as it arrives: `aws s3 cp s3://b/00000.tar - | …`.
///
/// Records are those of the same tar as a file, in the tar's own order. Files that differ only in their ending are one image
/// and what is said of it, so they have to follow each other, as downloaders write them.
public struct PhotoStream: AnnotationSource {
  private let stream: TarStream
  private let dataset: String
  private let maximumBytes: Int
  private var survey: PhotoSurvey
  /// Those of one name, until another one comes.
  private var group = Group()
  /// Names without ending that were there lately, so that ids differ where files of one name are apart.
  private var recent: Set<String> = []
  private static let mostRecent = 4096
  /// What comes next, and is taken before anything is read.
  private var ready: [Outcome] = []
  private var isAtEnd = false
  /// In images.
  public private(set) var position = 0
  /// Not known beforehand.
  public let size = 0

  private struct Group {
    var stem = ""
    var photos: [(path: String, bytes: [UInt8]?)] = []
    var metadata: [UInt8]?
  }

  /// - Parameters:
  ///   - stream: from its beginning.
  ///   - dataset: the value of the records' `source.dataset`.
  ///   - maximumBytes: larger images are left out.
  public init(_ stream: TarStream, dataset: String, maximumBytes: Int) {
    (self.stream, self.dataset, self.maximumBytes) = (stream, dataset, maximumBytes)
    survey = PhotoSurvey(at: SourceLocation(file: stream.path), isArchive: true)
  }

  /// Standard input as a tar.
  ///
  /// - Parameters:
  ///   - dataset: the value of the records' `source.dataset`.
  ///   - maximumBytes: larger images are left out.
  /// - Throws: `ArchiveError` where it does not begin as a tar.
  public init(dataset: String, maximumBytes: Int) throws {
    self.init(
      try TarStream(descriptor: 0, path: "standard input"), dataset: dataset,
      maximumBytes: maximumBytes)
  }

  /// The next image.
  ///
  /// - Throws: `ArchiveError` where the stream is broken, or ends too early; `RunFailure` where it has no images.
  public mutating func next() throws -> Outcome? {
    while ready.isEmpty, !isAtEnd { try readMember() }
    guard !ready.isEmpty else { return nil }
    let outcome = ready.removeFirst()
    if outcome.isImage { position += 1 }
    return outcome
  }

  private mutating func readMember() throws {
    let next = try stream.next()
    let left = stream.takeLeftOut().filter { PhotoSurvey.isMissed($0.name) }
    if !left.isEmpty { tell(left) }
    guard let path = next else {
      isAtEnd = true
      endGroup()
      guard survey.photos > 0 else {
        throw RunFailure(
          "\(stream.path): expected a tar with images (\(FileEnding.imagesInWords)), found none\(survey.reasons)"
        )
      }
      let left = survey.issues
      if !left.isEmpty { ready.append(.notes(left)) }
      return
    }
    let stem = String(ImageReference.stem(of: path[...]))
    if stem != group.stem {
      endGroup()
      group.stem = stem
    }
    if group.photos.contains(where: { $0.path == path }) {
      tell([LeftMember(path, .repeated(read: "first"))])
    } else if survey.count(path) {
      group.photos.append((path, try stream.contents(limit: maximumBytes)))
    } else if path == stem + ".json" {
      group.metadata = try stream.contents(limit: PhotoMetadata.mostBytes)
    } else if PhotoSurvey.hasNoEnding(path), let bytes = try stream.contents(limit: maximumBytes),
      FileSignature(head: bytes) == .image
    {
      survey.countUnnamed(path)
    }
  }

  private mutating func tell(_ left: [LeftMember]) {
    ready.append(.notes(left.map { RecordIssue($0, at: SourceLocation(file: stream.path)) }))
  }

  private mutating func endGroup() {
    for (path, bytes) in group.photos {
      var record = ImageRecord(
        source: RecordSource(dataset: dataset), image: ImageReference(path: path))
      if group.photos.count > 1 || recent.contains(group.stem) { record.keepExtensionInID() }
      guard let bytes else {
        let issue = RecordIssue(
          .oversizedImage, at: record.location,
          "image '\(path)': expected at most \(maximumBytes) bytes, found more")
        ready.append(Outcome(record: nil, issues: [issue]))
        continue
      }
      let issue = group.metadata?.withUnsafeBytes { PhotoMetadata.add($0, to: &record) }
      var outcome = Outcome(record: record, issues: [issue ?? nil].compactMap { $0 })
      outcome.image = bytes
      ready.append(outcome)
    }
    if recent.count == Self.mostRecent { recent.removeAll(keepingCapacity: true) }
    if !group.photos.isEmpty { recent.insert(group.stem) }
    group = Group()
  }
}
