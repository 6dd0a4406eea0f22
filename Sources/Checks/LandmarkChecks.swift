internal import Geometry
public import Schema

extension Check {
  static let landmarksOutsideBox = Check(
    "landmarks-outside-box", .warning, "landmarks outside of their box",
    threshold:
      "\((100 * usualLimits.landmarksOutsideBox).text) % of the landmarks, further out than \((100 * usualLimits.landmarkMargin).text) % of the box",
    "Box and landmarks are of different faces, or one of them is shifted, scaled or transposed.")
  static let landmarksOutsideImage = Check(
    "landmarks-outside-image", .warning, "landmarks outside of the image",
    threshold: "all of them", "The annotation may belong to another image or size.")
  static let coincidentLandmarks = Check(
    "coincident-landmarks", .warning, "landmarks in one place",
    threshold:
      "an eye within \(usualLimits.coincidentLandmarks.text) of the box's size from the mouth",
    "They determine no pose; often a default that was never set.")
  static let collinearLandmarks = Check(
    "collinear-landmarks", .warning, "landmarks on a line",
    threshold: "\(usualLimits.collinearLandmarks.text) as wide as long",
    "No pose of a face shows all of them on a line.")
  static let mirroredLandmarks = Check(
    "mirrored-landmarks", .warning, "landmarks mirrored",
    threshold:
      "eyes and mouth exchanged by \(usualLimits.exchangedEyes.text) and \(usualLimits.exchangedMouth.text) of the face's length, or all outside the box and mirrored inside",
    "Left and right are exchanged, as after a flip that did not exchange the names, or x runs the other way; check --fix exchanges sides."
  )
  static let landmarkOrder = Check(
    "landmark-order", .warning, "landmarks in the wrong order",
    threshold:
      "eyes and mouth of opposite sides, or a nose beyond the face by \(usualLimits.noseBeyondFace.text) of its length",
    "The points are there, under other names than the layout gives them.")
}

extension RecordChecker {
  /// How many faces of a record have their landmarks' sides exchanged, or x running the other way; what else is wrong with
  /// them is not asked.
  public func facesWithMirroredLandmarks(in record: ImageRecord) -> Int {
    var found = FindingCollector(record)
    for (i, face) in record.faces.enumerated() {
      guard let landmarks = face.landmarks else { continue }
      checkLandmarks(landmarks, FivePoints(landmarks), of: face, i, &found)
    }
    return found.findings.count { $0.check.id == Check.mirroredLandmarks.id }
  }

  func checkLandmarks(
    _ landmarks: Landmarks, _ points: FivePoints?, of face: Face, _ index: Int,
    _ found: inout FindingCollector
  ) {
    checkImage(landmarks, index, &found)
    guard !face.box.isDegenerate else { return }
    let isMirrored = checkPlace(landmarks, face.box, index, &found)
    guard let points else { return }
    let distance = points.eyeToMouth
    let least = thresholds.coincidentLandmarks * face.box.size
    guard distance >= least, distance > 0 else {
      return found.add(
        .coincidentLandmarks, face: index,
        "landmarks: expected an eye at least \(least.text) pixels from the mouth, found \(distance.text)"
      )
    }
    let roundness = points.roundness
    guard roundness >= thresholds.collinearLandmarks else {
      return found.add(
        .collinearLandmarks, face: index,
        "landmarks: expected them at least \(thresholds.collinearLandmarks.text) times as wide as long, found \(roundness.text)"
      )
    }
    checkSizes(face.box, points, index, &found)
    if !isMirrored { checkOrder(points, face.pose, index, &found) }
  }

  private func checkImage(
    _ landmarks: Landmarks, _ index: Int, _ found: inout FindingCollector
  ) {
    guard let width = found.record.image.width, let height = found.record.image.height else {
      return
    }
    var (present, outside) = (0, 0)
    for i in 0..<landmarks.count {
      guard let point = landmarks.position(i) else { continue }
      present += 1
      if !point.isInside(width, height) { outside += 1 }
    }
    if present > 0, outside == present {
      found.add(
        .landmarksOutsideImage, face: index,
        "landmarks: expected some inside \(width) x \(height), found none of \(present)")
    }
  }

