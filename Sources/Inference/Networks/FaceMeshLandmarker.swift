internal import Codecs
internal import Geometry
internal import Glibc
internal import Schema

/// Places 468 landmarks in boxes by MediaPipe's Face Mesh (Kartynnik et al., "Real-time Facial Surface Geometry from
/// Monocular Video on Mobile GPUs", 2019).
///
/// The network wants a face that stands upright and fills two thirds of a square. A detector's box says neither, so the
/// square is drawn three times: first around the box, then twice around the landmarks that were found, turned so that
/// the eyes are level. A fourth time changes next to nothing.
final class FaceMeshLandmarker: FaceLandmarker {
  static let side = 192
  static let interface = ModelInterface(
    input: [1, side, side, 3],
    outputs: [
      ModelInterface.Output(name: "conv2d_20", shape: [1, 1, 1, 3 * 468]),
      ModelInterface.Output(name: "conv2d_30", shape: [1, 1, 1, 1]),
    ])
  private static let passes = 3
  private static let leastScore: Float = 0.5

  private let session: InferenceSession

  /// Compiles the model.
  ///
  /// - Throws: `InferenceError` where the model is not Face Mesh.
  init(_ model: ModelFile, on runtime: OpenVINO) throws {
    session = try InferenceSession(model, interface: Self.interface, on: runtime)
  }

  var networkTime: Duration { session.networkTime }

  func landmarks(of boxes: [BoundingBox], in image: PixelImage) throws -> [FaceLandmarks?] {
    try boxes.map { box in
      guard let square = TurnedSquare(around: box), square.touches(image) else { return nil }
      var found = try landmarks(in: square, of: image)
      // Where the network sees no face, as behind a hand, a square around its landmarks would lead away from the box.
      for _ in 1..<Self.passes where found.score >= Self.leastScore {
        guard let square = TurnedSquare(around: found.points), square.touches(image) else { break }
        let next = try landmarks(in: square, of: image)
        if next.score < Self.leastScore { break }
        found = next
      }
      return found
    }
  }

  private func landmarks(
    in square: TurnedSquare, of image: PixelImage
  ) throws -> FaceLandmarks {
    try session.run(shape: [1, Self.side, Self.side, 3]) {
      square.fill($0, side: Self.side, from: image)
    }
    let score = try session.withOutput(1) { numbers, _ in 1 / (1 + exp(-numbers[0])) }
    let points = try session.withOutput(0) { numbers, _ in
      (0..<Landmarks.Layout.mediapipe468.count).map { i in
        // The third number is the depth, in the same unit. The fit by the face's own shape is as exact without it.
        square.place(
          of: SIMD2(Double(numbers[3 * i]), Double(numbers[3 * i + 1])), side: Self.side)
      }
    }
    return FaceLandmarks(layout: .mediapipe468, points: points, score: score)
  }
}

/// A square that stands on a corner where the face leans, in pixels of an image.
struct TurnedSquare: Equatable {
  let centre: SIMD2<Double>
  let extent: Double
  /// The directions of its rows and of its columns in the image, each of length 1.
  let right: SIMD2<Double>
  let down: SIMD2<Double>

  private static let greatest = 1e6

  /// A quarter larger than the longer side of a detector's box, which ends at brows and chin; upright.
  ///
  /// nil for a box without area, or one that is too large for any image.
  init?(around box: BoundingBox) {
    self.init(
      centre: box.centre, extent: 1.25 * max(box.width, box.height), right: SIMD2(1, 0))
  }

  /// Half as large again as the landmarks in the directions of the eyes' line, as MediaPipe draws it.
  ///
  /// nil where the eyes are in one place, or a number is out of range.
  init?(around points: [SIMD2<Double>]) {
    let layout = Landmarks.Layout.mediapipe468
    let line = layout.fivePoint(1, of: points) - layout.fivePoint(0, of: points)
    let right = line / (line * line).sum().squareRoot()
    let down = SIMD2(-right.y, right.x)
    var (least, greatest) = (SIMD2(repeating: Double.infinity), SIMD2(repeating: -Double.infinity))
    for point in points {
      let place = SIMD2((point * right).sum(), (point * down).sum())
      (least, greatest) = (pointwiseMin(least, place), pointwiseMax(greatest, place))
    }
    let middle = (least + greatest) / 2
    self.init(
      centre: middle.x * right + middle.y * down, extent: 1.5 * (greatest - least).max(),
      right: right)
  }

  /// nil where a number is out of range.
  init?(centre: SIMD2<Double>, extent: Double, right: SIMD2<Double>) {
    let measures = [centre.x.magnitude, centre.y.magnitude, extent, right.x.magnitude]
    guard extent > 0, measures.allSatisfy({ $0 < Self.greatest }) else { return nil }
    (self.centre, self.extent, self.right) = (centre, extent, right)
    down = SIMD2(-right.y, right.x)
  }

  /// Whether a part of it may lie in the image: so it does where their circles meet.
  func touches(_ image: PixelImage) -> Bool {
    let reach = extent / 2 * 2.0.squareRoot()
    return centre.x > -reach && centre.y > -reach && centre.x < Double(image.width) + reach
      && centre.y < Double(image.height) + reach
  }

  /// Where a place of the network's input lies in the image. Both count from the centre of their top-left pixel.
  func place(of pixel: SIMD2<Double>, side: Int) -> SIMD2<Double> {
    let offset = (pixel - Double(side - 1) / 2) * (extent / Double(side))
    return centre + offset.x * right + offset.y * down
  }

  /// The square's pixels as the network takes them: from 0 to 1, channels beside each other, red first; interpolated
  /// between four pixels, black outside of the image.
  func fill(
    _ numbers: UnsafeMutableBufferPointer<Float>, side: Int, from image: PixelImage
  ) {
    precondition(numbers.count == 3 * side * side, "three numbers a pixel")
    let step = extent / Double(side)
    let first = place(of: .zero, side: side)
    image.pixels.withUnsafeBufferPointer { pixels in
      func value(_ x: Int, _ y: Int) -> SIMD4<Float> {
        guard x >= 0, y >= 0, x < image.width, y < image.height else { return .zero }
        let i = 3 &* (y &* image.width &+ x)
        return SIMD4(Float(pixels[i]), Float(pixels[i &+ 1]), Float(pixels[i &+ 2]), 0)
      }
      var target = 0
      for row in 0..<side {
        let start = first + Double(row) * step * down
        for column in 0..<side {
          let place = start + Double(column) * step * right
          let corner = place.rounded(.down)
          let part = SIMD2<Float>(place - corner)
          let (x, y) = (Int(corner.x), Int(corner.y))
          let upper = (1 - part.x) * value(x, y) + part.x * value(x + 1, y)
          let lower = (1 - part.x) * value(x, y + 1) + part.x * value(x + 1, y + 1)
          let pixel = ((1 - part.y) * upper + part.y * lower) / 255
          for channel in 0..<3 { numbers[target &+ channel] = pixel[channel] }
          target &+= 3
        }
      }
    }
  }
}
