public import Codecs
public import Geometry
public import Schema

/// A dataset's annotations as records, one image at a time, in the source's order.
///
/// This is a synchronous pull: at most some hundred images are read ahead of the one that is asked for. Faults of an
/// image are in its outcome. Only an error that ends the whole run is thrown.
public protocol AnnotationSource {
  /// The next image, or nil at the end.
  mutating func next() throws -> Outcome?
  /// The next image like `next()`, but where an image has files of its own, reading them is left to the
  /// caller's worker threads. Nil at the end.
  mutating func nextPending() throws -> PendingOutcome?
  /// How much of `size` has been read, for progress reports. In the unit of `size`.
  var position: Int { get }
  /// How much there is to read in all: bytes, or images in some sources; 0 where it is not known beforehand.
  var size: Int { get }
}

extension AnnotationSource {
  /// Reads the image at once, for sources whose images have no files of their own.
  public mutating func nextPending() throws -> PendingOutcome? {
    guard let outcome = try next() else { return nil }
    return .read(outcome)
  }
}

/// Options that all readers take.
public struct ReadingOptions: Sendable {
  /// The value of the records' `source.dataset`.
  public var dataset: String
  /// The split as the user names it; nil leaves it to the reader, which goes by names of files or folders.
  public var split: String?
  /// What to keep under `native`.
  public var native = Native.standard

  /// Whether to convert rotations that are annotated relative to the line of sight, as those of weak
  /// perspective are, to rotations relative to the camera's axis (FORMATS §11.4). The face's attribute
  /// `egocentric` then says so.
  public var makesEgocentric = false

  /// For 300W-LP: the model from which landmarks are rebuilt where the dataset's landmark files are missing.
  public var landmarkModel: MorphableLandmarks?

  /// For BIWI: the camera that poses are given in; nil for the colour camera.
  public var frame: Biwi.Frame?

  /// For files whose points have names: which side "left" means; nil to find out from the faces.
  public var namedSide: NamedSide?
  /// How poses are written in files that do not tell it, as the user names it; nil where the user does not. Angles with
  /// names are then `EulerConvention.aflw`'s; other numbers are not read.
  public var notation: PoseNotation?
  /// For forms that do not tell it: the number of the first pixel, 0 or 1; nil for what the form's description says.
  public var pixelOrigin: PixelOrigin?
  /// The unit of angles in files that do not state it; nil where the user does not name it.
  public var angleUnit: AngleUnit?
  /// What names of points mean.
  public var pointNames = PointNames()
  /// For tables: what their columns mean; nil where their names say it.
  public var columns: ColumnMap?
  /// The images, for annotations in fractions of their size; nil where none are at hand.
  public var images: ImageStore?
  /// Whether outcomes have the pictures that an annotation file holds, as PNG.
  public var takesImages = false
  /// On how many threads a file of many images is read.
  public var jobs = 1
  /// Counts the sides of named points, in a first pass over a file.
  var sideVote: SideVote?
  /// Whether `namedSide` is what faces say, or is still to be found out.
  var sidesAreVoted = false
  /// Whether faces are asked; a file may say itself which side is meant.
  var countsSides = true

  /// Which images a published test takes; nil for all.
  public var testProtocol: TestProtocol?

  /// A published test's choice of images.
  public enum TestProtocol: String, Sendable, CaseIterable {
    /// Faces none of whose angles exceeds 99 degrees (AFLW2000-3D; Albiero et al., CVPR 2021).
    case img2pose
  }

  /// How much of the source is kept under `native`, so that an export can give it back exactly.
  public enum Native: String, Sendable, CaseIterable {
    /// All, but of arrays of more than `NativeArray.largestInPlace` bytes only a reference to their file.
    case standard = "default"
    /// All, arrays of any size included.
    case all
    /// Nothing.
    case none
  }

  /// The convention of angles with names.
  public var eulerConvention: EulerConvention {
    if case .euler(let convention)? = notation { convention } else { .aflw }
  }

  /// Whether to keep source text under `native`.
  public var keepsNative: Bool { native != .none }

  /// Options with the defaults given above, and no split.
  public init(dataset: String) { self.dataset = dataset }
}

extension RecordSource {
  /// The source of a record that is read from an annotation file.
  ///
  /// The split is a word of the file's name (`wider_face_val_bbx_gt.txt`) or, failing that, its
  /// folder's whole name (RetinaFace's `val/label.txt`).
  init(annotationPath path: String, options: ReadingOptions) {
    let parts = path.split(separator: "/")
    let file = parts.last.map(String.init) ?? path
    let words = file.lowercased().split { "_-.".contains($0) }.map(String.init)
    let folder = parts.dropLast().last.map { $0.lowercased() } ?? ""
    let names = ["train", "val", "test"]
    let found = names.first(where: words.contains) ?? names.first { $0 == folder }
    self.init(dataset: options.dataset, split: options.split ?? found, file: file)
  }
}
