internal import Geometry
internal import Schema

/// What the page shows of one face.
struct ReportedFace: Sendable {
  /// What a face is drawn from where there is no picture, in pixels of the image.
  struct Drawing: Sendable {
    /// Positions in the layout's order; nil for a missing point.
    var landmarks: [SIMD2<Double>?] = []
    /// The projected origin and the ends of the x, y and -z axes; empty without a pose in front of the camera.
    var axes: [SIMD2<Double>] = []
  }

  /// The length of the axes, in metres.
  private static let axisLength = 0.07
  /// That of 300W-LP, as everywhere where yaw is named without another convention.
  static let convention = EulerConvention.aflw

  var record: ReportedRecord
  /// The face's index in the record, from 0.
  var index: Int
  var box: BoundingBox
  var drawing: Drawing?
  /// In degrees, by `convention`.
  var angles: EulerAngles?
  /// In metres, in the camera's axes.
  var translation: SIMD3<Double>?
  /// The reprojection error in fractions of the interocular distance.
  var residual: Double?
  /// The bytes of a JPEG file.
  var portrait: [UInt8]?

  init(_ record: ImageRecord, face index: Int, named reference: ReportedRecord) {
    let face = record.faces[index]
    self.record = reference
    self.index = index
    box = face.box
    angles = face.pose.map { Self.convention.angles(of: $0.rotation).inDegrees }
    translation = face.pose?.translation
    residual = face.fit?.relativeError
  }

  /// The drawing of a record's face.
  static func drawing(of record: ImageRecord, face index: Int) -> Drawing {
    let face = record.faces[index]
    var drawing = Drawing()
    if let landmarks = face.landmarks {
      drawing.landmarks = (0..<landmarks.count).map { landmarks.position($0) }
    }
    guard let pose = face.pose?.extrinsics, pose.translation.z > 0, let camera = camera(of: record)
    else { return drawing }
    let ends: [SIMD3<Double>] = [.zero, [1, 0, 0], [0, 1, 0], [0, 0, -1]]
    let points = ends.map { pose.applied(to: axisLength * $0) }
    guard points.allSatisfy({ $0.z > 0 }) else { return drawing }
    drawing.axes = points.map { camera.projection(of: $0) }
    return drawing
  }

  private static func camera(of record: ImageRecord) -> Intrinsics? {
    if let camera = record.camera { return camera.intrinsics }
    guard let width = record.image.width, let height = record.image.height else { return nil }
    return .widthPlusHeight(width, height)
  }
}
