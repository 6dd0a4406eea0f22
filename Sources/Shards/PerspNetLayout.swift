internal import Codecs
internal import Geometry
internal import Schema

extension ShardLayout {
  /// What `Scripts/python/perspnet/sixdof_dataset.py` makes PerspNet's samples of (TARGETS §2.8): MessagePack maps of
  ///
  ///     id, path         of the record
  ///     image            a JPEG or PNG file of the piece of the image about the face
  ///     size             width and height of the whole image, in pixels
  ///     origin           the column and row of the whole image that are the piece's first
  ///     vertices, R_t    float32, (1220, 3) and (4, 4), in the files' axes: y up, z toward the viewer, metres
  ///     camera           fx, fy, cx, cy, in pixels
  ///     region           left, top, right, bottom of the loader's crop without augmentation
  ///     centre           x and y of the middle of the 68 points' box, and its longer side
  ///     landmarks        float64, (68, 2)
  ///     mask_box         left, top, right, bottom; the last column and row are one less
  ///     triangles        uint16: the triangle seen at the pixels of mask_box, row after row, one a run of equal ones; 65535
  ///                      where the mask is 0
  ///     lengths          uint8: how many pixels each run has; absent where an older program packed the sample, whose
  ///                      triangles are those of all pixels as a raw deflate stream
  ///
  /// Arrays are little-endian, in C order. Pixels are those of the whole image.
  public static let perspNet = {
    var layout = ShardLayout(
      "perspnet", form: "a map of image, vertices, R_t and triangles",
      image: {
        guard $0["vertices"] != nil, $0["R_t"] != nil, $0["triangles"] != nil,
          case .binary(let image)? = $0["image"]
        else { return nil }
        return image
      },
      encode: encodeMesh, decode: decodeMesh)
    layout.needsMeshes = true
    return layout
  }()

  @Sendable private static func encodeMesh(
    _ record: ImageRecord, _ imageBytes: Int, _ targets: any SampleTargets,
    _ writer: MessagePackWriter
  ) throws -> EncodedSample {
    let face = try targets.perspNetFace(of: record)
    writer.writeMap(count: 14)
    writer.member("id", record.id)
    writer.member("path", record.image.path)
    writer.member("image", binary: face.image)
    writer.member("size", [face.imageSize.x, face.imageSize.y])
    writer.member("origin", [face.imageOrigin.x, face.imageOrigin.y])
    writer.member(
      "vertices", binary: face.vertices.flatMap { [$0.x, $0.y, $0.z] }.littleEndianBytes)
    writer.member("R_t", binary: face.matrix.littleEndianBytes)
    let (f, c) = (face.camera.focalLength, face.camera.principalPoint)
    writer.member("camera", [f.x, f.y, c.x, c.y])
    writer.member("region", face.region.sides)
    writer.member("centre", [face.centre.x, face.centre.y, face.extent])
    writer.member("landmarks", binary: face.landmarks.flatMap { [$0.x, $0.y] }.littleEndianBytes)
    writer.member("mask_box", face.maskBox.sides)
    let runs = TriangleRuns(of: face.triangles)
    writer.member("triangles", binary: runs.triangles.littleEndianBytes)
    writer.member("lengths", binary: runs.lengths)
    var sample = EncodedSample(head: writer.bytes, faceCount: 1)
    (sample.ownImageBytes, sample.loaderFault) = (face.image.count, face.loaderFault)
    return sample
  }

  /// The record is that of the piece of the image, in its pixels.
  @Sendable private static func decodeMesh(
    _ value: MessagePackValue, _ image: Range<Int>
  ) throws(SampleFault) -> StoredSample {
    func numbers(_ name: String, _ count: Int) throws(SampleFault) -> [Double] {
      let found = value[name]?.elements?.compactMap(\.number) ?? []
      guard found.count == count, found.allSatisfy(PlausibleRange.coordinate.contains) else {
        throw SampleFault(
          .form,
          "\(name): expected \(count) numbers under 1e9 in size, found \(value[name]?.kind ?? "none")"
        )
      }
      return found
    }
    func size(_ name: String) -> Int? {
      if case .binary(let range)? = value[name] { range.count } else { nil }
    }
    for (name, count) in [
      ("vertices", 12 * ARKitFaceTables.vertexCount), ("R_t", 64), ("landmarks", 16 * 68),
    ]
    where size(name) != count {
      throw SampleFault(
        .form, "\(name): expected \(count) bytes, found \(size(name).map(String.init) ?? "none")")
    }
    let (origin, camera) = (try numbers("origin", 2), try numbers("camera", 4))
    let (region, maskBox) = (try numbers("region", 4), try numbers("mask_box", 4))
    _ = try (numbers("size", 2), numbers("centre", 3))
    guard maskBox[0] < maskBox[2], maskBox[1] < maskBox[3] else {
      throw SampleFault(
        .box, "mask_box: expected left < right and top < bottom, found \(maskBox)")
    }
    guard case .text(let path)? = value["path"] else {
      throw SampleFault(.form, "path: expected a text, found \(value["path"]?.kind ?? "none")")
    }
    let face = Face(
      box: BoundingBox(
        left: region[0] - origin[0], top: region[1] - origin[1], right: region[2] - origin[0],
        bottom: region[3] - origin[1]))
    var record = ImageRecord(
      source: RecordSource(dataset: DatasetName.arkitFace), image: ImageReference(path: path),
      faces: [face])
    record.camera = Camera(
      intrinsics: Intrinsics(
        focalLength: SIMD2(camera[0], camera[1]),
        principalPoint: SIMD2(camera[2] - origin[0], camera[3] - origin[1])),
      provenance: .datasetProjection)
    var sample = StoredSample(image: image, record: record, json: JSONValue(value))
    sample.mesh = { bytes throws(SampleFault) in try mesh(value, image, bytes) }
    return sample
  }

