internal import Codecs
internal import Geometry
internal import Schema

extension LabelMeFile {
  /// Turns coordinates of the image as the program shows it, upright by its EXIF orientation, to those of the stored
  /// pixels. Where the stated size is that of the stored pixels although a turn would exchange the sides, an old version
  /// wrote it that did not turn images.
  ///
  /// - Returns: the size of the stored image; nil where nothing is to be turned.
  static func turnToStored(
    _ shapes: inout ShapeFaces, path: String, stated: SIMD2<Int>?, _ options: ReadingOptions
  ) -> SIMD2<Int>? {
    // The vote on sides looks at upright faces.
    guard options.sideVote == nil, let header = options.imageHeader(of: path) else { return nil }
    let orientation = ImageOrientation(exif: header.orientation)
    let stored = SIMD2(header.width, header.height)
    let exif = header.orientation ?? 1
    let upright = exif >= 5 ? SIMD2(stored.y, stored.x) : stored
    guard !orientation.isUpright, stated ?? upright == upright else { return nil }
    let extent = SIMD2<Double>(stored)
    for i in shapes.points.indices {
      shapes.points[i].position = orientation.storedPoint(shapes.points[i].position, extent: extent)
    }
    for i in shapes.boxes.indices {
      guard let box = shapes.boxes[i].face.box else { continue }
      shapes.boxes[i].face.box = BoundingBox(around: [
        orientation.storedPoint(SIMD2(box.left, box.top), extent: extent),
        orientation.storedPoint(SIMD2(box.right, box.bottom), extent: extent),
      ])
    }
    return stored
  }
}
