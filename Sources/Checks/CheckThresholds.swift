/// Every limit of the checks, with its reason. "Size" of a box is the square root of its area; "radius" of
/// landmarks is the root mean square distance of the five points from their centre.
///
/// Ranges given as seen are those of the synthetic sets and the real samples of all five datasets.
public struct CheckThresholds: Sendable, Equatable {
  // Boxes

  /// Least overlap (intersection over union) of two boxes of one face annotated twice. In WIDER FACE's
  /// validation set the pairs above it are single faces; people side by side reach 0.7.
  public var duplicateOverlap = 0.8
  /// Size over the landmarks' radius: 3.2 to 5.5 as seen.
  public var largestBoxToLandmarks = 12.0
  public var smallestBoxToLandmarks = 1.5

  // Landmarks

  /// How far, in fractions of the box's width or height, a landmark may be outside of it: noses and chins in
  /// profile reach over boxes that are drawn round the front of a face.
  public var landmarkMargin = 0.2
  /// Share of the landmarks beyond this margin that makes a finding: one of five.
  public var landmarksOutsideBox = 0.2
  /// Least distance of an eye from the mouth's corner below it, in fractions of the box's size: 0.22 as seen.
  public var coincidentLandmarks = 0.05
  /// Least extent of the five points across their longest direction over that along it: 0.41 as seen.
  public var collinearLandmarks = 0.1
  /// How far the sides have to be exchanged, as image-right eye minus image-left eye across the face, over its
  /// length from eyes to mouth: 0.87 in a frontal face, -0.34 in one turned by 110 degrees.
  public var exchangedEyes = 0.45
  /// The same of the mouth's corners: 0.65 in a frontal face, -0.24 in one turned by 110 degrees.
  public var exchangedMouth = 0.32
  /// Greatest place of the nose's tip along the face beyond the eyes and beyond the mouth, over the length from
  /// eyes to mouth: 0.08 and 0.01 as seen, of faces that look up or down.
  public var noseBeyondFace = 0.6
  /// From how many landmarks on, all of them whole pixels, they count as rounded.
  public var gridLandmarks = 200.0

  // Poses

  /// Least robust z-score of a residual: (x - median) / (1.4826 median absolute deviation).
  public var residualScore = 6.0
  /// Residuals below this are no outliers, however regular the others are: what `FitQuality` calls large.
  public var outlyingResidual = 0.15
  /// From how many residuals on their spread is known.
  public var residualFaces = 50.0
  /// Greatest misfit of the mean face, turned as the pose says and freely moved and scaled, to the landmarks,
  /// in fractions of the distance between its eyes: about 0.1 of a good pose, 0.3 of one 20 degrees off.
  public var poseMisfit = 0.35
  /// Greatest shift of the projected mean face from the landmarks, in the same fractions, and greatest
  /// factor between their sizes.
  public var poseShift = 0.5
  public var poseScale = 1.5
  /// How far the projected origin may be from the box's centre, in its widths and heights: 0.43 as seen.
  public var originFromBox = 1.0
  /// Greatest factor between a head of 20 cm at the pose's depth and the box's size: 1.1 to 1.6 as seen.
  public var headToBox = 4.0
  /// Least depth in metres: the lens would be in the hair.
  public var smallestDepth = 0.1
  /// Least size in pixels of a head of 20 cm at the pose's depth: no face can be annotated in less.
  public var smallestHead = 2.0
  /// The angle in degrees beyond which the published tests on AFLW2000-3D leave faces out (Albiero et al.,
  /// CVPR 2021).
  public var protocolAngle = 99.0

  // The dataset

  /// From how many poses on their balance says something.
  public var balancePoses = 500.0
  /// Least share of the poses in each 30 degrees of yaw from -90 to 90.
  public var balanceShare = 0.01

  public init() {}

  /// The limits by the names that a file of settings uses.
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

/// The limits that the catalogue's words name.
let usualLimits = CheckThresholds()
