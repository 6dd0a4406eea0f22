internal import Schema

/// The unit of angles in files that do not state it.
public enum AngleUnit: String, Sendable, CaseIterable {
  case degrees
  case radians

  /// How many degrees one is.
  var inDegrees: Double { self == .degrees ? 1 : 180 / .pi }
}

/// Watches angles that are taken for degrees where nobody said what they are. Radians look like degrees of faces that all look
/// into the camera, so that range alone does not tell; but it is a reason to ask.
struct AngleDoubt {
  /// Fewer faces may well all look ahead.
  private static let fewest = 5
  private var count = 0
  private var isWithinRadians = true

  mutating func add(_ angles: [Double]) {
    count += 1
    // A rounded pi is a little more than pi.
    if isWithinRadians { isWithinRadians = angles.allSatisfy { abs($0) <= .pi + 0.01 } }
  }

  /// What is said at the end of a file, once.
  mutating func take(at place: SourceLocation) -> [RecordIssue] {
    defer { self = AngleDoubt() }
    guard isWithinRadians, count >= Self.fewest else { return [] }
    return [
      RecordIssue(
        .conflictingAnnotation, at: place,
        "angles: expected degrees, found none beyond pi in \(counted(count, "face")), as radians are; say '--angle-unit radians' or '--angle-unit degrees'"
      )
    ]
  }
}
