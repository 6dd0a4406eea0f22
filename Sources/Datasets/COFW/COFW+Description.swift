internal import Codecs
internal import Geometry
internal import Schema

extension DatasetDescription {
  /// COFW's faces with occlusions (Burgos-Artizzu, Perona and Dollár, ICCV 2013). FORMATS-FOREIGN B3.
  static let cofw = DatasetDescription(
    form: "cofw", title: "COFW .mat",
    holds: FormContents(
      box: "x y width height", landmarks: "5 of 29 points, from 1", visibility: "occluded",
      loses: "24 points, which stay in native"),
    holdsImages: true,
    recognises: { file in
      guard case .matlab(version: "7.3") = file.signature,
        let names = try? HDF5File(file.bytes).names, let part = COFWPart(names)
      else { return nil }
      return "a MATLAB 7.3 file with '\(part.points)' and '\(part.boxes)'"
    },
    read: { try COFWPart.reader($0, $1) })
}

/// A part of COFW by the names of its arrays.
struct COFWPart {
  /// (87, N) as HDF5 has it: 29 x, 29 y, and 29 times 1 for an occluded point.
  let points: String
  /// (4, N): x and y from 1, width and height.
  let boxes: String
  /// References to the pictures of (3, width, height) or (width, height) pixels.
  let pictures: String
  let split: String

  private static let pointCount = 29
  /// The pupils, the tip of the nose and the corners of the mouth, with the image's left first.
  static let fivePoints = [16, 17, 20, 22, 23]
  private static let largestArray = 1 << 30
  private static let largestPicture = 256 << 20

  private static let all = [
    COFWPart(points: "phisTr", boxes: "bboxesTr", pictures: "IsTr", split: "train"),
    COFWPart(points: "phisT", boxes: "bboxesT", pictures: "IsT", split: "test"),
  ]

  private init(points: String, boxes: String, pictures: String, split: String) {
    (self.points, self.boxes) = (points, boxes)
    (self.pictures, self.split) = (pictures, split)
  }

  /// - Parameter names: those of the file's arrays.
  init?(_ names: Set<String>) {
    guard
      let part = Self.all.first(where: { names.contains($0.points) && names.contains($0.boxes) })
    else { return nil }
    self = part
  }

  /// - Throws: `HDF5Error` where the file cannot be read; `AnnotationFault` where it is no such file.
  static func reader(_ file: AnnotationFile, _ options: ReadingOptions) throws -> DraftReader {
    let (part, points, boxes, references, sizes) = try file.contents.withBytes { bytes in
      let arrays = try HDF5File(bytes)
      guard let part = COFWPart(arrays.names) else {
        throw AnnotationFault(
          .malformedRecord, at: file.place(), "arrays: expected COFW's, found others")
      }
      let points = try arrays.dataset(part.points)
      let boxes = try arrays.dataset(part.boxes)
      guard points.shape.count == 2, boxes.shape.count == 2, points.shape[0] == 3 * pointCount,
        boxes.shape[0] == 4, boxes.shape[1] == points.shape[1]
      else {
        throw AnnotationFault(
          .malformedRecord, at: file.place(),
          "arrays: expected 87 and 4 numbers an image, found \(points.shape) and \(boxes.shape)")
      }
      let references = part.references(in: arrays)
      return (
        part, try points.numbers(limit: largestArray), try boxes.numbers(limit: largestArray),
        references, references.map { Self.size(of: $0, in: arrays) }
      )
    }
    let count = boxes.count / 4
    return DraftReader(
      file, options, count: count,
      picture: { image in
        guard image < references.count else {
          throw RefusedImage("picture: expected \(image + 1) of them, found \(references.count)")
        }
        return try picture(at: references[image], in: file)
      }
    ) { image in
      // Pictures have no names: they are counted from 1.
      var draft = ImageDraft(path: (image + 1).digits(6))
      draft.split = part.split
      draft.size = image < sizes.count ? sizes[image] : nil
      draft.faces = [Self.face(points, boxes, image, count)]
      return draft
    }
  }

  /// None where the file has no pictures that can be read.
  private func references(in arrays: HDF5File) -> [UInt64] {
    (try? arrays.dataset(pictures).references(limit: Self.largestArray)) ?? []
  }

  /// A picture's width and height, which HDF5 has in this order.
  private static func size(of picture: UInt64, in arrays: HDF5File) -> SIMD2<Int>? {
    guard let shape = try? arrays.dataset(at: picture).shape, shape.count >= 2 else { return nil }
    return SIMD2(shape[shape.count - 2], shape[shape.count - 1])
  }

  /// A picture, grey or in colour, stored column by column.
  private static func picture(
    at reference: UInt64, in file: AnnotationFile
  ) throws -> PixelImage {
    try file.contents.withBytes { bytes in
      let array = try HDF5File(bytes).dataset(at: reference)
      let isColour = array.shape.count == 3 && array.shape[0] == 3
      guard array.element == .integer(width: 1, isSigned: false),
        isColour || array.shape.count == 2, array.count > 0
      else { throw RefusedImage("picture: expected 3 x width x height bytes, found another array") }
      let (width, height) = (
        array.shape[array.shape.count - 2], array.shape[array.shape.count - 1]
      )
      let levels = try array.bytes(limit: largestPicture)
      var image = PixelImage(width: width, height: height)
      for y in 0..<height {
        for x in 0..<width {
          for channel in 0..<3 {
            let plane = isColour ? channel : 0
            image.pixels[3 * (y * width + x) + channel] = levels[(plane * width + x) * height + y]
          }
        }
      }
      return image
    }
  }

  private static func face(
    _ points: [Double], _ boxes: [Double], _ image: Int, _ count: Int
  ) -> FaceDraft {
    func box(_ row: Int) -> Double { boxes[row * count + image] }
    func point(_ i: Int) -> Landmarks.Point {
      let place = SIMD2(
        points[i * count + image], points[(pointCount + i) * count + image])
      let isHidden = points[(2 * pointCount + i) * count + image] != 0
      return Landmarks.Point(place - 1, isHidden ? .occluded : .visible)
    }
    var face = FaceDraft()
    face.box = BoundingBox(x: box(0) - 1, y: box(1) - 1, width: box(2), height: box(3))
    face.landmarks = Landmarks(layout: .face5, points: fivePoints.map(point))
    let all = (0..<pointCount).map(point)
    face.native = [
      (
        "points",
        .array(
          all.map { one in
            .array([
              .double(one.position.x), .double(one.position.y),
              .integer(one.visibility.number),
            ])
          })
      )
    ]
    return face
  }
}
