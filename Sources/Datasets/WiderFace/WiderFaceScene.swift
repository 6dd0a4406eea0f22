internal import Codecs
internal import Geometry
internal import Schema

/// One synthetic image: mean faces in known poses, seen by the camera that img2pose assumes.
struct WiderFaceScene {
  /// The path in the dataset, such as `1--Handshaking/1_Handshaking_synthetic_1_7.jpg`.
  let path: String
  let faces: [Face]
  let record: ImageRecord
  private let options: SynthesisOptions
  private let index: Int
  /// The brightness of each face's skin.
  private let tones: [Double]

  private static let events = [
    "0--Parade", "1--Handshaking", "10--People_Marching", "2--Demonstration",
  ]

  /// - Parameter model: eyes, nose tip and mouth corners, in metres.
  init(index: Int, model: [SIMD3<Double>], options: SynthesisOptions) {
    self.options = options
    self.index = index
    var random = SeededRandom(seed: options.seed, item: index)
    let event = Self.events[index % Self.events.count]
    let prefix = event.replacingDoubleDash
    path = "\(event)/\(prefix)_synthetic_\(options.seed)_\(index).jpg"
    let camera = Intrinsics.widthPlusHeight(options.width, options.height)
    // Every ninth image has no face, as a few of the real images have none.
    let wanted =
      index % 9 == 4 ? 0 : Int.random(in: 1...max(1, options.maximumFaces), using: &random)
    var faces: [Face] = []
    var tones: [Double] = []
    for _ in 0..<wanted * 8 where faces.count < wanted {
      guard let face = Self.face(model, camera, options, &random) else { continue }
      if faces.contains(where: { $0.box.overlaps(face.box) }) { continue }
      faces.append(face)
      tones.append(random.uniform(0.45...1))
    }
    self.faces = faces
    self.tones = tones
    var reference = ImageReference(path: path)
    (reference.width, reference.height, reference.format) = (options.width, options.height, "jpeg")
    record = ImageRecord(
      source: RecordSource(dataset: DatasetName.widerFace, split: options.split, file: "truth"),
      image: reference,
      camera: Camera(intrinsics: camera, provenance: .assumedWidthPlusHeight), faces: faces)
  }

  private static func face(
    _ model: [SIMD3<Double>], _ camera: Intrinsics, _ options: SynthesisOptions,
    _ random: inout SeededRandom
  ) -> Face? {
    // If the image is too small for eyes 10 pixels apart, all faces have the largest possible size.
    let largest = Double(min(options.width, options.height)) / 7
    let interocular = random.uniform(min(10, largest)...largest)
    let rotation =
      EulerConvention.aflw.rotation(
        of: EulerAngles(
          pitch: random.uniform(-0.5...0.5), yaw: random.uniform(-1...1),
          roll: random.uniform(-0.45...0.45)))
    let depth = camera.focalLength.x * 0.0623 / interocular
    let pixel = SIMD2(
      random.uniform(0...Double(options.width - 1)), random.uniform(0...Double(options.height - 1)))
    let ray = (pixel - camera.principalPoint) / camera.focalLength
    let pose = Extrinsics(rotation: rotation, translation: depth * SIMD3(ray.x, ray.y, 1))
    // A head is about 15 cm wide and 20 cm high around a point behind the nose.
    let half = SIMD2(0.075, 0.1) * camera.focalLength / depth
    let middle = camera.projection(of: pose.applied(to: [0, -0.01, 0.02]))
    let low = SIMD2((middle.x - half.x).rounded(.down), (middle.y - half.y).rounded(.down))
    let size = SIMD2((2 * half.x).rounded(.up), (2 * half.y).rounded(.up))
    guard low.x > -size.x / 4, low.y > -size.y / 4,
      low.x + size.x < Double(options.width) + size.x / 4,
      low.y + size.y < Double(options.height) + size.y / 4
    else { return nil }
    var face = Face(box: BoundingBox(x: low.x, y: low.y, width: size.x, height: size.y))
    face.pose = HeadPose(
      rotationVector: pose.rotation.rotationVector, translation: pose.translation,
      provenance: .annotation)
    face.landmarks = landmarks(model, pose, camera, &random)
    setAttributes(of: &face, &random)
    return face
  }

  /// Most faces have all five points. Some lack one, and some have none, as in RetinaFace's annotation of
  /// WIDER FACE.
  private static func landmarks(
    _ model: [SIMD3<Double>], _ pose: Extrinsics, _ camera: Intrinsics, _ random: inout SeededRandom
  ) -> Landmarks? {
    let kind = random.uniform(0...1)
    let missing = Int.random(in: 0..<5, using: &random)
    guard kind > 0.1 else { return nil }
    var landmarks = Landmarks(layout: .face5)
    for i in 0..<5 where !(kind > 0.95 && i == missing) {
      let pixel = camera.projection(of: pose.applied(to: model[i]))
      // On a head turned by more than 40 degrees, the nose hides the far side.
      let yaw = pose.rotation.rows.0.z
      let isHidden = abs(yaw) > 0.64 && i != 2 && (yaw > 0) == (model[i].x < 0)
      landmarks[i] = Landmarks.Point(
        SIMD2((pixel.x * 1000).rounded() / 1000, (pixel.y * 1000).rounded() / 1000),
        isHidden ? .occluded : .visible)
    }
    return landmarks
  }

  private static func setAttributes(of face: inout Face, _ random: inout SeededRandom) {
    let height = face.box.height
    face.attributes.blur = height < 40 ? 2 : height < 80 ? 1 : 0
    face.attributes.expression = random.chance(0.1) ? 1 : 0
    face.attributes.illumination = random.chance(0.1) ? 1 : 0
    face.attributes.invalid = random.chance(0.03)
    face.attributes.occlusion = Int8.random(in: 0...2, using: &random)
    face.attributes.pose = abs(face.pose?.rotation.rows.0.z ?? 0) > 0.64 ? 1 : 0
    face.attributes.quality = (random.uniform(0.3...1) * 100).rounded() / 100
    let isValid = face.attributes.invalid == false
    face.attributes.easy = isValid && height >= 60
    face.attributes.medium = isValid && height >= 40
    face.attributes.hard = isValid && height >= 20
  }

  /// The image as a JPEG file.
  func jpeg(_ painter: SyntheticPainter) -> [UInt8] {
    guard let camera = record.camera?.intrinsics else {
      preconditionFailure("every scene has a camera")
    }
    let sitters = zip(faces, tones).compactMap { face, tone in
      face.pose?.extrinsics.map { SyntheticPainter.Sitter($0, camera, tone: tone) }
    }
    return painter.paint(sitters, index: index, options).jpeg(quality: options.jpegQuality)
  }
}

extension BoundingBox {
  fileprivate func overlaps(_ other: BoundingBox) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }
}

extension String {
  /// `0--Parade` as it stands in its files' names: `0_Parade`.
  fileprivate var replacingDoubleDash: String {
    var parts = split(separator: "-", omittingEmptySubsequences: true).map(String.init)
    let first = parts.removeFirst()
    return ([first] + parts).joined(separator: "_")
  }
}
