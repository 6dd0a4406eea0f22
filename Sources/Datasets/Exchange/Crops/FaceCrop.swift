internal import Geometry
internal import Glibc
internal import Schema

/// Where a face's crop lies in its image, and what that does to pose and camera.
struct FaceCrop {
  /// Why a face has no crop, in the plural.
  enum Obstacle: String, Error {
    case invalid = "faces marked invalid"
    case noArea = "faces whose box is smaller than a pixel"
    case outside = "faces whose box is outside the image"
    case noFivePoints = "faces without five points, by which 5-point alignment lays them"
    case noRoll = "faces without a pose and without both eyes, by which roll alignment turns them"
  }

  /// From 0-based pixels of the image to those of the crop; a similarity.
  let map: PlanarMap

  /// ArcFace's places of the five points in a crop of 112 x 112 pixels (deepinsight/insightface,
  /// `face_align.py`, `arcface_dst`): image-left eye, image-right eye, nose tip, mouth corners.
  static let template: [SIMD2<Double>] = [
    [38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655],
    [70.7299, 92.2041],
  ]
  static let templateSide = 112.0

  /// - Parameters:
  ///   - side: of the crop, in pixels.
  ///   - margin: on each side, in longer sides of the box; for five points in sides of the template.
  init(
    of face: Face, imageWidth: Int, imageHeight: Int, alignment: CropAlignment, side: Int,
    margin: Double
  ) throws(Obstacle) {
    guard face.attributes.invalid != true else { throw .invalid }
    let longer = max(face.box.width, face.box.height)
    guard face.box.isPlausible, !face.box.isDegenerate, longer >= 1 else { throw .noArea }
    guard !face.box.misses(imageWidth: imageWidth, imageHeight: imageHeight) else {
      throw .outside
    }
    // The middles of the square and of the crop's pixels lie on each other.
    let middle = SIMD2(repeating: Double(side - 1) / 2)
    let scale = Double(side) / (longer * (1 + 2 * margin))
    switch alignment {
    case .none:
      map = PlanarMap(scale: scale, taking: face.box.centre, to: middle)
    case .roll:
      guard let roll = Self.roll(of: face) else { throw .noRoll }
      map = PlanarMap(scale: scale, turn: -roll, taking: face.box.centre, to: middle)
    case .fivePoint:
      guard let points = face.landmarks?.fivePoints, points.presentCount == 5 else {
        throw .noFivePoints
      }
      let unit = Double(side) / Self.templateSide
      let half = Double(side) / 2
      let places = Self.template.map { (unit * $0 - half) / (1 + 2 * margin) + half }
      guard let found = PlanarMap.similarity(from: (0..<5).map { points[$0].position }, to: places)
      else { throw .noFivePoints }
      map = found
    }
  }

  /// The in-plane turn of a head, in radians, from upright towards the image's right.
  private static func roll(of face: Face) -> Double? {
    if let rotation = face.pose?.rotation {
      // R = Rz(roll) Ry(yaw) Rx(pitch), whose first column is (cos roll cos yaw, sin roll cos yaw, −sin yaw).
      let (x, y) = (rotation.rows.0, rotation.rows.1)
      let roll = atan2(y.x, x.x)
      // Two rolls half a turn apart make the head level; the one that makes it upright is meant.
      let down = cos(roll) * y.y - sin(roll) * x.y
      return down >= 0 ? roll : roll + .pi
    }
    guard let five = face.landmarks?.fivePoints, let left = five.position(0),
      let right = five.position(1), left != right
    else { return nil }
    return atan2(right.y - left.y, right.x - left.x)
  }

  /// Pixels of the crop for one of the image.
  var scale: Double { length(map.yRow) }

  /// How far the crop turns the image, in radians, x towards y.
  var turn: Double { atan2(map.yRow.x, map.xRow.x) }

  /// The pose that the crop shows, before the crop's camera: the whole scene turned about the camera's axis, so
  /// that both rotation and translation turn. Exact, whatever the point about which the picture is turned, as the
  /// camera's principal point moves with it.
  func pose(_ pose: PoseNotation.Pose) -> PoseNotation.Pose {
    let turn = Rotation(about: .z, by: turn)
    return PoseNotation.Pose(
      rotation: turn * pose.rotation, translation: pose.translation.map { turn * $0 })
  }

  /// The crop's camera: A K Rz(−turn), with A the affine map as a 3 x 3 matrix, row by row. With square pixels it
  /// has two equal focal lengths and no skew.
  func camera(_ camera: Intrinsics) -> [SIMD3<Double>] {
    let (c, s) = (cos(turn), sin(turn))
    let f = camera.focalLength
    let centre = map.applied(to: camera.principalPoint)
    func row(_ linear: SIMD2<Double>, _ last: Double) -> SIMD3<Double> {
      let (x, y) = (linear.x * f.x, linear.y * f.y)
      return SIMD3(x * c - y * s, x * s + y * c, last)
    }
    return [row(map.xRow, centre.x), row(map.yRow, centre.y), [0, 0, 1]]
  }
}
