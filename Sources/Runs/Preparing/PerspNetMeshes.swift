internal import Codecs
internal import Datasets
internal import Labelling
internal import Schema
internal import Shards

/// Makes of records' meshes and images what layout `perspnet` stores. One a thread.
struct PerspNetMeshes {
  /// What all threads share.
  struct Tables: Sendable {
    var tables: ARKitFaceTables
    /// Where arrays are looked up that records only name.
    var sources: [FileTree]
  }

  private let arrays: ARKitFaceStoredArrays
  private var targets: PerspNetTargets
  private let cropper: ImageCropper

  init(_ shared: Tables, limit: PixelLimit) {
    arrays = ARKitFaceStoredArrays(sources: shared.sources)
    targets = PerspNetTargets(shared.tables)
    cropper = ImageCropper(limit: limit)
  }

  /// - Throws: `RejectedSample` where the record has no mesh that can be used; errors of reading.
  mutating func face(of record: ImageRecord, _ image: StoredImage) throws -> PerspNetFace {
    guard let face = record.faces.first, let camera = record.camera, !camera.isAssumed else {
      throw RejectedSample(
        .missingAnnotation, "face: expected one with the dataset's camera, found none")
    }
    guard record.faces.count == 1 else {
      throw RejectedSample(
        .conflictingAnnotation, "faces: expected one an image, found \(record.faces.count)")
    }
    let mesh: (vertices: [SIMD3<Double>], matrix: [Double])
    do {
      mesh = try arrays.mesh(of: face)
    } catch let error as NPYError {
      throw RejectedSample(.unreadableArray, "\(error)")
    }
    guard face.pose?.translation != nil else {
      throw RejectedSample(
        .missingPose,
        "face: expected a pose with a translation, found none; the mesh is placed by it")
    }
    var made: PerspNetFace
    do throws(PerspNetTargets.Refusal) {
      made = try targets.face(
        mesh.vertices, matrix: mesh.matrix, camera: camera.intrinsics,
        imageSize: SIMD2(image.header.width, image.header.height))
    } catch {
      throw RejectedSample(error)
    }
    try cut(&made, from: image)
    return made
  }

  private func cut(_ face: inout PerspNetFace, from image: StoredImage) throws {
    let (columns, rows) = PerspNetTargets.window(of: face)
    do {
      let piece = try image.bytes().withUnsafeBytes {
        try cropper.piece(of: $0, format: image.header.format, columns: columns, rows: rows)
      }
      (face.image, face.imageOrigin) = (piece.file, SIMD2(piece.left, piece.top))
    } catch let error as ImageError {
      throw RejectedSample(.truncatedImage, "image: \(error)")
    }
  }
}

extension RejectedSample {
  init(_ refusal: PerspNetTargets.Refusal) {
    switch refusal {
    case .mesh(let detail): self.init(.malformedRecord, detail)
    case .behindCamera(let detail): self.init(.conflictingAnnotation, detail)
    case .outsideImage(let detail): self.init(.boxOutsideImage, detail)
    }
  }
}
