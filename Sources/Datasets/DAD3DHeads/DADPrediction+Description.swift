internal import Schema

extension DatasetDescription {
  /// What DAD-3DNet's benchmark takes as predictions: `{item_id: {"rotation_matrix": …, "68_landmarks_2d": …}}`.
  /// FORMATS-FOREIGN C1.
  static let dadPredictions = DatasetDescription(
    form: "dad-predictions", title: "DAD-3DNet's predictions",
    holds: FormContents(
      box: "of the points", landmarks: "68 points", pose: "3 x 3 matrix",
      loses: "vertices and 3D points"),
    text: .json,
    recognises: { file in
      guard let json = file.json, !json.isList else { return nil }
      let members = json.firstMemberKeys
      guard members.contains("rotation_matrix") || members.contains("68_landmarks_2d") else {
        return nil
      }
      return "a JSON object of heads with 'rotation_matrix' or '68_landmarks_2d'"
    },
    read: { file, options in IndexedReader(file, options) { DADPrediction($0) } })
}
