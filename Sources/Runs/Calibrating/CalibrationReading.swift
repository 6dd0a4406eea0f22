internal import Codecs
internal import Datasets
internal import Geometry
internal import Labelling
internal import Schema

/// Takes the faces from records that a mean face can be learnt from, and counts those that it cannot.
struct CalibrationReading {
  private let models: FaceModelSet
  private let camera: CameraChoice?
  private var bins: [Bin] = []
  /// Hashes of the faces that were taken, by their record's id and their box.
  private var known: Set<UInt64> = []
  private(set) var tally = Tally()
  private(set) var leftOut = ReasonCounts()

  /// The faces of one layout.
  struct Bin {
    /// The known face.
    let start: FaceModel
    /// Faces with an annotated pose, and the others.
    let posed: CalibrationFaces
    let unposed: CalibrationFaces
    /// The object frames of the annotated poses.
    fileprivate(set) var frames = FrameCounts()
    fileprivate var solver: LeastSquaresPoseSolver

    fileprivate init(_ model: FaceModel) throws {
      start = model
      posed = try CalibrationFaces(layout: model.layout)
      unposed = try CalibrationFaces(layout: model.layout)
      solver = LeastSquaresPoseSolver(
        model: model.points, interocularDistance: model.interocularDistance)
    }

    var count: Int { posed.count + unposed.count }
  }

  init(models: FaceModelSet, camera: CameraChoice?) {
    (self.models, self.camera) = (models, camera)
  }

  /// Reads a file of records to its end.
  mutating func read(_ path: String, _ settings: RunSettings, _ context: RunContext) throws {
    let file = try RecordFile(path: path, shards: .whole)
    try RecordPass(settings: settings, stop: context.stop, keepsNative: false).run(
      over: file, count: { try tally.count($0, isStrict: settings.isStrict) }
    ) { _, record in
      tally.add(record)
      try add(record)
    }
  }

  private mutating func add(_ record: ImageRecord) throws {
    guard let intrinsics = intrinsics(of: record) else {
      return leftOut.add("faces without a camera", count: record.faces.count)
    }
    for face in record.faces {
      let name = XXH128(of: "\(record.id)\0\(face.box)")
      guard known.insert(name.low).inserted else {
        // As another person it would make all others count less.
        leftOut.add("faces that were read before, by id and box")
        continue
      }
      try add(face, intrinsics)
    }
  }

  /// A named camera stands in place of an assumed one, and an annotation's own projection in place of a made-up one, as
  /// where label fits anew.
  private func intrinsics(of record: ImageRecord) -> Intrinsics? {
    let choice = camera ?? .usual(inPlaceOf: record.camera)
    if let present = record.camera {
      let isReplaced = camera == nil ? present.provenance == .weakPerspective : present.isAssumed
      if !isReplaced { return present.intrinsics }
    }
    return choice.camera(for: record.image)?.intrinsics
  }

  private mutating func add(_ face: Face, _ camera: Intrinsics) throws {
    guard let landmarks = face.landmarks else { return leftOut.add("faces without landmarks") }
    guard let (model, points) = models.match(landmarks) else {
      return leftOut.add("faces with landmarks of another layout")
    }
    let i = bins.firstIndex { $0.start.layout == model.layout } ?? bins.count
    if i == bins.count { bins.append(try Bin(model)) }
    guard bins[i].explains(points, camera) else {
      return leftOut.add("faces whose landmarks are those of no face")
    }
    if let pose = face.pose, pose.provenance == .annotation {
      bins[i].frames.add(pose.frame)
      try bins[i].posed.add(points, camera, rotation: pose.rotationVector)
    } else {
      try bins[i].unposed.add(points, camera, rotation: nil)
    }
  }

  /// The faces of the layout that most have. The others count as left out.
  mutating func mostFaces() -> Bin? {
    guard let most = bins.max(by: { $0.count < $1.count }) else { return nil }
    for bin in bins where bin.start.layout != most.start.layout {
      leaveOut(bin.count, "faces with landmarks of another layout")
    }
    return most
  }

  /// Counts faces that are not used after all.
  mutating func leaveOut(_ count: Int, _ reason: String) {
    leftOut.add(reason, count: count)
  }
}

extension CalibrationReading.Bin {
  /// Whether the known face explains landmarks at all.
  fileprivate mutating func explains(_ landmarks: Landmarks, _ camera: Intrinsics) -> Bool {
    var isExplained = false
    let scale = camera.focalLength.x * start.interocularDistance
    solver.fit(
      faces: 1, camera: { _ in camera },
      landmark: { _, point in landmarks.position(point).map { ($0, 1) } }
    ) { _, fit in
      guard let fit else { return }
      let depth = fit.extrinsics.translation.z
      isExplained =
        fit.reprojectionError * depth <= FitQuality.unlikeAnyFace * scale
    }
    return isExplained
  }
}
