internal import Schema

/// What is said of a table as a whole.
extension CSVRow {
  /// Of columns of angles that are not all three.
  static func fewAngles(_ columns: [String], at place: SourceLocation) -> RecordIssue {
    let names = columns.joined(separator: "', '")
    return RecordIssue(
      .missingPose, at: place,
      "angles: expected columns of pitch, yaw and roll, found '\(names)' alone; they stay under 'native'"
    )
  }

  /// Of columns of a translation that are not read.
  static func unknownPlace(_ columns: [String], at place: SourceLocation) -> RecordIssue {
    RecordIssue(
      .otherAnnotations, at: place,
      "translation in '\(columns.joined(separator: "', '"))': expected '\(TableColumn.translation.header.joined(separator: "', '"))' (metres; x right, y down, z away from the camera), found names that tell neither unit nor axes; the poses have none"
    )
  }

  /// Of boxes none of which is beyond 1.
  static func fractions(_ boxes: Int, at place: SourceLocation) -> RecordIssue {
    RecordIssue(
      .conflictingAnnotation, at: place,
      "boxes: expected pixels, found none beyond 1 in \(counted(boxes, "face")), as fractions of the image are; multiply them by its width and height"
    )
  }

  /// Of points whose names mean none.
  static func unmapped(_ names: [String], rows: Int, at place: SourceLocation) -> RecordIssue {
    let others = PointNames.listed(names, atMost: 8)
    return RecordIssue(
      .unmappedPoints, at: place,
      "points: expected names as \(PointNames.ours.joined(separator: ", ")), found \(others) in \(counted(rows, "row")); they stay under 'native'"
    )
  }
}
