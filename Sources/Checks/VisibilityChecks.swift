internal import Geometry
internal import Schema

extension Check {
  static let noLandmarkPresent = Check(
    "no-landmark-present", .warning, "landmarks all missing",
    threshold: "at least one landmark with a position",
    "The face has landmarks of which none has a position; leave the member out, or the face counts as labelled."
  )
  static let visibleOutsideImage = Check(
    "visible-outside-image", .note, "landmark outside of the image that is not marked as occluded",
    threshold: "within the image's pixels",
    "What is outside cannot be seen. Sources that state no visibility have all of them visible; check --fix marks them as occluded."
  )
}

extension RecordChecker {
  func checkVisibility(_ landmarks: Landmarks, _ index: Int, _ found: inout FindingCollector) {
    guard landmarks.presentCount > 0 else {
      return found.add(
        .noLandmarkPresent, face: index,
        "landmarks: expected at least one with a position, found \(landmarks.count) missing")
    }
    guard let width = found.record.image.width, let height = found.record.image.height else {
      return
    }
    var count = 0
    for i in 0..<landmarks.count
    where landmarks[i].visibility == .visible
      && !landmarks[i].position.isInside(width, height)
    {
      count += 1
    }
    if count > 0 {
      found.add(
        .visibleOutsideImage, face: index, measure: Double(count),
        "landmarks: expected visible ones inside \(width) x \(height), found \(count) outside")
    }
  }
}
