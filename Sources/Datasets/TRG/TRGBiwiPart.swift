internal import Codecs
internal import Geometry
internal import Rendering
internal import Schema

/// TRG's BIWI folder: frames, calibrations, and `annot_mtcnn_fan.pkl`, which is a dictionary (TARGETS §1.6):
///
///     img_path   list of 'NN/frame_FFFFF_rgb.png', in the records' order
///     pred_kpt   for each of them (68, 3) float64: x and y in pixels; z is 0, for it cancels
///     mesh       for each 'NN' {'vertices': (n, 3) float64 in millimetres, 'faces': (m, 3) int64}
///
/// The original's points are a network's. Only the smallest and largest x and y of them matter, as the sides of the
/// box that the loader cuts out.
struct TRGBiwiPart {
  private let folder: OutputFolder
  private var frames: BiwiWriter
  private let sources: [FileTree]
  /// The path of each frame, and its points, as they came.
  private let (paths, points): (Spool, Spool)
  /// The mesh of each sequence: the bytes of its vertices and faces, by their numbers in `shapes`.
  private var meshes: [(sequence: String, origin: String, number: Int)] = []
  private let shapes: Spool
  private(set) var counts = (own: 0, reprojected: 0)

  init(root: String, sources: [FileTree]) throws {
    let path = "\(root)/\(TRGRoot.Part.biwi.folder)"
    folder = OutputFolder(path)
    frames = BiwiWriter(folder: path)
    self.sources = sources
    (paths, points, shapes) = (try Spool(), try Spool(), try Spool())
  }

  var count: Int { counts.own + counts.reprojected }

  /// A record with the paths that its frame has in the part's folder, whatever folder its own are relative to; nil where
  /// it is no frame's, or of no sequence.
  private static func placed(_ record: ImageRecord) -> (record: ImageRecord, file: BiwiFile)? {
    guard let file = BiwiFile(record.image.path) else { return nil }
    let named = record.faces.lazy.flatMap(\.attributes.others)
      .first { $0.name == BiwiAttributes.sequence }?.value.text
    guard let sequence = named ?? file.folder.split(separator: "/").last.map(String.init),
      !sequence.isEmpty
    else { return nil }
    // TRG finds the pose by replacing 'rgb.png' in the image's name, whatever the image's format.
    let place = BiwiFile(folder: TRGRoot.name(sequence), stem: file.stem, kind: .png)
    var record = record
    record.image.path = place.path
    return (record, place)
  }

  /// Where a record's image goes in the part's folder.
  static func path(of record: ImageRecord) -> String? { placed(record)?.file.path }

  /// - Returns: false where the frame's sequence has another camera already.
  mutating func write(
    _ record: ImageRecord, _ image: StoredImage, points: [UInt8], isReprojected: Bool
  ) throws -> Bool {
    guard let (placed, file) = Self.placed(record) else { return false }
    do {
      try frames.write(placed, image: nil)
    } catch is BiwiWriter.Conflict {
      return false
    }
    try image.copy(to: folder.path(of: file.path))
    try paths.append(file.path.utf8)
    try self.points.append(points)
    if !meshes.contains(where: { $0.sequence == file.folder }) {
      try addMesh(of: file.folder, folder: BiwiFile(record.image.path)?.folder ?? "")
    }
    if isReprojected { counts.reprojected += 1 } else { counts.own += 1 }
    return true
  }

  mutating func finish() throws {
    guard count > 0 else { return }
    let pickle = try PickleWriter(folder.file("annot_mtcnn_fan.pkl"))
    func path(_ i: Int) throws -> String { String(decoding: try paths[i], as: UTF8.self) }
    try pickle.dictionary {
      try pickle.text("img_path")
      try pickle.list { for i in 0..<paths.count { try pickle.text(path(i)) } }
      try pickle.text("mesh")
      try pickle.dictionary {
        for mesh in meshes {
          try pickle.text(mesh.sequence)
          try pickle.dictionary {
            let (vertices, faces) = (try shapes[mesh.number], try shapes[mesh.number + 1])
            try pickle.text("vertices")
            try pickle.array(type: "<f8", shape: [vertices.count / 24, 3], data: vertices)
            try pickle.text("faces")
            try pickle.array(type: "<i8", shape: [faces.count / 24, 3], data: faces)
          }
        }
      }
      try pickle.text("pred_kpt")
      try pickle.dictionary {
        for i in 0..<paths.count {
          try pickle.text(path(i))
          try pickle.array(type: "<f8", shape: [68, 3], data: points[i])
        }
      }
    }
    try pickle.finish()
  }

