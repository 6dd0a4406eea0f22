internal import Codecs
internal import Geometry
internal import Schema

/// 3DDFA_V2 (Guo et al., "Towards Fast, Accurate and Stable 3D Dense Face Alignment", ECCV 2020): a square
/// about the face goes in, 62 whitened parameters come out.
final class TDDFANetwork: FaceNetwork {
  private let session: InferenceSession
  private let input: ModelManifest.Input
  private let whitening: TDDFAWhitening
  private var planes = BilinearPlanes()

  init(_ model: UserModel, on runtime: OpenVINO) throws {
    let manifest = model.manifest
    input = manifest.input
    guard input.width == input.height else {
      throw InferenceError(
        model: manifest.name,
        detail: "'input.size': expected a square, found \(input.width) x \(input.height)")
    }
    try manifest.outputs.allowOnly(["parameters"])
    try manifest.numbers.allowOnly(["mean", "std"])
    let count = TDDFAParameters.count
    whitening = TDDFAWhitening(
      mean: try manifest.numbers.member("mean").floats(count: count),
      deviation: try manifest.numbers.member("std").floats(count: count))
    session = try InferenceSession(
      model.file,
      interface: ModelInterface(
        input: [1, 3, input.height, input.width],
        outputs: [
          .init(name: try manifest.outputs.member("parameters").text(), shape: [1, count])
        ]), on: runtime)
  }

  func predictions(
    for faces: [ShownFace], in image: PixelImage, camera: Intrinsics
  ) throws -> [NetworkPrediction?] {
    try faces.map { face in
      guard let region = TDDFARegion(of: face.box) else { return nil }
      let crop = region.pixels(of: image)
      try session.run(shape: [1, 3, input.height, input.width]) { numbers in
        planes.fill(numbers, width: input.width, height: input.height, from: crop)
        input.normalise(numbers)
      }
      let parameters = try session.withOutput(0) { numbers, _ in
        TDDFAParameters(whitening.parameters(of: Array(numbers)))
      }
      guard
        let pose = parameters?.pose(
          in: region, inputSide: input.width, imageHeight: image.height)
      else { return nil }
      return NetworkPrediction(
        pose: .weakPerspective(pose),
        native: .object(parameters?.native(in: region, of: image) ?? .null))
    }
  }
}

extension ModelManifest.Input {
  /// Makes planes of values from 0 to 255, red first, what the network is to be given.
  func normalise(_ planes: UnsafeMutableBufferPointer<Float>) {
    let count = planes.count / 3
    for i in 0..<count {
      var pixel = SIMD3(planes[i], planes[count + i], planes[2 * count + i])
      if channels == .bgr { pixel = SIMD3(pixel.z, pixel.y, pixel.x) }
      for channel in 0..<3 {
        planes[channel * count + i] = (pixel[channel] - mean[channel]) * scale[channel]
      }
    }
  }
}
