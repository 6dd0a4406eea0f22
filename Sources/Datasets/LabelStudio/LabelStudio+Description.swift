internal import Schema

extension DatasetDescription {
  /// The JSON export of Label Studio, whole or "JSON-MIN". FORMATS-FOREIGN A6.
  static let labelStudio = DatasetDescription(
    form: "label-studio", title: "Label Studio JSON",
    holds: FormContents(
      box: "in per cent; turned ones by their bounds", landmarks: "key points by region",
      visibility: "by names and choices", loses: "brushes, polygons, further annotators"),
    text: .json, heeds: [.sides, .pointNames],
    recognises: { file in
      guard let json = file.json else { return nil }
      let members = ["annotations", "completions", "predictions"].filter(json.keys.contains)
      if json.has("data"), let member = members.first {
        return
          "\(json.isList ? "a JSON list of tasks" : "one task as a JSON object") with 'data' and '\(member)'"
      }
      guard json.isList, !json.has("image_id") else { return nil }
      let short: [StaticString] = ["label", "kp", "bbox", "box", "rect", "keypoints"]
      return short.contains { json.keys(of: $0).contains("original_width") }
        ? "a JSON list of tasks with regions that have an 'original_width' (JSON-MIN)" : nil
    },
    read: { file, options in IndexedReader(file, options) { LabelStudioForm($0, options) } }
  ).statingSides(StatedSide.inMeta)
}