  /// Checks that the landmarks are in their box. Returns whether they would be in it if x ran the other way.
  private func checkPlace(
    _ landmarks: Landmarks, _ box: BoundingBox, _ index: Int, _ found: inout FindingCollector
  ) -> Bool {
    let margin = thresholds.landmarkMargin * SIMD2(box.width, box.height)
    func isOutside(_ point: SIMD2<Double>) -> Bool {
      point.x < box.left - margin.x || point.x > box.right + margin.x
        || point.y < box.top - margin.y || point.y > box.bottom + margin.y
    }
    let last = found.record.image.width.map { Double($0 - 1) }
    var (present, outside, outsideMirrored) = (0, 0, 0)
    for i in 0..<landmarks.count {
      guard let point = landmarks.position(i) else { continue }
      present += 1
      if isOutside(point) { outside += 1 }
      if let last, isOutside(SIMD2(last - point.x, point.y)) { outsideMirrored += 1 }
    }
    let share = Double(outside) / Double(max(present, 1))
    guard outside > 0, share >= thresholds.landmarksOutsideBox else { return false }
    if last != nil, outside == present, outsideMirrored == 0 {
      found.add(
        .mirroredLandmarks, face: index, measure: share,
        "landmarks: expected them in their box, found all of them in its mirror image; x runs from the right"
      )
      return true
    }
    found.add(
      .landmarksOutsideBox, face: index, measure: share,
      "landmarks: expected them in box \(box.text), found \(outside) of \(present) more than \((100 * thresholds.landmarkMargin).text) % of it outside"
    )
    return false
  }

  private func checkOrder(
    _ points: FivePoints, _ pose: HeadPose?, _ index: Int, _ found: inout FindingCollector
  ) {
    let (eyes, mouth, nose) = (points.eyeSide, points.mouthSide, points.nosePlace)
    if Self.areSidesExchanged(points, thresholds) {
      if let pose, turnsSidesRound(pose) { return }
      found.add(
        .mirroredLandmarks, face: index, measure: -eyes,
        "landmarks: expected the image-left eye and mouth corner left of the others, found them right by \((-eyes).text) and \((-mouth).text) of the face's length"
      )
    } else if min(eyes / thresholds.exchangedEyes, mouth / thresholds.exchangedMouth) < -0.5,
      max(eyes / thresholds.exchangedEyes, mouth / thresholds.exchangedMouth) > 0.5
    {
      found.add(
        .landmarkOrder, face: index,
        "landmarks: expected eyes and mouth the same way round, found left to right \(eyes.text) and \(mouth.text) of the face's length"
      )
    } else if nose < -thresholds.noseBeyondFace || nose > 1 + thresholds.noseBeyondFace {
      found.add(
        .landmarkOrder, face: index,
        "landmarks: expected the nose's tip between eyes (0) and mouth (1), found it at \(nose.text)"
      )
    }
  }

  /// Whether an annotated pose shows the face so far from behind that its sides appear exchanged. A fitted pose
  /// proves nothing, for it was made from these landmarks.
  private func turnsSidesRound(_ pose: HeadPose) -> Bool {
    guard pose.provenance == .annotation else { return false }
    let rotation = pose.rotation
    var shown = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    for i in 0..<5 {
      let point = rotation * faceModel[i]
      shown[i] = SIMD2(point.x, point.y)
    }
    let face = FivePoints(shown)
    return face.eyeSide < 0 && face.mouthSide < 0
  }

  /// Whether both eyes and mouth are exchanged, further than any turn of the head explains.
  static func areSidesExchanged(_ points: FivePoints, _ thresholds: CheckThresholds) -> Bool {
    points.eyeSide < -thresholds.exchangedEyes && points.mouthSide < -thresholds.exchangedMouth
  }
}

extension SIMD2<Double> {
  /// Whether the point lies in a pixel of an image of this size; pixel centres are whole numbers.
  func isInside(_ width: Int, _ height: Int) -> Bool {
    x >= -0.5 && y >= -0.5 && x <= Double(width) - 0.5 && y <= Double(height) - 0.5
  }
}
