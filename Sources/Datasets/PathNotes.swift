internal import Schema

/// What is said once of the images of a source by their paths: how many were absolute or URLs, and how many an earlier entry
/// had. Each is said of the file in which the first one is.
struct PathNotes {
  /// A kind of images.
  private struct Count {
    var number = 0
    /// The first one: as the source spells it, its record's path, and where that is.
    var first: (path: String, record: String, place: SourceLocation)?

    mutating func add(_ path: String, _ record: ImageRecord, line: Int? = nil) {
      number += 1
      guard first == nil else { return }
      let file = SourceLocation.fileName(of: record.source.file ?? "")
      first = (path, record.image.path, SourceLocation(file: file, line: line))
    }
  }

  private var absolute = Count()
  private var addresses = Count()
  private var repeated = Count()

  /// Counts the image of an outcome.
  mutating func add(_ outcome: Outcome) {
    guard let record = outcome.record else { return }
    if let path = outcome.absolutePath { absolute.add(path, record) }
    if let address = outcome.address { addresses.add(address, record) }
  }

  /// Counts an image that an earlier entry names.
  mutating func addRepeated(_ record: ImageRecord) {
    repeated.add(record.image.path, record, line: record.source.line)
  }

  /// What is to be said at the end; none where there is nothing.
  mutating func take() -> [RecordIssue] {
    var issues: [RecordIssue] = []
    if let first = absolute.first {
      issues.append(
        RecordIssue(
          .absolutePath, at: first.place,
          "image paths: expected relative ones, found \(counted(absolute.number, "absolute one")), as '\(first.path.printable)', which became '\(first.record.printable)'; with the folder of the images named, paths below it become relative to it"
        ))
    }
    if let first = addresses.first {
      issues.append(
        RecordIssue(
          .absolutePath, at: first.place,
          "image paths: expected paths of files, found \(counted(addresses.number, "URL")), as '\(first.path.printable)', which became '\(first.record.printable)'; nothing is fetched, so where images are needed they must lie below their folder by such a path or name"
        ))
    }
    if let first = repeated.first {
      issues.append(
        RecordIssue(
          .sharedImagePath, at: first.place,
          "image paths: expected one entry of each image, found \(repeated.number) more of images that an earlier one names, first '\(first.path.printable)'; their records have the same ids, which 'sixdof check' lists"
        ))
    }
    self = PathNotes()
    return issues
  }
}
