internal import Schema

extension DatasetDescription {
  /// The tables that OpenFace 2 writes of videos and images
  /// (https://github.com/TadasBaltrusaitis/OpenFace/wiki/Output-Format). FORMATS-FOREIGN A16.
  static let openFace = DatasetDescription(
    form: "openface", title: "OpenFace CSV",
    holds: FormContents(
      box: "of the points", landmarks: "68 points", pose: "rotation exact, scale assumed",
      identity: "sequence by the file's name",
      loses: "gaze, action units, eye and 3D points, which stay in native"),
    recognises: { file in
      guard file.json == nil, file.xml == nil, let line = file.lines.first,
        OpenFaceColumns(line) != nil
      else { return nil }
      return "a table with OpenFace's columns"
    },
    read: { try OpenFaceRow.reader($0, $1) })
}
