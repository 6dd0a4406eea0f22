internal import Checks
internal import Codecs
internal import Datasets
internal import Schema

/// Writes the images that have findings in the form of an annotation tool, so that people mend them there: all of an
/// image's faces, and the codes of what was found, on each face and on the image as a whole.
///
/// What the dataset as a whole shows of an image is known last, and only the record's id and place are then at hand, so
/// all records wait in a temporary file. A record takes some 50 bytes of memory, and more where something is found so
/// late.
final class FindingTask: CheckOutput {
  private let task: CheckingRun.Outputs.Task
  private let includesNotes: Bool
  private var writer: any RemarkingWriter
  private let records: Spool
  /// What was found in each record, as JSON.
  private let remarks: Spool
  /// The number of a record in the spools, by `key`.
  private var places: [UInt64: Int] = [:]
  /// What was found last, by the number of the record.
  private var late: [Int: ImageRemarks] = [:]
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
    guard let place = places[Self.key(id, location)] else { return }
    late[place, default: ImageRemarks()].add(found.finding.check.id, face: found.finding.face)
  }

  /// Two files may have records of one id.
  private static func key(_ id: String, _ location: SourceLocation) -> UInt64 {
    fastHash(of: "\(id)\0\(location)")
  }

  private func append(_ record: ImageRecord, _ found: ImageRemarks) throws {
    places[Self.key(record.id, record.location)] = records.count
    text.removeAll()
    // No tool's form holds them, and they are most of a record.
    record.withoutNative.write(to: &text)
    try records.append(text.bytes)
    text.removeAll()
    if found != ImageRemarks() { found.write(to: &text) }
    try remarks.append(text.bytes)
  }

  func finish(_ summary: CheckSummary) throws {
    var files: Set<String> = []
    for place in 0..<records.count {
      var found = ImageRemarks()
      let early = try remarks[place]
      if !early.isEmpty {
        found.add(ImageRemarks(try JSONParser.value(of: String(decoding: early, as: UTF8.self))))
      }
      if let more = late[place] { found.add(more) }
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
