internal import Schema

extension DatasetDescription {
  /// WFLW (Wu et al., "Look at Boundary", CVPR 2018): lists of 98 points a face, with the box and six attributes or
  /// without. FORMATS-FOREIGN B2.
  static let wflw = DatasetDescription(
    form: "wflw", title: "WFLW",
    holds: FormContents(
      box: "x1 y1 x2 y2, or of the points", landmarks: "98 points as 68, jaw and brows approximate",
      identity: "photos are WIDER FACE's, by their paths",
      loses: "the pupils and the brows' lower edges, which stay in native"),
    recognises: { file in
      guard file.json == nil, file.xml == nil else { return nil }
      // A broken row does not decide what the others are.
      let sample = file.tolerance == .most ? file.lines[...] : file.lines.prefix(8)
      let rows = sample.compactMap(WFLWLine.init)
      guard let row = rows.first,
        2 * rows.count >= sample.count || file.accepts(rows.count, of: sample.count)
      else { return nil }
      return "a list of 98 points\(row.hasDetails ? ", box and six attributes" : "") before a name"
    },
    read: { RowListReader($0, $1, WFLWRow()) })
}
