internal import Codecs
internal import Datasets
internal import Geometry
internal import Schema

extension Trainer {
  /// Hopenet's classes for 300W-LP, AFLW2000-3D and BIWI, from what `export --format hopenet` writes.
  static let hopenet = Trainer("hopenet", "the 224 x 224 crop, angles and classes") { input in
    let size = SIMD2(input.image.header.width, input.image.header.height)
    let sample = try HopenetSample(of: input.record, imageSize: size)
    let (map, degrees) = (sample.map, sample.angles.inDegrees)
    let scale = SIMD2(map.xRow.x, map.yRow.y)
    let faces = input.record.faces.filter { $0.pose != nil }.prefix(1).map { face in
      var shown = face
      let low = map.applied(to: SIMD2(sample.annotated.left, sample.annotated.top))
      let high = map.applied(to: SIMD2(sample.annotated.right, sample.annotated.bottom))
      shown.box = BoundingBox(left: low.x, top: low.y, right: high.x, bottom: high.y)
      shown.landmarks = face.landmarks?.moved(by: map)
      return shown
    }
    return TrainerView(
      picture: sample.picture(of: try input.pixels()),
      camera: input.record.camera.map {
        Intrinsics(
          focalLength: scale * $0.intrinsics.focalLength,
          principalPoint: map.applied(to: $0.intrinsics.principalPoint))
      }, faces: faces,
      fields: [
        ("line", .text(sample.line)),
        ("picture", .text("\(HopenetSample.side) x \(HopenetSample.side)")),
        ("annotated_box", JSONValue(sample.annotated)), ("box", JSONValue(sample.box)),
        ("yaw_pitch_roll", JSONValue([degrees.yaw, degrees.pitch, degrees.roll])),
        ("bins", .array((0..<3).map { .integer(sample.bins[$0]) })),
      ])
  }
}
