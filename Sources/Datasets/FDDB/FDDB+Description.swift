internal import Schema

extension DatasetDescription {
  /// FDDB's lists of ellipses (Jain and Learned-Miller, UMass TR 2010-009). FORMATS-FOREIGN A15.
  static let fddb = DatasetDescription(
    form: "fddb", title: "FDDB ellipses",
    holds: FormContents(
      box: "of the ellipse", loses: "the ellipse, which stays in native"),
    recognises: { file in
      guard file.json == nil, file.xml == nil, FDDBBlock.areEllipses(file) else {
        return nil
      }
      return "a list of image names without an ending, each with a number of ellipses"
    },
    read: { BlockReader($0, $1, FDDBBlock()) })
}
