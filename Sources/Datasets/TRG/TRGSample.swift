public import Codecs
public import Geometry
public import Schema

/// A sample as TRG's loaders give it to the network, without augmentation (TARGETS §1.3, §1.5, §1.6), made of what
/// `TRGWriter` writes.
///
/// Points are in 0-based pixels of the image, poses in OpenCV's axes and metres.
public struct TRGSample: Sendable {
  /// The crop's sides, in pixels.
  public static let side = 192

  /// The part of `TRGRoot` that the sample is in: "ARKitFace", "300W_LP" or "BIWI".
  public let dataset: String
  /// What is cut out of the image; its right and bottom become the crop's last column and row.
  public let region: IntegerBox
  /// Width and height of the image, in pixels.
  public let imageSize: SIMD2<Int>
  /// `K`, the image's camera.
  public let camera: Intrinsics
  /// `R_t`; nil where the class gives the identity and says so by `has_rot`.
  public let pose: Extrinsics?
  /// The object frame of `pose`.
  public let frame: HeadPose.Frame
  /// `vtx_img`, the projected mesh; empty where the class has none and says so by `has_3d_vtx`.
  public let vertices: [SIMD2<Double>]
  /// `lmk68_full`; of BIWI only their box counts.
  public let landmarks: [SIMD2<Double>]
  /// `lmk68_crop`, from -1 to 1 over the crop, and how much each counts; nil for BIWI.
  public let cropLandmarks: [SIMD3<Double>]?
  /// From the image's pixels to the crop's, by which the picture is warped.
  public let map: PlanarMap

  /// `K_crop`. It scales by the region's width alone, and to 192 where the picture is scaled to 191.
  public var cropCamera: Intrinsics {
    camera.cropped(
      corner: SIMD2(Double(region.left), Double(region.top)), side: Double(region.width),
      size: Double(Self.side))
  }

  /// The sample of a record and its image; arrays that the record only names are looked up in the datasets `sources`.
  ///
  /// - Throws: `LeftOutSample`, `RejectedRecord`; errors of reading.
  public init(of record: ImageRecord, image: StoredImage, sources: [FileTree]) throws {
    let encoder = TRGEncoder(
      stored: ARKitFaceStoredArrays(sources: sources), hasMeshTables: true, points: .automatic)
    let size = SIMD2(image.header.width, image.header.height)
    switch try encoder.encode(record, image: image).content {
    case .leftOut(let reason): throw LeftOutSample(reason)
    case .arkitFace(let info): try self.init(arkitFace: info, size)
    case .landmarks(let files): try self.init(files, isFlip: TRGLandmarkFiles.isFlip(record), size)
    case .biwi(let points, _): try self.init(biwi: points, record, size)
    }
  }

  private init(arkitFace info: [UInt8], _ size: SIMD2<Int>) throws {
    imageSize = size
    camera = ARKitFaceProjection.camera(width: size.x, height: size.y)
    let (geometry, vertices) = try info.withUnsafeBytes { [camera] bytes in
      try NPZFile(bytes).withArrays(limit: 1 << 20) { arrays in
        let geometry = try ARKitFaceGeometry(arrays, camera: camera)
        func numbers(_ name: String) throws -> [Double] {
          try arrays.first { $0.name == name }?.array.get().doubles ?? []
        }
        let map = AffineMap(rowTransform: try numbers("R_t"), axes: .openGL)
        let numbers = try numbers("verts")
        return (
          geometry,
          stride(from: 0, to: numbers.count, by: 3).map {
            camera.projection(
              of: map.applied(to: SIMD3(numbers[$0], numbers[$0 + 1], numbers[$0 + 2])))
          }
        )
      }
    }
    (dataset, frame, pose, self.vertices) = (
      "ARKitFace", .arkit, geometry.pose, vertices
    )
    landmarks = geometry.landmarks.allPositions
    (region, map) = try Self.crop(around: landmarks, movedInside: nil)
    let corner = SIMD2(Double(region.left), Double(region.top))
    let scale = Double(Self.side) / Double(region.width)
    cropLandmarks = landmarks.map {
      SIMD3(($0 - corner) * scale / Double(Self.side) * 2 - 1, 1)
    }
  }

  private init(_ files: TRGLandmarkFiles, isFlip: Bool, _ size: SIMD2<Int>) throws {
    let numbers = files.points.first { $0.name == "pts_3d" }?.doubles ?? []
    guard numbers.count == 136 else {
      throw LeftOutSample("images whose pts_3d has not 68 points")
    }
    var points = Landmarks(
      layout: .ibug68,
      points: (0..<68).map { Landmarks.Point(SIMD2(numbers[2 * $0], numbers[2 * $0 + 1])) })
    // The file is that of the original, which the class mirrors.
    if isFlip { points = points.mirrored(imageWidth: size.x) }
    imageSize = size
    (dataset, frame, pose, vertices) = ("300W_LP", .bfm, nil, [])
    landmarks = points.allPositions
    camera = Intrinsics(
      focalLength: SIMD2(repeating: 5000),
      principalPoint: SIMD2(Double(size.x), Double(size.y)) / 2)
    (region, map) = try Self.crop(around: landmarks, movedInside: size)
    let side = Double(Self.side)
    cropLandmarks = landmarks.map { [map] in
      let place = map.applied(to: $0)
      let isInside = place.min() >= 0 && place.max() < side
      return SIMD3(place / side * 2 - 1, isInside ? 1 : 0)
    }
  }

  private init(biwi points: [UInt8], _ record: ImageRecord, _ size: SIMD2<Int>) throws {
    guard let content = BiwiContent(record) else { throw LeftOutSample("images without a pose") }
    let numbers = points.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 8).map {
        Double(
          bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
        )
      }
    }
    imageSize = size
    (dataset, frame, pose, vertices) = ("BIWI", content.frame, content.seen, [])
    (camera, cropLandmarks) = (content.intrinsics, nil)
    landmarks = stride(from: 0, to: numbers.count, by: 3).map {
      SIMD2(numbers[$0], numbers[$0 + 1])
    }
    (region, map) = try Self.crop(around: landmarks, movedInside: size)
  }

  private static func crop(
    around points: [SIMD2<Double>], movedInside size: SIMD2<Int>?
  ) throws(LeftOutSample) -> (IntegerBox, PlanarMap) {
    guard var square = LandmarkSquare(around: points) else {
      throw LeftOutSample("images whose landmarks are far beyond any image")
    }
    if let size { square.moveInside(size) }
    guard let map = LandmarkSquare.map(of: square.region, to: side) else {
      throw LeftOutSample("images whose landmarks span less than a pixel")
    }
    return (square.region, map)
  }
}
