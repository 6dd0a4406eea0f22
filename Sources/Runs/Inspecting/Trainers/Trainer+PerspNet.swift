internal import Codecs
internal import Datasets
internal import Geometry
internal import Labelling
internal import Rendering
internal import Schema
internal import Shards

extension Trainer {
  /// PerspNet's class, from an LMDB of layout `perspnet` or from records with meshes.
  static let perspNet = Trainer(
    "perspnet", "the 192 x 192 crop, its mask and the chosen pixels with their places on the face"
  ) { input in
    let face = try mesh(of: input)
    if face.loaderFault == .replaced {
      throw LeftOutSample(
        "faces whose region begins beyond the image's left or upper edge (\(face.region.left), \(face.region.top)): PerspNet's own loader takes another sample in their place, sixdof_dataset.py keeps them"
      )
    }
    guard let sample = PerspNetSample(of: face) else {
      throw LeftOutSample("faces without visible skin in their region")
    }
    let coordinates: [SIMD3<Float>]?
    do throws(PerspNetTargets.Refusal) {
      coordinates = try input.tables.map { tables throws(PerspNetTargets.Refusal) in
        try sample.coordinates(of: face, tables)
      }
    } catch {
      throw RunFailure("\(input.record.location): \(RejectedSample(error).detail)")
    }
    return try view(of: face, sample, coordinates, try input.pixels(of: face.image))
  }

  private static func mesh(of input: TrainerInput) throws -> PerspNetFace {
    if let stored = input.stored, let read = stored.sample.mesh { return try read(stored.bytes) }
    guard let tables = input.tables else {
      throw RunFailure(
        "\(input.record.location): expected the mesh tables, by which its targets are drawn, found none named",
        reason: .call, remedy: .nameMeshTables)
    }
    var meshes = PerspNetMeshes(.init(tables: tables, sources: input.sources), limit: input.limit)
    do {
      return try meshes.face(of: input.record, input.image)
    } catch let rejected as RejectedSample {
      throw LeftOutSample(rejected.detail)
    }
  }

  private static func view(
    of face: PerspNetFace, _ sample: PerspNetSample, _ coordinates: [SIMD3<Float>]?,
    _ piece: PixelImage
  ) throws -> TrainerView {
    let side = PerspNetSample.side
    guard
      let map = LandmarkSquare.map(of: face.region, to: side, origin: face.imageOrigin)
    else { throw LeftOutSample("faces whose region has no area") }
    var shown = Face(landmarks: face.landmarks, in: .ibug68, movedBy: sample.map)
    shown.pose = RowTransform(axes: .openGL, rowMajor: face.matrix.map(Double.init)).map {
      HeadPose($0.extrinsics, frame: .arkit)
    }
    let (scale, shift) = (SIMD2(sample.map.xRow.x, sample.map.yRow.y), sample.map.translation)
    let dots = sample.chosen.enumerated().map { i, chosen -> (SIMD2<Double>, Colour) in
      let place = SIMD2(Double(chosen.place % side), Double(chosen.place / side))
      return (place, coordinates.map { Self.colour($0[i]) } ?? [0, 200, 120])
    }
    return TrainerView(
      picture: piece.warped(by: map, width: side, height: side),
      camera: Intrinsics(
        focalLength: scale * face.camera.focalLength,
        principalPoint: scale * face.camera.principalPoint + shift),
      faces: [shown], dots: dots, mask: sample.mask,
      fields: fields(of: face, sample, coordinates))
  }

  /// A place on the face as the loader's own pictures show it: half a unit to each side is black to white.
  private static func colour(_ place: SIMD3<Float>) -> Colour {
    let level = (255 * (place + 0.5)).clamped(
      lowerBound: .zero, upperBound: SIMD3(repeating: 255))
    return Colour(UInt8(level.x), UInt8(level.y), UInt8(level.z))
  }

  private static func fields(
    of face: PerspNetFace, _ sample: PerspNetSample, _ coordinates: [SIMD3<Float>]?
  ) -> [(key: String, value: JSONValue)] {
    let isCorrupted = face.loaderFault == .corrupted
    return [
      ("picture", .text("\(PerspNetSample.side) x \(PerspNetSample.side)")),
      ("region", JSONValue(face.region)),
      (
        "own_loader",
        .text(
          isCorrupted
            ? "corrupts it: the region ends beyond the image's right edge, so it joins pixels with other points of the face"
            : "takes it as shown")
      ),
      ("R_t", JSONValue(rows: face.matrix.map(Double.init), of: 4)),
      ("landmarks", JSONValue(points: face.landmarks)),
      ("mask_pixels", .integer(sample.mask.count { $0 })),
      ("skin_pixels", .integer(sample.skinPixels)),
      (
        "drawn",
        .text(sample.skinPixels > PerspNetSample.count ? "at random" : "all, repeated in order")
      ),
      ("choose", .array(sample.chosen.map { .integer($0.place) })),
      (
        "pixels",
        .array(
          sample.chosen.map { .array([.integer($0.pixel.x), .integer($0.pixel.y)]) })
      ),
      (
        "nocs",
        coordinates.map { places in
          .array(places.map { JSONValue([Double($0.x), Double($0.y), Double($0.z)]) })
        } ?? .null
      ),
    ]
  }
}
