import Geometry
import Schema

/// Attributes of every known name, none at its type's default, and two of unknown names.
func fullAttributes() -> FaceAttributes {
  var attributes = FaceAttributes()
  (attributes.blur, attributes.expression, attributes.illumination) = (2, 1, -1)
  (attributes.occlusion, attributes.pose) = (127, -128)
  (attributes.invalid, attributes.ignore, attributes.degenerate) = (true, false, true)
  (attributes.easy, attributes.medium, attributes.hard) = (false, true, false)
  (attributes.quality, attributes.score) = (0.8125, 3)
  attributes.others = [
    .init(name: "age", value: .integer(40)),
    .init(name: "a \"b\"", value: .object([("c", .array([.null, .double(0.5)]))])),
  ]
  return attributes
}

/// Landmarks of a layout in which every third point is occluded and every fifth missing.
func landmarks(_ layout: Landmarks.Layout) -> Landmarks {
  Landmarks(
    layout: layout,
    points: (0..<layout.count).map { i in
      let position = SIMD2(Double(i) + 0.125, 1 - 1.5 * Double(i))
      if i % 5 == 4 { return .missing }
      return .init(position, i % 3 == 2 ? .occluded : .visible)
    })
}

/// A record with every member, and a face for each layout and each form of `native`.
func fullRecord() -> ImageRecord {
  var image = ImageReference(path: "a/b é.jpg")
  (image.archive, image.width, image.height) = ("images.zip", 640, 480)
  (image.format, image.orientation) = ("jpeg", 6)
  let natives: [NativeValue] = [
    .line("1 2 \"3\"\r"), .lines(["1", "", "2"]),
    .object(.object([("pose", .array([.double(0.1), .integer(2)])), ("line", .text("x"))])),
  ]
  let faces = zip(Landmarks.Layout.allCases, natives).map { layout, native in
    var face = Face(box: BoundingBox(left: -1.5, top: 2, right: 1e-3, bottom: 4096))
    face.landmarks = landmarks(layout)
    face.pose = HeadPose(
      rotationVector: [0.1, -0.2, 1.0 / 3], translation: [1e-9, -2, 30], frame: .biwiHead,
      scale: .measured, provenance: .annotation)
    face.fit = FitQuality(
      solver: .epnp, points: layout.count, reprojectionError: 4.5, interocularDistance: 54,
      uncertainty: FitQuality.Uncertainty(
        rotation: [4.4, 4.25, 2.1], translation: [0.02, 0.0125, 0.15]),
      flags: [.largeResidual, .fewPoints, .outOfImage])
    face.attributes = fullAttributes()
    face.native = native
    return face
  }
  return ImageRecord(
    id: "given/id",
    source: RecordSource(dataset: "wider-face", split: "train", file: "label.txt", line: 12),
    image: image,
    camera: Camera(
      intrinsics: Intrinsics(focalLength: [1120.5, 1121], principalPoint: [320, 239.5]),
      provenance: .calibrated, focalSigma: 0.125),
    faces: faces, native: .lines(["# a/b é.jpg"]))
}

extension ImageRecord {
  /// The record's line of JSON Lines.
  var jsonLine: String {
    var writer = JSONWriter()
    write(to: &writer)
    return String(decoding: (try? writer.bytes) ?? [], as: UTF8.self)
  }

  init(jsonLine: String) throws { try self.init(JSONParser.value(of: jsonLine)) }
}
