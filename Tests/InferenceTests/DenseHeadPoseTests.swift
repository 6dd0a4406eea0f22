import Codecs
import Geometry
import Schema
import TestSupport
import Testing

@testable import Inference

@Suite("Dense-Head-Pose-Estimation's region, rotation and place")
struct DenseHeadPoseGeometryTests {
  @Test("the region has 1.35 times the longer side, about the centre")
  func region() throws {
    let box = BoundingBox(left: 100, top: 50, right: 180, bottom: 150)
    let crop = try #require(DenseHeadPoseNetwork.crop(of: box, side: 120))
    #expect((crop.left - 72.5).magnitude < 1e-12 && (crop.top - 32.5).magnitude < 1e-12)
    #expect((crop.pixel * 120 - 135).magnitude < 1e-12)
    let middle = crop.place(of: SIMD2(60, 60)) - box.centre
    #expect(middle.x.magnitude < 1e-9 && middle.y.magnitude < 1e-9)
    for (width, height) in [(0.0, 5.0), (-3, 2), (.infinity, 1), (.nan, 1)] {
      let none = BoundingBox(x: 5, y: 5, width: width, height: height)
      #expect(DenseHeadPoseNetwork.crop(of: none, side: 120) == nil)
    }
  }

  @Test("rows of points times the matrix, y up, are where the rotation shows them")
  func rotation() throws {
    var random = SeededRandom(seed: 8)
    for _ in 0..<100 {
      let turn = Rotation(
        rotationVector: SIMD3(
          .random(in: -2...2, using: &random), .random(in: -2...2, using: &random),
          .random(in: -2...2, using: &random)))
      let m = [turn.rows.0, turn.rows.1, turn.rows.2].map { [3 * $0.x, 3 * $0.y, 3 * $0.z] }
      let rotation = try #require(DenseHeadPoseNetwork.rotation(m))
      // As `draw_projection` has it: points @ R[:, :2], the second negated.
      let p = [0.3, -0.5, 0.8]
      let x = (0..<3).reduce(0.0) { $0 + p[$1] * m[$1][0] } / 3
      let y = -(0..<3).reduce(0.0) { $0 + p[$1] * m[$1][1] } / 3
      let found = rotation * SIMD3(p[0], -p[1], -p[2])
      #expect((found.x - x).magnitude < 1e-12 && (found.y - y).magnitude < 1e-12)
    }
  }

  @Test("a matrix that is near no rotation gives none")
  func degenerate() {
    #expect(DenseHeadPoseNetwork.rotation([[1, 0, 0], [0, 1, 0], [0, 0, 0]]) == nil)
    #expect(DenseHeadPoseNetwork.rotation([[1, 1, 0], [0, 0, 0], [0, 0, 1]]) == nil)
    #expect(
      DenseHeadPoseNetwork.rotation([[1, 0, 0], [0, 1, 0], [0, 0, -1]]) == nil, "a mirror")
    #expect(DenseHeadPoseNetwork.rotation([[1, 0, 0], [0, .nan, 0], [0, 0, 1]]) == nil)
  }

  @Test("place and scale are those by which the points were shown")
  func place() throws {
    let pose = WeakPerspectivePose(
      rotation: Rotation(rotationVector: SIMD3(0.2, -0.4, 0.1)), offset: SIMD3(88.5, 301.25, 0),
      scale: 7e-4)
    let places = MeanFace.ibug68Points.map { pose.projection(of: $0, imageHeight: 480) }
    let found = try #require(
      WeakPerspectivePose(
        rotation: pose.rotation, showing: MeanFace.ibug68Points, at: places, imageHeight: 480))
    #expect((found.scale / pose.scale - 1).magnitude < 1e-12)
    #expect(length(found.offset - pose.offset) < 1e-9)
    // Upside down, no positive scale fits.
    let turned = places.map { -$0 }
    #expect(
      WeakPerspectivePose(
        rotation: pose.rotation, showing: MeanFace.ibug68Points, at: turned, imageHeight: 480)
        == nil)
  }
}

@Suite(
  "Dense-Head-Pose-Estimation's network",
  .enabled(if: Runtime.isThere, "needs OpenVINO; run Scripts/setup"))
struct DenseHeadPoseNetworkTests {
  private static let places = MeanFace.ibug68Points.map {
    SIMD2(Float(60 + 500 * $0.x), Float(60 + 500 * $0.y))
  }
  private let small = SmallNetwork.denseHeadPose(places: places)

  private let camera = Intrinsics.widthPlusHeight(400, 300)

