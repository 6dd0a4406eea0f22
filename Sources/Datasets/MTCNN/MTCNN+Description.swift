internal import Codecs
internal import Schema

extension DatasetDescription {
  /// Lists of an image, a box and five points a line, as trainers of MTCNN have them, and MTFL's. FORMATS-FOREIGN A14.
  static let mtcnn = DatasetDescription(
    form: "mtcnn", title: "MTCNN list",
    holds: FormContents(
      box: "corners, or left right top bottom", landmarks: "5 points"),
    recognises: { file in
      guard file.json == nil, file.xml == nil, let layout = MTCNNLayout(file) else {
        return nil
      }
      return "a list of images, each with \(layout.words)"
    },
    read: { file, options in
      let lines = file.contents.withBytes { MTCNNLayout.sample($0) }
      guard let layout = lines else {
        throw AnnotationFault(
          .malformedRecord, at: file.place(),
          "rows: expected an image and 4, 10 or 14 numbers, found others")
      }
      return RowListReader(file, options, MTCNNRow(layout))
    })
}
