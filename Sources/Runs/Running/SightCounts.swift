internal import Datasets
internal import Schema

/// How many annotated rotations of weak perspective are relative to the camera's axis (`--egocentric`), and how many to the
/// line of sight, as they are annotated. A face at the rim of an image has two, some tens of degrees apart.
struct SightCounts: Sendable, Equatable {
  /// To the camera's axis.
  var egocentric = 0
  /// To the line of sight.
  var allocentric = 0

  /// Whether there are both, so that a set of them means two things.
  var isMixed: Bool { egocentric > 0 && allocentric > 0 }

  /// Counts a record's poses; those of other cameras than weak perspective's are relative to its axis whatever is chosen.
  mutating func add(_ record: ImageRecord) {
    guard record.camera?.provenance == .weakPerspective else { return }
    for face in record.faces where face.pose?.provenance == .annotation {
      if face.isEgocentric { egocentric += 1 } else { allocentric += 1 }
    }
  }

  static func += (counts: inout Self, other: Self) {
    counts.egocentric += other.egocentric
    counts.allocentric += other.allocentric
  }

  /// Takes away all counts of another, which were added.
  static func -= (counts: inout Self, other: Self) {
    counts.egocentric -= other.egocentric
    counts.allocentric -= other.allocentric
  }

  /// What is said of predictions all of whose rotations are relative to another line than the truth's; nil where
  /// they are not.
  func difference(from truth: SightCounts) -> String? {
    guard !isMixed, !truth.isMixed else { return nil }
    let names =
      if egocentric > 0, truth.allocentric > 0 {
        ("the line of sight", "the camera's axis")
      } else if allocentric > 0, truth.egocentric > 0 {
        ("the camera's axis", "the line of sight")
      } else {
        nil as (String, String)?
      }
    return names.map {
      "rotations: the truth's are relative to \($0), the predictions' to \($1); convert both with --egocentric, or neither."
    }
  }

  /// As a run's summary has it.
  var text: String {
    "\(counted(egocentric, "rotation")) relative to the camera's axis, \(allocentric) to the line of sight: convert all with --egocentric, or none"
  }
}
