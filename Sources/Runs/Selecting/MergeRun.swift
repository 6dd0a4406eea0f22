internal import Codecs
internal import Schema

/// Puts files of records together, each record once.
public struct MergeRun: Job {
  /// Which of the records of one id is kept; with `fail`, a second one ends the run.
  public enum Duplicates: String, CaseIterable, Sendable { case fail, first, last }

  /// Files of records; '-' is standard input.
  public var inputs: [String]
  /// Which of the records of one id is kept.
  public var onDuplicate = Duplicates.fail
  /// '-' is standard output.
  public var output: String
  /// How the run goes about its work.
  public var settings: RunSettings

  /// A second record of an id ends the run unless one is chosen.
  public init(
    inputs: [String], onDuplicate: Duplicates = .fail, output: String, settings: RunSettings
  ) {
    (self.inputs, self.onDuplicate) = (inputs, onDuplicate)
    (self.output, self.settings) = (output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try SelectionRun.makeFile(output, from: inputs, settings: settings, context) { run, records in
      try merge(run, records)
    }
  }

  /// All records' lines are in the output, or wait in a temporary file where that is a stream, until their ids are sorted.
  /// So memory does not grow with them.
  private func merge(
    _ run: SelectionRun, _ records: OutputFile
  ) throws -> (Int, [String]) {
    let lines = try Spool(for: records, in: run.folder)
    // Rows (id's hash, of 128 bits, the record's number, its place).
    let ids = RowSorter(in: run.folder)
    // Rows (the image's hash, that of the record's id, its place).
    let images = RowSorter(in: run.folder)
    var places = try RecordPlaces(run.inputs)
    try run.holdIssues {
      for (input, file) in run.inputs.enumerated() {
        try run.forEach(
          in: file, makeWorker: JSONWriter.init,
          work: { writer, record in
            let image = XXH128(of: (record.image.archive ?? "") + "\0" + record.image.path)
            return (try record.line(with: &writer), XXH128(of: record.id), image, record.location)
          }
        ) { _, written in
          let (line, id, image, location) = written
          let number = try lines.append(line)
          let place = try places.add(location, of: input)
          try ids.add(Row(id.high, id.low, UInt64(number), place))
          try images.add(Row(image.high, image.low, id.low, place))
        }
      }
    }
    let (repetitions, dropped) = try repetitions(ids.sorted(), in: run.folder)
    let repeated = repetitions.count
    var rows = try repetitions.sorted()
    while let row = try rows.nextRow() {
      try run.releaseIssues(before: Int(row.x))
      try tell(row, lines, places, run)
    }
    try run.releaseIssues(before: nil)
    try tellSharedImages(images.sorted(), places, run)
    var left = try dropped.sorted()
    try lines.finish(records) {
      guard let number = try left.nextRow().map({ Int($0.x) }) else { return nil }
      try run.dropPoses(of: lines[number])
      return number
    }
    let written = lines.count - repeated
    return (written, try report(run, repeated, written))
  }

  /// - Returns: rows (a record's number, that of the one before it with its id, the places of both), and the numbers of
  ///   the records that are left out.
  private func repetitions(
    _ ids: SortedRows, in folder: String?
  ) throws -> (found: RowSorter, dropped: RowSorter) {
    let (found, dropped) = (RowSorter(in: folder), RowSorter(in: folder))
    var (ids, kept) = (ids, Row?.none)
    while let row = try ids.nextRow() {
      guard let first = kept, row.hasKey(of: first) else {
        kept = row
        continue
      }
      try found.add(Row(row.z, first.z, first.w, row.w))
      try dropped.add(Row(onDuplicate == .last ? first.z : row.z, 0, 0, 0))
      if onDuplicate == .last { kept = row }
    }
    return (found, dropped)
  }

  /// A second record of an id.
  private func tell(
    _ row: Row, _ lines: Spool, _ places: RecordPlaces, _ run: SelectionRun
  ) throws {
    let line = try lines[Int(row.x)]
    func id() throws -> String {
      try line.withUnsafeBytes { try JSONParser.value(of: $0) }["id"]?.text ?? ""
    }
    // Files of one name are told apart where the run ends; the log does not hang on where they lie.
    let isEnd = onDuplicate == .fail
    let (first, second) = (
      try places.location(row.z, withFolder: isEnd), try places.location(row.w, withFolder: isEnd)
    )
    if isEnd {
      throw RunFailure(
        "\(second): id '\(try id())': expected one that no record before has, found that of \(first)",
        remedy: .chooseDuplicate)
    }
    guard try lines[Int(row.y)] != line else { return }
    try run.report(
      RecordIssue(
        .conflictingAnnotation, at: second,
        "id '\(try id())': expected what \(first) says, found something else; the \(onDuplicate.rawValue) is kept"
      ))
  }

  /// Records of several ids that name one image. Each may be of another folder, and tools that are given both folders would
  /// take the first one's image for all.
  private func tellSharedImages(
    _ images: SortedRows, _ places: RecordPlaces, _ run: SelectionRun
  ) throws {
    var (images, previous) = (images, Row?.none)
    var (count, example) = (0, (Row, Row)?.none)
    while let row = try images.nextRow() {
      if let before = previous, row.hasKey(of: before), row.z != before.z {
        count += 1
        // Places of a later file or line are greater.
        example = example ?? (before.w < row.w ? (before, row) : (row, before))
      }
      previous = row
    }
    guard let example else { return }
    let (first, second) = (
      try places.location(example.0.w, withFolder: false),
      try places.location(example.1.w, withFolder: false)
    )
    try run.report(
      RecordIssue(
        .sharedImagePath, at: second,
        "\(counted(count, "record")): expected image paths that no record of another id has, found that of \(first) first; where they are other pictures, put each set's folder before its paths ('set/x.jpg') and name the folder above both as the images'"
      ))
  }

  private func report(_ run: SelectionRun, _ repeated: Int, _ written: Int) throws -> [String] {
    let frames = run.tally.frames
    if frames.isMixed {
      try run.report(
        RecordIssue(
          .mixedFrames, at: SourceLocation(file: SourceLocation.fileName(of: output)),
          "poses: expected one object frame, found \(frames.text); records keep theirs, and stats, pack and build want one"
        ))
    }
    let left =
      repeated == 0
      ? [] : ["left out  \(counted(repeated, "record")) whose id another one has"]
    return left + ["wrote     \(output): \(counted(written, "record"))"]
  }
}
