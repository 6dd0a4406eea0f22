internal import Schema

extension DatasetDescription {
  /// The tables of HRNet's facial landmark detection, of 300-W, WFLW, COFW and AFLW
  /// (https://github.com/HRNet/HRNet-Facial-Landmark-Detection). FORMATS-FOREIGN B1.
  static let hrnet = DatasetDescription(
    form: "hrnet", title: "HRNet landmark CSV",
    holds: FormContents(
      box: "of the points", landmarks: "68 points, 98 as 68, 29 as 5, or AFLW's 19",
      loses: "centre, scale and points of other layouts, which stay in native"),
    recognises: { file in
      guard file.json == nil, file.xml == nil, let line = file.lines.first,
        let columns = HRNetColumns(line)
      else { return nil }
      return "a table of a centre, a scale and \(columns.count) points"
    },
    read: { try HRNetRow.reader($0, $1) })
}
