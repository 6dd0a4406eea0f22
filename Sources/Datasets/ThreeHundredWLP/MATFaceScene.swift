internal import Codecs
internal import Geometry
internal import Rendering
internal import Schema

/// One synthetic image of 300W-LP or AFLW2000-3D: the mean face in a known weak-perspective pose, or the landmarks of
/// a face with a shape and an expression of its own. The picture shows the mean head in either case.
///
/// Numbers are rounded to the types of the arrays first, so that the arrays hold the truth to the last bit.
struct MATFaceScene {
  /// The record that a reader should make, with native arrays.
  let record: ImageRecord
  private let original: PoseParameters
  private let isFlip: Bool
  private let index: Int
  private let options: SynthesisOptions

  private static let sets = ["AFW", "HELEN", "IBUG", "LFPW"]

  /// - Parameter model: the 68 landmarks in metres, in canonical axes.
  init(_ form: MATFaceForm, index: Int, model: [SIMD3<Double>], options: SynthesisOptions) {
    (self.index, self.options) = (index, options)
    let hasCopies = Self.hasMirroredCopies(form, options)
    isFlip = hasCopies && index % 2 == 1
    // A mirrored copy uses the random numbers of its original.
    let number = hasCopies ? index / 2 : index
    var random = SeededRandom(seed: options.seed, item: number)
    let (width, height) = (options.width, options.height)
    original = Self.pose(number, width, height, &random)
    let pose = isFlip ? original.mirrored(imageWidth: width).rounded : original
    let paths = MATFacePaths(
      stem: Self.stem(form, number, seed: options.seed, isFlip: isFlip))
    let coefficients = FaceCoefficients(of: number, options)
    let points =
      options.landmarkModel?.points(
        shape: coefficients.shape, expression: coefficients.expression) ?? model
    let arrays = MATFaceArrays(
      form, points: Self.pixels(of: points, original.weakPerspective, imageHeight: height),
      pose: pose, isFlip: isFlip,
      imageWidth: width)

    var face = Face(box: arrays.box)
    face.landmarks = arrays.landmarks
    let camera = PoseParameters.camera(width: width, height: height)
    face.pose = HeadPose(pose, camera, imageHeight: height)
    var attributes: [(String, JSONValue)] = [("source_photo", .text(paths.sourcePhoto(form)))]
    if isFlip { attributes += [("flip", .boolean(true)), ("mirrored-landmarks", .boolean(true))] }
    attributes.append(("within_99_degrees", .boolean(pose.angles.isWithin99Degrees)))
    face.attributes.others = attributes.map { FaceAttributes.Other(name: $0.0, value: $0.1) }
    var reading = ReadingOptions(dataset: form.datasetName)
    reading.native = .all
    face.native = .arrays(
      arrays.all(imageHeight: height, coefficients, &random).map {
        NativeArray($0, in: paths.file, options: reading)
      })
    var image = ImageReference(path: paths.stem + ".jpg")
    (image.width, image.height, image.format) = (width, height, "jpeg")
    record = ImageRecord(
      source: RecordSource(dataset: form.datasetName, file: paths.file), image: image,
      camera: Camera(intrinsics: camera, provenance: .weakPerspective), faces: [face])
  }

  /// Whether every second image is the mirrored copy of the one before. Faces with shapes of their own have none, for
  /// the Basel face model is not symmetric: no coefficients give exactly the mirrored landmarks.
  private static func hasMirroredCopies(_ form: MATFaceForm, _ options: SynthesisOptions) -> Bool {
    form == .threeHundredWLP && options.landmarkModel == nil
  }

  /// A stem like the real ones: "AFW_Flip/AFW_1000003_1_0" (set, photo, face, copy), or "image00002".
  private static func stem(_ form: MATFaceForm, _ number: Int, seed: UInt64, isFlip: Bool) -> String
  {
    if form == .aflw2000 { return "image" + (number + 2).digits(5) }
    let (photo, copy) = number.quotientAndRemainder(dividingBy: 3)
    let set = sets[photo % sets.count]
    return "\(set)\(isFlip ? "_Flip" : "")/\(set)_\(seed)\(photo.digits(6))_1_\(copy)"
  }

  private static func pose(
    _ number: Int, _ width: Int, _ height: Int, _ random: inout SeededRandom
  ) -> PoseParameters {
    // Some faces are turned further than tests allow.
    let yaw = number % 13 == 12 ? 1.8 : random.uniform(-1.5...1.5)
    return PoseParameters(
      angles: EulerAngles(
        pitch: random.uniform(-0.5...0.5), yaw: yaw, roll: random.uniform(-0.5...0.5)),
      offset: SIMD3(
        Double(width) * random.uniform(0.42...0.58), Double(height) * random.uniform(0.42...0.58),
        random.uniform(-120 ... -80)),
      scale: Double(min(width, height)) / 450 * random.uniform(0.8e-3...1.3e-3)
    ).rounded
  }

  /// Where the points appear: 0-based pixels, and the depth towards the viewer in pixels, as in `pt3d_68`.
  private static func pixels(
    of model: [SIMD3<Double>], _ pose: WeakPerspectivePose, imageHeight: Int
  ) -> [SIMD3<Double>] {
    let pixelsPerMetre = pose.scale / WeakPerspectivePose.metresPerUnit
    return model.map { point in
      SIMD3(
        pose.projection(of: point, imageHeight: imageHeight),
        pose.offset.z - pixelsPerMetre * (pose.rotation * point).z)
    }
  }

  /// The image as a JPEG file. A mirrored copy has its original's pixels in reverse order.
  func jpeg(_ painter: SyntheticPainter) -> [UInt8] {
    let pose = original.weakPerspective
    let pixelsPerMetre = pose.scale / WeakPerspectivePose.metresPerUnit
    let view = MeshView(
      rotation: pose.rotation, pixelsPerUnit: pixelsPerMetre,
      origin: pose.projection(of: .zero, imageHeight: options.height))
    let number = isFlip ? index - 1 : index
    var person = SeededRandom(seed: options.seed &+ 0x300, item: number)
    let sitter = SyntheticPainter.Sitter(
      view, pixelsPerMetre: pixelsPerMetre, tone: person.uniform(0.45...1))
    var image = painter.paint([sitter], index: number, options)
    if isFlip { image.mirror() }
    return image.jpeg(quality: options.jpegQuality)
  }
}

extension PoseParameters {
  /// The pose as `Pose_Para` keeps it, in float32.
  fileprivate var rounded: PoseParameters { PoseParameters(numbers.map { Double(Float($0)) }) }
}

extension PixelImage {
  /// Exchanges left and right.
  fileprivate mutating func mirror() {
    for y in 0..<height {
      for x in 0..<width / 2 {
        let (left, right) = (3 * (y * width + x), 3 * (y * width + width - 1 - x))
        for channel in 0..<3 { pixels.swapAt(left + channel, right + channel) }
      }
    }
  }
}
