import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Inference

@Suite("A user's network and its manifest")
struct UserModelTests {
  private static let small = SmallTDDFA()

  /// What is said of a manifest that was changed so.
  private static func error(_ changes: (String, String)...) throws -> String? {
    try withTemporaryDirectory { folder in
      let path = try small.write(to: folder, changes: changes)
      let error = #expect(throws: InferenceError.self) { try UserModel(manifest: path) }
      return error?.description
    }
  }

  @Test("a manifest is read")
  func reading() throws {
    try withTemporaryDirectory { folder in
      let model = try UserModel(manifest: Self.small.write(to: folder))
      #expect(model.manifest.adapter == .tddfaV2)
      #expect(model.manifest.input.width == 120 && model.manifest.input.channels == .bgr)
      #expect(model.manifest.input.scale == [0.0078125, 0.0078125, 0.0078125])
      #expect(model.file.name == "small.onnx")
    }
  }

  @Test(
    "what is wrong with a manifest is named by its place",
    arguments: [
      ("3ddfa-v2", "3ddfa", "'adapter': expected '3ddfa-v2' or 'dense-head-pose' or "),
      (
        "\"adapter\"", "\"adaptor\"",
        "expected only adapter, model, input, inputs, outputs, numbers, tables, found 'adaptor'"
      ),
      ("\"sha256\": \"", "\"sha256\": \"x", "'model.sha256': expected a SHA-256"),
      ("\"file\": \"small.onnx\"", "\"file\": 1", "'model.file': expected text, found a number"),
      (
        "[120, 120]", "[120]", "'input.size': expected 2 whole numbers from 1 to 8192, found others"
      ),
      ("[120, 120]", "[0, 120]", "'input.size': expected 2 whole numbers from 1 to 8192"),
      ("\"bgr\"", "\"grey\"", "'input.channels': expected 'rgb' or 'bgr', found 'grey'"),
      ("[127.5, 127.5, 127.5]", "[127.5]", "'input.mean': expected 3 numbers, found 1"),
      (
        "[127.5, 127.5, 127.5]", "[NaN, 0, 0]",
        "'input.mean': expected 3 numbers, found values that are none"
      ),
      ("\"3ddfa-v2\",", "\"3ddfa-v2\"", "JSON, character"),
    ])
  func manifests(old: String, new: String, message: String) throws {
    let said = try Self.error((old, new))
    let error = try #require(said)
    #expect(error.hasPrefix("small.json: " + message), "\(error)")
    #expect(!error.contains("\n"))
  }

  @Test("another file than the manifest means is refused")
  func digest() throws {
    try withTemporaryDirectory { folder in
      let path = try Self.small.write(to: folder)
      let other = SmallTDDFA(seed: 8).network.bytes
      try Data(other).write(to: URL(fileURLWithPath: folder + "/small.onnx"))
      let error = #expect(throws: InferenceError.self) { try UserModel(manifest: path) }
      let expected = Self.small.network.bytes.withUnsafeBytes(sha256(of:))
      let found = other.withUnsafeBytes(sha256(of:))
      #expect(error?.description == "small.onnx: expected SHA-256 \(expected), found \(found)")
    }
  }

  @Test("a missing file is named")
  func missing() throws {
    try withTemporaryDirectory { folder in
      let path = try Self.small.write(to: folder, changes: [("small.onnx", "none.onnx")])
      let error = #expect(throws: FileError.self) { try UserModel(manifest: path) }
      #expect(error?.path == folder + "/none.onnx")
    }
  }
}

@Suite("3DDFA_V2's network", .enabled(if: Runtime.isThere, "needs OpenVINO; run Scripts/setup"))
struct TDDFANetworkTests {
  private let small = SmallTDDFA()

  private func network(_ changes: (String, String)...) throws -> any FaceNetwork {
    try withTemporaryDirectory { folder in
      let model = try UserModel(manifest: small.write(to: folder, changes: changes))
      return try model.network(on: Runtime.opened.get())
    }
  }

