public import Schema

/// Collects a `CheckReport` from records and findings as they come, in bounded memory.
///
/// All findings are counted. `Limits` bounds how many are listed, and the numbers of pictures, drawings and faces
/// in the gallery of the greatest residuals. The result depends only on the order of the calls.
public struct CheckReportBuilder {
  /// How much the page holds at most.
  public struct Limits: Sendable {
    /// Findings that are listed. The first ones are, but half of this number is shared out evenly among the checks:
    /// for a check below its share, the last finding of the check with the most makes room.
    public var findings = 10_000
    /// Findings with a picture, for each check.
    public var portraitsPerCheck = 24
    /// Faces in the gallery of the greatest residuals.
    public var worst = 48
    /// Faces that are drawn as lines where there is no picture.
    public var drawings = 2_000

    /// The usual limits, given above.
    public init() {}
  }

  /// Draws a face of a record as a JPEG file; nil where there are no pixels.
  public typealias Portrait = (_ record: ImageRecord, _ face: Int) -> [UInt8]?

  private struct FaceKey: Hashable {
    var record: Int
    var face: Int
  }

  /// How many findings the settings accept. The page states this number and nothing else about them.
  public var acceptedCount: Int {
    get { report.acceptedCount }
    set { report.acceptedCount = newValue }
  }

  private let limits: Limits
  private var report: CheckReport
  private var checkIndices: [String: Int] = [:]
  /// The number of findings that each check may have listed, whatever the other checks find.
  private let share: Int
  private var portraitCounts: [Int]
  private var drawingCount = 0
  private var faceIndices: [FaceKey: Int] = [:]
  private var recordsByID: [String: ReportedRecord] = [:]
  private var worst: [(residual: Double, face: ReportedFace)] = []

  /// - Parameters:
  ///   - title: the page's heading.
  ///   - facts: the lines under the heading.
  ///   - checks: those that run, in the order of the catalogue; findings of other checks are accepted too.
  ///   - limits: how much the page holds.
  public init(
    title: String, facts: [CheckReport.Fact], checks: [Check], limits: Limits = Limits()
  ) {
    self.limits = limits
    report = CheckReport(
      title: title, facts: facts, tallies: checks.map { CheckReport.Tally(check: $0) })
    for (i, check) in checks.enumerated() { checkIndices[check.id] = i }
    share = limits.findings / (2 * max(checks.count, 1))
    portraitCounts = Array(repeating: 0, count: checks.count)
  }

  /// Adds a record and its findings.
  ///
  /// - Parameters:
  ///   - record: the next one, in the order of the inputs.
  ///   - findings: those of the record.
  ///   - portrait: called for those faces of which a picture is kept.
  public mutating func add(
    _ record: ImageRecord, findings: [Finding] = [], portrait: Portrait = { _, _ in nil }
  ) {
    let reference = ReportedRecord(
      ordinal: report.imageCount, id: record.id, path: record.image.path, size: record.size)
    report.imageCount += 1
    report.faceCount += record.faces.count
    for finding in findings {
      guard let check = keep(finding, of: reference), let index = finding.face,
        record.faces.indices.contains(index)
      else { continue }
      addFace(of: record, index, reference, check: check, portrait)
    }
    for (index, face) in record.faces.enumerated() {
      report.distributions.add(face)
      if let residual = face.fit?.relativeError, residual.isFinite {
        rank(residual, record, index, reference, portrait)
      }
    }
  }

  /// Adds a finding that was made after all records had been added.
  ///
  /// - Parameters:
  ///   - finding: about several records, or about one of them.
  ///   - record: the record that it is about, which was added before; nil for the dataset as a whole.
  ///   - portrait: called if a picture of the face is kept.
  public mutating func add(
    _ finding: Finding, of record: ImageRecord? = nil, portrait: Portrait = { _, _ in nil }
  ) {
    let reference = (record?.id ?? finding.record).map { id in
      recordsByID[id]
        ?? ReportedRecord(
          ordinal: -1 - recordsByID.count, id: id, path: record?.image.path ?? "",
          size: record?.size)
    }
    guard let check = keep(finding, of: reference), let record, let reference,
      let index = finding.face, record.faces.indices.contains(index)
    else { return }
    addFace(of: record, index, reference, check: check, portrait)
  }

