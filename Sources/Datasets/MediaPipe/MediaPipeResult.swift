internal import Codecs
internal import Geometry
internal import Glibc
internal import Schema

/// The faces that MediaPipe found in one image.
///
/// A face has 478 points, or 468 without irises, in fractions of the image's width and height, and a matrix from the
/// canonical face to a camera in OpenGL's axes, in centimetres. The camera is assumed: a vertical field of view of 63
/// degrees, its axis in the image's middle.
enum MediaPipeResult {
  /// The names of the member that holds the points, in Python, in JavaScript and of FaceMesh.
  static let landmarkNames = ["face_landmarks", "faceLandmarks", "multi_face_landmarks"]
  /// The names of the member that says which image it is.
  static let imageNames = ["image", "image_path", "file_name", "filename", "file", "path"]
  private static let matrixNames = [
    "facial_transformation_matrixes", "facialTransformationMatrixes",
  ]
  /// For each point of `face5` the points of which it is the mean.
  private static let face5 = [[33, 133], [362, 263], [1], [61], [291]]
  private static let fieldOfView = 63 * Double.pi / 180

  /// The image of a result.
  ///
  /// - Throws: `RefusedImage` where it names no image, or the image's size is not known.
  @Sendable static func draft(
    of result: JSONValue, in file: AnnotationFile, at place: SourceLocation,
    _ options: ReadingOptions
  ) throws -> ImageDraft {
    guard let path = imageNames.lazy.compactMap({ result[$0]?.text }).first else {
      throw RefusedImage("result: expected the name of an image in 'image', found none")
    }
    var draft = ImageDraft(path: path)
    let faces = landmarkNames.lazy.compactMap { result[$0]?.elements }.first ?? []
    let matrices = matrixNames.lazy.compactMap { result[$0]?.elements }.first ?? []
    let (size, problem) = size(of: path, result, options)
    if size == nil, !faces.isEmpty {
      throw RefusedImage("image '\(path.printable)': \(problem)")
    }
    draft.size = size
    for (i, face) in faces.enumerated() {
      guard let size else { continue }
      let (made, problem) = self.face(face, size)
      if let problem {
        draft.issues.append(
          RecordIssue(
            made == nil ? .malformedRecord : .badLandmark, at: place, "face \(i + 1): \(problem)"))
      }
      guard let made else { continue }
      draft.faces.append(made)
      guard i < matrices.count else { continue }
      if let pose = matrix(matrices[i])?.pose(unit: 0.01, .prediction) {
        draft.faces[draft.faces.count - 1].pose = pose
      } else {
        draft.issues.append(
          RecordIssue(
            .missingPose, at: place,
            "face \(i + 1): expected a 4 x 4 matrix of a rotation and a translation, found \(matrices[i].messageText.prefix(80))"
          ))
      }
    }
    if matrices.count > faces.count {
      draft.issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "matrices: expected \(faces.count), one a face, found \(matrices.count); the others are left out"
        ))
    }
    if let size, draft.faces.contains(where: { $0.pose != nil }) {
      draft.camera = camera(size)
    }
    return draft
  }

  /// The image's size as the dump states it, or as the image itself has it; nil with the reason where neither is at hand.
  private static func size(
    of path: String, _ result: JSONValue, _ options: ReadingOptions
  ) -> (size: SIMD2<Int>?, problem: String) {
    func side(_ names: [String]) -> Int? {
      names.lazy.compactMap { result[$0]?.number.flatMap { Int(exactly: $0) } }.first
    }
    let header = options.imageHeader(of: path)
    if let header, !ImageOrientation(exif: header.orientation).isUpright {
      return (
        nil,
        "expected an upright image, found EXIF orientation \(header.orientation ?? 1); the points are of the turned image"
      )
    }
    if let width = side(["width", "image_width"]), let height = side(["height", "image_height"]),
      PlausibleRange.imageSide.contains(SIMD2(Double(width), Double(height)))
    {
      return (SIMD2(width, height), "")
    }
    if let header { return (SIMD2(header.width, header.height), "") }
    return (
      nil,
      "expected its width and height, as the points are fractions of them, found neither; its images are needed"
    )
  }

  /// A face's points: a list, or an object that holds it, as protobuf writes it.
  private static func points(_ face: JSONValue) -> [JSONValue] {
    face.elements ?? face["landmark"]?.elements ?? face["landmarks"]?.elements ?? []
  }

  /// Points further from the image than this many of its widths are none of a face in it.
  private static let farthestShare = 4.0

  /// - Returns: the face, nil where there is none; and what of it is not as it should be.
  private static func face(
    _ value: JSONValue, _ size: SIMD2<Int>
  ) -> (face: FaceDraft?, problem: String?) {
    let list = points(value)
    let expected = "expected 468 or 478 points with 'x' and 'y'"
    guard list.count >= 468 else { return (nil, "\(expected), found \(list.count)") }
    let shares = list.map { point -> SIMD2<Double>? in
      guard let x = (point["x"] ?? point.elements?.first)?.number,
        let y = (point["y"] ?? point.elements?.dropFirst().first)?.number,
        PlausibleRange.coordinate.contains(SIMD2(x, y) * SIMD2<Double>(size))
      else { return nil }
      return SIMD2(x, y)
    }
    let far = shares.count { share in
      share.map { max($0.x.magnitude, $0.y.magnitude) > farthestShare } ?? false
    }
    guard 2 * far < list.count else {
      return (nil, "\(expected) in fractions of the image, found \(far) beyond 4, as pixels are")
    }
    let points = shares.map { $0.map { $0 * SIMD2<Double>(size) } }
    let missing = points.count { $0 == nil }
    var (face, landmarks) = (FaceDraft(), Landmarks(layout: .face5))
    face.points = points.compactMap { $0 }
    guard !face.points.isEmpty else { return (nil, "\(expected) as numbers, found none") }
    for (i, sources) in face5.enumerated() {
      let found = sources.compactMap { points[$0] }
      guard found.count == sources.count else { continue }
      landmarks[i] = Landmarks.Point(found.reduce(.zero, +) / Double(found.count))
    }
    face.landmarks = landmarks
    face.native.append(("face_landmarks", value))
    return (face, missing == 0 ? nil : "\(expected) as numbers, found \(missing) of others")
  }

  /// A matrix as nested rows, as numpy gives it, or as a list of 16 numbers, which run down the columns.
  private static func matrix(_ value: JSONValue) -> OpenGLPose? {
    let list = value.elements ?? value["data"]?.elements ?? value["packed_data"]?.elements ?? []
    let isNested = list.first?.elements != nil
    let numbers = isNested ? list.flatMap { $0.elements ?? [] } : list
    return OpenGLPose(numbers.map { $0.number ?? .nan }, isByColumns: !isNested)
  }

  private static func camera(_ size: SIMD2<Int>) -> Camera {
    let (width, height) = (Double(size.x), Double(size.y))
    let focal = height / (2 * tan(fieldOfView / 2))
    return Camera(
      intrinsics: Intrinsics(
        focalLength: SIMD2(focal, focal), principalPoint: SIMD2(width / 2, height / 2)),
      provenance: .datasetProjection)
  }
}
