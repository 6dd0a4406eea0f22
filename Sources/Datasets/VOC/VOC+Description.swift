internal import Schema

extension DatasetDescription {
  /// Pascal VOC's XML, one file an image, with the points that sets of faces add. FORMATS-FOREIGN A9.
  static let voc: DatasetDescription = {
    var form = description
    form.heeds = [.pixelOrigin]
    return form
  }()

  private static let description = DatasetDescription(
    form: "voc", title: "Pascal VOC XML",
    holds: FormContents(
      box: "xmin ymin xmax ymax, counted from 0 unless --pixel-origin says 1",
      landmarks: "5 points, in the variant with lm",
      visibility: "-1 is missing",
      loses: "the pose's word, which stays in native; boxes of other things, parts and masks"),
    isOneAnImage: true, text: .xml,
    recognises: { file in
      guard let xml = file.xml, xml.root == "annotation",
        !xml.children.isDisjoint(with: ["object", "filename", "size"])
      else { return nil }
      return "XML whose root is 'annotation'"
    },
    read: { OutcomeSource(try VOCFile.outcome($0, $1)) })
}
