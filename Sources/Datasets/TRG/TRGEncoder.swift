public import Codecs
internal import Geometry
public import Schema

/// Makes of a record what TRG's loaders read of it, but for the image, which is copied as it is.
public struct TRGEncoder: RecordEncoder {
  /// One record's files; opaque, for `TRGWriter` alone writes them.
  public struct Sample: Sendable {
    enum Content: Sendable {
      /// The bytes of its `_info.npz`.
      case arkitFace(info: [UInt8])
      case landmarks(TRGLandmarkFiles)
      /// 68 x 3 float64 numbers for `pred_kpt`, and whether they are the record's own.
      case biwi(points: [UInt8], isReprojected: Bool)
      /// Why the record has no place in the root: "images without ...".
      case leftOut(String)
    }

    var record: ImageRecord
    var image: StoredImage
    var content: Content
  }

  let stored: ARKitFaceStoredArrays
  let hasMeshTables: Bool
  let points: ExportOptions.Points

  /// - Throws: `RejectedRecord` where the record's arrays cannot be read, or are not a face's; `MissingImages`;
  ///   `MissingMeshTables`.
  public func encode(_ record: ImageRecord, image: StoredImage?) throws -> Sample {
    guard let image else { throw MissingImages() }
    let content: Sample.Content =
      switch TRGRoot.Part(of: record) {
      case .arkitFace: try arkitFace(record, image)
      case .landmarks: TRGLandmarkFiles.content(of: record, image)
      case .biwi: biwi(record)
      }
    return Sample(record: record, image: image, content: content)
  }

  // MARK: ARKitFace

  private func arkitFace(
    _ record: ImageRecord, _ image: StoredImage
  ) throws -> Sample.Content {
    guard hasMeshTables else { throw MissingMeshTables() }
    guard ARKitFacePaths.hasPlainName(record) else {
      return .leftOut("images without a subject, an action and an id of their own")
    }
    guard let face = record.faces.first else { return .leftOut("images without a face") }
    guard face.pose != nil else { return .leftOut("images without a pose") }
    guard face.nativeArrays.contains(where: { $0.name == "verts" }) else {
      return .leftOut("images without vertices ('verts')")
    }
    do {
      let info = try Self.info(of: stored.arrays(of: face))
      try Self.check(
        info, ARKitFaceProjection.camera(width: image.header.width, height: image.header.height))
      return .arkitFace(info: info)
    } catch let error as NPYError {
      throw RejectedRecord(
        RecordIssue(.malformedRecord, at: record.location, "\(error)"))
    } catch {
      throw RejectedRecord(
        RecordIssue(
          .unreadableFile, at: record.location,
          "arrays: expected a readable file, found: \(RecordIssue.reason(error))"))
    }
  }

  /// `verts` and `R_t` in float32: TRG's batches mix samples, and its product of `R_t` and vertices wants one type.
  private static func info(of arrays: [ARKitFaceStoredArrays.Stored]) throws -> [UInt8] {
    var file = NPZWriter()
    for name in ["verts", "R_t"] {
      guard let array = arrays.first(where: { $0.name == name }) else { continue }
      let single = try array.withArray { array throws -> [UInt8] in
        guard array.element.kind == .float else {
          throw NPYError(
            name: name, detail: "expected float32 or float64, found \(array.element.name)")
        }
        if array.element.width == 4 { return array.littleEndianBytes }
        return array.doubles.map { Float($0) }.littleEndianBytes
      }
      file.add(name, npy: NPY.file(type: "<f4", shape: array.shape, data: single))
    }
    return file.finished()
  }

  /// Checks that a reader gets a face before the camera from the file.
  private static func check(_ info: [UInt8], _ camera: Intrinsics) throws {
    try info.withUnsafeBytes { bytes in
      try NPZFile(bytes).withArrays(limit: 1 << 20) {
        _ = try ARKitFaceGeometry($0, camera: camera)
      }
    }
  }

  // MARK: BIWI

  private func biwi(_ record: ImageRecord) -> Sample.Content {
    guard TRGBiwiPart.path(of: record) != nil else {
      return .leftOut("images without a sequence and a frame in their path")
    }
    guard let content = BiwiContent(record) else {
      let lacks = record.faces.isEmpty ? "a face" : record.camera == nil ? "a camera" : "a pose"
      return .leftOut("images without \(lacks)")
    }
    if points != .reprojected,
      let positions = record.faces.lazy.compactMap(\.landmarks?.sixtyEightPoints).first
    {
      return .biwi(points: Self.bytes(positions), isReprojected: false)
    }
    guard points != .annotated else { return .leftOut("images without 68 landmarks") }
    guard let positions = content.projectedMeanFace else {
      return .leftOut("images whose mean face cannot be projected")
    }
    return .biwi(points: Self.bytes(positions), isReprojected: true)
  }

  /// 68 rows of x, y and a depth of 0, which cancels in the loader (TARGETS §1.6).
  private static func bytes(_ positions: [SIMD2<Double>]) -> [UInt8] {
    positions.flatMap { [$0.x, $0.y, 0] }.littleEndianBytes
  }
}

/// The error for records of ARKitFace where the tables are not given from which `flip_index.npy` is made.
public struct MissingMeshTables: Error, CustomStringConvertible {
  /// The error, whose text is always the same.
  public init() {}

  public var description: String {
    "records of ARKitFace: expected the mesh tables, from which flip_index.npy is made, found none named"
  }
}
