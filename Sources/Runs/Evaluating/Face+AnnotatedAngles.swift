internal import Codecs
internal import Geometry
internal import Schema

extension Face {
  /// The angles in degrees of `EulerConvention.aflw` that the face's source gave: what the papers' tests compare, which
  /// beyond ±90° of yaw a rotation does not give back. nil where it gave none, or the pose is another by now.
  var givenAngles: EulerAngles? {
    if let angles = annotatedAngles { return angles }
    for convention in EulerConvention.allCases
    where convention.turns == EulerConvention.aflw.turns {
      if let angles = statedAngles(convention) { return angles }
    }
    return nil
  }

  /// The angles in degrees that 300W-LP and AFLW2000-3D annotate, from the record's array `Pose_Para`.
  private var annotatedAngles: EulerAngles? {
    guard let pose, case .arrays(let arrays) = native,
      let array = arrays.first(where: { $0.name == "Pose_Para" }),
      case .bytes(let bytes) = array.content
    else { return nil }
    let file = NPY.file(type: array.dtype, shape: array.shape, data: bytes)
    let numbers = file.withUnsafeBytes { (try? NPYArray($0, name: array.name))?.doubles ?? [] }
    guard numbers.count >= 3, numbers[0..<3].allSatisfy(PlausibleRange.rotation.contains) else {
      return nil
    }
    let angles = EulerAngles(pitch: numbers[0], yaw: numbers[1], roll: numbers[2])
    // Float32 keeps a rotation to 1e-6.
    let rotation = EulerConvention.aflw.rotation(of: angles)
    guard rotation.angle(to: pose.rotation) < 1e-4 else { return nil }
    return angles.inDegrees
  }
}
