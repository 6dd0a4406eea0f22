public import Codecs
public import Datasets
public import Schema

/// Images without annotations, as records without faces: all of a folder or archive, at any depth, or those of
/// archives in a folder that has no other images, as `00000.tar/000000012.jpg`. What is left
/// out is told with the first, one issue a reason.
public struct PhotoSource: AnnotationSource {
  private let tree: FileTree
  private let survey: PhotoSurvey
  private let dataset: String
  private var walk: FileWalk
  /// In images.
  public private(set) var position = 0
  /// In images.
  public var size: Int { survey.photos }

  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive; `RunFailure` where it
  ///   has no images.
  public init(_ tree: FileTree, dataset: String) throws {
    (self.tree, self.dataset) = (tree, dataset)
    // Beside photos, an archive is most often a copy of them.
    let outside = try PhotoSurvey(tree, entersArchives: false)
    let entersArchives = outside.photos == 0
    survey = entersArchives ? try PhotoSurvey(tree, entersArchives: true) : outside
    walk = tree.walk(entersArchives: entersArchives)
    guard size > 0 else {
      throw RunFailure(
        "\(tree.path): expected images (\(FileEnding.imagesInWords)), found none\(survey.reasons)"
      )
    }
  }

  /// The next image.
  public mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  /// The next image; what is said of it in a file beside it is left to whoever asks for the outcome.
  public mutating func nextPending() throws -> PendingOutcome? {
    while let path = try walk.next() {
      guard PhotoSurvey.isImage(path[...]) else { continue }
      defer { position += 1 }
      var record = photo(path, dataset: dataset)
      if survey.keepsExtension(path[...]) { record.keepExtensionInID() }
      let issues = position == 0 ? survey.issues : []
      return .deferred { [tree, record] in
        var record = record
        let issue = PhotoMetadata.add(in: tree, to: &record)
        return Outcome(record: record, issues: issues + [issue].compactMap { $0 })
      }
    }
    return nil
  }
}

/// One image file.
public struct SinglePhoto: AnnotationSource {
  private var record: ImageRecord?
  /// 0 or 1.
  public var position: Int { record == nil ? 1 : 0 }
  /// In images.
  public let size = 1

  /// - Parameters:
  ///   - path: relative to the folder of images.
  ///   - dataset: the value of the record's `source.dataset`.
  public init(_ path: String, dataset: String) {
    record = photo(path, dataset: dataset)
  }

  /// The image, once.
  public mutating func next() -> Outcome? { record.take().map { Outcome(record: $0) } }
}

private func photo(_ path: String, dataset: String) -> ImageRecord {
  ImageRecord(source: RecordSource(dataset: dataset), image: ImageReference(path: path))
}
