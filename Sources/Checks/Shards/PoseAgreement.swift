internal import Geometry
internal import Shards

/// How far a face's global pose may differ from the pose that its local one is converted to.
struct PoseAgreement: Sendable {
  /// The rules by which poses may have been converted; the best result counts.
  var rules: [RotationRule]
  /// In degrees.
  var greatestAngle: Double

  /// In degrees: what rounding makes of an exact conversion with a camera that is computed back.
  static let roundingAngle = 1e-4
  /// For shards that do not state the rule by which poses were converted.
  static let usual = PoseAgreement(rules: RotationRule.allCases, greatestAngle: 2)

  /// What is wrong with a face's poses; nil where they agree.
  func fault(of pose: StoredPose) -> String? {
    let (global, local) = (pose.global.extrinsics, pose.local.extrinsics)
    guard let camera = ShardPoses.camera(of: pose) else {
      return
        "depths: expected both above 0 and a camera between them, found global \(global.translation.z) and local \(local.translation.z)"
    }
    let angle =
      rules.map { rule in
        CropCamera(box: pose.box, image: camera, rule: rule).global(from: local).rotation
          .angle(to: global.rotation) * 180 / .pi
      }.min() ?? 0
    // NaN is not below any limit, so it counts as a disagreement.
    if angle <= greatestAngle { return nil }
    let found = greatestAngle < 0.1 ? "\(angle)" : "\((10 * angle).rounded() / 10)"
    return "rotation: expected the local pose's, found the global one \(found) degrees from there"
  }
}
