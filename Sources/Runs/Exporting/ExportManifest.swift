internal import Codecs
internal import Datasets
internal import FoundationEssentials
internal import Geometry
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
  /// The records' files; without a digest for standard input and LMDBs.
  let records: [(path: String, digest: FileDigest?)]
  let pass: ExportPass

  /// The file's text.
  var text: String { get throws { try json.prettyText } }

  private var json: JSONValue {
    let (tally, written) = (pass.tally, pass.written)
    return .object([
      ("schema", .text(Self.schemaName)), ("sixdof", .text(Release.version)),
      ("form", .text(form.name)), ("options", optionsJSON),
      ("records", .array(records.map(json))),
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
    let heeded = ExportOptions.Option.allCases.filter(form.heeds.contains)
    let members = heeded.map { (key: $0.rawValue, value: JSONValue(options, $0)) }
    return .object(
      members + [("images", .boolean(hasImages)), ("allow_lossy", .boolean(allowsLosses))])
  }

  private func json(_ file: (path: String, digest: FileDigest?)) -> JSONValue {
    let name = URL(fileURLWithPath: file.path).lastPathComponent
    var members: [(key: String, value: JSONValue)] = [("file", .text(name))]
    if let digest = file.digest {
      members += [("bytes", .integer(digest.bytes)), ("xxh3_128", .text(digest.hash.text))]
    }
    return .object(members)
  }
}

extension JSONValue {
  /// What an option is set to; of files and folders the name alone.
  fileprivate init(_ options: ExportOptions, _ option: ExportOptions.Option) {
    func name(_ path: String?) -> JSONValue {
      path.map { .text(URL(fileURLWithPath: $0).lastPathComponent) } ?? .null
    }
    self =
      switch option {
      case .copies: .integer(options.copies)
      // Readers keep 53 bits of a number.
      case .seed: .text("\(options.seed)")
      case .meshTables: name(options.meshTables)
      case .points: .text(options.points.rawValue)
      case .valShare: .double(options.valShare)
      case .whitening:
        if case .table(let path) = options.whitening {
          name(path)
        } else {
          .text(options.whitening.name)
        }
      case .landmarkTables: name(options.landmarkTables)
      case .size: .integer(options.size)
      case .margin: options.margin.map { .double($0) } ?? .null
      case .alignment: .text(options.alignment.rawValue)
      case .euler: .array(options.euler.map { .text($0.rawValue) })
      case .columns: .array(options.columns.map { .text($0.name) })
      }
  }
}