  @Test("is given the channels in its order, normalised, and its output unwhitened")
  func parameters() throws {
    let image = PixelImage(width: 400, height: 400, fill: [200, 40, 90])
    let box = BoundingBox(x: 150, y: 140, width: 60, height: 70)
    let found = try network().predictions(
      for: [ShownFace(box: box)], in: image, camera: .widthPlusHeight(400, 400))
    let said = try #require(found.first ?? nil)
    let blueFirst = [90, 40, 200].map { (Float($0) - 127.5) / 128 }
    let expected = (0..<62).map { k in
      let sum = (0..<27).reduce(small.bias[k]) {
        $0 + blueFirst[$1 / 9] * small.weights[62 * $1 + k]
      }
      return Double(sum * small.deviation[k] + small.mean[k])
    }
    guard case .object(let native) = said.native else {
      Issue.record("no native object")
      return
    }
    let values = try #require(native["3ddfa_v2"]?["parameters"]?.elements)
    #expect(values.count == 62)
    for (k, value) in values.enumerated() {
      let error = try #require(value.number) - expected[k]
      #expect(error.magnitude < 1e-4 * max(1e-3, Double(small.deviation[k])), "parameter \(k)")
    }
    #expect(
      native["3ddfa_v2"]?["region_xyxy"]?.elements?.compactMap(\.number)
        == [129, 133.1, 231, 235.1])
    let numbers = try #require(TDDFAParameters(expected.map { Float($0) }))
    let region = try #require(TDDFARegion(of: box))
    let pose = try #require(numbers.pose(in: region, inputSide: 120, imageHeight: 400))
    guard case .weakPerspective(let found) = said.pose else {
      Issue.record("no weak-perspective pose")
      return
    }
    #expect(found.rotation.angle(to: pose.rotation) < 1e-4)
    #expect((found.scale / pose.scale - 1).magnitude < 1e-4)
  }

  @Test("says nothing of a box without area, and the same of a box whatever stands beside it")
  func boxes() throws {
    var image = PixelImage(width: 300, height: 200)
    var random = SeededRandom(seed: 5)
    for i in image.pixels.indices { image.pixels[i] = UInt8.random(in: 0...255, using: &random) }
    let network = try network()
    let boxes = [
      BoundingBox(x: 10, y: 20, width: 60, height: 70),
      BoundingBox(x: 9, y: 9, width: 0, height: 0),
      BoundingBox(x: 250, y: 150, width: 90, height: 90),
    ]
    let found = try network.predictions(
      for: boxes.map { ShownFace(box: $0) }, in: image, camera: .widthPlusHeight(300, 200))
    #expect(found.map { $0 != nil } == [true, false, true])
    #expect(found[0] != found[2])
    for (box, expected) in zip(boxes, found).reversed() {
      #expect(
        try network.predictions(
          for: [ShownFace(box: box)], in: image, camera: .widthPlusHeight(400, 400)) == [expected])
    }
  }

  @Test("that lacks what the adapter needs is named in a line")
  func interface() {
    func error(_ old: String, _ new: String) -> String? {
      (#expect(throws: InferenceError.self) { try network((old, new)) })?.description
    }
    #expect(
      error("\"output\"", "\"faces\"") == "small.onnx: output 'faces': expected one, found none")
    #expect(
      error("[120, 120]", "[120, 80]")
        == "small.json: 'input.size': expected a square, found 120 x 80"
    )
    #expect(
      error("[120, 120]", "[80, 80]")
        == "small.onnx: expected a network that takes [1, 3, 80, 80], found another")
    #expect(
      error("\"parameters\"", "\"boxes\"")
        == "small.json: 'outputs': expected only parameters, found 'boxes'")
    #expect(
      error("\"std\": [", "\"std\": [1, ")
        == "small.json: 'numbers.std': expected 62 numbers, found 63")
    #expect(
      error("\"mean\": [0.", "\"median\": [0.")
        == "small.json: 'numbers': expected only mean, std, found 'median'")
  }
}