  /// What `dataset.json` says of it.
  var description: JSONValue {
    .object([
      ("frames", .integer(count)),
      (
        "points",
        .object([
          ("annotated", .integer(counts.own)), ("reprojected", .integer(counts.reprojected)),
        ])
      ),
      ("meshes", .object(meshes.map { ($0.sequence, .text($0.origin)) })),
    ])
  }
}

// MARK: Meshes

extension TRGBiwiPart {
  /// Keeps the sequence's own mesh where a source has it, and our head's outline elsewhere.
  private mutating func addMesh(of sequence: String, folder: String) throws {
    let own = try ownMesh(of: sequence, folder: folder)
    let mesh = own.mesh ?? Self.head
    let vertices = mesh.vertices.flatMap { [$0.x, $0.y, $0.z] }
    let number = try shapes.append(vertices.littleEndianBytes)
    let corners = mesh.triangles.flatMap { [Int64($0.x), Int64($0.y), Int64($0.z)] }
    try shapes.append(corners.littleEndianBytes)
    meshes.append((sequence, own.origin, number))
  }

  /// The sequence's `NN.obj`, which stands beside its folder, and where it comes from; no mesh, and why, where there is
  /// none that can be used.
  private func ownMesh(
    of sequence: String, folder: String
  ) throws -> (mesh: (vertices: [SIMD3<Double>], triangles: [SIMD3<Int32>])?, origin: String) {
    let file = (folder.isEmpty ? sequence : folder) + ".obj"
    let substitute = "the outline of sixdof's head"
    guard let source = sources.first(where: { $0.contains(file) }) else {
      return (nil, "\(substitute), for no source has \(file)")
    }
    do {
      let mesh = try source.withBytes(of: file, limit: 64 << 20) {
        try Mesh(obj: $0, name: file)
      }
      guard !mesh.triangles.isEmpty,
        mesh.vertices.allSatisfy({ PlausibleRange.translation.contains($0) })
      else {
        return (
          nil, "\(substitute), for \(file) has no triangles, or numbers that are not finite"
        )
      }
      return ((mesh.vertices, mesh.triangles), file)
    } catch let error as MeshError {
      return (nil, "\(substitute), for \(error)")
    }
  }

  /// The outline of our head around img2pose's mean face, in millimetres in BIWI's frame.
  private static let head: (vertices: [SIMD3<Double>], triangles: [SIMD3<Int32>]) = {
    let outline = HeadMesh(landmarks: Schema.MeanFace.ibug68Points).outline
    let origin = HeadPose(rotationVector: .zero, translation: .zero, frame: .biwiHead)
      .converted(to: .bfm)?.translation
    let vertices = outline.vertices.map { 1000 * (SIMD3<Double>($0) + (origin ?? .zero)) }
    let triangles = (0..<outline.triangles.count).map {
      SIMD3<Int32>(truncatingIfNeeded: outline.triangles[$0])
    }
    return (vertices, triangles)
  }()
}

extension BiwiContent {
  /// img2pose's mean face as the pose places it in the image, in pixels; nil where it is not wholly before the camera,
  /// or the pose's object frame is a user's own.
  var projectedMeanFace: [SIMD2<Double>]? {
    let head = HeadPose(
      rotationVector: seen.rotation.rotationVector, translation: seen.translation, frame: frame)
    guard let pose = head.converted(to: .bfm)?.extrinsics else { return nil }
    var pixels: [SIMD2<Double>] = []
    for point in Schema.MeanFace.ibug68Points {
      let place = pose.applied(to: point)
      guard place.z > 1e-3 else { return nil }
      let pixel = intrinsics.projection(of: place)
      guard PlausibleRange.coordinate.contains(pixel) else { return nil }
      pixels.append(pixel)
    }
    return pixels
  }
}
