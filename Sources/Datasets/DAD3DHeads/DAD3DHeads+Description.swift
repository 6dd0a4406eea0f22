internal import Schema

extension DatasetDescription {
  /// DAD-3DHeads (Martyniuk et al., CVPR 2022): a list of heads, and an annotation file of each. FORMATS-FOREIGN B6.
  static let dad3DHeads = DatasetDescription(
    form: "dad-3dheads", title: "DAD-3DHeads",
    holds: FormContents(
      box: "x y width height", pose: "model-view matrix, scale assumed",
      loses: "vertices of the mesh"),
    text: .json,
    recognises: { file in
      guard let json = file.json, json.isList, json.has("item_id", "img_path", "bbox") else {
        return nil
      }
      return "a JSON list of heads with 'item_id', 'img_path' and 'bbox'"
    },
    read: { file, options in JSONListReader(file, options, DADHead.draft) })
}
