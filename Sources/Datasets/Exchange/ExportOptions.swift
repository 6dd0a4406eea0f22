public import Geometry

/// What export forms may be told. A form names those that it heeds; any other is refused for it.
public struct ExportOptions: Sendable {
  /// One of the members, under its own name; the raw value is its name in exports' manifests.
  public enum Option: String, Sendable, CaseIterable {
    case copies
    case seed
    case meshTables = "mesh_tables"
    case points
    case valShare = "val_share"
    case whitening
    case landmarkTables = "landmark_tables"
    case size
    case margin
    case alignment = "align"
    case euler
    case columns
  }

  /// Which 68 points a face gets where a form wants some.
  public enum Points: String, Sendable, CaseIterable {
    /// The record's own, and where it has none those of the mean face as the pose places them.
    case automatic = "auto"
    /// The record's own, annotated or predicted; faces without are left out.
    case annotated
    /// The mean face's, as the pose places them.
    case reprojected
  }

  /// The numbers that 3DDFA's parameters are whitened with.
  public enum Whitening: Sendable, Equatable {
    /// Those of 3DDFA's own training, which SynergyNet takes too.
    case first
    /// Those of 3DDFA_V2.
    case second
    /// Mean and deviation of the train list.
    case computed
    /// Those of a file: 62 means, then 62 deviations, as `.npy` or as text.
    case table(path: String)

    /// Those that have a name of their own.
    public static let named: [Whitening] = [.first, .second, .computed]

    /// As exports' manifests and the command line have it.
    public var name: String {
      switch self {
      case .first: "v1"
      case .second: "v2"
      case .computed: "computed"
      case .table: "table"
      }
    }
  }

  /// How many samples are made of each face; the first shows it as it is, the others vary it at random.
  public var copies = 1
  /// The same seed gives the same samples.
  public var seed: UInt64 = 1
  /// The folder of ARKitFace's mesh tables; nil where none was given.
  public var meshTables: String?
  /// Which points faces get.
  public var points = Points.automatic
  /// The share of records that go to the list of validation, from 0 to below 1, where records themselves do not
  /// name both parts.
  public var valShare = 0.075
  /// Of 3DDFA's parameters.
  public var whitening = Whitening.first
  /// The folder of 3DDFA's tables from which landmarks are rebuilt; nil where the records' own are taken.
  public var landmarkTables: String?
  /// Of a crop's sides, in pixels.
  public var size = 224
  /// How far a crop reaches beyond the face's box on each side, in longer sides of the box; nil for the alignment's
  /// own.
  public var margin: Double?
  /// How a crop lies in its image.
  public var alignment = CropAlignment.none
  /// Whose angles a table has beside its own; of COCO, only `aflw`, which is what DirectMHP reads there.
  public var euler: [EulerConvention] = []
  /// What a table of faces has columns of.
  public var columns = TableColumn.usual

  /// Options with the defaults given above.
  public init() {}

  /// The files and folders that are read.
  public var paths: [String] {
    var paths = [meshTables, landmarkTables].compactMap { $0 }
    if case .table(let path) = whitening { paths.append(path) }
    return paths
  }
}
