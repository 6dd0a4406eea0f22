internal import Codecs
internal import Schema

extension DatasetDescription {
  /// Tables of text with a header. Plain names of columns need no map; `ReadingOptions.columns` says what others mean.
  /// FORMATS-FOREIGN C2.
  public static let csv: DatasetDescription = {
    let title = "CSV table"
    var form = DatasetDescription(
      form: "csv", title: title,
      recognises: { CSVRow.reason(for: $0, nil) },
      read: { try CSVRow.reader($0, $1) })
    // With a map, the header need not be plain.
    @Sendable func files(_ options: ReadingOptions) -> FormFiles {
      FormFiles(
        title: title, isOneAnImage: false,
        recognises: { CSVRow.reason(for: $0, options.columns) },
        read: { try CSVRow.reader($0, $1) })
    }
    form.readFiles = { DistinctIDs(try files($1).source(paths: $0, $1)) }
    form.readTree = { DistinctIDs(try files($1).source(in: $0, $1)) }
    return form
  }()
}
