internal import Schema

extension DatasetDescription {
  /// COCO's object and keypoint annotations (https://cocodataset.org/#format-data), and what COCO-WholeBody and
  /// DirectMHP add to them. FORMATS-FOREIGN A1, A2, B7.
  static let coco = DatasetDescription(
    form: "coco", title: "COCO JSON",
    holds: FormContents(
      box: "x y width height", landmarks: "5 or 68 keypoints by name or number; 68 of 133",
      visibility: "0 missing, 1 occluded, 2 visible", pose: "angles, as DirectMHP has them",
      identity: "track_id",
      loses:
        "outlines, and ids of images and annotations when written; other keypoints stay in native"),
    text: .json, heeds: [.sides, .pointNames, .eulerConvention],
    recognises: { file in
      guard let json = file.json, !json.isList, json.has("images", "annotations") else {
        return nil
      }
      let keys = json.keys(of: "annotations")
      let kind =
        keys.contains("euler_angles")
        ? ", with 'euler_angles' as DirectMHP has them"
        : keys.contains("face_kpts") ? ", with 'face_kpts' as COCO-WholeBody has them" : ""
      return "a JSON object with the lists 'images' and 'annotations'\(kind)"
    },
    read: { try COCOForm.reader($0, $1) }
  ).statingSides(StatedSide.inInfo)

  /// COCO's form of detectors' results, a flat list, and DirectMHP's predictions in it. FORMATS-FOREIGN A2, C1.
  static let cocoResults = DatasetDescription(
    form: "coco-results", title: "COCO results",
    holds: FormContents(
      box: "x y width height", landmarks: "5 or 68 keypoints",
      pose: "angles, as DirectMHP prints them"),
    text: .json, heeds: [.eulerConvention],
    recognises: { file in
      guard let json = file.json, json.isList, json.has("image_id"),
        json.has("bbox") || json.has("keypoints"), !json.has("annotations")
      else { return nil }
      let kind =
        json.has("pitch", "yaw", "roll") ? ", with angles as DirectMHP predicts them" : ""
      return "a JSON list of results with an 'image_id'\(kind)"
    },
    read: { file, options in IndexedReader(file, options) { COCOResultsForm($0, options) } })
}
