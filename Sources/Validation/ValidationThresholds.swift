/// What counts as agreement, as doubt and as a finding. Fractions are of the predicted face's size, the
/// square root of its box's area, for annotated boxes are themselves in question.
///
/// The figures come from what CenterFace and O-Net do (landmarks are off by 2 to 4 % in the mean and 10 % on
/// hard faces; boxes of other conventions, such as whole heads or landmarks' extents, overlap by 0.5 to 0.7)
/// and from what the faults do (landmarks mirrored or exchanged are off by 25 % and more).
public struct ValidationThresholds: Sendable, Equatable {
  // Which faces are compared.

  /// A detection whose face is not in doubt: by the detector's score, by O-Net's, and by size in pixels.
  public var reliableScore = 0.6
  public var reliableLandmarkScore = 0.9
  public var reliableSize = 24.0
  /// An annotated face that the detector has to find: its size where the detector looks at it.
  public var findableSize = 24.0
  /// The turn in radians beyond which an annotated face may be missed: the networks know upright ones.
  public var findableTurn = 60 * Double.pi / 180

  // What is the same face.

  /// Least overlap (intersection over union) of boxes of one face.
  public var sameBox = 0.4
  /// Greatest landmark error of one face.
  public var sameLandmarks = 0.12
  /// Any overlap above this, or a centre inside the other box, and something is there.
  public var somethingThere = 0.2

  // When a reading explains what the annotation as it is does not.

  /// Least overlap that a reading of a box has to reach, and by which factor it has to be better.
  public var explainedBox = 0.5
  public var explainedBoxGain = 1.5
  /// Greatest error that a reading of landmarks may leave, and its greatest share of the error before.
  public var explainedLandmarks = 0.1
  public var explainedLandmarksShare = 0.5
  /// How many faces a reading has to explain, and which share of those in question; a reading that explains
  /// half of all faces needs no number.
  public var explainedFaces = 3
  public var explainedShare = 0.25
  /// Faults that leave faces near where they are, as mirroring does in the middle of an image, are found where
  /// a reading makes half of all faces better: landmarks off by more than this, boxes by this factor.
  public var doubtedLandmarks = 0.04
  public var doubtedBoxGain = 1.25
  /// What a reading that explains few faces has to reach for each: overlap, error, and share of the error.
  public var surelyExplainedBox = 0.6
  public var surelyExplainedLandmarks = 0.08
  public var surelyExplainedShare = 0.25

  // When faces, or the dataset, are found fault with.

  /// A landmark error that no doubt of the networks' explains.
  public var misplacedLandmarks = 0.25
  /// An overlap that no box convention explains, while the landmarks agree.
  public var misplacedBox = 0.25
  /// The least number of faces for what only a whole dataset shows: shifts and rotations.
  public var datasetFaces = 5
  /// From how many images on, of which none has two faces annotated, others are taken to be left out.
  public var singleFaceImages = 50
  /// A shift's least size: in fractions of the face, which is the networks' own systematic error at most, in
  /// pixels, and in standard errors of the median.
  public var shift = 0.02
  public var shiftInPixels = 0.75
  public var shiftInErrors = 4.0
  /// The same for boxes, sideways; up and down, conventions differ by more than any shift.
  public var boxShift = 0.05
  /// Readings of rotations: the greatest share of the mean angle that the true one leaves, and by how many
  /// radians it has to be less.
  public var rotationShare = 0.6
  public var rotationGain = 5 * Double.pi / 180
  /// A constant rotation in radians beyond that of the frames; those other than `bfm` have another origin and
  /// other axes.
  public var rotationOffset = 12 * Double.pi / 180
  public var rotationOffsetOfOtherFrames = 30 * Double.pi / 180

  public init() {}
}
