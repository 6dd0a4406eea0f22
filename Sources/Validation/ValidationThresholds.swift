/// What counts as agreement, as doubt and as a finding. Fractions are relative to the predicted face's size, the
/// square root of its box's area, for annotated boxes may be wrong.
///
/// The figures come from the errors of CenterFace and O-Net (landmarks are off by 2 to 4 % on average, and by
/// 10 % on hard faces; boxes of other conventions, such as whole heads or landmarks' extents, overlap by 0.5 to
/// 0.7) and from the effects of the faults (landmarks that are mirrored or exchanged are off by 25 % or more).
public struct ValidationThresholds: Sendable, Equatable {
  // Which faces are compared.

  /// A detection is certainly a face where the detector's score is at least this, O-Net's score at least
  /// `reliableLandmarkScore`, and the size at least `reliableSize`.
  public var reliableScore = 0.6
  /// The least score of O-Net; see `reliableScore`.
  public var reliableLandmarkScore = 0.9
  /// In pixels of the image; see `reliableScore`.
  public var reliableSize = 24.0
  /// The detector has to find annotated faces of at least this size, in pixels of the image that it is shown.
  public var findableSize = 24.0
  /// An annotated face that is turned by more than this angle, in radians, may be missed: the networks know
  /// upright faces.
  public var findableTurn = 60 * Double.pi / 180

  // What is the same face.

  /// The least overlap (intersection over union) of two boxes of the same face.
  public var sameBox = 0.4
  /// The greatest landmark error between two annotations of the same face, in fractions of its size.
  public var sameLandmarks = 0.12
  /// Two faces are near each other if their boxes overlap by more than this, or one's centre is in the other.
  public var somethingThere = 0.2

  // When a reading explains an annotation that does not agree as it is.

  /// The least overlap that a reading of a box has to reach.
  public var explainedBox = 0.5
  /// The factor by which a reading has to increase a box's overlap.
  public var explainedBoxGain = 1.5
  /// The greatest landmark error that a reading may leave, in fractions of the face's size.
  public var explainedLandmarks = 0.1
  /// The greatest share of the original landmark error that a reading may leave.
  public var explainedLandmarksShare = 0.5
  /// How many faces a reading has to explain at least. A reading that explains half of all faces is exempt.
  public var explainedFaces = 3
  /// The share of the questionable faces that a reading has to explain at least.
  public var explainedShare = 0.25
  /// Some faults leave faces near their places, as mirroring does in the middle of an image. They are found where
  /// a reading improves half of all faces whose landmark error exceeds this fraction of their size.
  public var doubtedLandmarks = 0.04
  /// The same for boxes: the factor by which the reading has to increase their overlap.
  public var doubtedBoxGain = 1.25
  /// The overlap that a reading has to reach for a single face, where it does not explain the dataset.
  public var surelyExplainedBox = 0.6
  /// The landmark error that such a reading may leave at most, in fractions of the face's size.
  public var surelyExplainedLandmarks = 0.08
  /// The share of the original landmark error that such a reading may leave at most.
  public var surelyExplainedShare = 0.25

  // When faces, or the dataset, are reported.

  /// A landmark error, in fractions of the face's size, that the networks' errors cannot explain.
  public var misplacedLandmarks = 0.25
  /// An overlap that no convention of boxes explains while the landmarks agree.
  public var misplacedBox = 0.25
  /// The least number of faces for findings about a whole dataset: shifts and rotations.
  public var datasetFaces = 5
  /// If at least this many images have at most one annotated face each, further faces are left out by design.
  public var singleFaceImages = 50
  /// The least shift of landmarks, in fractions of the face's size: above the networks' own systematic error.
  public var shift = 0.02
  /// The least shift of landmarks or boxes in pixels.
  public var shiftInPixels = 0.75
  /// The least shift of landmarks or boxes in standard errors of the median.
  public var shiftInErrors = 4.0
  /// The least sideways shift of boxes, in fractions of the face's size. Up and down, conventions of boxes differ
  /// by more than any shift.
  public var boxShift = 0.05
  /// The greatest share of the mean angle that the right reading of rotations may leave.
  public var rotationShare = 0.6
  /// The least decrease of the mean angle by the right reading, in radians.
  public var rotationGain = 5 * Double.pi / 180
  /// The least constant turn that is reported, in radians, for poses in frame `bfm`.
  public var rotationOffset = 12 * Double.pi / 180
  /// The same for other frames, which have another origin and other axes.
  public var rotationOffsetOfOtherFrames = 30 * Double.pi / 180

  /// The thresholds given above.
  public init() {}
}
