internal import Codecs
internal import Datasets
internal import Foundation
internal import Schema

/// `NAME.export.json`: what a folder was exported from, what it holds, what was left out, and what its reader will
/// leave out, replace or spoil.
///
/// It lies beside the folder and not in it: a native form has the files of its dataset and no others, and some
/// loaders take whatever they find. Like `Manifest` it says nothing of time, threads or places.
struct ExportManifest {
  static let schemaName = "sixdof.export/1"

  let form: ExportForm
  let options: ExportOptions
  let allowsLosses: Bool
  /// Whether the form was given images.
  let hasImages: Bool
  /// The records' file; nil for standard input.
  let records: (path: String, digest: FileDigest?)?
  let pass: ExportPass

  /// The file's text.
  var text: String { get throws { try json.prettyText } }

  private var json: JSONValue {
    let (tally, written) = (pass.tally, pass.written)
    return .object([
      ("schema", .text(Self.schemaName)), ("sixdof", .text(Release.version)),
      ("form", .text(form.name)), ("options", optionsJSON), ("records", recordsJSON),
      (
        "counts",
        .object(
          tally.inputJSON + [
            ("images_written", .integer(written.images)),
            ("faces_written", .integer(written.faces)),
          ])
      ),
      (
        "left_out",
        .array(
          pass.leftOut.all.map {
            .object([("what", .text($0.reason)), ("count", .integer($0.count))])
          })
      ),
      ("issues", tally.issuesJSON), ("notes", .array(pass.notes.map { .text($0) })),
    ])
  }

  private var optionsJSON: JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    if form.heeds.contains(.copies) { members.append(("copies", .integer(options.copies))) }
    if form.heeds.contains(.seed) { members.append(("seed", .text("\(options.seed)"))) }
    members += [("images", .boolean(hasImages)), ("allow_lossy", .boolean(allowsLosses))]
    return .object(members)
  }

  private var recordsJSON: JSONValue {
    guard let records else { return .null }
    let name = URL(fileURLWithPath: records.path).lastPathComponent
    var members: [(key: String, value: JSONValue)] = [("file", .text(name))]
    if let digest = records.digest {
      members += [("bytes", .integer(digest.bytes)), ("xxh3_128", .text(digest.hash.text))]
    }
    return .object(members)
  }
}
