internal import Codecs
internal import Geometry
internal import Schema
internal import Shards

/// A decoded sample of either layout, for `inspect`.
struct ShardSample {
  /// Where the image file's bytes stand in the value.
  let image: Range<Int>
  /// The sample as JSON, the image replaced by its size.
  let description: JSONValue
  /// Whole, or the faces alone, which are all that img2pose's layout has.
  let record: ImageRecord

  init(_ value: MessagePackValue, layout: ShardLayout) throws {
    switch (layout, value) {
    case (.img2pose, .array(let parts)):
      guard parts.count == 5, case .binary(let image) = parts[0] else {
        throw RunFailure("sample: expected an array of 5 with an image first, found \(parts.count)")
      }
      self.image = image
      description = .object([
        ("image_bytes", .integer(image.count)), ("global_poses", JSONValue(parts[1])),
        ("bboxes_xyxy", JSONValue(parts[2])), ("local_poses", JSONValue(parts[3])),
        ("landmarks", JSONValue(parts[4])),
      ])
      record = ImageRecord(
        source: RecordSource(dataset: "img2pose"), image: ImageReference(path: ""),
        faces: try Self.faces(img2pose: description))
    case (.records, .map(let members)):
      guard case .binary(let image)? = members.first(where: { $0.key == "image" })?.value,
        let record = members.first(where: { $0.key == "record" })?.value
      else { throw RunFailure("sample: expected a map of record and image, found other keys") }
      self.image = image
      let json = JSONValue(record)
      description = .object([("image_bytes", .integer(image.count)), ("record", json)])
      self.record = try ImageRecord(json)
    default: throw RunFailure("sample: expected layout \(layout.rawValue), found another")
    }
  }
}

extension ShardSample {
  /// The local poses that img2pose's layout keeps, of the faces that have one.
  var localPoses: [[Double]] {
    (description["local_poses"]?.elements ?? [])
      .map { ($0.elements ?? []).compactMap(\.number) }
      .filter { $0.count == 6 && !$0.allSatisfy { $0 == -9 } }
  }

  /// The faces of img2pose's layout, whose -1 and -9 mean that there is nothing.
  private static func faces(img2pose sample: JSONValue) throws -> [Face] {
    func rows(_ name: String) -> [[Double]] {
      (sample[name]?.elements ?? []).map { ($0.elements ?? []).compactMap(\.number) }
    }
    let (poses, boxes) = (rows("global_poses"), rows("bboxes_xyxy"))
    let landmarks = sample["landmarks"]?.elements ?? []
    guard poses.count == boxes.count, landmarks.count == boxes.count,
      boxes.allSatisfy({ $0.count == 4 })
    else {
      throw RunFailure(
        "sample: expected as many poses and landmarks as boxes of four numbers, found \(poses.count), \(landmarks.count) and \(boxes.count) boxes; 'sixdof check' says more"
      )
    }
    return try boxes.enumerated().map { i, box in
      func implausible(_ name: String, _ range: PlausibleRange, _ found: [Double]) -> RunFailure {
        RunFailure("sample: face \(i + 1): \(name): expected \(range.text), found \(found)")
      }
      var face = Face(
        box: BoundingBox(left: box[0], top: box[1], right: box[2], bottom: box[3]))
      guard face.box.isPlausible else { throw implausible("box", .coordinate, box) }
      let points = (landmarks[i].elements ?? []).map { point -> Landmarks.Point in
        let numbers = (point.elements ?? []).compactMap(\.number)
        return numbers.count < 2 || numbers == [-1, -1]
          ? .missing : Landmarks.Point(SIMD2(numbers[0], numbers[1]))
      }
      let layout = [Landmarks.Layout.face5, .ibug68].first { $0.count == points.count }
      for point in points where !PlausibleRange.coordinate.contains(point.position) {
        throw implausible("landmarks", .coordinate, [point.position.x, point.position.y])
      }
      if let layout, points.contains(where: { $0.visibility != .missing }) {
        face.landmarks = Landmarks(layout: layout, points: points)
      }
      let pose = poses[i]
      if pose.count == 6, !pose.allSatisfy({ $0 == -9 }) {
        let rotation = SIMD3(pose[0], pose[1], pose[2])
        let translation = 0.1 * SIMD3(pose[3], pose[4], pose[5])
        guard PlausibleRange.rotation.contains(rotation) else {
          throw implausible("rotation", .rotation, pose)
        }
        guard PlausibleRange.translation.contains(translation) else {
          throw implausible("translation in metres", .translation, pose.map { 0.1 * $0 })
        }
        face.pose = HeadPose(rotationVector: rotation, translation: translation)
      }
      return face
    }
  }
}
