public import Checks
internal import Labelling
internal import Schema

/// What the checks that need no pixels find in the records of a run, counted by check.
public struct CheckDigest {
  /// A check that found something in an image, with the number of faces; 0 where the image is meant.
  struct Found: Sendable {
    var check: Schema.Check
    var count = 0
    var faces = 0
  }

  private var found: [String: Found] = [:]

  /// The checker of a run's records.
  public static let checker = RecordChecker(faceModel: FaceModel.bfmFivePoints.points)

  /// What is wrong with a record, beside what its reader tells as issues and what is no fault.
  static func findings(in record: ImageRecord, by checker: RecordChecker) -> [Found] {
    var found: [Found] = []
    var last: [Int] = []
    for finding in checker.findings(in: record)
    where finding.check.severity > .note && RecordIssue.Code(rawValue: finding.check.id) == nil {
      let i = found.firstIndex { $0.check.id == finding.check.id } ?? found.count
      if i == found.count {
        found.append(Found(check: finding.check))
        last.append(-1)
      }
      found[i].count += 1
      if let face = finding.face, face != last[i] {
        found[i].faces += 1
        last[i] = face
      }
    }
    return found
  }

  /// Of a record, whether landmarks from which poses are fitted are mirrored; a pose that fits them tells nothing of it.
  static func mirrored(in record: ImageRecord, by checker: RecordChecker) -> [Found] {
    let count = checker.facesWithMirroredLandmarks(in: record)
    guard count > 0, let check = CheckCatalogue.all.first(where: { $0.id == "mirrored-landmarks" })
    else { return [] }
    return [Found(check: check, count: count, faces: count)]
  }

  mutating func add(_ image: [Found]) {
    for entry in image {
      found[entry.check.id, default: Found(check: entry.check)].count += entry.count
      found[entry.check.id]?.faces += entry.faces
    }
  }

  /// Adds what was found in other records.
  mutating func merge(_ other: Self) { add(Array(other.found.values)) }

  /// By check: its id, and how often it and in how many faces it was found.
  var json: JSONValue {
    .array(
      found.values.sorted { $0.check.id < $1.check.id }.map {
        .array([.text($0.check.id), .integer($0.count), .integer($0.faces)])
      })
  }

  /// Nothing found yet.
  init() {}

  /// - Returns: nil where this is not what `json` gives.
  init?(_ json: JSONValue?) {
    guard let entries = json?.elements else { return nil }
    for entry in entries {
      guard let parts = entry.elements, parts.count == 3, let id = parts[0].text,
        let check = CheckCatalogue.all.first(where: { $0.id == id }),
        case .integer(let count) = parts[1], case .integer(let faces) = parts[2], count >= 0,
        faces >= 0, count < 1 << 50, faces < 1 << 50
      else { return nil }
      found[id] = Found(check: check, count: count, faces: faces)
    }
  }

  /// The summary's lines; empty where nothing was found.
  ///
  /// - Parameter command: what shows each finding.
  func lines(_ tally: Tally, command: String) -> [String] {
    guard !found.isEmpty else { return [] }
    func count(_ severity: Schema.Check.Severity) -> Int {
      found.values.reduce(0) { $0 + ($1.check.severity == severity ? $1.count : 0) }
    }
    let order = found.values.sorted { left, right in
      if left.check.severity != right.check.severity {
        return left.check.severity > right.check.severity
      }
      return (right.count, left.check.id) < (left.count, right.check.id)
    }
    let errors = counted(count(.error), "error")
    let warnings = counted(count(.warning), "warning")
    return ["checks    \(errors), \(warnings); '\(command)' shows them"]
      + order.map {
        "  \($0.check.severity.rawValue): \(place(of: $0, tally)): \($0.check.title) (\($0.check.id))"
      }
  }

  /// "in all 53 faces": where most are meant it is no fault of single ones.
  private func place(of found: Found, _ tally: Tally) -> String {
    guard found.faces > 0 else { return "in \(counted(found.count, "image"))" }
    let ofLandmarks = found.check.id.contains("landmark") && tally.facesWithLandmarks > 0
    let all = ofLandmarks ? tally.facesWithLandmarks : tally.faces
    let noun = ofLandmarks ? " with landmarks" : ""
    if found.faces >= all { return "in all \(counted(all, "face"))\(noun)" }
    if 2 * found.faces >= all { return "in \(found.faces) of \(counted(all, "face"))\(noun)" }
    return "in \(counted(found.faces, "face"))"
  }
}
