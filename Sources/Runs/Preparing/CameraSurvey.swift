internal import Codecs
internal import Datasets
internal import Geometry
public import Labelling
internal import Pipeline
internal import Schema

/// Estimates the focal lengths of the cameras that took records' images, by the perspective of the faces in them.
///
/// Images of one size are taken to be one camera's. It says what it found of each camera, and where it found nothing.
public struct CameraSurvey {
  /// The records: a file, as they are read twice.
  public var path: String
  /// How poses will be fitted: with which face, and whose poses are replaced.
  public var labelling: LabellingOptions
  /// How the run goes about its work.
  public var settings: RunSettings

  /// - Parameters:
  ///   - path: the records: a file, as they are read twice.
  ///   - labelling: how poses will be fitted.
  ///   - settings: how the run goes about its work.
  public init(_ path: String, _ labelling: LabellingOptions, settings: RunSettings) {
    (self.path, self.labelling, self.settings) = (path, labelling, settings)
  }

  /// A camera is estimated from so many faces, or from a selfie.
  private static let fewestFaces = 5
  /// So many say enough: the estimate is then as uncertain as the face model.
  private static let mostFaces = 100
  /// A face that spans so much of the image's shorter side was taken from within an arm's length or two.
  private static let selfieShare = 0.4
  /// Width plus height is off by as much in the middle of many cameras: half an octave.
  private static let greatestSigma = 0.35
  /// So many cameras are told one by one.
  private static let mostTold = 10

  /// One camera's faces.
  private struct Faces: Sendable {
    /// The rows that hold them.
    var rows: [Int] = []
    /// How many there are in all.
    var count = 0
    var hasSelfie = false
  }

  private struct Key: Hashable, Sendable {
    var size: CameraEstimates.Size
    var layout: Landmarks.Layout
  }

  /// The cameras, once all records were read.
  ///
  /// - Throws: `RunFailure` where the face model is not one that was learnt from landmarks; errors of reading.
  public func cameras(_ context: RunContext) throws -> CameraChoice {
    guard labelling.models.identitySigma != nil else {
      throw RunFailure(
        "estimated cameras: expected a face model that calibrate wrote, as others make them worse than a guess, found another",
        reason: .call, remedy: .calibratedFace)
    }
    var tables: [Landmarks.Layout: (model: FaceModel, faces: CalibrationFaces)] = [:]
    var groups: [Key: Faces] = [:]
    try RecordPass(settings: settings, stop: context.stop, keepsNative: false).run(
      over: try RecordFile(path: path, shards: .whole), count: { _ in }
    ) { try add($1, to: &tables, &groups) }
    let read = try tables.mapValues { ($0.model, try $0.faces.table()) }
    let known = try estimates(of: groups, read, context)
    tell(known, groups, context)
    return .estimated(CameraEstimates(known))
  }

  private func add(
    _ record: ImageRecord,
    to tables: inout [Landmarks.Layout: (model: FaceModel, faces: CalibrationFaces)],
    _ groups: inout [Key: Faces]
  ) throws {
    guard let width = record.image.width, let height = record.image.height,
      labelling.replacesPoses || record.camera?.isAssumed != false
    else { return }
    let camera = Intrinsics.widthPlusHeight(width, height)
    for face in record.faces {
      guard let landmarks = face.landmarks, let (model, points) = labelling.models.match(landmarks)
      else { continue }
      let key = Key(size: CameraEstimates.Size(width, height), layout: model.layout)
      var faces = groups[key] ?? Faces()
      let side = max(face.box.right - face.box.left, face.box.bottom - face.box.top)
      faces.hasSelfie = faces.hasSelfie || side >= Self.selfieShare * Double(min(width, height))
      faces.count += 1
      if faces.rows.count < Self.mostFaces {
        let table =
          try tables[model.layout] ?? (model, CalibrationFaces(layout: model.layout))
        tables[model.layout] = table
        faces.rows.append(table.faces.count)
        try table.faces.add(points, camera, rotation: nil)
      }
      groups[key] = faces
    }
  }

  private typealias Table = (model: FaceModel, faces: CalibrationFaces.Table)

  /// Of a camera whose faces have landmarks of several layouts, those of the layout that most have.
  private func estimates(
    of groups: [Key: Faces], _ tables: [Landmarks.Layout: Table], _ context: RunContext
  ) throws -> [CameraEstimates.Size: FocalLengthEstimate] {
    let usable = groups.filter { $1.count >= Self.fewestFaces || $1.hasSelfie }
      .sorted {
        ($1.value.count, $0.key.layout.rawValue) < ($0.value.count, $1.key.layout.rawValue)
      }
    var (known, next): ([CameraEstimates.Size: FocalLengthEstimate], Int) = ([:], 0)
    try mapInOrder(
      workers: settings.jobs, window: 2 * settings.jobs, makeContext: {},
      source: { () -> (key: Key, faces: Faces, table: Table)? in
        try context.stop.check()
        guard next < usable.count, let table = tables[usable[next].key.layout] else { return nil }
        defer { next += 1 }
        return (usable[next].key, usable[next].value, table)
      },
      transform: { [uncertainty = labelling.uncertainty] _, group in
        var estimator = FocalLengthEstimator(model: group.table.model, uncertainty: uncertainty)
        let faces = group.table.faces
        let rows = group.faces.rows
        return faces.withFaces(0..<faces.count) { all in
          (group.key.size, estimator.estimate(faces: rows.count) { all.landmark(rows[$0], $1)?.0 })
        }
      },
      sink: { size, found in
        guard known[size] == nil, let found, found.sigma <= Self.greatestSigma else { return }
        known[size] = found
      })
    return known
  }

  private func tell(
    _ known: [CameraEstimates.Size: FocalLengthEstimate], _ groups: [Key: Faces],
    _ context: RunContext
  ) {
    let told = known.sorted {
      ($1.value.faces, $0.key.longer, $0.key.shorter)
        < ($0.value.faces, $1.key.longer, $1.key.shorter)
    }
    for (size, found) in told.prefix(Self.mostTold) {
      let focal = found.factor * Double(size.longer + size.shorter)
      context.say(
        "camera    \(size.longer)x\(size.shorter): focal length \(focal.printed("%.0f")) px, \(found.factor.printed("%.2f")) of width + height, uncertain by \((100 * found.sigma).printed("%.0f")) %; from \(counted(found.faces, "face"))"
      )
    }
    if told.count > Self.mostTold {
      context.say("camera    and \(told.count - Self.mostTold) more sizes")
    }
    let others = groups.filter { known[$0.key.size] == nil }
    if !others.isEmpty {
      let faces = others.values.reduce(0) { $0 + $1.count }
      let sizes = Set(others.keys.map(\.size)).count
      context.say(
        "camera    width + height is assumed for \(counted(sizes, "size")) of images with \(counted(faces, "face")): too few faces, or too far away to tell"
      )
    }
  }
}
