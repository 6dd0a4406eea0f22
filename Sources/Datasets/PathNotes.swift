internal import Schema

/// What is said once of the images of a source by their paths: how many were absolute, and how many an earlier entry had.
struct PathNotes {
  private var absolute = 0
  private var first: (path: String, record: String)?
  private var place: SourceLocation?

  /// Counts the image of an outcome.
  mutating func add(_ outcome: Outcome) {
    if place == nil, let source = outcome.record?.source {
      place = SourceLocation(file: SourceLocation.fileName(of: source.file ?? ""))
    }
    guard let path = outcome.absolutePath, let image = outcome.record?.image else { return }
    absolute += 1
    if first == nil { first = (path, image.path) }
  }

  /// What is to be said at the end; none where there is nothing.
  ///
  /// - Parameter repeated: how many images have the path of an earlier one.
  mutating func take(repeated: Int) -> [RecordIssue] {
    guard let place else { return [] }
    var issues: [RecordIssue] = []
    if let first {
      issues.append(
        RecordIssue(
          .absolutePath, at: place,
          "image paths: expected relative ones, found \(counted(absolute, "absolute one")), as '\(first.path.printable)', which became '\(first.record.printable)'; with the folder of the images named, paths below it become relative to it"
        ))
    }
    if repeated > 0 {
      issues.append(
        RecordIssue(
          .sharedImagePath, at: place,
          "image paths: expected one entry of each image, found \(repeated) more of images that an earlier one names; their records have the same ids, which 'sixdof check' lists"
        ))
    }
    self = PathNotes()
    return issues
  }
}
