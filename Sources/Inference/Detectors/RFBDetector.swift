internal import Codecs
internal import Geometry

/// RFB-320 and related networks of Ultra-Light-Fast-Generic-Face-Detector-1MB, a detector with few boxes a cell.
///
/// The network sees the whole image at the network's own size, whatever the image's shape. For each prior it gives
/// a background score and a face score (`scores`, 1 x N x 2). It also gives the face's place relative to the prior
/// (`locations`, 1 x N x 4) or, if its decoder is part of the graph, the box itself (`boxes`, 1 x N x 4: left,
/// top, right, bottom in fractions of the image). Boxes are cut at the image's edges, and dropped if nothing is
/// left; of boxes that overlap by `overlap` or more the best stays. The authors' ONNX code considers only the
/// best 200; here all are considered.
final class RFBDetector: FaceDetector {
  private let session: InferenceSession
  private var input: NetworkInput
  /// Nil where the network decodes its boxes itself.
  private let priors: RFBPriors?
  private let overlap: Double
  private let name: String

  init(_ model: UserModel, on runtime: OpenVINO) throws {
    let manifest = model.manifest
    let (outputs, numbers) = (manifest.outputs, manifest.numbers)
    name = model.file.name
    input = NetworkInput(manifest.input)
    let limit = try numbers.member("overlap")
    overlap = try limit.fraction()
    let places: ManifestMember
    if let locations = try outputs.optionalMember("locations") {
      try outputs.allowOnly(["scores", "locations"])
      try numbers.allowOnly(["overlap", "strides", "min_boxes", "variances"])
      places = locations
      priors = try RFBPriors(numbers, width: manifest.input.width, height: manifest.input.height)
    } else {
      try outputs.allowOnly(["scores", "boxes"])
      try numbers.allowOnly(["overlap"])
      places = try outputs.member("boxes")
      priors = nil
    }
    let count = priors?.boxes.count
    session = try InferenceSession(
      model.file,
      interface: ModelInterface(
        input: input.shape,
        outputs: [
          .init(name: try outputs.member("scores").text(), shape: [1, count, 2]),
          .init(name: try places.text(), shape: [1, count, 4]),
        ]), on: runtime)
  }

  var networkTime: Duration { session.networkTime }
  // As its authors' code has it; its scores and boxes depend on which pixels are skipped.
  var sufficientSize: Int? { nil }

  func faces(in image: PixelImage, threshold: Float) throws -> [FaceDetection] {
    try session.run(shape: input.shape) { input.fill($0, from: image) }
    let size = SIMD4(
      Double(image.width), Double(image.height), Double(image.width), Double(image.height))
    let found = try session.withOutput(0) { scores, _ in
      try session.withOutput(1) { places, _ in
        guard scores.count == places.count / 2 else {
          throw InferenceError(
            model: name,
            detail: "expected two scores a box, found \(scores.count) of \(places.count / 4) boxes")
        }
        return (0..<scores.count / 2).compactMap { i -> FaceDetection? in
          let score = scores[2 * i + 1]
          guard score > threshold else { return nil }
          let said = SIMD4(
            places[4 * i], places[4 * i + 1], places[4 * i + 2], places[4 * i + 3])
          var corners = priors?.corners(of: said, at: i) ?? said
          corners.clamp(lowerBound: .zero, upperBound: .one)
          let box = SIMD4<Double>(corners) * size
          guard box.x < box.z, box.y < box.w else { return nil }
          return FaceDetection(
            box: BoundingBox(left: box.x, top: box.y, right: box.z, bottom: box.w), score: score)
        }
      }
    }
    return found.withoutOverlaps(above: overlap)
  }
}

/// The boxes to which the network's answers are relative, in fractions of the image.
///
/// Each stride has a map of cells, as many as begin inside the image. In the centre of each cell is a square of
/// each least size (`generate_priors` of the authors' vision/utils/box_utils.py).
struct RFBPriors {
  /// Centre x and y, width and height; none is larger than the image.
  let boxes: [SIMD4<Float>]
  private let centreVariance: Float
  private let sizeVariance: Float

  init(_ numbers: ManifestMember, width: Int, height: Int) throws(InferenceError) {
    let strideMember = try numbers.member("strides")
    let strides = try strideMember.floats()
    let sizes = try numbers.member("min_boxes").members()
    guard strides.allSatisfy({ $0 >= 1 }) else {
      throw strideMember.error("numbers from 1", found: "others")
    }
    guard strides.count == sizes.count else {
      throw strideMember.error("\(sizes.count) numbers", found: "\(strides.count)")
    }
    var boxes: [SIMD4<Float>] = []
    for (stride, member) in zip(strides, sizes) {
      let least = try member.floats()
      let columns = Int((Float(width) / stride).rounded(.up))
      let rows = Int((Float(height) / stride).rounded(.up))
      for row in 0..<rows {
        for column in 0..<columns {
          let centre = SIMD2(
            (Float(column) + 0.5) / Float(columns), (Float(row) + 0.5) / Float(rows))
          for size in least {
            boxes.append(
              SIMD4(centre.x, centre.y, size / Float(width), size / Float(height))
                .clamped(lowerBound: .zero, upperBound: .one))
          }
        }
      }
    }
    self.boxes = boxes
    let variances = try numbers.member("variances").floats(count: 2)
    (centreVariance, sizeVariance) = (variances[0], variances[1])
  }

  /// Left, top, right and bottom of the box that the network's answer at a prior describes.
  func corners(of location: SIMD4<Float>, at index: Int) -> SIMD4<Float> {
    let prior = boxes[index]
    let centre = location.lowHalf * centreVariance * prior.highHalf + prior.lowHalf
    let growth = location.highHalf * sizeVariance
    let half = SIMD2(exponential(growth.x), exponential(growth.y)) * prior.highHalf / 2
    return SIMD4(lowHalf: centre - half, highHalf: centre + half)
  }
}
