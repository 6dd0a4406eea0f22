internal import Schema

extension DatasetDescription {
  /// The JSON form of datumaro, in which CVAT, Geti and others export. FORMATS-FOREIGN A5.
  static let datumaro = DatasetDescription(
    form: "datumaro", title: "datumaro JSON",
    holds: FormContents(
      box: "x y width height", landmarks: "points by group",
      visibility: "0 missing, 1 occluded, 2 visible", identity: "track_id",
      loses: "polygons, masks and labels"),
    text: .json, heeds: [.sides, .pointNames],
    recognises: { file in
      guard let json = file.json, !json.isList, json.keys.contains("items") else { return nil }
      if json.has("dm_format_version") {
        return "a JSON object with 'dm_format_version' and 'items'"
      }
      return json.has("categories") ? "a JSON object with 'categories' and 'items'" : nil
    },
    read: { file, options in IndexedReader(file, options) { DatumaroForm($0, options) } })
}
