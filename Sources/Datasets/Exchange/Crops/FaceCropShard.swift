internal import Codecs
internal import Geometry
internal import Schema
internal import Shards

/// Crops as samples of layout `records`, in the order in which they are added.
final class FaceCropShard {
  private let writer: ShardSetWriter
  private let encoder = SampleEncoder(layout: .records)
  private let targets = NoTargets()
  private let headers = ImageHeaderReader()

  /// - Throws: `FileError` or `LMDBError` where the file cannot be made.
  init(path: String) throws {
    writer = try ShardSetWriter(paths: [path], layout: .records, resume: false)
  }

  func add(_ row: FaceCropRow, _ jpeg: [UInt8]) throws {
    let image = try StoredImage(bytes: jpeg, with: headers)
    let sample = try encoder.sample(
      of: row.record(width: image.header.width, height: image.header.height),
      imageBytes: image.count, targets: targets)
    guard let sample else { preconditionFailure("layout 'records' takes every record") }
    try writer.write(sample, image: image)
  }

  func finish() throws { _ = try writer.finish() }
}

/// For a layout that asks for no training targets.
private final class NoTargets: SampleTargets {
  func target(
    of face: Face, box: IntegerBox, camera: Intrinsics
  ) -> (pose: CropPose?, landmarks: Landmarks?) { (nil, nil) }

  func leaveOut(_ reason: LeftOut) {}

  func perspNetFace(of record: ImageRecord) throws -> PerspNetFace {
    throw RejectedSample(.missingAnnotation, "mesh: expected none to be asked for")
  }
}

extension FaceCropRow {
  /// The crop as a record of its own: image, box, landmarks, camera and pose are the crop's, as `crop_...` are in the
  /// tables. The box is that of the face's turned box.
  ///
  /// A record's camera has no skew, so there is none where the crop turns an image whose pixels are not square.
  func record(width: Int, height: Int) -> ImageRecord {
    let corners = [
      SIMD2(box.left, box.top), SIMD2(box.right, box.top), SIMD2(box.left, box.bottom),
      SIMD2(box.right, box.bottom),
    ].map(crop.map.applied)
    var face = Face(box: BoundingBox(around: corners) ?? box)
    face.landmarks = landmarks?.moved(by: crop.map)
    face.pose = pose.map { pose in
      let shown = crop.pose(pose.notated)
      return HeadPose(
        rotationVector: shown.rotation.rotationVector, translation: shown.translation,
        frame: pose.frame, scale: pose.scale, provenance: pose.provenance)
    }
    face.describePose(in: euler)
    var record = ImageRecord(
      source: RecordSource(dataset: dataset, split: split),
      image: ImageReference(path: image), camera: camera.flatMap(shown), faces: [face])
    (record.image.width, record.image.height) = (width, height)
    record.image.format = ImageHeader.Format.jpeg.rawValue
    return record
  }

  private func shown(_ camera: Camera) -> Camera? {
    let rows = crop.camera(camera.intrinsics)
    let focal = SIMD2(rows[0].x, rows[1].y)
    guard max(abs(rows[0].y), abs(rows[1].x)) <= 1e-9 * focal.max() else { return nil }
    return Camera(
      intrinsics: Intrinsics(focalLength: focal, principalPoint: SIMD2(rows[0].z, rows[1].z)),
      provenance: camera.provenance)
  }
}
