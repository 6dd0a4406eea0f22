public import Codecs
public import Schema
internal import Synchronization

/// All that SixDoF knows of one dataset. Each is described in its own folder; `all` lists them, and every command
/// looks it up there.
public struct DatasetDescription: Sendable {
  /// An option of reading or synthesis that not every dataset heeds.
  public enum Option: Sendable {
    /// `ReadingOptions.namedSide`
    case sides
    /// `ReadingOptions.pointNames`
    case pointNames
    /// `ReadingOptions.notation` of angles
    case eulerConvention
    /// `ReadingOptions.notation` of other numbers
    case poseNotation
    /// `ReadingOptions.angleUnit`
    case angleUnit
    /// `ReadingOptions.columns`
    case columns
    /// `ReadingOptions.makesEgocentric`
    case egocentric
    /// `ReadingOptions.landmarkModel`
    case landmarkTables
    /// `ReadingOptions.frame`
    case frame
    /// `ReadingOptions.testProtocol`
    case testProtocol
    /// `ReadingOptions.pixelOrigin`
    case pixelOrigin
    /// `SynthesisOptions.meshTables`
    case meshTables
  }

  /// Reads annotation files that are named one by one.
  public typealias FileReader = @Sendable ([String], ReadingOptions) throws -> any AnnotationSource
  /// Reads a folder, zip or tar as distributed.
  public typealias TreeReader = @Sendable (FileTree, ReadingOptions) throws -> any AnnotationSource
  /// Begins a synthetic dataset in a folder.
  public typealias Synthesiser =
    @Sendable (_ folder: String, SynthesisOptions, MeanFace) throws -> any DatasetSynthesis

  /// As records and the command line spell it.
  public let name: String
  /// As its paper has it.
  public let title: String
  /// How its files are read, where they are recognised one by one.
  var files: FormFiles?
  /// Nil where there are no such files.
  public var readFiles: FileReader?
  /// Nil where it is not read as a whole.
  public var readTree: TreeReader?
  /// Why a file is one of its annotation files, in words that follow "it is"; nil where it is none. Nil where files
  /// alone do not tell.
  public var recognises: (@Sendable (FileGlance) -> String?)?
  /// The options that make a difference to it.
  public var heeds: Set<Option> = []
  /// File endings in lower case; a tree with none of them is not the dataset. Empty where that cannot be told.
  public var neededEndings: Set<String> = []
  /// Counts its files in a tree; nil where another dataset's census counts them too.
  var makeCensus: (@Sendable () -> any SourceCensus)?
  /// Whether its annotation files hold the pictures too.
  public var holdsImages = false
  /// Whether an image shows one face by design, so that further faces in it are none of the annotator's.
  public var hasOneFaceAnImage = false
  /// The object frame of its poses; nil where it has none of its own.
  public var frame: HeadPose.Frame?
  /// Of an image, in pixels.
  public var usualSize = (width: 640, height: 480)
  /// Nil where none can be made.
  public var synthesise: Synthesiser?
  /// What its annotations hold.
  public var contents = FormContents()
  /// Its native forms that records are written in.
  public var forms: [ExportForm] = []

  /// A dataset of which nothing else is known yet.
  public init(name: String, title: String) { (self.name, self.title) = (name, title) }
}

extension DatasetDescription {
  /// "300w-lp and aflw2000": those that heed an option.
  public static func names(heeding option: Option) -> String {
    let names = all.filter { $0.heeds.contains(option) }.map(\.name)
    let first = names.dropLast().joined(separator: ", ")
    return first + (first.isEmpty ? "" : " and ") + (names.last ?? "")
  }

  /// In the order in which help texts name them. A line here is what a dataset needs beside its folder.
  private static let known = Mutex<[DatasetDescription]>([
    .widerFace, .threeHundredWLP, .aflw2000, .biwi, .arkitFace,
    .cvat, .imglab, .voc, .labelStudio, .labelMe, .datumaro, .dad3DHeads, .dadPredictions,
    .mediaPipe, .coco, .cocoResults, .pts, .helen, .celeba, .wflw, .fddb, .labelV2, .aflwText,
    .panoptic, .openFace, .hrnet, .csv, .poseLines, .angleText, .mtcnn, .yolo, .afwText, .aflw,
    .aflw19, .cofw, .mafa, .fsaNet,
  ])

  /// All datasets, in the order in which help texts name them.
  public static var all: [DatasetDescription] { known.withLock { $0 } }

  /// "WIDER FACE, 300W-LP or BIWI".
  static var titles: String {
    let titles = all.map(\.title)
    return titles.dropLast().joined(separator: ", ") + " or " + (titles.last ?? "")
  }

  /// Adds a dataset of a client's own; one of the same name is replaced.
  public static func register(_ dataset: DatasetDescription) {
    known.withLock { known in
      known.removeAll { $0.name == dataset.name }
      known.append(dataset)
    }
  }

  /// - Returns: nil where no dataset has this name.
  public static func named(_ name: String) -> DatasetDescription? {
    all.first { $0.name == name }
  }
}