  /// The triangles seen at so many pixels; nil where they are of another number.
  ///
  /// - Parameter lengths: of runs; nil in samples of older programs.
  private static func triangles(
    _ bytes: UnsafeRawBufferPointer, _ lengths: UnsafeRawBufferPointer?, count: Int
  ) -> [UInt16]? {
    if let lengths {
      return TriangleRuns(triangles: bytes.littleEndianIntegers, lengths: [UInt8](lengths))
        .pixels(count)
    }
    guard 2 * count <= Deflate.greatestRatio * bytes.count else { return nil }
    return Deflate.unpacked(bytes, size: 2 * count)?.withUnsafeBytes { $0.littleEndianIntegers }
  }

  /// The mesh of a sample that `decodeMesh` has looked through.
  private static func mesh(
    _ value: MessagePackValue, _ image: Range<Int>, _ bytes: UnsafeRawBufferPointer
  ) throws(SampleFault) -> PerspNetFace {
    func numbers(_ name: String) -> [Double] {
      value[name]?.elements?.compactMap(\.number) ?? []
    }
    func integers(_ name: String) throws(SampleFault) -> [Int] {
      let found = numbers(name).compactMap { Int(exactly: $0) }
      guard found.count == numbers(name).count else {
        throw SampleFault(.form, "\(name): expected whole numbers, found \(numbers(name))")
      }
      return found
    }
    func binary(_ name: String) -> UnsafeRawBufferPointer {
      guard case .binary(let range)? = value[name] else { return .init(start: nil, count: 0) }
      return UnsafeRawBufferPointer(rebasing: bytes[range])
    }
    func box(_ name: String) throws(SampleFault) -> IntegerBox {
      let sides = try integers(name)
      return IntegerBox(left: sides[0], top: sides[1], right: sides[2], bottom: sides[3])
    }
    let (size, maskBox) = (try integers("size"), try box("mask_box"))
    let whole = IntegerBox(left: 0, top: 0, right: size[0], bottom: size[1])
    guard maskBox.left >= 0, maskBox.top >= 0, maskBox.right <= whole.right,
      maskBox.bottom <= whole.bottom, !maskBox.isEmpty,
      size.allSatisfy({ PlausibleRange.imageSide.contains(Double($0)) }),
      let triangles = Self.triangles(
        binary("triangles"), value["lengths"] == nil ? nil : binary("lengths"),
        count: maskBox.width * maskBox.height)
    else {
      throw SampleFault(
        .form,
        "triangles: expected runs of \(maskBox.width) x \(maskBox.height) pixels within the image, found others"
      )
    }
    let vertices = binary("vertices").littleEndianFloats
    let landmarks = binary("landmarks").littleEndianDoubles
    let (camera, centre) = (numbers("camera"), numbers("centre"))
    var face = PerspNetFace(
      vertices: stride(from: 0, to: vertices.count, by: 3).map {
        SIMD3(vertices[$0], vertices[$0 + 1], vertices[$0 + 2])
      }, matrix: binary("R_t").littleEndianFloats,
      camera: Intrinsics(
        focalLength: SIMD2(camera[0], camera[1]), principalPoint: SIMD2(camera[2], camera[3])),
      imageSize: SIMD2(size[0], size[1]), region: try box("region"),
      centre: SIMD2(centre[0], centre[1]), extent: centre[2],
      landmarks: stride(from: 0, to: landmarks.count, by: 2).map {
        SIMD2(landmarks[$0], landmarks[$0 + 1])
      }, maskBox: maskBox, triangles: triangles)
    face.image = [UInt8](bytes[image])
    let origin = try integers("origin")
    face.imageOrigin = SIMD2(origin[0], origin[1])
    return face
  }
}

extension UnsafeRawBufferPointer {
  /// The float32 numbers that the bytes are.
  fileprivate var littleEndianFloats: [Float] {
    (0..<count / 4).map {
      Float(
        bitPattern: UInt32(littleEndian: loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
    }
  }

  /// The 16-bit numbers that the bytes are.
  fileprivate var littleEndianIntegers: [UInt16] {
    (0..<count / 2).map {
      UInt16(littleEndian: loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self))
    }
  }

  /// The float64 numbers that the bytes are.
  fileprivate var littleEndianDoubles: [Double] {
    (0..<count / 8).map {
      Double(
        bitPattern: UInt64(littleEndian: loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
    }
  }
}

extension MessagePackWriter {
  fileprivate func member(_ name: String, _ text: String) {
    write(name)
    write(text)
  }

  fileprivate func member(_ name: String, binary bytes: [UInt8]) {
    write(name)
    write(binary: bytes)
  }

  fileprivate func member(_ name: String, _ numbers: [Int]) {
    write(name)
    writeArray(count: numbers.count)
    for number in numbers { write(number) }
  }

  fileprivate func member(_ name: String, _ numbers: [Double]) {
    write(name)
    writeArray(count: numbers.count)
    for number in numbers { write(number) }
  }
}

extension IntegerBox {
  fileprivate var sides: [Int] { [left, top, right, bottom] }
}
