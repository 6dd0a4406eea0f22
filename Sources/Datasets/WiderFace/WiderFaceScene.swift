internal import Codecs
internal import Geometry
internal import Rendering
internal import Schema

/// What `synth` is asked for.
public struct SynthesisOptions: Sendable {
  public var seed: UInt64 = 1
  public var split = "train"
  public var width = 640
  public var height = 480
  public var maximumFaces = 4
  /// Amplitude of the background's noise in grey levels; more makes larger files.
  public var noise = 6
  public var jpegQuality = 85

  public init() {}
}

/// One synthetic image: faces of the mean face in known poses, seen by img2pose's assumed camera.
struct WiderFaceScene {
  /// dataset path, e.g. `1--Handshaking/1_Handshaking_synthetic_1_7.jpg`.
  let path: String
  let faces: [Face]
  let record: ImageRecord
  private let options: SynthesisOptions
  private let index: Int
  private let colours: [Colour]

  private static let events = [
    "0--Parade", "1--Handshaking", "10--People_Marching", "2--Demonstration",
  ]

  /// - Parameter model: eyes, nose tip and mouth corners in metres.
  init(index: Int, model: [SIMD3<Double>], options: SynthesisOptions) {
    self.options = options
    self.index = index
    var random = SeededRandom(seed: options.seed, item: index)
    let event = Self.events[index % Self.events.count]
    let prefix = event.replacingDoubleDash
    path = "\(event)/\(prefix)_synthetic_\(options.seed)_\(index).jpg"
    let camera = Intrinsics.widthPlusHeight(options.width, options.height)
    // Every ninth image has no face, as a few of the real ones.
    let wanted =
      index % 9 == 4 ? 0 : Int.random(in: 1...max(1, options.maximumFaces), using: &random)
    var faces: [Face] = []
    var colours: [Colour] = []
    for _ in 0..<wanted * 8 where faces.count < wanted {
      guard let face = Self.face(model, camera, options, &random) else { continue }
      if faces.contains(where: { $0.box.overlaps(face.box) }) { continue }
      faces.append(face)
      let tone = random.uniform(0.45...1)
      colours.append([UInt8(236 * tone), UInt8(188 * tone), UInt8(160 * tone)])
    }
    self.faces = faces
    self.colours = colours
    var reference = ImageReference(path: path)
    (reference.width, reference.height, reference.format) = (options.width, options.height, "jpeg")
    record = ImageRecord(
      source: RecordSource(dataset: "wider-face", split: options.split, file: "truth"),
      image: reference,
      camera: Camera(intrinsics: camera, provenance: .assumedWidthPlusHeight), faces: faces)
  }

  /// A scene of faces that another dataset's generator has placed; poses are needed to draw them.
  init(index: Int, record: ImageRecord, colours: [Colour], options: SynthesisOptions) {
    (self.index, self.record, self.colours, self.options) = (index, record, colours, options)
    path = record.image.path
    faces = record.faces
  }

  private static func face(
    _ model: [SIMD3<Double>], _ camera: Intrinsics, _ options: SynthesisOptions,
    _ random: inout SeededRandom
  ) -> Face? {
    // In an image too small for eyes 10 pixels apart all faces have the largest size.
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
    // A head is about 15 cm wide and 20 cm high round a point behind the nose.
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

  /// Most faces have all five points; some have one that is missing, and some have none, as
  /// RetinaFace's annotation of WIDER FACE does.
  private static func landmarks(
    _ model: [SIMD3<Double>], _ pose: Extrinsics, _ camera: Intrinsics, _ random: inout SeededRandom
  ) -> Landmarks? {
    let kind = random.uniform(0...1)
    let missing = Int.random(in: 0..<5, using: &random)
    guard kind > 0.1 else { return nil }
    var landmarks = Landmarks(layout: .face5)
    for i in 0..<5 where !(kind > 0.95 && i == missing) {
      let pixel = camera.projection(of: pose.applied(to: model[i]))
      // Turned away by more than 40 degrees, the far side is hidden by the nose.
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
    face.attributes.pose = abs(face.pose?.extrinsics.rotation.rows.0.z ?? 0) > 0.64 ? 1 : 0
    face.attributes.quality = (random.uniform(0.3...1) * 100).rounded() / 100
    let isValid = face.attributes.invalid == false
    face.attributes.easy = isValid && height >= 60
    face.attributes.medium = isValid && height >= 40
    face.attributes.hard = isValid && height >= 20
  }

  /// The image as a JPEG file.
  func jpeg() -> [UInt8] { image().jpeg(quality: options.jpegQuality) }

  /// The image's pixels.
  func image() -> PixelImage {
    var canvas = Canvas(background())
    for (face, colour) in zip(faces, colours) { draw(face, colour, on: &canvas) }
    return canvas.image
  }

  private func background() -> PixelImage {
    var image = PixelImage(width: options.width, height: options.height)
    var random = SeededRandom(seed: options.seed &+ 0x5EED, item: index)
    let base = SIMD3<Int>(
      Int.random(in: 60...160, using: &random), Int.random(in: 60...160, using: &random),
      Int.random(in: 60...160, using: &random))
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      for y in 0..<options.height {
        let shade = 40 * y / options.height
        for x in 0..<options.width {
          let bits = options.noise > 0 ? random.next() : 0
          for channel in 0..<3 {
            let noise =
              options.noise > 0
              ? Int((bits >> (16 * UInt64(channel))) & 0xFFFF) % (2 * options.noise + 1)
                - options.noise : 0
            pixels[3 * (y * options.width + x) + channel] = UInt8(
              min(max(base[channel] + shade + noise, 0), 255))
          }
        }
      }
    }
    return image
  }

  private func draw(_ face: Face, _ colour: Colour, on canvas: inout Canvas) {
    guard let pose = face.pose?.extrinsics, let camera = record.camera?.intrinsics else { return }
    let half = SIMD2(face.box.width, face.box.height) / 2
    let up = SIMD2(pose.rotation.rows.0.x, pose.rotation.rows.1.x)
    let axis = up / max((up * up).sum().squareRoot(), 1e-9)
    canvas.fillEllipse(centre: face.box.centre, radii: half * 0.96, axis: axis, colour: colour)
    func at(_ point: SIMD3<Double>) -> SIMD2<Double> {
      camera.projection(of: pose.applied(to: point))
    }
    let dark: Colour = [40, 30, 30]
    let unit = half.x / 8
    for x in [-0.031, 0.031] {
      canvas.fillEllipse(
        centre: at([x, -0.04, -0.038]), radii: SIMD2(1.3, 0.8) * unit, axis: axis,
        colour: [250, 250, 250])
      canvas.fillEllipse(
        centre: at([x, -0.04, -0.038]), radii: SIMD2(repeating: 0.7 * unit), colour: dark)
    }
    canvas.drawLine(
      from: at([0, -0.035, -0.045]), to: at([0.0015, -0.003, -0.0737]), width: unit * 0.8,
      colour: [170, 110, 95])
    canvas.drawLine(
      from: at([-0.0237, 0.0276, -0.0397]), to: at([0.0227, 0.0286, -0.0412]), width: unit,
      colour: [160, 50, 60])
  }
}

extension BoundingBox {
  fileprivate func overlaps(_ other: BoundingBox) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }
}

extension String {
  /// `0--Parade` as it begins its files' names: `0_Parade`.
  fileprivate var replacingDoubleDash: String {
    var parts = split(separator: "-", omittingEmptySubsequences: true).map(String.init)
    let first = parts.removeFirst()
    return ([first] + parts).joined(separator: "_")
  }
}
