internal import Codecs
internal import Schema

extension DatasetDescription {
  /// Tables of text with a header. Plain names of columns need no map; `ReadingOptions.columns` says what others mean.
  /// FORMATS-FOREIGN C2.
  public static let csv: DatasetDescription = {
    let title = "CSV table"
    var form = DatasetDescription(
      form: "csv", title: title,
      holds: FormContents(
        box: "by columns", landmarks: "by columns",
        pose:
          "angles by columns; rotation vectors, quaternions and matrices whose convention the user names",
        identity: "subject and sequence", loses: "other columns, which stay in native"),
      heeds: [.sides, .pointNames, .eulerConvention, .poseNotation, .angleUnit, .columns],
      recognises: { CSVRow.reason(for: $0, nil) },
      read: { try CSVRow.reader($0, $1) })
    // With a map, the header need not be plain. A file that the user named is refused by its reader, which says what
    // is missing; in a folder, tables without the map's columns are passed over.
    form.readFiles = { paths, options in
      DistinctIDs(
        try files { CSVRow.isTable($0) }
          .source(paths: paths, options))
    }
    form.readTree = { tree, options in
      DistinctIDs(
        try files { CSVRow.reason(for: $0, options.columns) != nil }.source(in: tree, options))
    }
    @Sendable func files(_ isRecognised: @escaping @Sendable (FileGlance) -> Bool) -> FormFiles {
      FormFiles(
        name: "csv", title: title, isOneAnImage: false, statedSide: StatedSide.inHeader,
        recognises: { isRecognised($0) ? "a table" : nil },
        read: { try CSVRow.reader($0, $1) })
    }
    return form
  }()
}
