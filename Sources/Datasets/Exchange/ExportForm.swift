public import Codecs
public import Schema

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
    /// What the user chose of the form.
    public var options = ExportOptions()

    /// With the usual options.
    public init(folder: String, split: String? = nil, sources: [String] = []) {
      (self.folder, self.split, self.sources) = (folder, split, sources)
    }
  }

  /// As the command line spells it.
  public let name: String
  /// Whether it takes image files.
  public let images: Images
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

  private static let tddfaOptions: Set<ExportOptions.Option> = [
    .copies, .seed, .valShare, .whitening, .landmarkTables,
  ]

  private static let exchange = [
    ExportForm("coco") { try COCOWriter(folder: $0.folder) },
    ExportForm("hopenet", images: .optional) {
      try FileListWriter(folder: $0.folder, for: .hopenet)
    },
    ExportForm("6drepnet", images: .optional) {
      try FileListWriter(folder: $0.folder, for: .sixDRepNet)
    },
    ExportForm("6drepnet-biwi", images: .required) {
      try AngleArrayWriter(.sixDRepNetBiwi, folder: $0.folder, seed: $0.options.seed)
    },
    ExportForm("fsa-net", images: .required, heeds: [.seed]) {
      try AngleArrayWriter(.fsaNet, folder: $0.folder, seed: $0.options.seed)
    },
    ExportForm("directmhp", images: .required) { DirectMHPWriter(folder: $0.folder) },
    ExportForm("trg", images: .required, heeds: [.meshTables, .points]) {
      try TRGWriter(
        folder: $0.folder, sources: $0.sources.map(FileTree.init),
        tables: $0.options.meshTables.map(ARKitFaceTables.init), points: $0.options.points)
    },
    ExportForm("webdataset", images: .required) { WebDatasetWriter(folder: $0.folder) },
    ExportForm("3ddfa", images: .required, heeds: tddfaOptions) { try TDDFAWriter(.tddfa, $0) },
    ExportForm("synergynet", images: .required, heeds: tddfaOptions) {
      try TDDFAWriter(.synergyNet, $0)
    },
    ExportForm("crops", images: .required, heeds: [.size, .margin, .alignment, .euler]) {
      try FaceCropWriter(folder: $0.folder, options: $0.options)
    },
  ]
}
