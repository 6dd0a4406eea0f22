public import Schema

/// A dataset's annotations as records, one image at a time, in the source's order.
///
/// A synchronous pull: nothing is read ahead beyond the image that is asked for. What is wrong with
/// an image is in its outcome; only what ends the whole run is thrown.
public protocol AnnotationSource {
  /// The next image, or nil at the end.
  mutating func next() throws -> Outcome?
  /// The same, with the work of reading it left to the caller's worker threads where an image has files
  /// of its own.
  mutating func nextPending() throws -> PendingOutcome?
  /// How much of `size` has been read, for progress.
  var position: Int { get }
  /// 0 where it is not known beforehand.
  var size: Int { get }
}

extension AnnotationSource {
  public mutating func nextPending() throws -> PendingOutcome? { try next().map { .read($0) } }
}

/// What all readers are told.
public struct ReadingOptions: Sendable {
  /// The records' `source.dataset`.
  public var dataset: String
  /// The split where the user names it; otherwise the file's name tells.
  public var split: String?
  /// What to keep under `native`.
  public var native = Native.standard

  /// Whether rotations annotated relative to the line of sight, as weak perspective's are, are made
  /// relative to the camera's axis (FORMATS §11.4). The face's attribute `egocentric` then says so.
  public var makesEgocentric = false

  /// 300W-LP: rebuilds landmarks where the dataset's landmark files are missing.
  public var landmarkModel: MorphableLandmarks?

  /// Which images a published test takes; nil for all.
  public var testProtocol: TestProtocol?

  public enum TestProtocol: String, Sendable, CaseIterable {
    /// Faces none of whose angles exceeds 99 degrees (AFLW2000-3D; Albiero et al., CVPR 2021).
    case img2pose
  }

  public enum Native: String, Sendable, CaseIterable {
    /// All but arrays of more than `NativeArray.largestInPlace` bytes, for which a reference is kept.
    case standard = "default"
    case all
    case none
  }

  /// Whether to keep source text under `native`.
  public var keepsNative: Bool { native != .none }

  public init(dataset: String) { self.dataset = dataset }
}

extension RecordSource {
  /// The source of a record read from an annotation file.
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
