internal import Schema

extension DatasetDescription {
  /// The XML of dlib and its tool imglab, in which dlib's own faces and 300-W are distributed
  /// (http://dlib.net/imaging.html#load_image_dataset_metadata). FORMATS-FOREIGN A8.
  static let imglab = DatasetDescription(
    form: "imglab", title: "dlib / imglab XML",
    holds: FormContents(
      box: "top left width height", landmarks: "parts by number or name",
      visibility: "absent parts are missing", identity: "source photo of mirrored copies",
      loses: "angle, age, gender and pose number, which stay in native"),
    text: .xml, heeds: [.sides, .pointNames],
    recognises: { file in
      guard let xml = file.xml, xml.root == "dataset",
        !xml.children.isDisjoint(with: ["images", "name", "comment"])
      else { return nil }
      return "XML whose root is 'dataset'"
    },
    read: { try ImglabForm.reader($0, $1) })
}
