extension PoseNotation {
  /// The pose that a row of numbers means, in this notation.
  ///
  /// - Returns: nil where the number of numbers is not `count`, where one is not plausible (`PlausibleRange`), or
  ///   where a matrix is not a rotation to 1e-3.
  public func pose(of numbers: [Double], in scene: Scene = Scene()) -> Pose? {
    guard numbers.count == count, numbers.allSatisfy(PlausibleRange.coordinate.contains) else {
      return nil
    }
    let n = numbers
    switch self {
    case .euler(let convention):
      var angles = EulerAngles.zero
      for (name, degrees) in zip(convention.order, n) { angles[name] = degrees * (.pi / 180) }
      return Pose(rotation: convention.rotation(of: angles))
    case .numbers(let layout):
      return Self.pose(layout, n, scene).flatMap { $0.isPlausible ? $0 : nil }
    }
  }

  private static func pose(_ layout: Layout, _ n: [Double], _ scene: Scene) -> Pose? {
    func vector(_ start: Int) -> SIMD3<Double> { SIMD3(n[start], n[start + 1], n[start + 2]) }
    func matrix() -> Rotation? { Rotation(rowMajor: n.prefix(9)) }
    switch layout {
    case .rotationVector: return Pose(rotation: Rotation(rotationVector: vector(0)))
    case .record:
      return Pose(rotation: Rotation(rotationVector: vector(0)), translation: vector(3))
    case .img2pose:
      return Pose(rotation: Rotation(rotationVector: vector(0)), translation: 0.1 * vector(3))
    case .matrix: return matrix().map { Pose(rotation: $0) }
    case .bfm: return matrix().map { Pose(rotation: $0.inYUpAxes) }
    case .sixDRepNet: return matrix().map { Pose(rotation: $0.transposedInYUpAxes) }
    case .sixDRepNet6D: return SixDLayout.sixDRepNet.rotation(of: n).map { Pose(rotation: $0) }
    case .trg6D: return SixDLayout.trg.rotation(of: n).map { Pose(rotation: $0) }
    case .trg: return RowTransform(axes: .openCV, rowMajor: n).map { Pose($0.extrinsics) }
    case .arkit: return RowTransform(axes: .openGL, rowMajor: n).map { Pose($0.extrinsics) }
    case .wcpa: return RowTransform(ninePlusThree: n).map { Pose($0.extrinsics) }
    case .perspNetPnP:
      return matrix().map { Pose(Extrinsics(perspNetPnP: $0, translation: vector(9))) }
    case .biwi:
      return matrix().map {
        let head = BiwiPose(rotation: $0, centre: vector(9))
        return Pose(scene.rig?.toColourCamera(head) ?? head.extrinsics)
      }
    case .poseParameters:
      guard let pose = WeakPerspectivePose(poseParameters: n) else { return nil }
      guard let camera = scene.camera else { return Pose(rotation: pose.rotation) }
      return Pose(pose.lifted(to: camera, imageHeight: scene.imageHeight))
    }
  }

  /// A pose as a row of numbers.
  ///
  /// - Returns: `count` numbers. nil where the notation needs a translation and the pose has none, and for
  ///   `pose-para` where there is no camera or the pose is not in front of it.
  public func numbers(of pose: Pose, in scene: Scene = Scene()) -> [Double]? {
    let r = pose.rotation
    switch self {
    case .euler(let convention):
      let degrees = convention.angles(of: r).inDegrees
      return convention.order.map { degrees[$0] }
    case .numbers(.rotationVector): return Self.list(r.rotationVector)
    case .numbers(.matrix): return r.rowMajor
    case .numbers(.bfm): return r.inYUpAxes.rowMajor
    case .numbers(.sixDRepNet): return r.transposedInYUpAxes.rowMajor
    case .numbers(.sixDRepNet6D): return SixDLayout.sixDRepNet.numbers(of: r)
    case .numbers(.trg6D): return SixDLayout.trg.numbers(of: r)
    case .numbers(let layout):
      return pose.extrinsics.flatMap { Self.numbers(layout, $0, scene) }
    }
  }

  private static func numbers(_ layout: Layout, _ pose: Extrinsics, _ scene: Scene) -> [Double]? {
    let (r, t) = (pose.rotation, pose.translation)
    switch layout {
    case .record: return list(r.rotationVector) + list(t)
    case .img2pose: return list(r.rotationVector) + list(10 * t)
    case .trg: return RowTransform(pose, axes: .openCV).rowMajor
    case .arkit: return RowTransform(pose, axes: .openGL).rowMajor
    case .wcpa: return RowTransform(pose, axes: .openGL).ninePlusThree
    case .perspNetPnP: return pose.perspNetPnPRotation.rowMajor + list(t)
    case .biwi:
      let head = scene.rig?.toDepthCamera(pose) ?? BiwiPose(pose)
      return head.rotation.rowMajor + list(head.centre)
    case .poseParameters:
      return scene.camera.flatMap {
        WeakPerspectivePose(pose, in: $0, imageHeight: scene.imageHeight)?.poseParameters
      }
    case .rotationVector, .matrix, .bfm, .sixDRepNet, .sixDRepNet6D, .trg6D: return nil
    }
  }

  private static func list(_ vector: SIMD3<Double>) -> [Double] { [vector.x, vector.y, vector.z] }
}

extension PoseNotation {
  /// What the numbers are, in words.
  public var summary: String {
    switch self {
    case .euler(let convention):
      return convention.order.map(\.rawValue).joined(separator: ", ") + " in degrees"
    case .numbers(let layout):
      switch layout {
      case .record: return "records' own: rotation vector in radians, translation in metres"
      case .img2pose: return "rotation vector in radians, translation in units of 0.1 m"
      case .rotationVector: return "axis times angle in radians"
      case .matrix: return "3 x 3, canonical: object to camera, columns"
      case .poseParameters:
        return "300W-LP: pitch, yaw, roll in radians, t3d, scale; needs --image"
      case .bfm: return "3 x 3 with y up (F R F): 3DDFA, face3d, PRNet"
      case .sixDRepNet: return "3 x 3, transposed, with y up (F Rᵀ F): 6DRepNet"
      case .sixDRepNet6D: return "the first two columns of that, one after the other"
      case .trg6D: return "the first two columns of R, row by row: TRG's rot6d"
      case .trg: return "4 x 4 for row vectors, OpenCV axes: TRG's pred_R_t, metres"
      case .arkit: return "4 x 4 for row vectors, OpenGL axes: ARKitFace's R_t, metres"
      case .wcpa: return "3 x 3 and translation of that: WCPA's submission"
      case .perspNetPnP: return "3 x 3 for points in OpenGL axes, translation in metres"
      case .biwi:
        return "_pose.txt: 3 x 3, head centre in millimetres; depth camera unless --rgb-cal"
      }
    }
  }
}
