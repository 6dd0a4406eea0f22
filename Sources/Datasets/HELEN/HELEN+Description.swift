internal import Schema

extension DatasetDescription {
  /// HELEN's own annotation, 194 points an image (Le et al., ECCV 2012); iBUG's 68 of its images are `pts`.
  /// FORMATS-FOREIGN B1.
  static let helen = DatasetDescription(
    form: "helen", title: "HELEN's 194 points",
    holds: FormContents(box: "of the points", loses: "the points, which stay in native"),
    isOneAnImage: true,
    recognises: { file in
      HELENFile.isOne(file) ? "a name and lines of 'x , y'" : nil
    },
    read: { OutcomeSource(HELENFile.outcome($0, $1)) })
}
