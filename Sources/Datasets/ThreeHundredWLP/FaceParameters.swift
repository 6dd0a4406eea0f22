internal import Codecs
internal import Geometry
internal import Schema

/// The two datasets that have one .mat file for each image, made by the same authors (FORMATS §3.2, §4).
enum MATFaceForm: Sendable {
  case threeHundredWLP
  case aflw2000

  /// The records' `source.dataset`, unless the user names another.
  var datasetName: String { self == .aflw2000 ? DatasetName.aflw2000 : DatasetName.threeHundredWLP }

  /// The expected shapes of the arrays that both have, and of `pt2d`.
  fileprivate var shapes: [(name: String, rows: Int, columns: Int)] {
    [
      ("Shape_Para", 199, 1), ("Exp_Para", 29, 1), ("Tex_Para", 199, 1), ("Illum_Para", 1, 10),
      ("Color_Para", 1, 7), ("roi", 1, 4), ("pt2d", 2, self == .aflw2000 ? 21 : 68),
    ]
  }
}

/// A face's arrays in canonical terms.
///
/// The landmarks are `pt3d_68` (AFLW2000-3D), or else `pts_3d` (300W-LP's landmarks folder), or else
/// rebuilt from the face's parameters where the user gave the model's tables, or else `pt2d`, whose jaw
/// is the visible contour and not the projection of 3D points. All come from MATLAB, which counts
/// pixels from 1; for `pt3d_68` that is proven, for the others it is assumed (FORMATS §3.3, §4).
/// `roi` says where the image was cut out of the photo and is not a box in the image, so the box is
/// that of the 68 points.
struct FaceParameters {
  /// Why there is no face. `detail` completes "image00050.mat: ...".
  struct Failure: Error {
    var code = RecordIssue.Code.malformedRecord
    let detail: String
  }

  /// Where the landmarks come from.
  enum LandmarkSource { case pt3d68, pts3d, mirroredPts3d, rebuilt, pt2d }

  let pose: PoseParameters
  let landmarks: Landmarks
  let landmarkSource: LandmarkSource
  /// The smallest box that holds the landmarks.
  let box: BoundingBox
  /// What is wrong but no reason to leave the face out.
  private(set) var findings: [(code: RecordIssue.Code, detail: String)] = []

  /// - Parameters:
  ///   - isFlip: whether the image is a mirrored copy; its `pts_3d` are then those of the original.
  ///   - imageWidth: in pixels; used only to mirror landmarks.
  ///   - imageHeight: in pixels; used only to rebuild landmarks.
  ///   - model: rebuilds landmarks where 300W-LP has none.
  ///   - array: gives the array of a name; nil where the file has none.
  init(
    _ form: MATFaceForm, isFlip: Bool, imageWidth: Int, imageHeight: Int,
    model: MorphableLandmarks?, array: (String) -> MATArray?
  ) throws(Failure) {
    pose = try Self.pose(array("Pose_Para"))
    var found: MATArray?
    var rebuilt: [SIMD2<Double>] = []
    switch form {
    case .aflw2000:
      found = try Self.landmarks(array("pt3d_68"), "pt3d_68", rows: 3, columns: 68)
      landmarkSource = .pt3d68
    case .threeHundredWLP:
      if let points = array("pts_3d"), points.rows == 68, points.columns == 2 {
        found = points
        landmarkSource = isFlip ? .mirroredPts3d : .pts3d
      } else {
        if let points = array("pts_3d") {
          findings.append(
            (
              .unusableLandmarks,
              "pts_3d: expected 68 x 2 numbers, found \(points.description); \(model == nil ? "pt2d is used instead" : "they are rebuilt")"
            ))
        }
        if let model {
          rebuilt = try Self.rebuilt(model, pose, imageHeight: imageHeight, array: array)
          landmarkSource = .rebuilt
        } else {
          found = try Self.landmarks(array("pt2d"), "pt2d", rows: 2, columns: 68)
          landmarkSource = .pt2d
        }
      }
    }
    let (points, bounds) = Self.points(found.map(Self.positions) ?? rebuilt)
    guard let bounds else {
      throw Failure(
        detail: "\(found?.name ?? "landmarks"): expected finite numbers, found none")
    }
    if points.presentCount < 68 {
      findings.append(
        (
          .badLandmark,
          "\(found?.name ?? "landmarks"): expected 68 finite points, found \(points.presentCount)"
        ))
    }
    if landmarkSource == .mirroredPts3d {
      landmarks = points.mirrored(imageWidth: imageWidth)
      let last = Double(imageWidth - 1)
      box = BoundingBox(
        left: last - bounds.right, top: bounds.top, right: last - bounds.left,
        bottom: bounds.bottom)
    } else {
      landmarks = points
      box = bounds
    }
    checkShapes(form, array)
  }

