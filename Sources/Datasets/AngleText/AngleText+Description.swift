internal import Schema

extension DatasetDescription {
  /// Text of three angles a line, after the number of a video's frame, as Hopenet's scripts write it, or after an image's
  /// name. FORMATS-FOREIGN C1, C2.
  static let angleText = DatasetDescription(
    form: "angle-text", title: "text of angles (Hopenet)",
    holds: FormContents(
      pose: "three angles in degrees, whose convention the user names",
      loses: "nothing; it has no boxes"),
    heeds: [.eulerConvention, .angleUnit],
    recognises: { file in
      guard file.json == nil, file.xml == nil else { return nil }
      return AngleLine.kind(of: file)
    },
    read: { try AngleTextRow.reader($0, $1) })
}
