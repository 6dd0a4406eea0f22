internal import Codecs
internal import Schema

extension DatasetDescription {
  /// Poses as JSON Lines: an object a line with the image, a pose and perhaps a box, flat or nested. FORMATS-FOREIGN C2.
  static let poseLines = DatasetDescription(
    form: "pose-jsonl", title: "JSON Lines of poses",
    holds: FormContents(
      box: "by names: bbox or bbox_xywh, bbox_xyxy, or four members",
      pose:
        "angles by names; rotation vectors, quaternions and matrices whose convention the user names",
      loses: "other members"),
    heeds: [.eulerConvention, .poseNotation, .angleUnit],
    recognises: { file in
      guard let json = file.json, !json.isList, let line = file.lines.first,
        let object = PoseLine.object(in: line)
      else { return nil }
      let members = PoseMembers(object)
      guard PoseLine.imageNames.contains(where: members.has) else { return nil }
      if PoseLine.faces(of: object) != nil { return "JSON Lines of images with faces" }
      return PoseLine.holdsPose(members) ? "JSON Lines of an image and a pose each" : nil
    },
    read: { try PoseLine.reader($0, $1) })
}
