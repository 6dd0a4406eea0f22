internal import Schema

extension DatasetDescription {
  /// What CVAT exports as "CVAT for images 1.1" (https://docs.cvat.ai/docs/manual/advanced/xml_format/).
  /// FORMATS-FOREIGN A3.
  static let cvat = DatasetDescription(
    form: "cvat", title: "CVAT for images XML",
    holds: FormContents(
      box: "corners; turned ones by their bounds", landmarks: "skeletons and points",
      visibility: "outside missing, occluded",
      loses: "polygons, masks, cuboids, ellipses and tags; ids when written"),
    text: .xml, heeds: [.sides, .pointNames],
    recognises: { file in
      guard let xml = file.xml, xml.root == "annotations",
        !xml.children.isDisjoint(with: ["version", "meta", "image", "track"])
      else { return nil }
      return "XML whose root is 'annotations'"
    },
    read: { try CVATForm.reader($0, $1) }
  ).statingSides(StatedSide.inXML)
}
