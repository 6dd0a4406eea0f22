public import Checks
public import Codecs
internal import Datasets
public import Geometry
internal import Inference
public import Labelling
internal import Schema
public import Shards

/// What a run does with each image.
public struct PreparationPlan: Sendable {
  /// nil where a run needs no images.
  public var images: ImageStore?
  /// Of images that the source itself holds.
  public var heldLimit = PixelLimit.standard
  /// Of all images.
  public var pixelLimit: PixelLimit { images?.pixelLimit ?? heldLimit }
  /// What replaces the records' faces by those found in the images; nil where they stay.
  public var inference: InferencePlan?
  /// What an interrupted run found already; nil where nobody will ask for what this one finds.
  var foundEarlier: FoundFaces.Earlier?
  /// Whether a record's line is that of the annotated record and, after it, that of the faces found.
  public var keepsAnnotation = false
  /// How to fit poses; nil where none are fitted.
  public var labelling: LabellingOptions?
  /// The camera to assume; nil for the usual one.
  public var camera: CameraChoice?
  /// Brings all poses to one object frame; nil where they keep theirs.
  public var frames: FrameConversion?
  /// Looks for what is wrong with the records; nil where nothing does.
  public var checker: RecordChecker?
  /// Looks for mirrored landmarks alone; nil where nothing does, or `checker` looks for all.
  public var sideChecker: RecordChecker?
  /// In which conventions records have their poses' angles.
  public var eulerConventions: [EulerConvention] = []
  /// What img2pose's layout is given of a face.
  public var targets = Img2PoseTargets.Options()
  /// nil where no samples are made.
  public var layout: ShardLayout?
  /// For layouts that are made of meshes.
  var meshes: PerspNetMeshes.Tables?
  /// Whether a line is made of each record.
  public var writesRecords = false
  /// Whether to hash images.
  public var checksum = false

  /// Nothing is done to an image.
  public init() {}

  /// Whether the records' poses go into one set; what img2pose's converter fits is in one frame.
  var poolsPoses: Bool { layout != nil && targets.source != .img2pose }
}

/// One image after all that can be done to it on any thread.
struct PreparedImage: Sendable {
  var issues: [RecordIssue]
  /// Whether it is one, and not only what is said of the source as a whole.
  var isImage = true
  /// Whether a record came of it.
  var isUsed = false
  var faces = 0
  var facesWithLandmarks = 0
  var facesWithPose = 0
  /// Whether it keeps the camera of its poses, though another is named.
  var keepsCamera = false
  var frames = FrameCounts()
  var sights = SightCounts()
  /// The frames of poses that were brought to another.
  var convertedFrames = FrameCounts()
  var findings: [CheckDigest.Found] = []
  var leftOut: [LeftOut] = []
  var sample: EncodedSample?
  /// For each local pose, the angle by which converting it misses the global one; empty where the
  /// conversion is exact or is what defines the global one.
  var conversionErrors: [Double] = []
  /// What the layout holds that the record lacks.
  var completed = CompletedLandmarks()
  var image: StoredImage?
  /// The record as a line of JSON Lines; empty where none is wanted.
  var line: [UInt8] = []
  /// "digest  path", as `sha256sum` prints it.
  var checksum = ""
  /// What was found in the image, for a run that goes on with this one; empty where that run has it.
  var foundLine: [UInt8] = []
}
