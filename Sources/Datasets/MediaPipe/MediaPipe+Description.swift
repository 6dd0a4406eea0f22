internal import Schema

extension DatasetDescription {
  /// Dumps of MediaPipe's FaceLandmarker, one object an image with the members of its result. There is no standard form.
  /// FORMATS-FOREIGN A17.
  static let mediaPipe = DatasetDescription(
    form: "mediapipe", title: "MediaPipe results",
    holds: FormContents(
      box: "of the points", landmarks: "5 of 478 points",
      pose: "4 x 4 matrix in centimetres", loses: "blendshapes"),
    text: .json,
    recognises: { file in
      guard let json = file.json,
        let member = MediaPipeResult.landmarkNames.first(where: json.keys.contains),
        MediaPipeResult.imageNames.contains(where: json.keys.contains)
      else { return nil }
      return "JSON with '\(member)' of an image"
    },
    read: { file, options in JSONListReader(file, options, MediaPipeResult.draft) })
}
