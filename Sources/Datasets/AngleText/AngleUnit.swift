internal import Schema

/// The unit of angles in files that do not state it.
public enum AngleUnit: String, Sendable, CaseIterable {
  case degrees
  case radians

  /// How many degrees one is.
  var inDegrees: Double { self == .degrees ? 1 : 180 / .pi }

  /// Whether angles are within the range of radians, which angles in degrees leave in nearly every face. A rounded pi is a
  /// little more than pi.
  static func mayBeRadians(_ angles: [Double]) -> Bool {
    angles.allSatisfy { abs($0) <= .pi + 0.01 }
  }
}

extension FaceDraft {
  /// Sets pitch, yaw and roll in a unit, whose convention the options tell.
  ///
  /// - Throws: `RowProblem` where there are not three, up to 360 degrees each.
  mutating func setAngles(_ angles: [Double], in unit: AngleUnit) throws(RowProblem) {
    let degrees = angles.map { $0 * unit.inDegrees }
    guard degrees.count == 3, degrees.allSatisfy({ abs($0) <= 360 }) else {
      throw RowProblem(
        expected: "pitch, yaw and roll up to 360 degrees",
        found: angles.map(\.description).joined(separator: ", "))
    }
    setAngles(pitch: degrees[0], yaw: degrees[1], roll: degrees[2])
  }
}

/// Watches angles that are taken for degrees where nobody said what they are. Radians look like degrees of faces that all look
/// into the camera, so that range alone does not tell; but it is a reason to ask.
struct AngleDoubt: FormNotes {
  /// Fewer faces may well all look ahead.
  private static let fewest = 5
  private var count = 0
  private var isWithinRadians = true

  mutating func add(_ angles: [Double]) {
    count += 1
    if isWithinRadians { isWithinRadians = AngleUnit.mayBeRadians(angles) }
  }

  mutating func add(_ next: AngleDoubt) {
    count += next.count
    isWithinRadians = isWithinRadians && next.isWithinRadians
  }

  /// What is said at the end of a file.
  func issues(at place: SourceLocation) -> [RecordIssue] {
    guard isWithinRadians, count >= Self.fewest else { return [] }
    return [
      RecordIssue(
        .conflictingAnnotation, at: place,
        "angles: expected degrees, found none beyond pi in \(counted(count, "face")), as radians are; say '--angle-unit radians' or '--angle-unit degrees'"
      )
    ]
  }
}
