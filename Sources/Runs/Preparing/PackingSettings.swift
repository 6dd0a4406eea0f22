public import Codecs
public import Geometry
public import Labelling
internal import Schema
public import Shards

/// How training data are laid out and written.
public struct PackingSettings {
  /// Which landmarks img2pose is given, from which it fits poses anew to images it flips or crops.
  public enum StoredLandmarks: String, CaseIterable, Sendable {
    /// The record's own.
    case annotated
    /// The face model's points as the pose projects them.
    case reprojected
  }

  /// Of the LMDB.
  public var layout = ShardLayout.img2pose
  /// The folder of ARKitFace's mesh tables, for layouts that are made of meshes.
  public var meshTables: String?
  /// The datasets' own folders or archives, for arrays that records only name.
  public var sources: [String] = []
  /// How samples are dealt to several LMDB files.
  public enum Dealing: String, CaseIterable, Sendable {
    /// Each to the file with the fewest bytes so far.
    case weight
    /// The first block of the source's entries to the first file, and so on, as parts of a run have them.
    case blocks
  }

  /// How many LMDB files the samples are spread over.
  public var shards = 1
  /// How samples are dealt to them.
  public var dealing = Dealing.weight
  /// Which landmarks img2pose is given.
  public var landmarks = StoredLandmarks.annotated
  /// Whether to go on with an interrupted run of the same input and settings.
  public var resumes = false
  /// What is done where the output exists.
  public var existing = OutputSet.Existing.refused
  /// Whether to say what would be written, and write nothing.
  public var isDryRun = false
  /// Whether the manifest holds the SHA-256 of images and outputs.
  public var checksum = false

  /// img2pose's layout in one file.
  public init() {}

  func shardNames(prefix: String) -> [String] {
    ShardSetWriter.names(prefix: prefix, count: shards, isNumbered: dealing == .blocks)
  }
}

/// Whose poses are made.
public struct PoseProfile {
  /// By whose rules poses are made.
  public enum Kind: String, CaseIterable, Sendable {
    /// The least-squares optimum in the image's camera.
    case standard = "default"
    /// What img2pose's own converter makes of boxes and landmarks.
    case img2pose
  }

  /// By whose rules poses are made.
  public var kind = Kind.standard
  /// How img2pose's sheared matrices become rotations.
  public var rule: RotationRule
  /// Brings all poses to one object frame; nil where they keep theirs.
  public var frames: FrameConversion?

  /// - Parameters:
  ///   - kind: whose poses they are.
  ///   - rule: nil for the one that the kind's origin uses.
  ///   - frames: what poses are brought to one object frame by; nil for none.
  public init(_ kind: Kind = .standard, rule: RotationRule? = nil, frames: FrameConversion? = nil) {
    self.kind = kind
    self.rule = rule ?? (kind == .img2pose ? .markley : .procrustes)
    self.frames = frames
  }

  /// What img2pose's layout is given of a face.
  public var targets: Img2PoseTargets.Options {
    Img2PoseTargets.Options(source: kind == .img2pose ? .img2pose : .record, rule: rule)
  }
}
