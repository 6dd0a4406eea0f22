internal import Codecs
internal import Datasets
internal import Schema

/// Images without annotations, as records without faces: all of a folder or archive, at any depth.
struct PhotoSource: AnnotationSource {
  private let tree: FileTree
  private let dataset: String
  private var walk: FileWalk
  private var isAtEnd = false
  private(set) var position = 0
  let size: Int

  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive; `Failure` where it
  ///   has no images.
  init(_ tree: FileTree, dataset: String) throws {
    self.tree = tree
    self.dataset = dataset
    walk = tree.walk()
    var count = 0
    var names = tree.walk()
    while let path = try names.next() { count += Self.isImage(path) ? 1 : 0 }
    guard count > 0 else {
      throw Failure("\(tree.path): expected images (.jpg, .jpeg or .png), found none")
    }
    size = count
  }

  mutating func next() throws -> Outcome? {
    while let path = try walk.next() {
      guard Self.isImage(path) else { continue }
      position += 1
      return Outcome(record: photo(path, dataset: dataset))
    }
    defer { isAtEnd = true }
    let issues =
      isAtEnd
      ? [] : walk.issues(at: SourceLocation(file: SourceLocation.fileName(of: tree.path)))
    return issues.isEmpty ? nil : Outcome(record: nil, issues: issues)
  }

  /// Hidden files, and what unpackers on other systems leave, are none.
  static func isImage(_ path: String) -> Bool {
    [".jpg", ".jpeg", ".png"].contains { path.lowercased().hasSuffix($0) }
      && !path.split(separator: "/").contains { $0 == "__MACOSX" || $0.first == "." }
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
