internal import Geometry
internal import Schema
internal import Shards

/// Compares the two poses of each face of a shard by img2pose's conversion (`CropCamera`).
///
/// The conversion needs a camera, which the layout does not keep. Two translations and a box determine it:
/// f = t_z (bw + bh) / l_z, and the principal point is the box's centre minus f (t - l) / t_z. So the rotation
/// is checked with that camera, and the camera is compared with img2pose's, or else with the camera of most of
/// the shard's other faces.
struct ShardPoses {
  struct Fault {
    var sample: Int
    var face: Int
    var detail: String
  }

  /// The greatest relative difference between two cameras that count as the same.
  private static let tolerance = 1e-3

  /// A camera relative to its image: the focal length over width + height, the principal point over the sides.
  private struct RelativeCamera {
    var focalLength: Double
    var x: Double
    var y: Double

    func isNear(_ other: Self) -> Bool {
      abs(focalLength / other.focalLength - 1) < ShardPoses.tolerance
        && abs(x - other.x) < ShardPoses.tolerance && abs(y - other.y) < ShardPoses.tolerance
    }
  }

  private(set) var moments = PoseMoments()
  private var faces = 0
  /// Cameras other than img2pose's, with the number of faces that have them and the first of these faces. Kinds
  /// beyond the limit are not kept.
  private var others: [(camera: RelativeCamera, count: Int, first: Fault)] = []
  private static let mostKinds = 64

  /// Adds a sample.
  ///
  /// - Returns: the faults that do not depend on other samples.
  mutating func add(
    _ sample: StoredSample, _ index: Int, imageSize: (width: Int, height: Int)?
  ) -> [Fault] {
    for pose in sample.localPoses { moments.add(pose) }
    guard let (width, height) = imageSize else { return [] }
    var faults: [Fault] = []
    for pose in sample.poses {
      faces += 1
      if let detail = PoseAgreement.usual.fault(of: pose) {
        faults.append(Fault(sample: index, face: pose.face, detail: detail))
      }
      guard let camera = Self.camera(of: pose) else { continue }
      note(camera, of: pose, index, width, height)
    }
    return faults
  }

  /// The camera that connects a face's two translations; nil where there is none.
  static func camera(of pose: StoredPose) -> Intrinsics? {
    let (t, l) = (pose.global.translation, pose.local.translation)
    guard t.z > 0, l.z > 0 else { return nil }
    let box = pose.box
    let focalLength = t.z * Double(box.width + box.height) / l.z
    let centre = SIMD2(Double(box.left + box.width / 2), Double(box.top + box.height / 2))
    let shear = SIMD2(t.x - l.x, t.y - l.y) / t.z
    let camera = Intrinsics(
      focalLength: SIMD2(focalLength, focalLength), principalPoint: centre - focalLength * shear)
    return camera.isPlausible ? camera : nil
  }

  private mutating func note(
    _ camera: Intrinsics, of face: StoredPose, _ index: Int, _ width: Int, _ height: Int
  ) {
    let usual = Intrinsics.widthPlusHeight(width, height)
    func relative(_ camera: Intrinsics) -> RelativeCamera {
      RelativeCamera(
        focalLength: camera.focalLength.x / Double(width + height),
        x: camera.principalPoint.x / Double(width), y: camera.principalPoint.y / Double(height))
    }
    let found = relative(camera)
    if found.isNear(relative(usual)) { return }
    if let i = others.firstIndex(where: { $0.camera.isNear(found) }) {
      others[i].count += 1
    } else if others.count < Self.mostKinds {
      let detail =
        "translations: expected a camera of focal length \(usual.focalLength.x) and centre \(usual.principalPoint.x), \(usual.principalPoint.y) between them, found \(Self.text(camera.focalLength.x)) and \(Self.text(camera.principalPoint.x)), \(Self.text(camera.principalPoint.y))"
      others.append((found, 1, Fault(sample: index, face: face.face, detail: detail)))
    }
  }

  private static func text(_ value: Double) -> String { value.printed("%.1f") }

  /// The number of faces, a share of all, from which on a camera is assumed to be intended.
  private var leastFaces: Int { max(2, faces / 20) }

  /// Faces whose translations could only be connected by a camera of their own.
  func faults() -> [Fault] { others.filter { $0.count < leastFaces }.map(\.first) }

  /// What to report of a camera that many faces have; nil where all have img2pose's.
  var otherCamera: String? {
    let meant = others.filter { $0.count >= leastFaces }
    guard let most = meant.max(by: { $0.count < $1.count }) else { return nil }
    let count = meant.reduce(0) { $0 + $1.count }
    return
      "camera of \(count) of \(faces) faces: expected a focal length of width + height and the image's centre, found \(most.camera.focalLength.printed("%.3f")) (width + height) and the centre at \(most.camera.x.printed("%.3f")), \(most.camera.y.printed("%.3f")) of the sides"
  }
}

/// Mean and standard deviation of six numbers, without rounding but the last, so that order does not matter.
struct PoseMoments {
  private var sums = Array(repeating: ExactSum(), count: 6)

  var count: Int { sums[0].count }
  var mean: [Double] { sums.map(\.mean) }
  /// Of the whole set, divided by n (ddof 0) as img2pose's converter does.
  var standardDeviation: [Double] { sums.map(\.standardDeviation) }

  mutating func add(_ pose: PoseVector) {
    for i in sums.indices { sums[i].add(pose[i]) }
  }

  mutating func merge(_ other: PoseMoments) {
    for i in sums.indices { sums[i].merge(other.sums[i]) }
  }
}