  /// The report of all that was added.
  public func finish() -> CheckReport {
    var result = report
    for (_, face) in worst {
      let key = FaceKey(record: face.record.ordinal, face: face.index)
      if let known = faceIndices[key] {
        result.worst.append(known)
        if result.faces[known].portrait == nil { result.faces[known].portrait = face.portrait }
        if result.faces[known].drawing == nil { result.faces[known].drawing = face.drawing }
      } else {
        result.worst.append(result.faces.count)
        result.faces.append(face)
      }
    }
    return result
  }

  /// Counts a finding, and lists it if there is room.
  ///
  /// - Returns: the index of its check, if it is listed.
  private mutating func keep(_ finding: Finding, of record: ReportedRecord?) -> Int? {
    let check = index(of: finding.check)
    report.tallies[check].count += 1
    if report.findings.count >= limits.findings {
      guard report.tallies[check].kept < share, makeRoom() else { return nil }
    }
    report.tallies[check].kept += 1
    if let record, recordsByID[record.id] == nil { recordsByID[record.id] = record }
    report.findings.append(
      ReportedFinding(
        check: check, location: finding.location, record: record, face: finding.face,
        measure: finding.measure, detail: finding.detail))
    return check
  }

  /// Removes the last finding of the check that has the most from the list.
  ///
  /// - Returns: false where no check has more than its share.
  private mutating func makeRoom() -> Bool {
    guard
      let most = report.tallies.indices.max(by: {
        report.tallies[$0].kept < report.tallies[$1].kept
      }),
      report.tallies[most].kept > share,
      let last = report.findings.lastIndex(where: { $0.check == most })
    else { return false }
    report.findings.remove(at: last)
    report.tallies[most].kept -= 1
    return true
  }

  private mutating func index(of check: Check) -> Int {
    if let known = checkIndices[check.id] { return known }
    checkIndices[check.id] = report.tallies.count
    report.tallies.append(CheckReport.Tally(check: check))
    return report.tallies.count - 1
  }

  private mutating func addFace(
    of record: ImageRecord, _ index: Int, _ reference: ReportedRecord, check: Int,
    _ portrait: Portrait
  ) {
    let key = FaceKey(record: reference.ordinal, face: index)
    let position: Int
    if let known = faceIndices[key] {
      position = known
    } else {
      position = report.faces.count
      faceIndices[key] = position
      report.faces.append(ReportedFace(record, face: index, named: reference))
      if drawingCount < limits.drawings {
        report.faces[position].drawing = ReportedFace.drawing(of: record, face: index)
        drawingCount += 1
      }
    }
    guard check < portraitCounts.count, portraitCounts[check] < limits.portraitsPerCheck else {
      return
    }
    if report.faces[position].portrait == nil {
      report.faces[position].portrait = portrait(record, index)
    }
    if report.faces[position].portrait != nil { portraitCounts[check] += 1 }
  }

  /// Puts a face among the worst if it belongs there. Of equal residuals the earlier one stays first.
  private mutating func rank(
    _ residual: Double, _ record: ImageRecord, _ index: Int, _ reference: ReportedRecord,
    _ portrait: Portrait
  ) {
    guard limits.worst > 0, worst.count < limits.worst || residual > worst[worst.count - 1].residual
    else { return }
    var face = ReportedFace(record, face: index, named: reference)
    let known = faceIndices[FaceKey(record: reference.ordinal, face: index)]
    face.drawing = ReportedFace.drawing(of: record, face: index)
    face.portrait = known.flatMap { report.faces[$0].portrait } ?? portrait(record, index)
    let place = worst.firstIndex { $0.residual < residual } ?? worst.count
    worst.insert((residual, face), at: place)
    if worst.count > limits.worst { worst.removeLast() }
  }
}

extension ImageRecord {
  /// The size of the image in pixels; nil where it is not known.
  fileprivate var size: (width: Int, height: Int)? {
    guard let width = image.width, let height = image.height else { return nil }
    return (width, height)
  }
}
