internal import Codecs
internal import Geometry
internal import Schema

/// Places five landmarks in boxes by O-Net, the last stage of MTCNN (Zhang et al., "Joint Face Detection and
/// Alignment Using Multitask Cascaded Convolutional Networks", 2016).
///
/// For the same box the landmarks are those of the Python package facenet_pytorch. Crops are run eight
/// at a time.
final class ONetLandmarker: FaceLandmarker {
  static let batch = 8
  static let interface = ModelInterface(
    input: [batch, 3, AreaCrop.side, AreaCrop.side],
    outputs: [
      ModelInterface.Output(name: "landmarks", shape: [batch, 10]),
      ModelInterface.Output(name: "face", shape: [batch, 2]),
    ])

  private let session: InferenceSession

  /// Compiles the model.
  ///
  /// - Throws: `InferenceError` where the model is not O-Net.
  init(_ model: ModelFile, on runtime: OpenVINO) throws {
    session = try InferenceSession(model, interface: Self.interface, on: runtime)
  }

  var networkTime: Duration { session.networkTime }

  func landmarks(of boxes: [BoundingBox], in image: PixelImage) throws -> [FaceLandmarks?] {
    var results: [FaceLandmarks?] = Array(repeating: nil, count: boxes.count)
    let crops = boxes.indices.compactMap { i in
      Crop(of: boxes[i], in: image).map { (face: i, crop: $0) }
    }
    for start in stride(from: 0, to: crops.count, by: Self.batch) {
      let group = crops[start..<min(start + Self.batch, crops.count)]
      try run(group.map(\.crop), in: image)
      try session.withOutput(0) { places, _ in
        try session.withOutput(1) { scores, _ in
          for (k, (face, crop)) in group.enumerated() {
            let points = (0..<5).map { i in
              SIMD2(crop.x(of: places[10 * k + i]), crop.y(of: places[10 * k + 5 + i]))
            }
            results[face] = FaceLandmarks(
              layout: .face5, points: points, score: scores[2 * k + 1])
          }
        }
      }
    }
    return results
  }

  /// Runs up to eight crops. Unused places keep an earlier crop, whose results are not read.
  private func run(_ crops: [Crop], in image: PixelImage) throws {
    let side = AreaCrop.side
    try session.run(shape: [Self.batch, 3, side, side]) { numbers in
      let count = 3 * side * side
      for (k, crop) in crops.enumerated() {
        AreaCrop.fill(
          UnsafeMutableBufferPointer(rebasing: numbers[k * count..<(k + 1) * count]),
          columns: crop.columns, rows: crop.rows, of: image)
      }
    }
  }

  /// A box made square around its centre, and the pixels of it that are inside the image.
  ///
  /// MTCNN counts pixels from 1, includes the last one, and truncates toward zero.
  private struct Crop {
    let left: Float
    let top: Float
    let side: Float
    let columns: Range<Int>
    let rows: Range<Int>

    init?(of box: BoundingBox, in image: PixelImage) {
      let (width, height) = (Float(box.width), Float(box.height))
      let longest = max(width, height)
      left = Float(box.left) + width * 0.5 - longest * 0.5
      top = Float(box.top) + height * 0.5 - longest * 0.5
      let (right, bottom) = (left + longest, top + longest)
      side = longest + 1
      guard [left, top, right, bottom].allSatisfy({ $0.magnitude < 1e9 }) else { return nil }
      let firstColumn = max(1, Int(left)) - 1
      let firstRow = max(1, Int(top)) - 1
      let (columnEnd, rowEnd) = (min(Int(right), image.width), min(Int(bottom), image.height))
      guard firstColumn < columnEnd, firstRow < rowEnd else { return nil }
      columns = firstColumn..<columnEnd
      rows = firstRow..<rowEnd
    }

    func x(of share: Float) -> Double { Double(side * share + left - 1) }
    func y(of share: Float) -> Double { Double(side * share + top - 1) }
  }
}
