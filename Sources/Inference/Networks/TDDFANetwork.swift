internal import Codecs
internal import Geometry
internal import Schema

/// 3DDFA_V2 (Guo et al., "Towards Fast, Accurate and Stable 3D Dense Face Alignment", ECCV 2020). Its input is
/// a square around the face, its output 62 whitened parameters.
final class TDDFANetwork: FaceNetwork {
  private let session: InferenceSession
  private let whitening: TDDFAWhitening
  private var input: NetworkInput

  init(_ model: UserModel, on runtime: OpenVINO) throws {
    let manifest = model.manifest
    input = NetworkInput(manifest.input)
    try manifest.squareSide()
    try manifest.outputs.allowOnly(["parameters"])
    try manifest.numbers.allowOnly(["mean", "std"])
    let count = TDDFAParameters.count
    whitening = TDDFAWhitening(
      mean: try manifest.numbers.member("mean").floats(count: count),
      deviation: try manifest.numbers.member("std").floats(count: count))
    session = try InferenceSession(
      model.file,
      interface: ModelInterface(
        input: input.shape,
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
      try session.run(shape: input.shape) { input.fill($0, from: crop) }
      let parameters = try session.withOutput(0) { numbers, _ in
        TDDFAParameters(whitening.parameters(of: Array(numbers)))
      }
      guard
        let pose = parameters?.pose(
          in: region, inputSide: input.form.width, imageHeight: image.height)
      else { return nil }
      return NetworkPrediction(
        pose: .weakPerspective(pose),
        native: .object(parameters?.native(in: region, of: image) ?? .null))
    }
  }
}
