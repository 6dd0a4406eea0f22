internal import Checks
internal import Codecs
internal import Datasets
internal import Schema

/// Writes the images that have findings in the form of an annotation tool, so that people mend them there: all of an
/// image's faces, and the codes of what was found, on each face and on the image as a whole.
///
/// What the dataset as a whole shows of an image is known last, and only the record's id and place are then at hand, so
/// all records wait in a temporary file, and are joined with what is found so late by sorting.
final class FindingTask: CheckOutput {
  private let task: CheckingRun.Outputs.Task
  private let includesNotes: Bool
  private var writer: any RemarkingWriter
  private let records: Spool
  /// What was found in each record, as JSON.
  private let remarks: Spool
  /// Rows (`key`, 0, number of the record in the spools) and (`key`, 1, order, check and face) of what was found last.
  private let keys: RowSorter
  private var lateCount: UInt64 = 0
  /// The checks of what was found last, by their numbers in rows.
  private var lateChecks: [String] = []
  private var text = JSONWriter()
  private var (images, leftOut) = (0, ReasonCounts())

  /// The error for a form that cannot carry findings.
  struct FormWithoutRemarks: Error, CustomStringConvertible {
    let name: String

    var description: String { "'\(name)': expected a form that carries findings, found another" }
  }

  /// - Parameters:
  ///   - set: the output of the folder, which is begun.
  ///   - includesNotes: whether findings that are no faults are labels too.
  /// - Throws: `FormWithoutRemarks`; `FileError` where files cannot be made.
  init(
    _ task: CheckingRun.Outputs.Task, in set: OutputSet, includesNotes: Bool
  ) throws {
    let folder = try set.makeFolder("")
    var target = ExportForm.Target(folder: folder)
    target.hasRemarks = true
    let writer = try task.form.makeWriter(target)
    guard let writer = writer as? any RemarkingWriter else {
      throw FormWithoutRemarks(name: task.form.name)
    }
    (self.task, self.includesNotes, self.writer) = (task, includesNotes, writer)
    (records, remarks) = (try Spool(in: folder), try Spool(in: folder))
    keys = RowSorter(in: folder)
  }

  private func isTold(_ found: SelectedFinding) -> Bool {
    !found.isAccepted && (includesNotes || found.finding.check.severity > .note)
  }

  func take(_ image: CheckedImage, _ findings: [SelectedFinding]) throws {
    guard let record = image.record else { return }
    var found = ImageRemarks()
    for finding in findings where isTold(finding) {
      found.add(finding.finding.check.id, face: finding.finding.face)
    }
    try append(record, found)
  }

  func take(_ found: SelectedFinding, of record: ImageRecord?) throws {
    guard isTold(found), let id = record?.id ?? found.finding.record else { return }
    let location = record?.location ?? found.finding.location
    let check = lateChecks.firstIndex(of: found.finding.check.id) ?? lateChecks.count
    if check == lateChecks.count { lateChecks.append(found.finding.check.id) }
    let what = UInt64(check) << 32 | UInt64((found.finding.face ?? -1) + 1)
    try keys.add(Row(Self.key(id, location), 1, lateCount, what))
    lateCount += 1
  }

  /// What was found last, as rows (number of the record, order, check and face).
  private func lateRows() throws -> SortedRows {
    let late = RowSorter()
    var rows = try keys.sorted()
    var record: Row?
    while let row = try rows.nextRow() {
      if row.y == 0 {
        record = row
      } else if let record, record.x == row.x {
        try late.add(Row(record.z, row.z, row.w, 0))
      }
    }
    return try late.sorted()
  }

  /// Two files may have records of one id.
  private static func key(_ id: String, _ location: SourceLocation) -> UInt64 {
    fastHash(of: "\(id)\0\(location)")
  }

  private func append(_ record: ImageRecord, _ found: ImageRemarks) throws {
    try keys.add(Row(Self.key(record.id, record.location), 0, UInt64(records.count), 0))
    text.removeAll()
    // Only the form that a record comes from holds them, and they are most of a record.
    (record.source.dataset == task.form.name ? record : record.withoutNative).write(to: &text)
    try records.append(text.bytes)
    text.removeAll()
    if found != ImageRemarks() { found.write(to: &text) }
    try remarks.append(text.bytes)
  }

  func finish(_ summary: CheckSummary) throws {
    var files: Set<String> = []
    var late = try lateRows()
    var next = try late.nextRow()
    for place in 0..<records.count {
      var found = ImageRemarks()
      let early = try remarks[place]
      if !early.isEmpty {
        found.add(ImageRemarks(try JSONParser.value(of: String(decoding: early, as: UTF8.self))))
      }
      while let row = next, row.x == UInt64(place) {
        let face = Int(row.z & 0xFFFF_FFFF) - 1
        found.add(lateChecks[Int(row.z >> 32)], face: face < 0 ? nil : face)
        next = try late.nextRow()
      }
      guard found != ImageRemarks() else { continue }
      let record = try records[place].withUnsafeBytes { try ImageRecord(json: $0) }
      if let name = writer.fileName(of: record), !files.insert(name).inserted {
        leftOut.add(ExportRun.sharedFile)
        continue
      }
      let written = try writer.write(record, image: nil, remarks: found)
      images += written.isWritten ? 1 : 0
      for reason in written.leftOut { leftOut.add(reason) }
    }
    try writer.finish()
  }

  /// What was written, in words.
  var words: String {
    "wrote     \(task.folder): \(counted(images, "image")) with findings, as \(task.form.name)"
      + (leftOut.isEmpty ? "" : "; left out \(leftOut.text)")
  }
}

extension ImageRemarks {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.key("image")
      $0.array { for word in image { $0.value(word) } }
      $0.key("faces")
      $0.object {
        for (face, words) in faces.sorted(by: { $0.key < $1.key }) {
          $0.key(named: String(face))
          $0.array { for word in words { $0.value(word) } }
        }
      }
    }
  }

  /// Reads what `write` wrote.
  fileprivate init(_ json: JSONValue) {
    self.init()
    for word in json["image"]?.elements ?? [] { add(word.text ?? "", face: nil) }
    guard case .object(let faces)? = json["faces"] else { return }
    for (face, words) in faces {
      for word in words.elements ?? [] { add(word.text ?? "", face: Int(face)) }
    }
  }

  fileprivate mutating func add(_ more: ImageRemarks) {
    for word in more.image { add(word, face: nil) }
    for (face, words) in more.faces { for word in words { add(word, face: face) } }
  }
}
