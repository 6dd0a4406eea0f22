internal import Codecs
internal import Datasets
internal import Geometry
internal import Labelling
internal import Schema
internal import Shards

extension Trainer {
  /// img2pose's class, from an LMDB of its layout, or from records as `pack` would write them.
  ///
  /// The loader gives the whole image; the model resizes it.
  static let img2pose = Trainer(
    "img2pose",
    "the whole image, faces that are trained on with their boxes and poses, others black"
  ) { input in
    let sample = try stored(input)
    var picture = try input.pixels()
    let loader = Img2PoseLoader(imageSize: SIMD2(picture.width, picture.height))
    var (faces, described): ([Face], [JSONValue]) = ([], [])
    for (i, face) in sample.record.faces.enumerated() {
      let box = IntegerBox(truncating: face.box)
      guard face.isTrainedOn else {
        if let box { picture.blackOut(box) }
        described.append(
          .object([
            ("stored_box", JSONValue(face.box)), ("state", .text("blacked out")),
            ("why", .text(face.landmarks == nil ? "it has no landmarks" : "a landmark has a -1")),
          ]))
        continue
      }
      guard let pose = sample.poses.first(where: { $0.face == i }) else {
        throw LeftOutSample("images with a face that has landmarks and no pose, on which it fails")
      }
      let global = loader.pose(pose.local.img2poseExtrinsics, of: pose.box)
      guard let drawn = loader.box(of: global) else {
        throw LeftOutSample(
          "images with a face whose box has no area in the image, on which its model stops")
      }
      var shown = face
      (shown.box, shown.pose) = (drawn, HeadPose(global, frame: .bfm))
      faces.append(shown)
      described.append(description(of: face, trainedOn: drawn, global))
    }
    guard !faces.isEmpty else {
      throw LeftOutSample("images without a face that it keeps, on which its model stops")
    }
    return TrainerView(
      picture: picture, camera: loader.camera, faces: faces,
      fields: [
        ("picture", .text("\(picture.width) x \(picture.height)")), ("scale", .integer(1)),
        ("faces", .array(described)),
      ])
  }

  private static func description(
    of face: Face, trainedOn box: BoundingBox, _ pose: Extrinsics
  ) -> JSONValue {
    let (rotation, translation) = (pose.rotation.rotationVector, 10 * pose.translation)
    return .object([
      ("stored_box", JSONValue(face.box)), ("state", .text("trained on")),
      ("box", JSONValue(box)),
      (
        "pose",
        JSONValue(
          [rotation.x, rotation.y, rotation.z, translation.x, translation.y, translation.z])
      ),
      ("landmarks", face.landmarks.map { JSONValue(points: $0.allPositions) } ?? .null),
    ])
  }

  /// The sample as an LMDB of img2pose's layout has it.
  private static func stored(_ input: TrainerInput) throws -> StoredSample {
    if let stored = input.stored, stored.layout == .img2pose { return stored.sample }
    var record = input.record
    (record.image.width, record.image.height) = (
      input.image.header.width, input.image.header.height
    )
    let targets = ImageTargets(Img2PoseTargets.Options())
    targets.begin(record.image)
    let encoded = try SampleEncoder(layout: .img2pose).sample(
      of: record, imageBytes: 0, targets: targets)
    guard let encoded else {
      throw LeftOutSample(
        targets.leftOut.map { $0.rawValue.replacing("-", with: " ") }.joined(separator: ", "))
    }
    return try (encoded.head + encoded.tail).withUnsafeBytes { bytes in
      guard let value = MessagePackValue(decoding: bytes) else {
        preconditionFailure("what was encoded can be decoded")
      }
      return try ShardLayout.img2pose.sample(value)
    }
  }
}

extension Face {
  /// Whether the loader finds no -1 among the numbers of the landmarks; those that are not there are stored as such.
  fileprivate var isTrainedOn: Bool {
    guard let landmarks else { return false }
    return (0..<landmarks.count).allSatisfy { i in
      landmarks.position(i).map { $0.x != -1 && $0.y != -1 } ?? false
    }
  }
}

extension PixelImage {
  /// Makes a box black, as far as the image has it.
  fileprivate mutating func blackOut(_ box: IntegerBox) {
    guard box.left <= box.right, box.top <= box.bottom else { return }
    let columns = (box.left..<box.right).clamped(to: 0..<width)
    for y in (box.top..<box.bottom).clamped(to: 0..<height) {
      for i in 3 * (y * width + columns.lowerBound)..<3 * (y * width + columns.upperBound) {
        pixels[i] = 0
      }
    }
  }
}
