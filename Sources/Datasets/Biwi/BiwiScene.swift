internal import Codecs
internal import Geometry
internal import Rendering
internal import Schema

/// One synthetic frame: a head in a known pose before a Kinect.
///
/// Numbers are rounded to the six significant digits of the dataset's text before they are used, so that the
/// text itself is the truth.
struct BiwiScene {
  let folder: String
  let stem: String
  /// The pose that a reader gets from the files, with the rounding of the rotation removed.
  let head: BiwiPose
  /// False for a few frames, as in the dataset.
  let hasPose: Bool
  let colour: BiwiCalibration
  let depth: BiwiCalibration
  let poseText: String
  let colourText: String
  let depthText: String
  private let sequence: Int
  private let index: Int
  private let tone: Double
  private let options: SynthesisOptions

  /// Frames go to the two sequences in turn.
  static let sequences = 2

  init(index: Int, options: SynthesisOptions) {
    self.index = index
    self.options = options
    sequence = index % Self.sequences + 1
    folder = "hpdb/0\(sequence)"
    // The numbers have gaps, as those of the dataset have.
    let number = 3 + index / Self.sequences + index / Self.sequences / 4
    stem = "frame_" + number.digits(5)
    hasPose = index % 11 != 7
    var person = SeededRandom(seed: options.seed &+ 0xB1E1, item: sequence)
    tone = person.uniform(0.45...1)
    let cameras = Self.cameras(options, &person)
    (colourText, depthText) = (cameras.colour.text, cameras.depth.text)
    (colour, depth) = (cameras.colour.orthonormal, cameras.depth.orthonormal)
    var random = SeededRandom(seed: options.seed, item: index)
    let rotation =
      EulerConvention.aflw.rotation(
        of: EulerAngles(
          pitch: random.uniform(-0.6...0.6), yaw: random.uniform(-1.1...1.1),
          roll: random.uniform(-0.5...0.5)))
    let z = random.uniform(750...1150)
    let centre = SIMD3(random.uniform(-0.2...0.2) * z, random.uniform(-0.14...0.14) * z, z)
    let rounded = BiwiPose(rotation: rotation.sixDigits, centre: centre.sixDigits)
    poseText = rounded.text
    head = BiwiPose(rotation: rounded.rotation.orthonormal, centre: rounded.centre)
  }

  /// Cameras like those of the dataset's sequence 12, scaled to the image's size and turned slightly
  /// differently in each sequence.
  private static func cameras(
    _ options: SynthesisOptions, _ random: inout SeededRandom
  ) -> (colour: BiwiCalibration, depth: BiwiCalibration) {
    let scale = SIMD2(Double(options.width) / 640, Double(options.height) / 480)
    func camera(_ focal: Double, _ middle: SIMD2<Double>) -> BiwiCalibration {
      BiwiCalibration(
        intrinsics: Intrinsics(focalLength: focal * scale, principalPoint: middle * scale),
        width: options.width, height: options.height)
    }
    let depth = camera(575.816, [320, 240])
    var colour = camera(517.679, [320, 240.5])
    let turn = SIMD3(
      -0.0151 + random.uniform(-0.002...0.002), 0.0093 + random.uniform(-0.002...0.002), -0.0044)
    colour.rig.rotation = Rotation(rotationVector: turn).sixDigits
    colour.rig.translation = SIMD3(-24.0198 + random.uniform(-1...1), 5.8896, -13.2308).sixDigits
    return (colour, depth)
  }

  /// The record that a reader should make of the frame; nil for a frame without a pose.
  ///
  /// - Parameter frame: the camera in which the pose is given.
  func record(_ frame: Biwi.Frame) -> ImageRecord? {
    let seen = colour.rig.toColourCamera(head)
    guard hasPose, let box = BiwiHeadBox.box(of: seen, camera: colour.intrinsics) else {
      return nil
    }
    var face = Face(box: box)
    face.pose = HeadPose(frame == .colour ? seen : head.extrinsics)
    face.attributes.others = BiwiAttributes.members(
      subject: Biwi.subject(ofSequence: sequence) ?? "", sequence: "0\(sequence)", frame: frame)
    let file = BiwiFile(folder: folder, stem: stem, kind: .png)
    var image = ImageReference(path: file.path)
    (image.width, image.height, image.format) = (options.width, options.height, "png")
    return ImageRecord(
      source: RecordSource(dataset: DatasetName.biwi, file: file.sibling(.pose).path), image: image,
      camera: Camera(
        intrinsics: (frame == .colour ? colour : depth).intrinsics, provenance: .calibrated),
      faces: [face])
  }

  /// The mean face's origin lies 6 mm below and 19 mm behind BIWI's; in metres.
  private static let meanFaceOrigin = SIMD3(0, 0.006, 0.019)

  /// A head's surface in millimetres in BIWI's frame, as a sequence's `NN.obj` has it. All heads are the same.
  static func mesh(of head: HeadMesh) -> Mesh {
    let surface = head.surface
    return Mesh(
      vertices: surface.vertices.map { 1000 * (SIMD3<Double>($0) + meanFaceOrigin) },
      triangles: (0..<surface.triangles.count).map {
        SIMD3<Int32>(truncatingIfNeeded: surface.triangles[$0])
      })
  }

  /// The colour image as a PNG file.
  func png(_ painter: SyntheticPainter) -> [UInt8] {
    let seen = colour.rig.toColourCamera(head)
    let pose = Extrinsics(
      rotation: seen.rotation, translation: seen.applied(to: Self.meanFaceOrigin))
    let sitter = SyntheticPainter.Sitter(pose, colour.intrinsics, tone: tone)
    return painter.paint([sitter], index: index, options).png()
  }

  /// What the depth camera measures of the head, an ellipsoid. All else is too far away to be measured.
  func depthImage() -> BiwiDepth {
    let pose = head.extrinsics
    let middle = pose.applied(to: BiwiHeadBox.centre)
    let inverse = pose.rotation.transpose
    let camera = depth.intrinsics
    // In the head's axes, divided by its half axes, the head is the unit sphere. The ray meets it first at depth s.
    let start = inverse * -middle / BiwiHeadBox.halfAxes
    var millimetres = [Int16](repeating: 0, count: depth.width * depth.height)
    for y in 0..<depth.height {
      for x in 0..<depth.width {
        let ray = (SIMD2(Double(x), Double(y)) - camera.principalPoint) / camera.focalLength
        let step = inverse * SIMD3(ray.x, ray.y, 1) / BiwiHeadBox.halfAxes
        let (a, b, c) = (dot(step, step), dot(start, step), dot(start, start) - 1)
        let discriminant = b * b - a * c
        guard discriminant > 0 else { continue }
        let depth = (-b - discriminant.squareRoot()) / a
        millimetres[y * self.depth.width + x] = Int16((1000 * depth).rounded())
      }
    }
    return BiwiDepth(width: depth.width, height: depth.height, millimetres: millimetres)
  }
}
