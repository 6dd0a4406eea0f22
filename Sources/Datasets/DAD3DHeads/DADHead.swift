internal import Codecs
internal import Geometry
internal import Schema

/// A head of DAD-3DHeads: its box of x, y, width and height in pixels, and its annotation's matrices.
///
/// The annotation's vertices are those of FLAME; their landmarks need FLAME's tables, so records hold box and pose.
enum DADHead {
  /// The image of a head of the list.
  ///
  /// - Throws: `RefusedImage` where it has no image or no box.
  @Sendable static func draft(
    of head: JSONValue, in file: AnnotationFile, at place: SourceLocation,
    _ options: ReadingOptions
  ) throws -> ImageDraft {
    guard let path = head["img_path"]?.text else {
      throw RefusedImage("head: expected an 'img_path', found none")
    }
    var draft = ImageDraft(path: path)
    var face = FaceDraft()
    let numbers = head["bbox"]?.elements?.map { $0.number ?? .nan } ?? []
    guard numbers.count == 4, numbers.allSatisfy(\.isFinite) else {
      throw RefusedImage(
        "bbox: expected 4 numbers, found \((head["bbox"] ?? .null).messageText.prefix(80))")
    }
    face.box = BoundingBox(
      x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    if case .object(let members)? = head["attributes"] {
      for (name, value) in members where value.isScalar { face.add(name, value) }
    }
    if let id = head["item_id"] { face.native.append(("item_id", id)) }
    readMatrices(head, file, place, into: &face, &draft)
    draft.camera = camera(of: face, path, options)
    draft.faces = [face]
    return draft
  }

  private static func readMatrices(
    _ head: JSONValue, _ file: AnnotationFile, _ place: SourceLocation, into face: inout FaceDraft,
    _ draft: inout ImageDraft
  ) {
    guard let path = head["annotation_path"]?.text else { return }
    var (model, projection): ([Double], [Double]) = ([], [])
    do {
      guard let contents = try annotation(path, file) else {
        // The test set has no annotations.
        draft.issues.append(
          RecordIssue(
            .missingAnnotation, at: place,
            "annotation_path: expected a file, found none at '\(path.printable)'; the head has no pose"
          ))
        return
      }
      try contents.withBytes { bytes in
        var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
          if key == "model_view_matrix" {
            _ = try cursor.numbers(into: &model)
          } else if key == "projection_matrix" {
            _ = try cursor.numbers(into: &projection)
          } else {
            try cursor.skipValue()
          }
        }
      }
    } catch {
      let place = SourceLocation(file: SourceLocation.fileName(of: path))
      draft.issues.append(RecordIssue(.unreadableFile, at: place, "\(error)"))
      return
    }
    guard let pose = OpenGLPose(model, isByColumns: false)?.pose(unit: 1, .annotation) else {
      draft.issues.append(
        RecordIssue(
          .missingPose, at: SourceLocation(file: SourceLocation.fileName(of: path)),
          "model_view_matrix: expected a rotation and a plausible translation, found \(model.count) numbers that are none"
        ))
      return
    }
    face.pose = pose
    if !projection.isEmpty {
      face.native.append(("projection_matrix", .array(projection.map { .double($0) })))
    }
  }

  /// Paths are relative to the dataset's folder, of which the file may be at hand with or without the folder of its split.
  private static func annotation(_ path: String, _ file: AnnotationFile) throws -> FileContents? {
    guard let tree = file.tree else { return nil }
    let plain = path.plainImagePath
    let folder = file.folder.split(separator: "/")
    let parts = plain.split(separator: "/")
    let places = [
      plain, (folder.dropLast() + parts).joined(separator: "/"),
      (folder + parts).joined(separator: "/"),
      (folder + parts.dropFirst()).joined(separator: "/"),
    ]
    guard let found = places.first(where: tree.contains) else { return nil }
    return try tree.contents(of: found, limit: 1 << 30)
  }

  /// The camera of the projection P, by which u = p₀ / p₃ and v = height − p₁ / p₃ with p = P M (v, 1). It needs the
  /// image's height.
  private static func camera(
    of face: FaceDraft, _ path: String, _ options: ReadingOptions
  ) -> Camera? {
    guard face.pose != nil,
      let p = face.native.last(where: { $0.key == "projection_matrix" })?.value.elements?
        .compactMap(\.number), p.count == 16, p[12] == 0, p[13] == 0, p[14] == -1, p[15] == 0,
      p[1] == 0, p[3] == 0, p[4] == 0, p[7] == 0,
      let header = options.imageHeader(of: path)
    else { return nil }
    let intrinsics = Intrinsics(
      focalLength: SIMD2(p[0], p[5]),
      principalPoint: SIMD2(-p[2], Double(header.height) + p[6]))
    return intrinsics.isPlausible
      ? Camera(intrinsics: intrinsics, provenance: .datasetProjection) : nil
  }
}
