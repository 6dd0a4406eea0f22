public import ArgumentParser
public import Datasets
internal import Geometry
internal import Runs

/// What export forms may be told.
struct ExportFormOptions: ParsableArguments {
  @Option(
    help: "How many samples to make of each face: the first as it is, the others varied at random.")
  var copies: Int?

  @Option(help: "The seed of what varies; the same seed gives the same samples.")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "trg: the folder of ARKitFace's tables uv_coords_std_202109.npy, triangles.npy and kpt_ind.npy, from which flip_index.npy is made.",
      valueName: "folder"))
  var meshTables: String?

  @Option(
    help:
      "trg: the 68 points that BIWI's frames are cropped by: the records' own (annotated), those of the mean face as the pose places them (reprojected), or the second where there are none of the first (auto)."
  )
  var points: ExportOptions.Points?

  @Option(
    help:
      "3ddfa, synergynet: the share of images in the list of validation (default: 0.075). No photo is in both lists; records that name train and val keep theirs."
  )
  var valShare: Double?

  @Option(
    help:
      "3ddfa, synergynet: what parameters are whitened with: the numbers of 3DDFA (v1, default) or of 3DDFA_V2 (v2), or mean and deviation of the train list (computed)."
  )
  var whitening: ExportOptions.Whitening?

  @Option(
    help: ArgumentHelp(
      "3ddfa, synergynet: whiten with a table of 62 means and 62 deviations (.npy or text), such as an earlier param_whitening.npy.",
      valueName: "file"))
  var whiteningTable: String?

  @Option(
    help: ArgumentHelp(
      "3ddfa, synergynet: cut around the 68 points that shape and expression give, by the folder of 3DDFA's tables (.txt or .npy); without it around the records' landmarks.",
      valueName: "folder"))
  var landmarkTables: String?

  @Option(help: "crops: their width and height in pixels (default: 224).") var size: Int?

  @Option(
    help:
      "crops: how far they reach beyond the box on each side, in its longer side (default: 0.25; with --align 5-point 0, beyond the template)."
  )
  var margin: Double?

  @Option(
    name: .customLong("align"),
    help:
      "crops: none; roll, upright by the pose or else the eyes; 5-point, on ArcFace's template (default: none)."
  )
  var alignment: CropAlignment?

  @Option(
    help: ArgumentHelp(
      "crops, csv: give pitch, yaw and roll as this system means them; may be repeated. coco: aflw, as DirectMHP reads them under 'euler_angles'.",
      valueName: "system"))
  var euler: [EulerConvention] = []

  @Option(
    help: ArgumentHelp(
      "csv: what the table has columns of, separated by commas: \(TableColumn.names.joined(separator: ", ")) (default: \(TableColumn.usual.map(\.name).joined(separator: ","))).",
      valueName: "names"))
  var columns: String?

  func validate(for form: ExportForm) throws {
    let given: [(option: ExportOptions.Option, name: String, isGiven: Bool)] = [
      (.copies, "--copies", copies != nil), (.seed, "--seed", seed != nil),
      (.meshTables, "--mesh-tables", meshTables != nil), (.points, "--points", points != nil),
      (.valShare, "--val-share", valShare != nil),
      (.whitening, "--whitening", whitening != nil),
      (.whitening, "--whitening-table", whiteningTable != nil),
      (.landmarkTables, "--landmark-tables", landmarkTables != nil),
      (.size, "--size", size != nil), (.margin, "--margin", margin != nil),
      (.alignment, "--align", alignment != nil), (.euler, "--euler", !euler.isEmpty),
      (.columns, "--columns", columns != nil),
    ]
    for (option, name, isGiven) in given where isGiven && !form.heeds.contains(option) {
      let takers = ExportForm.all.filter { $0.heeds.contains(option) }.map(\.name)
      throw ValidationError(
        "'\(name)' is for \(takers.joined(separator: " and ")), not for '\(form.name)'.")
    }
    try require("--copies", copies, in: 1...1000)
    if let valShare, !(0..<1).contains(valShare) {
      throw ValidationError("'--val-share' must be from 0 to below 1, not \(valShare).")
    }
    try require("--size", size, in: 8...4096)
    if let margin, !(0...10).contains(margin) {
      throw ValidationError("'--margin' must be from 0 to 10, not \(margin).")
    }
    if form.name == "coco", let other = euler.first(where: { $0 != .aflw }) {
      throw ValidationError("'--euler' of 'coco' is aflw, not \(other.rawValue).")
    }
    for name in columnNames where TableColumn(name) == nil {
      throw ValidationError(
        "'--columns': expected one of \(TableColumn.names.joined(separator: ", ")), found '\(name)'."
      )
    }
    if whitening != nil, whiteningTable != nil {
      throw ValidationError(
        "'--whitening' and '--whitening-table' are two ways to name numbers; give one.")
    }
  }

  private var columnNames: [String] {
    columns?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
  }

  var options: ExportOptions {
    var options = ExportOptions()
    if let copies { options.copies = copies }
    if let seed { options.seed = seed }
    options.meshTables = meshTables
    if let points { options.points = points }
    if let valShare { options.valShare = valShare }
    if let whitening { options.whitening = whitening }
    if let whiteningTable { options.whitening = .table(path: whiteningTable) }
    options.landmarkTables = landmarkTables
    if let size { options.size = size }
    options.margin = margin
    if let alignment { options.alignment = alignment }
    options.euler = euler
    if columns != nil { options.columns = columnNames.compactMap { TableColumn($0) } }
    return options
  }
}

extension ExportOptions.Points: ExpressibleByArgument {}
extension CropAlignment: ExpressibleByArgument {}

extension ExportOptions.Whitening: NamedArgument {
  public init?(argument: String) {
    guard let whitening = Self.named.first(where: { $0.name == argument }) else { return nil }
    self = whitening
  }

  public static var allValueStrings: [String] { named.map(\.name) }
}
