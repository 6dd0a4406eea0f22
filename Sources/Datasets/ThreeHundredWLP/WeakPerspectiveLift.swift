internal import Geometry
public import Schema

/// Adapts records of 300W-LP and AFLW2000-3D, which readers lift to the usual 450 x 450 pixels, to images of
/// another size.
public enum WeakPerspectiveLift {
  /// Gives the record the camera of its image's real size, and moves its annotated poses accordingly.
  ///
  /// Records from other readers, and records whose image has the usual size, are not changed.
  ///
  /// - Parameters:
  ///   - record: is changed in place.
  ///   - width: of the stored image, in pixels.
  ///   - height: of the stored image, in pixels.
  public static func adapt(_ record: inout ImageRecord, width: Int, height: Int) {
    let size = PoseParameters.usualSize
    guard (width, height) != (size, size), let camera = record.camera,
      camera.provenance == .weakPerspective,
      camera.intrinsics == PoseParameters.camera(width: size, height: size)
    else { return }
    let intrinsics = PoseParameters.camera(width: width, height: height)
    record.camera = Camera(intrinsics: intrinsics, provenance: .weakPerspective)
    for i in record.faces.indices {
      adapt(&record.faces[i], from: camera.intrinsics, to: intrinsics, width, height)
    }
  }

  private static func adapt(
    _ face: inout Face, from old: Intrinsics, to new: Intrinsics, _ width: Int, _ height: Int
  ) {
    let size = PoseParameters.usualSize
    let isEgocentric = face.isEgocentric
    if let pose = face.pose, pose.provenance == .annotation, let motion = pose.extrinsics,
      let annotated = WeakPerspectivePose(
        motion, in: old, imageHeight: size, turnsWithSight: isEgocentric)
    {
      let lifted = annotated.lifted(
        to: new, imageHeight: height, turnsWithSight: isEgocentric)
      // An annotated rotation is kept to the last bit.
      face.pose = HeadPose(
        rotationVector: isEgocentric ? lifted.rotation.rotationVector : pose.rotationVector,
        translation: lifted.translation, provenance: .annotation)
    }
    func has(_ name: String) -> Bool { face.attributes.others.contains { $0.name == name } }
    // The reader mirrored at the middle of the usual width, and put the parameters' origin at the usual lower edge.
    let shift = SIMD2(
      has("mirrored-landmarks") ? Double(width - size) : 0,
      has("rebuilt-landmarks") ? Double(height - size) : 0)
    guard shift != .zero, let landmarks = face.landmarks else { return }
    for i in 0..<landmarks.count where landmarks[i].visibility != .missing {
      face.landmarks?[i].position += shift
    }
    face.box.left += shift.x
    face.box.right += shift.x
    face.box.top += shift.y
    face.box.bottom += shift.y
  }
}
