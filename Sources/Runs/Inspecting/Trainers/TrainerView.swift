internal import Codecs
internal import Geometry
internal import Rendering
internal import Reporting
internal import Schema

/// What a training system's loader makes of a sample, to be drawn and printed.
struct TrainerView {
  /// The network's input before its colours are normalised.
  var picture: PixelImage
  /// In the picture's pixels; nil where no pose is drawn.
  var camera: Intrinsics?
  /// In the picture's pixels, with poses in metres.
  var faces: [Face]
  /// Single points, in the picture's pixels.
  var dots: [(position: SIMD2<Double>, colour: Colour)] = []
  /// For each of the picture's pixels whether it is tinted; empty where there is no mask.
  var mask: [Bool] = []
  /// What is printed.
  var fields: [(key: String, value: JSONValue)]

  /// Small pictures are enlarged to about this many pixels a side.
  private static let shownSide = 576
  private static let tint: Colour = [255, 120, 0]

  /// The picture with what is drawn over it, each of its pixels a square of at least one.
  ///
  /// - Parameter overlays: `landmarks` stands for dots and mask too.
  func drawn(_ overlays: FacePortrait.Overlays) -> PixelImage {
    var picture = picture
    let size = SIMD2(picture.width, picture.height)
    if overlays.contains(.landmarks) { tint(&picture) }
    let scale = max(Self.shownSide / size.max(), 1)
    var canvas = Canvas(picture.enlarged(by: scale))
    if overlays.contains(.landmarks) {
      for dot in dots {
        canvas.fillEllipse(
          centre: (dot.position + 0.5) * Double(scale) - 0.5,
          radii: SIMD2(repeating: 0.5 * Double(scale)), colour: dot.colour)
      }
    }
    let record = ImageRecord(
      source: RecordSource(dataset: ""), image: ImageReference(path: ""),
      camera: camera.map { Camera(intrinsics: $0, provenance: .datasetProjection) }, faces: faces)
    return FacePortrait(head: HeadMesh.bfm).picture(
      of: record, in: Photograph(canvas.image, size: size), longSide: scale * size.max(),
      overlays: overlays)
  }

  private func tint(_ picture: inout PixelImage) {
    for (pixel, isTinted) in mask.enumerated() where isTinted {
      for channel in 0..<3 {
        let (old, tint) = (Int(picture.pixels[3 * pixel + channel]), Int(Self.tint[channel]))
        picture.pixels[3 * pixel + channel] = UInt8((3 * old + tint) / 4)
      }
    }
  }
}

extension PixelImage {
  /// Each pixel becomes a square of so many pixels a side.
  fileprivate func enlarged(by scale: Int) -> PixelImage {
    guard scale > 1 else { return self }
    var result = PixelImage(width: scale * width, height: scale * height)
    for y in 0..<result.height {
      for x in 0..<result.width {
        for channel in 0..<3 {
          result.pixels[3 * (y * result.width + x) + channel] =
            pixels[3 * (y / scale * width + x / scale) + channel]
        }
      }
    }
    return result
  }
}

extension Face {
  /// A face whose landmarks a map has moved; its box is that about them.
  init(landmarks: [SIMD2<Double>], in layout: Landmarks.Layout, movedBy map: PlanarMap) {
    let moved = landmarks.map(map.applied)
    self.init(
      box: BoundingBox(around: moved) ?? BoundingBox(left: 0, top: 0, right: 0, bottom: 0))
    self.landmarks = Landmarks(layout: layout, points: moved.map { Landmarks.Point($0) })
  }
}

extension JSONValue {
  /// Numbers in one array.
  init(_ numbers: [Double]) { self = .array(numbers.map { .double($0) }) }

  /// x and y of each point.
  init(points: [SIMD2<Double>]) {
    self = .array(points.map { JSONValue([$0.x, $0.y]) })
  }

  /// Rows of so many numbers.
  init(rows numbers: [Double], of columns: Int) {
    self = .array(
      stride(from: 0, to: numbers.count, by: columns).map {
        JSONValue(Array(numbers[$0..<min($0 + columns, numbers.count)]))
      })
  }

  /// Left, top, right, bottom.
  init(_ box: IntegerBox) {
    self = .array([box.left, box.top, box.right, box.bottom].map { .integer($0) })
  }

  /// Left, top, right, bottom.
  init(_ box: BoundingBox) { self.init([box.left, box.top, box.right, box.bottom]) }
}