  /// Finds what is not as the form has it, and can be read all the same.
  private mutating func checkShapes(_ form: MATFaceForm, _ array: (String) -> MATArray?) {
    if box.isDegenerate {
      findings.append(
        (
          .degenerateBox,
          "box of the landmarks: expected a width and height above 0, found \(box.width) x \(box.height)"
        ))
    }
    for (name, rows, columns) in form.shapes {
      guard let other = array(name), (other.rows, other.columns) != (rows, columns) else {
        continue
      }
      findings.append(
        (
          .conflictingAnnotation,
          "\(name): expected \(rows) x \(columns) numbers, found \(other.description)"
        ))
    }
  }

  private static func pose(_ array: MATArray?) throws(Failure) -> PoseParameters {
    guard let array else { throw Failure(detail: "Pose_Para: expected 1 x 7 numbers, found none") }
    guard array.rows * array.columns == 7, array.rows == 1 || array.columns == 1 else {
      throw Failure(detail: "Pose_Para: expected 1 x 7 numbers, found \(array.description)")
    }
    guard array.element == .float32 || array.element == .float64 else {
      throw Failure(
        detail: "Pose_Para: expected 1 x 7 floating-point numbers, found \(array.description)")
    }
    let numbers = array.doubles
    guard numbers.allSatisfy(\.isFinite) else {
      throw Failure(detail: "Pose_Para: expected finite numbers, found \(numbers)")
    }
    guard let pose = PoseParameters(checking: numbers) else {
      guard numbers[6] > 0 else {
        throw Failure(detail: "Pose_Para: expected a scale above 0, found \(numbers[6])")
      }
      throw Failure(detail: "Pose_Para: expected numbers that a pose may have, found \(numbers)")
    }
    return pose
  }

  private static func landmarks(
    _ array: MATArray?, _ name: String, rows: Int, columns: Int
  ) throws(Failure) -> MATArray {
    guard let array, array.rows == rows, array.columns == columns else {
      throw Failure(
        detail:
          "\(name): expected \(rows) x \(columns) numbers, found \(array?.description ?? "none")")
    }
    return array
  }

  /// The landmarks that follow from the face's parameters, in 0-based pixels.
  private static func rebuilt(
    _ model: MorphableLandmarks, _ pose: PoseParameters, imageHeight: Int,
    array: (String) -> MATArray?
  ) throws(Failure) -> [SIMD2<Double>] {
    var coefficients: [[Double]] = []
    for name in ["Shape_Para", "Exp_Para"] {
      guard let array = array(name), array.rows == 1 || array.columns == 1 else {
        throw Failure(
          detail:
            "\(name): expected a column of numbers to rebuild landmarks from, found \(array(name)?.description ?? "none")"
        )
      }
      coefficients.append(array.doubles)
    }
    let weakPerspective = pose.weakPerspective
    return model.points(shape: coefficients[0], expression: coefficients[1])
      .map { weakPerspective.projection(of: $0, imageHeight: imageHeight) }
  }

  /// MATLAB's 1-based positions as 0-based pixels.
  private static func positions(_ array: MATArray) -> [SIMD2<Double>] {
    let numbers = array.doubles
    let isPointByPoint = array.rows == 68
    return (0..<68).map { i in
      (isPointByPoint
        ? SIMD2(numbers[2 * i], numbers[2 * i + 1]) : SIMD2(numbers[i], numbers[68 + i])) - 1
    }
  }

  /// The points and the smallest box that holds them. Implausible points count as missing.
  private static func points(_ positions: [SIMD2<Double>]) -> (Landmarks, BoundingBox?) {
    var bounds: (low: SIMD2<Double>, high: SIMD2<Double>)?
    let points = positions.map { position -> Landmarks.Point in
      guard PlausibleRange.coordinate.contains(position) else { return .missing }
      if let known = bounds {
        bounds = (pointwiseMin(known.low, position), pointwiseMax(known.high, position))
      } else {
        bounds = (position, position)
      }
      return Landmarks.Point(position)
    }
    let box = bounds.map {
      BoundingBox(left: $0.low.x, top: $0.low.y, right: $0.high.x, bottom: $0.high.y)
    }
    return (Landmarks(layout: .ibug68, points: points), box)
  }
}
