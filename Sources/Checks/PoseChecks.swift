internal import Geometry
internal import Schema

extension Check {
  static let poseNotFinite = Check(
    "pose-not-finite", .error, "pose with a number that is not finite",
    "The pose cannot be used, and turns a trainer's loss into NaN.")
  static let poseBehindCamera = Check(
    "pose-behind-camera", .error, "pose behind the camera", threshold: "a depth above 0",
    "The camera does not see what is behind it: the translation's sign or axis convention is another."
  )
  static let implausibleDepth = Check(
    "implausible-depth", .warning, "depth that no photograph has",
    threshold:
      "at least \(usualLimits.smallestDepth.text) m, and a head of 20 cm at least \(usualLimits.smallestHead.text) pixels",
    "The translation is in another unit than metres, or the camera is not the image's.")
  static let poseAgainstLandmarks = Check(
    "pose-against-landmarks", .warning, "pose that its landmarks contradict",
    threshold:
      "misfit of the mean face of \(usualLimits.poseMisfit.text), shift of \(usualLimits.poseShift.text) of the distance between the eyes, factor of \(usualLimits.poseScale.text) in size",
    "Pose and landmarks are of different faces, conventions or cameras; label --relabel fits poses anew."
  )
  static let poseAgainstBox = Check(
    "pose-against-box", .warning, "pose that its box contradicts",
    threshold:
      "\(usualLimits.originFromBox.text) times the box's width or height from the centre, factor of \(usualLimits.headToBox.text) in size",
    "Pose and box are of different faces or cameras.")
  static let largeResidual = Check(
    "large-residual", .note, "fit that leaves a large residual",
    threshold:
      "\(FitQuality.largeRelativeError.text) of the distance between the eyes",
    "The mean face explains these landmarks badly: a strong expression, hidden landmarks, or a wrong one."
  )
  static let angleBeyondProtocol = Check(
    "angle-beyond-protocol", .note, "angle beyond what tests take",
    threshold: "\(usualLimits.protocolAngle.text) degrees",
    "Published tests on AFLW2000-3D leave such faces out (--protocol img2pose).")
}

extension RecordChecker {
  func checkPose(
    _ pose: HeadPose, _ points: FivePoints?, of face: Face, _ index: Int,
    _ found: inout FindingCollector
  ) {
    guard (pose.rotationVector + (pose.translation ?? .zero)).sum().isFinite else {
      return found.add(
        .poseNotFinite, face: index, "pose: expected six finite numbers, found another")
    }
    checkAngles(pose, face.attributes, index, &found)
    if let fit = face.fit, fit.relativeError > FitQuality.largeRelativeError {
      found.add(
        .largeResidual, face: index, measure: fit.relativeError,
        "fit: expected a residual of at most \(FitQuality.largeRelativeError.text) of the distance between the eyes, found \(fit.relativeError.text)"
      )
    }
    guard let motion = pose.extrinsics else { return }
    let translation = motion.translation
    guard translation.z > 0 else {
      return found.add(
        .poseBehindCamera, face: index, measure: -translation.z,
        "pose: expected a depth above 0 m, found \(translation.z.text)")
    }
    guard let camera = found.record.camera?.intrinsics else { return }
    let head = camera.focalLength.max() * Self.headSize / translation.z
    guard translation.z >= thresholds.smallestDepth else {
      return found.add(
        .implausibleDepth, face: index, measure: 1 / translation.z,
        "pose: expected a depth of at least \(thresholds.smallestDepth.text) m, found \(translation.z.text)"
      )
    }
    guard head >= thresholds.smallestHead else {
      return found.add(
        .implausibleDepth, face: index, measure: translation.z,
        "pose: expected a head of at least \(thresholds.smallestHead.text) pixels, found \(head.text) at a depth of \(translation.z.text) m"
      )
    }
    checkBox(face.box, of: motion, camera, head: head, index, &found)
    if let points { checkFit(of: pose, motion, to: points, camera, index, &found) }
  }

  /// The length of a head from chin to crown in metres, about that of a face's box.
  private static let headSize = 0.2

