internal import Schema
internal import Shards

/// Counts of what a run met, in input order, whatever the number of threads.
public struct Tally {
  /// Images, or lines, that the source gave.
  var read = 0
  var images = 0
  var faces = 0
  var facesWithLandmarks = 0
  var facesWithPose = 0
  /// Images with the camera of their poses, though another is named.
  var imagesWithKeptCamera = 0
  /// Of the poses, and of those that were brought to another frame.
  var frames = FrameCounts()
  var convertedFrames = FrameCounts()
  var sights = SightCounts()
  var samples = 0
  var sampleFaces = 0
  var samplePoses = 0
  var imageBytes = 0
  var leftOut: [LeftOut: Int] = [:]
  var issues = IssueDigest()

  /// - Returns: whether it is among the first of its kind.
  @discardableResult
  mutating func add(_ issue: RecordIssue) -> Bool { issues.add(issue) }

  /// Counts what a source gave, and its issues; the record is counted where it is used.
  ///
  /// - Throws: `StrictStop` where the run is to stop at the first issue.
  mutating func count(_ outcome: Outcome, isStrict: Bool) throws {
    try count(isImage: outcome.isImage, outcome.issues, isStrict: isStrict)
  }

  /// The same, where a worker has the record.
  mutating func count(_ reading: RecordPass.Reading, isStrict: Bool) throws {
    try count(isImage: reading.isImage, reading.issues, isStrict: isStrict)
  }

  private mutating func count(
    isImage: Bool, _ found: [RecordIssue], isStrict: Bool
  ) throws {
    if isImage { read += 1 }
    for issue in found {
      if isStrict { throw StrictStop(issue: issue) }
      add(issue)
    }
  }

  /// The same, which hands on the record.
  mutating func take(_ outcome: Outcome, isStrict: Bool) throws -> ImageRecord? {
    try count(outcome, isStrict: isStrict)
    return outcome.record
  }

  /// Counts a record and its faces.
  mutating func add(_ record: ImageRecord) { add(RecordCounts(record)) }

  /// Counts what was counted of a record.
  mutating func add(_ counts: RecordCounts) {
    images += 1
    faces += counts.faces
    facesWithLandmarks += counts.facesWithLandmarks
    facesWithPose += counts.facesWithPose
    frames += counts.frames
    sights += counts.sights
  }

  /// Takes back what was counted of a record's poses, which is left out: what they are relative to is said of those that are
  /// written.
  mutating func dropPoses(_ counts: RecordCounts) {
    frames -= counts.frames
    sights -= counts.sights
  }

  func count(_ severity: RecordIssue.Severity) -> Int { issues.count(severity) }

  var rejected: Int { read - images }

  /// The counts that files hold, by their names there: of what was read, and of what was packed.
  static var namedCounts: (input: [NamedCount], output: [NamedCount]) {
    (
      [
        ("images_read", \.read), ("images_used", \.images), ("faces", \.faces),
        ("faces_with_landmarks", \.facesWithLandmarks), ("faces_with_pose", \.facesWithPose),
      ],
      [
        ("samples", \.samples), ("sample_faces", \.sampleFaces),
        ("sample_faces_with_pose", \.samplePoses), ("image_bytes", \.imageBytes),
      ]
    )
  }

  typealias NamedCount = (name: String, path: WritableKeyPath<Tally, Int>)

  private func json(_ counts: [NamedCount]) -> [(key: String, value: JSONValue)] {
    counts.map { ($0.name, .integer(self[keyPath: $0.path])) }
  }

  /// Named counts of what was read.
  var inputJSON: [(key: String, value: JSONValue)] { json(Self.namedCounts.input) }

  /// Named counts of what was packed.
  var outputJSON: [(key: String, value: JSONValue)] { json(Self.namedCounts.output) }

  var leftOutJSON: JSONValue {
    .object(LeftOut.allCases.map { ($0.rawValue, .integer(leftOut[$0] ?? 0)) })
  }

  var issuesJSON: JSONValue {
    let counts = issues.counts
    return .object(
      RecordIssue.Code.allCases.compactMap { code in
        counts[code].map { count in
          (
            code.rawValue,
            .object([("severity", .text(code.severity.rawValue)), ("count", .integer(count))])
          )
        }
      })
  }

  /// The summary's lines on what was read and what was wrong with it.
  ///
  /// - Parameter areIssuesTold: whether the first issues of each kind were told when they came.
  func summaryLines(issuesFile: String?, areIssuesTold: Bool = false) -> [String] {
    var lines = [
      "read      \(counted(read, "image")), \(counted(faces, "face")): \(facesWithLandmarks) with landmarks, \(facesWithPose) with a pose"
    ]
    if frames.isMixed { lines.append("frames    \(frames.text)") }
    if sights.isMixed { lines.append("sight     \(sights.text)") }
    let left = LeftOut.allCases.compactMap { reason in
      leftOut[reason].map { number in
        var words = reason.rawValue.split(separator: "-").map(String.init)
        if number == 1 { words[0].removeLast() }
        return "\(number) \(words.joined(separator: " "))"
      }
    }
    if !left.isEmpty { lines.append("left out  " + left.joined(separator: ", ")) }
    let (errors, warnings) = (count(.error), count(.warning))
    var line = "issues    \(counted(errors, "error")), \(counted(warnings, "warning"))"
    if errors + warnings > 0, let issuesFile { line += "; all of them are in \(issuesFile)" }
    return lines + [line] + issues.lines(areTold: areIssuesTold)
  }
}

/// What a run counts of one record, so that the record itself can end on its thread.
struct RecordCounts: Sendable {
  var faces: Int
  var facesWithLandmarks: Int
  var facesWithPose: Int
  var frames: FrameCounts
  var sights = SightCounts()

  init(_ record: ImageRecord) {
    faces = record.faces.count
    (facesWithLandmarks, facesWithPose, frames) = (0, 0, FrameCounts())
    for i in record.faces.indices {
      if record.faces[i].landmarks != nil { facesWithLandmarks += 1 }
      guard let frame = record.faces[i].pose?.frame else { continue }
      facesWithPose += 1
      frames.add(frame)
    }
    sights.add(record)
  }
}