  private func network(_ changes: (String, String)...) throws -> any FaceNetwork {
    try withTemporaryDirectory { folder in
      let model = try UserModel(manifest: small.write(to: folder, changes: changes))
      return try model.network(on: Runtime.opened.get())
    }
  }

  @Test("says the 68 points in the image, the camera, and the pose that shows them")
  func predictions() throws {
    let image = PixelImage(width: 400, height: 300, fill: [200, 40, 90])
    let box = BoundingBox(x: 150, y: 140, width: 60, height: 70)
    let found = try network().predictions(
      for: [box, BoundingBox(x: 5, y: 5, width: 0, height: 9)].map { ShownFace(box: $0) },
      in: image, camera: camera)
    #expect(found.count == 2 && found[1] == nil)
    let said = try #require(found[0])
    let means: [Float] = [1, -0.7, -0.6].flatMap { Array(repeating: $0, count: 9) }
    let points = small.outputs[1].numbers(of: means).map(Double.init)
    #expect(said.landmarks.count == 68)
    for (i, point) in said.landmarks.enumerated() {
      // 94.5 pixels wide, from 132.75 and 127.75.
      let (x, y) = (points[2 * i] * 94.5 / 120, points[2 * i + 1] * 94.5 / 120)
      #expect((point.x - 132.75 - x).magnitude < 1e-4 && (point.y - 127.75 - y).magnitude < 1e-4)
    }
    let matrix = small.outputs[0].numbers(of: means).map(Double.init)
    let rows = (0..<3).map { Array(matrix[4 * $0..<4 * $0 + 3]) }
    let rotation = try #require(DenseHeadPoseNetwork.rotation(rows))
    guard case .weakPerspective(let pose) = said.pose, case .object(let native) = said.native else {
      Issue.record("a pose or an output of another kind")
      return
    }
    #expect(pose.rotation.angle(to: rotation) < 1e-5)
    let stored = try #require(native["dense_head_pose"]?["camera"]?.elements)
    #expect(stored.count == 3 && stored.allSatisfy { $0.elements?.count == 3 })
    #expect(
      native["dense_head_pose"]?["region_xyxy"]?.elements?.compactMap(\.number).first == 132.75
    )
  }

  @Test("of a dense model the points that the indices name")
  func dense() throws {
    let image = PixelImage(width: 400, height: 300, fill: [200, 40, 90])
    let box = BoundingBox(x: 150, y: 140, width: 60, height: 70)
    let order = Array((0..<68).reversed())
    let whole = try network().predictions(for: [ShownFace(box: box)], in: image, camera: camera)[0]
    let chosen = try network(("\"numbers\": {}", "\"numbers\": {\"indices\": \(order)}"))
      .predictions(for: [ShownFace(box: box)], in: image, camera: camera)[0]
    // In a wrong order they fit no face, so the pose's scale is negative and there is none.
    #expect(chosen == nil || chosen?.landmarks == whole.map { $0.landmarks.reversed() })
    let same = try network(("\"numbers\": {}", "\"numbers\": {\"indices\": \(Array(0..<68))}"))
      .predictions(for: [ShownFace(box: box)], in: image, camera: camera)[0]
    #expect(same == whole)
    let beyond = try network(
      ("\"numbers\": {}", "\"numbers\": {\"indices\": \(Array(1..<69))}"))
    let error = #expect(throws: InferenceError.self) {
      try beyond.predictions(for: [ShownFace(box: box)], in: image, camera: camera)
    }
    #expect(error?.description == "small.onnx: expected points for all indices, found 68")
  }

  @Test("that lacks what the adapter needs is named in a line")
  func interface() {
    func error(_ old: String, _ new: String) -> String? {
      (#expect(throws: InferenceError.self) { try network((old, new)) })?.description
    }
    #expect(
      error("[120, 120]", "[120, 80]")
        == "small.json: 'input.size': expected a square, found 120 x 80")
    #expect(
      error("\"landmarks\": \"landmarks\"", "\"landmarks\": \"camera\"")
        == "small.onnx: output 'camera': expected shape [1, 68, ?], found [1, 3, 4]")
    #expect(
      error("\"numbers\": {}", "\"numbers\": {\"indices\": [0.5]}")
        == "small.json: 'numbers.indices': expected 68 whole numbers from 0, found others")
    #expect(
      error("\"scale\": [", "\"range\": [-1, 1], \"scale\": [")
        == "small.json: 'input': expected only size, channels, layout, range, found 'mean'")
    #expect(
      error("\"mean\": [100, 110, 120], \"scale\": [0.01, 0.01, 0.02]", "\"range\": [1, 1]")
        == "small.json: 'input.range': expected a lesser number first, found others")
  }
}
