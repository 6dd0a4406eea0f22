internal import Codecs
internal import Schema

/// A form that records are written in, and what it takes.
public struct ExportForm: Sendable {
  /// Whether images are written too.
  public enum Images: Sendable {
    /// The form is annotations alone.
    case none
    /// Where they are given.
    case optional
    /// The form is nothing without them.
    case required
  }

  /// Where a writer writes, and what it may be told.
  public struct Target: Sendable {
    /// The folder that is made.
    public var folder: String
    /// The split that the first record names.
    public var split: String?
    /// The datasets' own folders or archives, for what records only name.
    public var sources: [String] = []
    /// Whether remarks are written, by a form that takes them.
    public var hasRemarks = false
    /// What the user chose of the form.
    public var options = ExportOptions()

    /// With the usual options.
    public init(folder: String, split: String? = nil, sources: [String] = []) {
      (self.folder, self.split, self.sources) = (folder, split, sources)
    }
  }

  /// As the command line spells it.
  public let name: String
  /// Whose form it is, in a few words; empty where the name says all.
  public var title = ""
  /// What it holds.
  public var contents = FormContents()
  /// Whether it takes image files.
  public let images: Images
  /// Whether its writer is a `RemarkingWriter`.
  public var takesRemarks = false
  /// The options that make a difference to it.
  public let heeds: Set<ExportOptions.Option>
  /// Makes its writer; throws what opening files throws.
  public let makeWriter: @Sendable (Target) throws -> any DatasetWriter

  /// A form that takes no images and heeds no options unless they are named.
  public init(
    _ name: String, images: Images = .none, heeds: Set<ExportOptions.Option> = [],
    makeWriter: @escaping @Sendable (Target) throws -> any DatasetWriter
  ) {
    (self.name, self.images, self.heeds, self.makeWriter) = (name, images, heeds, makeWriter)
  }

  /// All forms: those of the datasets, and those of training systems and other tools.
  public static var all: [ExportForm] {
    DatasetDescription.all.flatMap(\.forms) + exchange
  }

  /// - Returns: nil where no form has this name.
  public static func named(_ name: String) -> ExportForm? { all.first { $0.name == name } }

  private func described(_ title: String, _ contents: FormContents) -> ExportForm {
    var form = self
    (form.title, form.contents) = (title, contents)
    return form
  }

  private var remarking: ExportForm {
    var form = self
    form.takesRemarks = true
    return form
  }

  private static let tddfaOptions: Set<ExportOptions.Option> = [
    .copies, .seed, .valShare, .whitening, .landmarkTables,
  ]

  private static let cropOptions: Set<ExportOptions.Option> = [.size, .margin, .alignment, .euler]

  private static let exchange = [
    ExportForm("coco", heeds: [.euler]) {
      try COCOWriter(folder: $0.folder, hasAngles: !$0.options.euler.isEmpty)
    }.remarking,
    ExportForm("cvat") { try CVATWriter(folder: $0.folder) }.remarking,
    ExportForm("label-studio") { try LabelStudioWriter(folder: $0.folder) }.remarking,
    ExportForm("labelme", images: .optional) { LabelMeWriter(folder: $0.folder) }.remarking,
    ExportForm("yolo-pose", images: .optional) { YOLOPoseWriter(folder: $0.folder) }.described(
      "Ultralytics pose labels of five points",
      FormContents(
        box: "centre and size in fractions", landmarks: "5 points in fractions",
        visibility: "0 missing, 1 occluded, 2 visible")),
    ExportForm("pts", images: .optional) { PTSWriter(folder: $0.folder) },
    ExportForm("csv", heeds: [.columns, .euler]) {
      try CSVWriter(
        folder: $0.folder, columns: $0.options.columns + $0.options.euler.map { .euler($0) },
        hasRemarks: $0.hasRemarks)
    }.remarking,
    ExportForm("hopenet", images: .optional) {
      try FileListWriter(folder: $0.folder, for: .hopenet)
    }.described(
      "Hopenet's lists", FormContents(pose: "names of images whose files hold it, below 99°")),
    ExportForm("6drepnet", images: .optional) {
      try FileListWriter(folder: $0.folder, for: .sixDRepNet)
    }.described(
      "6DRepNet's lists", FormContents(pose: "names of images whose files hold it, below 99°")),
    ExportForm("6drepnet-biwi", images: .required) {
      try AngleArrayWriter(.sixDRepNetBiwi, folder: $0.folder, seed: $0.options.seed)
    }.described("6DRepNet's BIWI arrays", FormContents(pose: "yaw, pitch and roll of crops")),
    ExportForm("fsa-net", images: .required, heeds: [.seed]) {
      try AngleArrayWriter(.fsaNet, folder: $0.folder, seed: $0.options.seed)
    }.described("FSA-Net's arrays", FormContents(pose: "yaw, pitch and roll of crops")),
    ExportForm("directmhp", images: .required) { DirectMHPWriter(folder: $0.folder) }.described(
      "DirectMHP's COCO and YOLO labels",
      FormContents(box: "x y width height", pose: "pitch, yaw and roll")),
    ExportForm("trg", images: .required, heeds: [.meshTables, .points]) {
      try TRGWriter(
        folder: $0.folder, sources: $0.sources.map(FileTree.init),
        tables: $0.options.meshTables.map(ARKitFaceTables.init), points: $0.options.points)
    }.described(
      "TRG's dataset folder", FormContents(landmarks: "68 points", pose: "4 x 4 matrix or angles")),
    ExportForm("webdataset", images: .required) { WebDatasetWriter(folder: $0.folder) }.described(
      "tars of images and records", FormContents(box: "all that records hold")),
    ExportForm("3ddfa", images: .required, heeds: tddfaOptions) { try TDDFAWriter(.tddfa, $0) }
      .described("3DDFA's crops", FormContents(pose: "62 parameters of pose and shape")),
    ExportForm("synergynet", images: .required, heeds: tddfaOptions) {
      try TDDFAWriter(.synergyNet, $0)
    }.described("SynergyNet's crops", FormContents(pose: "102 parameters of pose and shape")),
    ExportForm("crops", images: .required, heeds: cropOptions) {
      try FaceCropWriter(folder: $0.folder, options: $0.options)
    }.described(
      "a crop of each face", FormContents(box: "in a table", pose: "matrix, vector and angles")),
    ExportForm("crops-lmdb", images: .required, heeds: cropOptions) {
      try FaceCropWriter(folder: $0.folder, options: $0.options, isShard: true)
    }.described(
      "the same crops as an LMDB of records",
      FormContents(box: "in a table", pose: "matrix, vector and angles")),
  ]
}
