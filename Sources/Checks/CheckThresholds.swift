/// Every limit of the checks, with its reason. The "size" of a box is the square root of its area; the "radius"
/// of landmarks is the root mean square distance of the five points from their centre.
///
/// Values "as seen" are those of the synthetic sets and the real samples of all five datasets.
public struct CheckThresholds: Sendable, Equatable {
  // Boxes

  /// The least overlap (intersection over union) of two boxes that show one face annotated twice. In WIDER FACE's
  /// validation set all pairs above it are single faces; the boxes of people side by side reach 0.7.
  public var duplicateOverlap = 0.8
  /// The greatest size of a box over the landmarks' radius: 3.2 to 5.5 as seen.
  public var largestBoxToLandmarks = 12.0
  /// The least size of a box over the landmarks' radius.
  public var smallestBoxToLandmarks = 1.5

  // Landmarks

  /// How far a landmark may lie outside the box, in fractions of its width or height: in profile, noses and
  /// chins reach over boxes drawn around the front of a face.
  public var landmarkMargin = 0.2
  /// The share of landmarks beyond this margin that makes a finding: one of five.
  public var landmarksOutsideBox = 0.2
  /// The least distance of an eye from the mouth corner below it, in fractions of the box's size: 0.22 as seen.
  public var coincidentLandmarks = 0.05
  /// The least ratio of the five points' extent across their longest direction to that along it: 0.41 as seen.
  public var collinearLandmarks = 0.1
  /// How far the eyes must be exchanged, measured from the image-left to the image-right eye across the face,
  /// over the face's length from eyes to mouth: 0.87 in a frontal face, -0.34 in one turned by 110 degrees.
  public var exchangedEyes = 0.45
  /// The same for the mouth corners: 0.65 in a frontal face, -0.24 in one turned by 110 degrees.
  public var exchangedMouth = 0.32
  /// How far the nose tip may lie beyond the eyes, or beyond the mouth, over the length from eyes to mouth: 0.08
  /// and 0.01 as seen, in faces that look up or down.
  public var noseBeyondFace = 0.6
  /// If at least so many landmarks are all on whole pixels, they count as rounded.
  public var gridLandmarks = 200.0

  // Poses

  /// The least robust z-score of an outlying residual: (x - median) / (1.4826 median absolute deviation). The upper
  /// tail of residuals is longer than that of normal numbers; among 53 faces of photographs one had 6.5.
  public var residualScore = 8.0
  /// Smaller residuals are never outliers, however regular the others are: the limit of `FitQuality` for large ones.
  public var outlyingResidual = 0.15
  /// The number of residuals from which on their spread is known.
  public var residualFaces = 50.0
  /// The greatest misfit between the landmarks and the mean face, which is turned by the pose and freely moved
  /// and scaled; in fractions of the distance between its eyes. Up to 0.17 as seen; 0.25 in the median for poses
  /// whose yaw is 45 degrees off.
  public var poseMisfit = 0.2
  /// The greatest shift of the projected mean face from the landmarks, in the same fractions.
  public var poseShift = 0.5
  /// The greatest factor between the sizes of the projected mean face and the landmarks.
  public var poseScale = 1.5
  /// How far the projected origin may be from the box's centre, in widths and heights of the box: 0.43 as seen.
  public var originFromBox = 1.0
  /// The greatest factor between a head of 20 cm at the pose's depth and the box's size: 1.1 to 1.6 as seen.
  public var headToBox = 4.0
  /// The least depth in metres: nearer, the lens would touch the hair.
  public var smallestDepth = 0.1
  /// The least size, in pixels, of a head of 20 cm at the pose's depth: no smaller face can be annotated.
  public var smallestHead = 2.0
  /// The angle in degrees beyond which published tests on AFLW2000-3D leave faces out (Albiero et al.,
  /// CVPR 2021).
  public var protocolAngle = 99.0

  // The dataset

  /// The number of poses from which on their balance is meaningful.
  public var balancePoses = 500.0
  /// The least share of the poses in each 30 degrees of yaw from -90 to 90.
  public var balanceShare = 0.01

  /// The usual limits, given above.
  public init() {}

  /// The limits by the names that a file of settings uses for them.
  public static let named: [(name: String, path: any WritableKeyPath<Self, Double> & Sendable)] = [
    ("duplicate-overlap", \.duplicateOverlap),
    ("largest-box-to-landmarks", \.largestBoxToLandmarks),
    ("smallest-box-to-landmarks", \.smallestBoxToLandmarks),
    ("landmark-margin", \.landmarkMargin),
    ("landmarks-outside-box", \.landmarksOutsideBox),
    ("coincident-landmarks", \.coincidentLandmarks),
    ("collinear-landmarks", \.collinearLandmarks),
    ("exchanged-eyes", \.exchangedEyes),
    ("exchanged-mouth", \.exchangedMouth),
    ("nose-beyond-face", \.noseBeyondFace),
    ("grid-landmarks", \.gridLandmarks),
    ("residual-score", \.residualScore),
    ("outlying-residual", \.outlyingResidual),
    ("residual-faces", \.residualFaces),
    ("pose-misfit", \.poseMisfit),
    ("pose-shift", \.poseShift),
    ("pose-scale", \.poseScale),
    ("origin-from-box", \.originFromBox),
    ("head-to-box", \.headToBox),
    ("smallest-depth", \.smallestDepth),
    ("smallest-head", \.smallestHead),
    ("protocol-angle", \.protocolAngle),
    ("balance-poses", \.balancePoses),
    ("balance-share", \.balanceShare),
  ]
}

/// The limits named in the catalogue's texts.
let usualLimits = CheckThresholds()
