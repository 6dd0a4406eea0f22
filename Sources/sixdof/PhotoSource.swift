internal import Codecs
internal import Datasets
internal import Schema

/// Images without annotations, as records without faces: all of a folder or archive, at any depth. What is left
/// out is told with the first, one issue a reason.
struct PhotoSource: AnnotationSource {
  private let survey: PhotoSurvey
  private let dataset: String
  private var walk: FileWalk
  private(set) var position = 0
  var size: Int { survey.photos }

  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive; `Failure` where it
  ///   has no images.
  init(_ tree: FileTree, dataset: String) throws {
    self.dataset = dataset
    walk = tree.walk()
    survey = try PhotoSurvey(tree)
    guard size > 0 else {
      let reasons = survey.issues.map { "; " + $0.detail }
      throw Failure(
        "\(tree.path): expected images (.jpg, .jpeg or .png), found none\(reasons.joined())")
    }
  }

  mutating func next() throws -> Outcome? {
    while let path = try walk.next() {
      guard PhotoSurvey.isImage(path[...]) else { continue }
      defer { position += 1 }
      var record = photo(path, dataset: dataset)
      if survey.keepsExtension(path[...]) { record.keepExtensionInID() }
      return Outcome(record: record, issues: position == 0 ? survey.issues : [])
    }
    return nil
  }
}

/// One image file.
struct SinglePhoto: AnnotationSource {
  private var record: ImageRecord?
  var position: Int { record == nil ? 1 : 0 }
  let size = 1

  init(_ path: String, dataset: String) {
    record = photo(path, dataset: dataset)
  }

  mutating func next() -> Outcome? { record.take().map { Outcome(record: $0) } }
}

private func photo(_ path: String, dataset: String) -> ImageRecord {
  ImageRecord(source: RecordSource(dataset: dataset), image: ImageReference(path: path))
}
