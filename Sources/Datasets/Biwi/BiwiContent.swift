internal import Geometry
internal import Schema

/// A record in the terms of BIWI's files: the inverse of the reader.
struct BiwiContent {
  /// The face that is written: the first with a pose.
  static func face(of record: ImageRecord) -> Face? { record.faces.first { $0.pose != nil } }

  /// The pose in the depth camera.
  let head: BiwiPose
  /// The pose in the camera of the images.
  let seen: Extrinsics
  /// The camera of the images.
  let intrinsics: Intrinsics
  /// The object frame of the pose.
  let frame: HeadPose.Frame
  private let made: BiwiWriter.Cameras
  /// The record's own text of both cameras, where it still agrees with the record.
  let ownText: BiwiWriter.Cameras?
  private let ownPose: String?

  /// - Returns: nil where there is no camera, or no pose with a translation.
  init?(_ record: ImageRecord) {
    guard let face = Self.face(of: record), let head = face.pose, let pose = head.extrinsics,
      let camera = record.camera?.intrinsics
    else { return nil }
    frame = head.frame
    let isDepth = face.attributes.others.contains {
      $0.name == BiwiAttributes.frame && $0.value.text == Biwi.Frame.depth.rawValue
    }
    let colourText = record.native?.text("rgb.cal")
    let depthText = record.native?.text("depth.cal")
    let colour = colourText.flatMap { Self.parsed($0) { try BiwiCalibration(text: $0) } }
    let depth = depthText.flatMap { Self.parsed($0) { try BiwiCalibration(text: $0) } }
    // Kept text is of no use if it describes another camera than the record has; neither is the other camera's place.
    if let colourText, let colour, (isDepth ? depth : colour)?.intrinsics == camera {
      ownText = BiwiWriter.Cameras(colour: colourText, depth: depthText)
      made = BiwiWriter.Cameras(colour: colourText, depth: depthText)
      self.head = isDepth ? BiwiPose(pose) : colour.rig.toDepthCamera(pose)
      seen = colour.rig.toColourCamera(self.head)
      intrinsics = colour.intrinsics
    } else {
      ownText = nil
      let principal = camera.principalPoint
      let same = BiwiCalibration(
        intrinsics: camera, width: record.image.width ?? Self.side(principal.x),
        height: record.image.height ?? Self.side(principal.y))
      made = BiwiWriter.Cameras(colour: same.text, depth: same.text)
      self.head = BiwiPose(pose)
      (seen, intrinsics) = (pose, camera)
    }
    ownPose = Self.text(of: face, self.head)
  }

  var cameras: BiwiWriter.Cameras { made }

  var poseText: String { ownPose ?? head.text }

  /// The angles that Hopenet and FSA-Net compute from `poseText`; nil for numbers that are no pose.
  var angles: EulerAngles? { Self.parsed(poseText) { try BiwiPose.anglesOfRows($0) } }

  /// Whether the reader would derive this box.
  func isBox(_ box: BoundingBox) -> Bool {
    guard let derived = BiwiHeadBox.box(of: seen, camera: intrinsics) else { return false }
    let pairs = [
      (box.left, derived.left), (box.top, derived.top), (box.right, derived.right),
      (box.bottom, derived.bottom),
    ]
    return pairs.allSatisfy { ($0 - $1).magnitude < 1e-6 }
  }

  /// The source's lines, if they still give the head's place to a nanometre and its rotation to a billionth of
  /// a radian.
  private static func text(of face: Face, _ head: BiwiPose) -> String? {
    guard case .lines(let lines) = face.native else { return nil }
    let text = lines.joined(separator: "\n")
    guard let kept = parsed(text, { try BiwiPose(text: $0) }),
      kept.rotation.angle(to: head.rotation) < 1e-9, length(kept.centre - head.centre) < 1e-6
    else { return nil }
    return text
  }

  /// The value that kept text has; nil where it was changed into something unreadable.
  private static func parsed<Value>(
    _ text: String, _ parse: (UnsafeRawBufferPointer) throws -> Value
  ) -> Value? {
    do {
      return try Array(text.utf8).withUnsafeBytes(parse)
    } catch {
      return nil
    }
  }

  /// The length of an image's side in pixels, from the principal point in its middle.
  private static func side(_ middle: Double) -> Int {
    Int(min(max((2 * middle).rounded(), 1), 16_384))
  }
}

extension NativeValue {
  /// A member that is text.
  fileprivate func text(_ name: String) -> String? {
    if case .object(let members) = self { members[name]?.text } else { nil }
  }
}