  private func checkAngles(
    _ pose: HeadPose, _ attributes: FaceAttributes, _ index: Int, _ found: inout FindingCollector
  ) {
    // Annotated angles may differ from those that the rotation gives back; the attribute is made from the annotation.
    let stated = attributes.others.first { $0.name == "within_99_degrees" }?.value
    if let stated, stated == .boolean(true) { return }
    let angles = EulerConvention.aflw.angles(of: pose.rotation).inDegrees
    let largest = max(angles.pitch.magnitude, angles.yaw.magnitude, angles.roll.magnitude)
    if largest > thresholds.protocolAngle {
      found.add(
        .angleBeyondProtocol, face: index, measure: largest,
        "pose: expected angles up to \(thresholds.protocolAngle.text) degrees, found pitch \(angles.pitch.text), yaw \(angles.yaw.text), roll \(angles.roll.text)"
      )
    } else if stated != nil {
      found.add(
        .angleBeyondProtocol, face: index,
        "pose: expected angles up to \(thresholds.protocolAngle.text) degrees, found larger ones annotated"
      )
    }
  }

  private func checkBox(
    _ box: BoundingBox, of pose: Extrinsics, _ camera: Intrinsics, head: Double, _ index: Int,
    _ found: inout FindingCollector
  ) {
    guard !box.isDegenerate else { return }
    let origin = camera.projection(of: pose.translation)
    let offset = (origin - box.centre) / SIMD2(box.width, box.height)
    let distance = max(offset.x.magnitude, offset.y.magnitude)
    let ratio = head / box.size
    if distance > thresholds.originFromBox {
      found.add(
        .poseAgainstBox, face: index, measure: distance,
        "pose: expected its origin at most \(thresholds.originFromBox.text) times the box's width or height from the centre \(box.centre.text), found it \(distance.text) times at \(origin.text)"
      )
    } else if max(ratio, 1 / ratio) > thresholds.headToBox {
      found.add(
        .poseAgainstBox, face: index, measure: max(ratio, 1 / ratio),
        "pose: expected a head within a factor of \(thresholds.headToBox.text) of the box's \(box.size.text) pixels, found \(head.text) at a depth of \(pose.translation.z.text) m"
      )
    }
  }

  /// Compares the mean face, projected by the pose, with the landmarks.
  ///
  /// First the mean face may move and scale freely (a similarity without rotation, by least squares). The rest is
  /// the rotation's misfit, whatever the frame's origin. Then, only for poses that were fitted with the mean face,
  /// place and size are compared too: annotated poses have an origin of their own (that of 300W-LP is 4 cm off, for
  /// its mean face is another).
  private func checkFit(
    of pose: HeadPose, _ motion: Extrinsics, to points: FivePoints, _ camera: Intrinsics,
    _ index: Int, _ found: inout FindingCollector
  ) {
    guard pose.frame != .user else { return }
    var projected = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    for i in 0..<5 {
      let point = motion.applied(to: faceModel[i])
      guard point.z > 0 else { return }
      projected[i] = camera.projection(of: point)
    }
    let (centre, target) = (Self.mean(projected), points.centre)
    var (squares, products) = (0.0, 0.0)
    for i in 0..<5 {
      let q = projected[i] - centre
      squares += (q * q).sum()
      products += (q * (points.points[i] - target)).sum()
    }
    let scale = products / squares
    let eyes = camera.focalLength.x * length(faceModel[1] - faceModel[0]) / motion.translation.z
    guard scale > 0 else {
      return found.add(
        .poseAgainstLandmarks, face: index, measure: .greatestFiniteMagnitude,
        "pose: expected a rotation that the landmarks show, found the opposite one")
    }
    var error = 0.0
    for i in 0..<5 {
      let miss = points.points[i] - target - scale * (projected[i] - centre)
      error += (miss * miss).sum()
    }
    let misfit = (error / 5).squareRoot() / (scale * eyes)
    if misfit > thresholds.poseMisfit {
      return found.add(
        .poseAgainstLandmarks, face: index, measure: misfit,
        "pose: expected a rotation that leaves a misfit of at most \(thresholds.poseMisfit.text) of the distance between the eyes, found \(misfit.text)"
      )
    }
    guard pose.frame == .bfm, pose.provenance != .annotation else { return }
    let shift = length(centre - target) / eyes
    if shift > thresholds.poseShift {
      found.add(
        .poseAgainstLandmarks, face: index, measure: shift,
        "pose: expected the mean face at most \(thresholds.poseShift.text) of the distance between the eyes from the landmarks, found \(shift.text)"
      )
    } else if max(scale, 1 / scale) > thresholds.poseScale {
      found.add(
        .poseAgainstLandmarks, face: index, measure: max(scale, 1 / scale),
        "pose: expected the mean face within a factor of \(thresholds.poseScale.text) of the landmarks' size, found \((1 / scale).text) times it"
      )
    }
  }

  private static func mean(_ points: InlineArray<5, SIMD2<Double>>) -> SIMD2<Double> {
    (points[0] + points[1] + points[2] + points[3] + points[4]) / 5
  }
}
