internal import Codecs
internal import Geometry
internal import Schema

/// Reads the files of one sample into a record. It may be used on any thread.
struct ARKitFaceSampleReader: Sendable {
  let tree: FileTree
  let folders: ARKitFaceFolders
  let images: ImageStore
  let options: ReadingOptions

  /// Well above the arrays of a sample, which take some 30 KB.
  private static let largestFile = 64 << 20
  private static let largestArray = 16 << 20

  func outcome(of sample: ARKitFaceSample, split: String?, row: ARKitFaceRow?) -> Outcome {
    let image = found(.image, sample, split)
    let info = found(.info, sample, split)
    let points = found(.landmarks, sample, split)
    let imagePath = image?.path ?? folders.candidates(.image, of: sample, split: split).first?.path
    var record = ImageRecord(
      source: RecordSource(
        dataset: options.dataset, split: options.split ?? split,
        file: info?.path ?? points?.path ?? row?.list,
        line: info == nil && points == nil ? row?.line : nil),
      image: ImageReference(path: imagePath ?? "image/" + sample.path(.image)))
    guard info != nil || points != nil else {
      let expected = folders.candidates(.info, of: sample, split: split).first?.path
      return Outcome(
        record: nil,
        issues: [
          RecordIssue(
            .missingAnnotation, at: record.location,
            "arrays: expected '\(expected ?? sample.path(.info))', found no such file")
        ])
    }
    setCamera(of: &record, hasImage: image != nil)
    var issues: [RecordIssue] = []
    do {
      var face = try face(
        info: info?.path, points: points?.path, camera: record.camera, &issues)
      face.attributes.others = attributes(sample, row)
      record.faces = [face]
    } catch let fault as ARKitFaceFault {
      return Outcome(
        record: nil,
        issues: [RecordIssue(fault.code, at: SourceLocation(file: fault.file), fault.detail)])
    } catch {
      return Outcome(
        record: nil, issues: [RecordIssue(.malformedRecord, at: record.location, "\(error)")])
    }
    if options.keepsNative, let row {
      record.native = .object(
        .object([
          ("list", .text(row.list)), ("header", .text(row.header)), ("row", .text(row.text)),
        ]))
    }
    return Outcome(record: record, issues: issues)
  }

  private func found(
    _ kind: ARKitFaceSample.Kind, _ sample: ARKitFaceSample, _ split: String?
  ) -> (path: String, split: String?)? {
    folders.candidates(kind, of: sample, split: split).lazy.compactMap { candidate in
      tree.spelling(of: candidate.path).map { ($0, candidate.split) }
    }.first
  }

  /// Sets the camera by the image's size, which is 800 x 800 unless the image is there and has another.
  ///
  /// The size goes into the record too, for boxes and landmarks are in its pixels: an image of another
  /// size that turns up later does not belong to this record.
  private func setCamera(of record: inout ImageRecord, hasImage: Bool) {
    var (width, height) = (ARKitFace.imageSize, ARKitFace.imageSize)
    if hasImage, let image = try? images.open(record.image.path, with: ImageHeaderReader()) {
      (width, height) = (image.header.width, image.header.height)
    }
    (record.image.width, record.image.height) = (width, height)
    record.camera = Camera(
      intrinsics: ARKitFaceProjection.camera(width: width, height: height),
      provenance: .datasetProjection)
  }

  private func attributes(
    _ sample: ARKitFaceSample, _ row: ARKitFaceRow?
  ) -> [FaceAttributes.Other] {
    var members = [
      ("subject_id", sample.subject), ("facial_action", sample.action), ("img_id", sample.image),
    ]
    for other in row?.others ?? [] where !members.contains(where: { $0.0 == other.name }) {
      // A column without a name is pandas's index.
      members.append((other.name.isEmpty ? "unnamed" : other.name, other.value))
    }
    return members.map { FaceAttributes.Other(name: $0.0, value: .text($0.1)) }
  }

  private func face(
    info: String?, points: String?, camera: Camera?, _ issues: inout [RecordIssue]
  ) throws -> Face {
    let detected = try points.map { path in
      try located(path) { try tree.withBytes(of: path, limit: Self.largestFile, Self.landmarks) }
    }
    guard let info, let intrinsics = camera?.intrinsics else {
      guard let detected else { preconditionFailure("a sample has arrays or landmarks") }
      var face = Face(box: detected.box)
      face.landmarks = detected
      return face
    }
    return try located(info) {
      try tree.withBytes(of: info, limit: Self.largestFile) { bytes in
        try NPZFile(bytes).withArrays(limit: Self.largestArray) { arrays in
          let geometry = try ARKitFaceGeometry(arrays, camera: intrinsics)
          var face = Face(box: geometry.box)
          face.landmarks = detected ?? geometry.landmarks
          face.pose = HeadPose(
            rotationVector: geometry.pose.rotation.rotationVector,
            translation: geometry.pose.translation, frame: .arkit, scale: .measured,
            provenance: .annotation)
          if options.keepsNative { face.native = .arrays(native(arrays, info, &issues)) }
          return face
        }
      }
    }
  }

  /// All arrays of a file in its order; entries that are not arrays of numbers each give an issue.
  private func native(
    _ arrays: [NPZFile.Entry], _ path: String, _ issues: inout [RecordIssue]
  ) -> [NativeArray] {
    arrays.compactMap { entry in
      switch entry.array {
      case .success(let array):
        let isLarge = array.count * array.element.width > NativeArray.largestInPlace
        return NativeArray(
          name: entry.name, dtype: array.element.littleEndianType, shape: array.shape,
          content: isLarge && options.native != .all ? .file(path) : .bytes(array.littleEndianBytes)
        )
      case .failure(let error):
        issues.append(RecordIssue(.unreadableArray, at: SourceLocation(file: path), "\(error)"))
        return nil
      }
    }
  }

  /// WCPA's text: 68 lines of two numbers.
  private static func landmarks(_ bytes: UnsafeRawBufferPointer) throws -> Landmarks {
    if let fault = TextForm.fault(of: bytes) {
      throw NPYError(name: "landmarks", detail: fault.detail)
    }
    var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
    var points: [Landmarks.Point] = []
    while let line = lines.next() {
      if line.content.isEmpty { continue }
      let numbers = String(decoding: lines.text(line.content), as: UTF8.self)
        .split { $0 == " " || $0 == "\t" }.map { Double($0) }
      guard numbers.count == 2, let x = numbers[0], let y = numbers[1], points.count < 68,
        PlausibleRange.coordinate.contains(SIMD2(x, y))
      else {
        throw NPYError(
          name: "landmarks",
          detail: "line \(points.count + 1): expected one of 68 lines of two numbers, found another"
        )
      }
      points.append(Landmarks.Point(SIMD2(x, y)))
    }
    guard points.count == 68 else {
      throw NPYError(name: "landmarks", detail: "expected 68 lines, found \(points.count)")
    }
    return Landmarks(layout: .ibug68, points: points)
  }

  private func located<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw ARKitFaceFault(
        code: RecordIssue.Code(reading: error), file: path, detail: RecordIssue.reason(error))
    }
  }
}

/// The error for a file of a sample that cannot be used.
private struct ARKitFaceFault: Error {
  var code: RecordIssue.Code
  var file: String
  var detail: String
}

extension Landmarks {
  /// The smallest box around all points.
  fileprivate var box: BoundingBox {
    let points = (0..<count).compactMap(position)
    return BoundingBox(
      left: points.map(\.x).min() ?? 0, top: points.map(\.y).min() ?? 0,
      right: points.map(\.x).max() ?? 0, bottom: points.map(\.y).max() ?? 0)
  }
}
