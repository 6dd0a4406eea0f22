internal import Geometry
internal import Schema

extension Check {
  static let imageWithoutFaces = Check(
    "image-without-faces", .note, "image without faces",
    "Nothing is annotated in the image. Detectors learn from such images; img2pose's layout leaves them out."
  )
  static let invalidFace = Check(
    "invalid-face", .note, "face marked as invalid",
    "Its annotators could not use the face; leave it out of training, and do not count it in tests."
  )
  static let degenerateBox = Check(
    .degenerateBox, .warning, "box without area", threshold: "width and height above 0 pixels",
    "Such a box divides by zero or vanishes in a trainer; the face should be left out.")
  static let boxOutsideImage = Check(
    .boxOutsideImage, .warning, "box centred outside the image",
    threshold: "a centre inside the image",
    "Little or nothing of the face can be seen; the annotation may belong to another image or size."
  )
  static let boxPartlyOutsideImage = Check(
    "box-partly-outside-image", .note, "box that reaches over the image's rim",
    threshold: "at least 1 pixel outside",
    "Common and right where a face is cut off; check --fix clips the box to the image for trainers that need it."
  )
  static let duplicateBox = Check(
    "duplicate-box", .warning, "face annotated twice",
    threshold: "overlap of \(usualLimits.duplicateOverlap.text) (intersection over union)",
    "Two boxes of one image are of one face, which then counts twice; check --fix drops exact repetitions."
  )
  static let boxLargerThanLandmarks = Check(
    "box-larger-than-landmarks", .warning, "box much larger than its landmarks",
    threshold:
      "\(usualLimits.largestBoxToLandmarks.text) times the landmarks' radius",
    "Box and landmarks are of different faces or scales.")
  static let boxSmallerThanLandmarks = Check(
    "box-smaller-than-landmarks", .warning, "box much smaller than its landmarks",
    threshold:
      "\(usualLimits.smallestBoxToLandmarks.text) times the landmarks' radius",
    "Box and landmarks are of different faces or scales.")
}

extension RecordChecker {
  func checkBox(of face: Face, _ index: Int, _ found: inout FindingCollector) {
    let box = face.box
    if face.attributes.invalid == true {
      found.add(
        .invalidFace, face: index, "attributes: expected a valid face, found one marked as invalid")
    }
    guard !box.isDegenerate else {
      return found.add(
        .degenerateBox, face: index,
        "box: expected a width and height above 0, found \(box.width.text) x \(box.height.text)")
    }
    guard let width = found.record.image.width, let height = found.record.image.height else {
      return
    }
    let size = "\(width) x \(height)"
    if !box.isCentred(width: width, height: height) {
      found.add(
        .boxOutsideImage, face: index,
        "box: expected a centre inside \(size), found \(box.centre.text)")
    } else {
      let beyond = max(
        -box.left, -box.top, box.right - Double(width), box.bottom - Double(height))
      if beyond >= 1 {
        found.add(
          .boxPartlyOutsideImage, face: index, measure: beyond,
          "box: expected it inside \(size), found \(box.text)")
      }
    }
  }

  /// Finds each pair of boxes of one face, and reports it at the second box.
  func checkDuplicates(_ found: inout FindingCollector) {
    let faces = found.record.faces
    guard faces.count > 1 else { return }
    for later in 1..<faces.count {
      let box = faces[later].box
      for earlier in 0..<later {
        let other = faces[earlier].box
        // Most pairs are far apart, and a crowd may have a thousand faces.
        guard other.left < box.right, box.left < other.right else { continue }
        let overlap = box.intersectionOverUnion(other)
        guard overlap >= thresholds.duplicateOverlap else { continue }
        found.add(
          .duplicateBox, face: later, measure: overlap,
          "box: expected one of its own, found an overlap of \(overlap.text) with face \(earlier + 1)"
        )
        break
      }
    }
  }

  /// Whether a box has the size that its landmarks suggest.
  func checkSizes(
    _ box: BoundingBox, _ points: FivePoints, _ index: Int, _ found: inout FindingCollector
  ) {
    let ratio = box.size / points.radius
    let text = "\(box.size.text) pixels, \(ratio.text) times the landmarks' radius"
    if ratio > thresholds.largestBoxToLandmarks {
      found.add(
        .boxLargerThanLandmarks, face: index, measure: ratio,
        "box size: expected at most \(thresholds.largestBoxToLandmarks.text) times the landmarks' radius, found \(text)"
      )
    } else if ratio < thresholds.smallestBoxToLandmarks {
      found.add(
        .boxSmallerThanLandmarks, face: index, measure: 1 / ratio,
        "box size: expected at least \(thresholds.smallestBoxToLandmarks.text) times the landmarks' radius, found \(text)"
      )
    }
  }
}
