import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Inference

@Suite("img2pose's network", .enabled(if: Runtime.isThere, "needs OpenVINO; run Scripts/setup"))
struct Img2PoseNetworkTests {
  private let network = SmallNetwork.img2pose()
  private let colour: SIMD3<UInt8> = [200, 40, 90]

  private func detector(_ changes: (String, String)...) throws -> any HeadDetector {
    try withTemporaryDirectory { folder in
      let model = try UserModel(manifest: network.write(to: folder, changes: changes))
      return try model.headDetector(on: Runtime.opened.get())
    }
  }

  private func numbers(_ output: Int) -> [Double] {
    network.outputs[output].numbers(of: [1, -0.7, -0.6]).map(Double.init)
  }

  /// Face i in an image of 240 x 160, step by step as `transform_pose_global_project_bbox` goes; in its units.
  private func face(
    _ i: Int
  ) -> (
    box: BoundingBox, rotation: Rotation, translation: SIMD3<Double>, proposal: [Double],
    local: [Double]
  ) {
    let mean = [-0.02, 0.03, 0.01, 0.02, 0.1, 2.1]
    let deviation = [0.3, 0.5, 0.4, 0.05, 0.06, 0.3]
    let corners = Array(numbers(0)[4 * i..<4 * i + 4])
    let box = zip(corners, [240, 160, 240, 160]).map { min($1, max(0, $0)) }
    let local = (0..<6).map { numbers(2)[6 * i + $0] * deviation[$0] + mean[$0] }
    let (f, cx, cy) = (400.0, 120.0, 80.0)
    let (width, height) = (box[2] - box[0], box[3] - box[1])
    let centre = (
      x: (box[0] + (width / 2).rounded(.down)).rounded(.towardZero),
      y: (box[1] + (height / 2).rounded(.down)).rounded(.towardZero)
    )
    let depth = local[5] * f / (width + height)
    let seen = (x: f * local[3] + centre.x * depth, y: f * local[4] + centre.y * depth)
    let translation = SIMD3((seen.x - cx * depth) / f, (seen.y - cy * depth) / f, depth)
    let rows = Rotation(rotationVector: SIMD3(local[0], local[1], local[2])).rows
    let rotation = RotationRule.markley.rotation(
      ofRows: rows.0 + (centre.x - cx) / f * rows.2, rows.1 + (centre.y - cy) / f * rows.2, rows.2)
    let points = MeanFace.ibug68Points.map { point in
      let p = rotation * (10 * point) + translation
      return SIMD2(f * p.x / p.z + cx, f * p.y / p.z + cy)
    }
    let drawn = BoundingBox.img2pose(
      about: points, roll: rotation.rotationVector.z, imageSize: SIMD2(240, 160))
    return (drawn, rotation, translation, box, local)
  }

  @Test(
    "poses are carried to the image, boxes drawn about them, the best of those that overlap kept")
  func heads() throws {
    let image = PixelImage(width: 240, height: 160, fill: colour)
    let found = try detector().heads(in: image, threshold: 0.3)
    let scores = numbers(1)
    // Proposals 1 and 2 are of one face; 4 has no area; 5 has too low a score.
    let expected = [1, 0, 3]
    #expect(face(1).box.intersectionOverUnion(face(2).box) > 0.5)
    #expect(found.count == expected.count)
    for (head, i) in zip(found, expected) {
      let face = face(i)
      #expect((Double(head.score) - scores[i]).magnitude < 1e-5)
      #expect(head.box == face.box)
      #expect(head.pose.rotation.angle(to: face.rotation) < 1e-5)
      #expect(length(10 * head.pose.translation - face.translation) < 1e-4)
      let said = try #require(head.native["img2pose"])
      #expect(said["image_size"] == .array([.integer(240), .integer(160)]))
      func matches(_ key: String, _ expected: [Double]) -> Bool {
        let found = said[key]?.elements?.compactMap(\.number) ?? []
        return found.count == expected.count
          && zip(found, expected).allSatisfy { ($0 - $1).magnitude < 1e-4 }
      }
      #expect(matches("proposal_xyxy", face.proposal))
      #expect(matches("local_pose", face.local))
    }
  }

  @Test("the image is scaled to the manifest's rectangle, and boxes back")
  func scale() throws {
    let whole = try detector().heads(
      in: PixelImage(width: 240, height: 160, fill: colour), threshold: 0.3)
    let half = try detector().heads(
      in: PixelImage(width: 120, height: 80, fill: colour), threshold: 0.3)
    #expect(half.count == whole.count)
    for (small, large) in zip(half, whole) {
      #expect(small.box.left == large.box.left / 2 && small.box.bottom == large.box.bottom / 2)
      #expect(small.pose == large.pose)
    }
    // Upright, the rectangle is: 160 x 240, where its shorter side is what fits.
    let tall = try detector().heads(
      in: PixelImage(width: 300, height: 320, fill: colour), threshold: 0.3)
    #expect(
      tall.first?.native["img2pose"]?["image_size"] == .array([.integer(160), .integer(170)]))
  }

  @Test("what has no area, no finite number or no depth is no head")
  func nonsense() throws {
    let decoder = Img2PoseDecoder(mean: [0, 0, 0, 0, 0, 2], deviation: [1, 1, 1, 1, 1, 1])
    func head(_ box: [Double], _ dofs: [Double] = [0, 0, 0, 0, 0, 0]) -> HeadDetection? {
      decoder.head(proposal: box, dofs: dofs, score: 1, width: 240, height: 160)
    }
    #expect(head([10, 10, 60, 70]) != nil)
    #expect(head([60, 10, 60, 70]) == nil)
    #expect(head([250, 10, 300, 70]) == nil, "outside of the image")
    #expect(head([.nan, 10, 60, 70]) == nil)
    #expect(head([10, 10, 60, 70], [0, .nan, 0, 0, 0, 0]) == nil)
    #expect(head([10, 10, 60, 70], [0, 0, 0, 0, 0, -2]) == nil, "in the camera's plane")
    #expect(head([10, 10, 60, 70], [0, 0, 0, 90, 0, 0]) == nil, "projected outside of the image")
  }

  @Test("that lacks what the adapter needs is named in a line")
  func interface() {
    func error(_ old: String, _ new: String) -> String? {
      (#expect(throws: InferenceError.self) { try detector((old, new)) })?.description
    }
    #expect(
      error("[240, 160]", "[160, 240]")
        == "small.json: 'input.size': expected the longer side first, found 160 x 240")
    #expect(
      error("\"mean\": [-0.02,", "\"mean\": [")
        == "small.json: 'numbers.mean': expected 6 numbers, found 5")
    #expect(
      error("\"dofs\": \"dofs\"", "\"dofs\": \"poses\"")
        == "small.onnx: output 'poses': expected one, found none")
    #expect(
      error("\"dofs\": \"dofs\"", "\"dofs\": \"proposals\"")
        == "small.onnx: output 'proposals': expected shape [?, 6], found [6, 4]")
  }
}
