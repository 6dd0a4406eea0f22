internal import Codecs
internal import Geometry
internal import Schema

/// One synthetic sample: a face of 1,220 vertices in a known pose, seen by the dataset's camera.
struct ARKitFaceScene {
  let sample: ARKitFaceSample
  /// The true annotations, rounded as the float32 numbers of the dataset's files are; image paths are PerspNet's.
  let record: ImageRecord
  /// x, y, z of each vertex in turn: metres in ARKit's axes, as the file holds them.
  let vertices: [Double]
  private let index: Int
  /// Factors by which the mean face is stretched along its axes.
  private let shape: SIMD3<Double>
  private let tone: Double
  private let options: SynthesisOptions

  private static let actions = ["01_Neutral", "02_JawOpen", "09_LeftToRight_Frown"]
  /// How many images a subject has of each action.
  private static let imagesPerAction = 2

  /// - Parameters:
  ///   - index: consecutive images show one action, consecutive actions one subject.
  ///   - mesh: of the mean face.
  init(index: Int, mesh: ARKitFaceMesh, options: SynthesisOptions) {
    self.index = index
    self.options = options
    let perSubject = Self.actions.count * Self.imagesPerAction
    let subject = index / perSubject
    var person = SeededRandom(seed: options.seed &+ 0xFACE, item: subject)
    let shape = SIMD3(
      person.uniform(0.92...1.08), person.uniform(0.92...1.08), person.uniform(0.92...1.08))
    self.shape = shape
    tone = person.uniform(0.45...1)
    sample = ARKitFaceSample(
      subject: (subject * 4_177 + 57 &+ Int(options.seed % 1000)).digits(6),
      action: Self.actions[index % perSubject / Self.imagesPerAction],
      image: "\(1_616_212_233_525 + 1_033 * index)")

    vertices = mesh.vertices.flatMap { vertex in
      let own = Rotation.yUp * (vertex * shape)
      return [own.x, own.y, own.z].map { Double(Float($0)) }
    }
    var random = SeededRandom(seed: options.seed, item: index)
    let rotation =
      EulerConvention.aflw.rotation(
        of: EulerAngles(
          pitch: random.uniform(-0.5...0.5), yaw: random.uniform(-1...1),
          roll: random.uniform(-0.45...0.45)))
    let depth = random.uniform(0.35...0.7)
    let translation = SIMD3(
      depth * random.uniform(-0.2...0.2), depth * random.uniform(-0.2...0.2), depth)
    let drawn = Extrinsics(rotation: rotation, translation: translation)
    let transform = RowTransform(drawn, axes: .openGL).rowMajor.map { Double(Float($0)) }
    let map = AffineMap(rowTransform: transform, axes: .openGL)
    let pose = RowTransform(axes: .openGL, rowMajor: transform)?.extrinsics ?? drawn
    let camera = ARKitFaceProjection.camera(width: options.width, height: options.height)

    var face = Self.face(vertices, map: map, pose: pose, camera, sample)
    face.native = .arrays([
      NativeArray(
        name: "verts", dtype: "<f4", shape: [ARKitFace.vertexCount, 3],
        content: .bytes(vertices.map { Float($0) }.littleEndianBytes)),
      NativeArray(
        name: "R_t", dtype: "<f4", shape: [4, 4],
        content: .bytes(transform.map { Float($0) }.littleEndianBytes)),
    ])
    var image = ImageReference(path: "image/" + sample.path(.image))
    (image.width, image.height, image.format) = (options.width, options.height, "jpeg")
    record = ImageRecord(
      source: RecordSource(
        dataset: DatasetName.arkitFace, split: options.split, file: "info/" + sample.path(.info)),
      image: image, camera: Camera(intrinsics: camera, provenance: .datasetProjection),
      faces: [face])
  }

  /// The annotated face, without arrays.
  private static func face(
    _ vertices: [Double], map: AffineMap, pose: Extrinsics, _ camera: Intrinsics,
    _ sample: ARKitFaceSample
  ) -> Face {
    let pixels = (0..<ARKitFace.vertexCount).map { i in
      camera.projection(
        of: map.applied(to: SIMD3(vertices[3 * i], vertices[3 * i + 1], vertices[3 * i + 2])))
    }
    var face = Face(
      box: BoundingBox(
        left: pixels.map(\.x).min() ?? 0, top: pixels.map(\.y).min() ?? 0,
        right: pixels.map(\.x).max() ?? 0, bottom: pixels.map(\.y).max() ?? 0))
    face.landmarks = Landmarks(
      layout: .ibug68, points: ARKitFace.landmarkVertices.map { Landmarks.Point(pixels[$0]) })
    face.pose = HeadPose(
      rotationVector: pose.rotation.rotationVector, translation: pose.translation,
      frame: .arkit, scale: .measured, provenance: .annotation)
    face.attributes.others = [
      ("subject_id", sample.subject), ("facial_action", sample.action), ("img_id", sample.image),
    ].map { FaceAttributes.Other(name: $0.0, value: .text($0.1)) }
    return face
  }

  /// The image as a JPEG file.
  func jpeg(_ painter: SyntheticPainter) -> [UInt8] {
    var sitters: [SyntheticPainter.Sitter] = []
    if let pose = record.faces.first?.pose?.extrinsics, let camera = record.camera?.intrinsics {
      sitters.append(SyntheticPainter.Sitter(pose, camera, scale: shape, tone: tone))
    }
    return painter.paint(sitters, index: index, options).jpeg(quality: options.jpegQuality)
  }
}
