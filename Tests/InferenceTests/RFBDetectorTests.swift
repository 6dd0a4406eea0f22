import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Inference

@Suite("RFB-320's detector", .enabled(if: Runtime.isThere, "needs OpenVINO; run Scripts/setup"))
struct RFBDetectorTests {
  private let colour: SIMD3<UInt8> = [200, 40, 90]

  private func detector(
    _ network: SmallNetwork, _ changes: (String, String)...
  ) throws -> any FaceDetector {
    try withTemporaryDirectory { folder in
      let model = try UserModel(manifest: network.write(to: folder, changes: changes))
      return try model.detector(on: Runtime.opened.get())
    }
  }

  /// What stands in an output when all pixels are of the one colour.
  private func numbers(_ network: SmallNetwork, _ output: Int) -> [Float] {
    // (200 - 100) / 100, (40 - 110) / 100, (90 - 120) / 50.
    let means: [Float] = [1, -0.7, -0.6].flatMap { Array(repeating: $0, count: 12) }
    return network.outputs[output].numbers(of: means)
  }

  /// The priors, written out: 4 x 3 cells with two sizes, 2 x 2 with one.
  private var priors: [(x: Double, y: Double, size: Double)] {
    var priors: [(x: Double, y: Double, size: Double)] = []
    for row in 0..<3 {
      for column in 0..<4 {
        for size in [6.0, 10] {
          priors.append((Double(8 * column + 4) / 32, Double(8 * row + 4) / 24, size))
        }
      }
    }
    for row in 0..<2 {
      for column in 0..<2 {
        priors.append((Double(16 * column + 8) / 32, (Double(row) + 0.5) / 2, 14))
      }
    }
    return priors
  }

  /// Detections of one image, decoded and suppressed by the definitions.
  private func expected(_ network: SmallNetwork, decodes: Bool) -> [FaceDetection] {
    let (scores, places) = (numbers(network, 0), numbers(network, 1).map(Double.init))
    var found: [FaceDetection] = []
    for (i, prior) in priors.enumerated() {
      let score = 1 / (1 + Foundation.exp(-Double(scores[2 * i + 1])))
      guard score > 0.5 else { continue }
      let p = Array(places[4 * i..<4 * i + 4])
      var edges = p
      if !decodes {
        let (width, height) = (prior.size / 32, prior.size / 24)
        let (x, y) = (prior.x + 0.1 * p[0] * width, prior.y + 0.1 * p[1] * height)
        let (a, b) = (
          width * Foundation.exp(0.2 * p[2]) / 2, height * Foundation.exp(0.2 * p[3]) / 2
        )
        edges = [x - a, y - b, x + a, y + b]
      }
      edges = edges.map { min(1, max(0, $0)) }
      found.append(
        FaceDetection(
          box: BoundingBox(
            left: 200 * edges[0], top: 100 * edges[1], right: 200 * edges[2],
            bottom: 100 * edges[3]), score: Float(score)))
    }
    found.sort { $0.score > $1.score }
    var kept: [FaceDetection] = []
    for face in found
    where kept.allSatisfy({ $0.box.intersectionOverUnion(face.box) < 0.3 }) { kept.append(face) }
    return kept
  }

  @Test("boxes and scores are those of the definition", arguments: [false, true])
  func detections(decodes: Bool) throws {
    let network = SmallNetwork.rfb(decodes: decodes)
    let image = PixelImage(width: 200, height: 100, fill: colour)
    let found = try detector(network).faces(in: image, threshold: 0.5)
    let expected = expected(network, decodes: decodes)
    #expect(found.count == expected.count && found.count > 4, "\(found.count)")
    for (face, expected) in zip(found, expected) {
      #expect((face.score - expected.score).magnitude < 1e-5)
      for (a, b) in [
        (face.box.left, expected.box.left), (face.box.top, expected.box.top),
        (face.box.right, expected.box.right), (face.box.bottom, expected.box.bottom),
      ] { #expect((a - b).magnitude < 1e-3) }
    }
    #expect(found.allSatisfy { $0.box.left >= 0 && $0.box.right <= 200 && $0.box.bottom <= 100 })
  }

  @Test("priors are those of the published detector: 4,420 of 320 x 240")
  func published() throws {
    let text = """
      {"strides": [8, 16, 32, 64], "variances": [0.1, 0.2],
       "min_boxes": [[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]]}
      """
    let numbers = ManifestMember(file: "a", path: "", value: try JSONParser.value(of: text))
    let priors = try RFBPriors(numbers, width: 320, height: 240).boxes
    #expect(priors.count == 4420)
    let first: SIMD4<Float> = [0.5 / 40, 0.5 / 30, 10 / 320, 10 / 240]
    #expect(priors[0] == first)
    // The last of three sizes in the last of 5 x 4 cells is higher than the image.
    let last: SIMD4<Float> = [0.9, 0.875, 0.8, 1]
    #expect(priors[4419] == last)
  }

  @Test("that lacks what the adapter needs is named in a line")
  func interface() {
    func error(
      _ old: String, _ new: String, _ network: SmallNetwork = .rfb()
    ) -> String? {
      (#expect(throws: InferenceError.self) { try detector(network, (old, new)) })?.description
    }
    #expect(
      error("\"strides\": [8, 16]", "\"strides\": [8]")
        == "small.json: 'numbers.strides': expected 2 numbers, found 1")
    #expect(
      error("[[6, 10], [14]]", "[[6], [14]]")
        == "small.onnx: output 'scores': expected shape [1, 16, 2], found [1, 28, 2]")
    #expect(
      error("[[6, 10], [14]]", "[6, 10]")
        == "small.json: 'numbers.min_boxes[0]': expected numbers, found a number")
    #expect(
      error("\"overlap\": 0.3", "\"overlap\": 3")
        == "small.json: 'numbers.overlap': expected a number greater than 0 and at most 1, found 3.0"
    )
    #expect(
      error("\"overlap\": 0.3", "\"overlaps\": 0.3")
        == "small.json: 'numbers.overlap': expected a value, found none")
    #expect(
      error("\"overlap\": 0.3", "\"overlap\": 0.3, \"strides\": [8]", .rfb(decodes: true))
        == "small.json: 'numbers': expected only overlap, found 'strides'")
    #expect(
      error("\"locations\": \"locations\"", "\"boxes\": \"locations\"")
        == "small.json: 'numbers': expected only overlap, found 'strides'")
    #expect(
      error("\"scores\": \"scores\"", "\"scores\": \"none\"")
        == "small.onnx: output 'none': expected one, found none")
  }

  @Test("is not taken for a network that gives poses, nor the reverse")
  func roles() throws {
    let error = #expect(throws: InferenceError.self) {
      try withTemporaryDirectory { folder in
        _ = try UserModel(manifest: SmallNetwork.rfb().write(to: folder)).network(
          on: Runtime.opened.get())
      }
    }
    #expect(
      error?.description
        == "small.json: 'adapter': expected '3ddfa-v2' or 'dense-head-pose' or 'perspnet' or 'trg', found 'rfb-320'"
    )
    let other = #expect(throws: InferenceError.self) { try detector(.img2pose()) }
    #expect(other?.description == "small.json: 'adapter': expected 'rfb-320', found 'img2pose'")
  }
}
