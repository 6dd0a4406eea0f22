internal import Codecs
internal import Geometry
internal import Schema

/// A row of OpenFace's table: a face in a frame of a video, or in an image.
///
/// Points are in pixels. The camera's axes are those of records. The rotation is R = Rx(pose_Rx) Ry(pose_Ry) Rz(pose_Rz)
/// (OpenFace, RotationHelpers.h), and a frontal face has none; by `EulerConvention.aflw` that is pitch = -pose_Rx,
/// yaw = pose_Ry and roll = pose_Rz. The translation is in millimetres, by the size of OpenFace's mean face.
struct OpenFaceRow: RowForm {
  private static let mark = UInt8(ascii: ",")
  private let columns: OpenFaceColumns
  private let details: OpenFaceDetails
  /// The table's name without ending, which is the video's or image's.
  private let stem: String
  private let image: String
  private let options: ReadingOptions
  private var fields = TextFields()

  /// - Throws: `AnnotationFault` where the header is not OpenFace's; errors of the file beside it.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> RowListReader<OpenFaceRow> {
    guard let (columns, start, line) = file.header(OpenFaceColumns.init) else {
      throw AnnotationFault(
        .malformedRecord, at: file.place(), "header: expected OpenFace's columns, found others")
    }
    let details = try OpenFaceDetails(beside: file)
    return RowListReader(
      file, options, OpenFaceRow(columns, details, file, options), from: start, line: line)
  }

  private init(
    _ columns: OpenFaceColumns, _ details: OpenFaceDetails, _ file: AnnotationFile,
    _ options: ReadingOptions
  ) {
    (self.columns, self.details, self.options) = (columns, details, options)
    stem = String(file.stem)
    if let input = details.input, input.hasImageEnding {
      image = String(input)
    } else {
      image = options.images?.path(ofStem: stem, with: ImageHeaderReader()) ?? stem
    }
  }

  /// The frame's number; rows without one are all of one image, whose name is empty here.
  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let frame = columns.frame else { return UnsafeRawBufferPointer(rebasing: line[0..<0]) }
    let field = TextFields.field(frame, of: line, at: Self.mark)
    return field.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// As OpenFace's own folders of frames count them: NAME/frame_000001.
  func path(of name: String) -> String {
    guard !name.isEmpty else { return image }
    let number = Double(name).flatMap { Int(exactly: $0) }
    let digits = number.map(String.init) ?? name
    let padding = String(repeating: "0", count: max(0, 6 - digits.utf8.count))
    return "\(stem)/frame_\(padding)\(digits)"
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    fields.read(line, at: Self.mark)
    let least = columns.others.count + 2 * columns.points.count + columns.pose.count
    guard fields.count >= least else {
      throw RowProblem(expected: "at least \(least) fields", found: "\(fields.count)")
    }
    if draft.camera == nil, let intrinsics = details.intrinsics ?? assumedCamera(of: draft.path) {
      draft.camera = Camera(intrinsics: intrinsics, provenance: .datasetProjection)
    }
    // Without success, the numbers are those of an earlier frame or zero.
    if let success = columns.success, try number(success) == 0 { return }
    guard !columns.points.isEmpty || !columns.pose.isEmpty else {
      throw RowProblem(expected: "columns of points or a pose", found: "neither")
    }
    var face = FaceDraft()
    try readPoints(into: &face)
    try readPose(into: &face, &draft, place)
    // A pose that could not be used has been said.
    guard !face.points.isEmpty || face.hasPose else { return }
    if face.points.isEmpty { face.setWholeImage(draft.size ?? options.imageSize(of: draft.path)) }
    if let column = columns.confidence {
      let confidence = try number(column)
      if PlausibleRange.measure.contains(confidence) { face.attributes.score = confidence }
    }
    if let column = columns.face, let id = fields.integer(column) {
      face.add("face_id", .integer(id))
    }
    if let column = columns.frame {
      face.add("sequence", .text(stem))
      if let frame = fields.integer(column) { face.native.append(("frame", .integer(frame))) }
    }
    if options.keepsNative {
      for (name, place) in columns.others where place < fields.count {
        let number = fields.number(place).map { JSONValue.double($0) }
        face.native.append((name, number ?? .text(fields.text(place))))
      }
    }
    draft.faces.append(face)
  }

  /// OpenFace's camera of an image without calibration: a focal length of 500 pixels at 640 x 480, and the image's
  /// centre.
  private func assumedCamera(of path: String) -> Intrinsics? {
    guard let size = options.imageSize(of: path).map({ SIMD2<Double>($0) }) else { return nil }
    let focal = 500 * (size.x / 640 + size.y / 480) / 2
    return Intrinsics(focalLength: SIMD2(focal, focal), principalPoint: size / 2)
  }

  private func number(_ place: Int) throws(RowProblem) -> Double {
    guard place < fields.count, let number = fields.number(place) else {
      let found =
        place < fields.count ? "'\(String(fields.text(place).prefix(40)).printable)'" : "none"
      throw RowProblem(expected: "a number in column \(place + 1)", found: found)
    }
    return number
  }

  private func readPoints(into face: inout FaceDraft) throws(RowProblem) {
    guard !columns.points.isEmpty else { return }
    var points: [Landmarks.Point] = []
    points.reserveCapacity(columns.points.count)
    for (x, y) in columns.points {
      points.append(Landmarks.Point(SIMD2(try number(x), try number(y))))
    }
    face.landmarks = Landmarks(layout: .ibug68, points: points)
    face.points = points.map(\.position)
  }

  private func readPose(
    into face: inout FaceDraft, _ draft: inout ImageDraft, _ place: SourceLocation
  ) throws(RowProblem) {
    guard !columns.pose.isEmpty else { return }
    var n: [Double] = []
    for column in columns.pose { n.append(try number(column)) }
    let translation = SIMD3(n[0], n[1], n[2]) / 1000
    let angles = SIMD3(n[3], n[4], n[5])
    guard PlausibleRange.translation.contains(translation),
      PlausibleRange.rotation.contains(angles)
    else {
      draft.issues.append(
        RecordIssue(
          .missingPose, at: place,
          "pose: expected \(PlausibleRange.translation.text) in metres and \(PlausibleRange.rotation.text) in radians, found \(n.map(\.description).joined(separator: ", "))"
        ))
      return
    }
    let rotation = EulerConvention.aflw.rotation(
      of: EulerAngles(pitch: -angles.x, yaw: angles.y, roll: angles.z))
    face.pose = HeadPose(
      rotationVector: rotation.rotationVector, translation: translation, frame: .bfm,
      scale: .assumed, provenance: .prediction)
  }
}
