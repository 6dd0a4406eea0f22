internal import Codecs
internal import Schema

extension DatasetDescription {
  /// Poses as JSON Lines: an object a line with the image, a pose and perhaps a box, flat or nested; also one JSON list of such
  /// objects, or a file of one. FORMATS-FOREIGN C2.
  static let poseLines = DatasetDescription(
    form: "pose-jsonl", title: "JSON Lines of poses",
    holds: FormContents(
      box: "by names: bbox or bbox_xywh, bbox_xyxy, or four members",
      pose:
        "angles by names; rotation vectors, quaternions and matrices whose convention the user names",
      loses: "other members"),
    heeds: [.eulerConvention, .poseNotation, .angleUnit],
    recognises: { file in
      guard file.tolerance == .none else { return PoseLine.reasonDespiteBroken(file) }
      guard let json = file.json, !FaceCropRow.areNames(json.keys),
        let (object, areValues) = PoseLine.first(of: file)
      else { return nil }
      let members = PoseMembers(object)
      guard PoseLine.imageNames.contains(where: members.has) else { return nil }
      let form = json.isList ? "a JSON list" : areValues ? "JSON objects" : "JSON Lines"
      // Over several lines, a list of images with faces may be any program's note.
      if PoseLine.faces(of: object) != nil {
        return areValues ? nil : "JSON Lines of images with faces"
      }
      return PoseLine.holdsPose(members) ? "\(form) of an image and a pose each" : nil
    },
    read: { try PoseLine.reader($0, $1) })
}
