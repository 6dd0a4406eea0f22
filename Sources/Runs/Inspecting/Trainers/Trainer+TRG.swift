internal import Codecs
internal import Datasets
internal import Geometry
internal import Labelling
internal import Rendering
internal import Schema

extension Trainer {
  /// TRG's ARKitFace, 300W-LP and BIWI classes, from what `export --format trg` writes.
  static let trg = Trainer("trg", "the 192 x 192 crop, 68 points, mesh and pose") { input in
    let sample = try TRGSample(of: input.record, image: input.image, sources: input.sources)
    let picture = try input.pixels().warped(
      by: sample.map, width: TRGSample.side, height: TRGSample.side)
    var face = Face(landmarks: sample.landmarks, in: .ibug68, movedBy: sample.map)
    face.pose = sample.pose.map { HeadPose($0, frame: sample.frame) }
    return TrainerView(
      picture: picture, camera: sample.cropCamera, faces: [face],
      dots: sample.vertices.map { (sample.map.applied(to: $0), [255, 160, 60]) },
      fields: fields(of: sample))
  }

  private static func fields(of sample: TRGSample) -> [(key: String, value: JSONValue)] {
    let (region, focal) = (sample.region, sample.camera.focalLength)
    let identity = Extrinsics(rotation: .identity, translation: .zero)
    return [
      ("dataset", .text(sample.dataset)),
      ("picture", .text("\(TRGSample.side) x \(TRGSample.side)")),
      (
        "bbox_info",
        JSONValue(
          [Double(region.left), Double(region.top), Double(region.right), Double(region.bottom)]
            + [focal.x, Double(sample.imageSize.y), Double(sample.imageSize.x)])
      ),
      ("K", JSONValue(rows: RowCamera(sample.camera).rowMajor, of: 3)),
      ("K_crop", JSONValue(rows: RowCamera(sample.cropCamera).rowMajor, of: 3)),
      (
        "R_t",
        JSONValue(rows: RowTransform(sample.pose ?? identity, axes: .openCV).rowMajor, of: 4)
      ),
      ("has_rot", .integer(sample.pose == nil ? 0 : 1)),
      ("has_3d_vtx", .integer(sample.vertices.isEmpty ? 0 : 1)),
      ("lmk68_full", JSONValue(points: sample.landmarks)),
      (
        "lmk68_crop",
        sample.cropLandmarks.map { points in
          .array(points.map { JSONValue([$0.x, $0.y, $0.z]) })
        } ?? .null
      ),
    ]
  }
}
