internal import Schema

extension DatasetDescription {
  /// The `labelv2.txt` that SCRFD and YuNet train on, WIDER FACE with five points
  /// (https://github.com/deepinsight/insightface/tree/master/detection/scrfd). FORMATS-FOREIGN A12.
  static let labelV2 = DatasetDescription(
    form: "labelv2", title: "SCRFD / YuNet labelv2.txt",
    holds: FormContents(
      box: "x1 y1 x2 y2", landmarks: "5 points", visibility: "-1 is missing",
      loses: "weights of points, which stay in native"),
    recognises: { file in
      guard file.json == nil, file.xml == nil, LabelV2Header.areIn(file) else { return nil }
      return "a list whose headers end in the image's width and height"
    },
    read: { BlockReader($0, $1, LabelV2Block($0)) })
}
