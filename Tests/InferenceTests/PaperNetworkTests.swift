import Codecs
import Geometry
import Schema
import TestSupport
import Testing

@testable import Inference

private let needsRuntime: any SuiteTrait & TestTrait = .enabled(
  if: Runtime.isThere, "needs OpenVINO; run Scripts/setup")

extension NativeValue {
  /// The numbers of an array, in the type that it names.
  fileprivate func numbers(_ name: String) throws -> [Double]? {
    guard case .arrays(let arrays) = self, let array = arrays.first(where: { $0.name == name }),
      case .bytes(let bytes) = array.content
    else { return nil }
    return try NPY.file(type: array.dtype, shape: array.shape, data: bytes).withUnsafeBytes {
      try NPYArray($0, name: name).doubles
    }
  }
}

extension NetworkPrediction {
  fileprivate var perspective: Extrinsics? {
    if case .perspective(let pose, frame: .arkit) = pose { pose } else { nil }
  }
}

@Suite("PerspNet's network", needsRuntime)
struct PerspNetNetworkTests {
  private let small = SmallPerspNet()

  private func network(
    _ changes: (String, String)..., of small: SmallPerspNet = SmallPerspNet()
  ) throws -> any FaceNetwork {
    try withTemporaryDirectory { folder in
      let model = try UserModel(manifest: small.write(to: folder, changes: changes))
      return try model.network(on: Runtime.opened.get())
    }
  }

  /// The image's camera that sees in the square what the network's own sees in its input.
  private func camera(for square: FaceSquare) -> Intrinsics {
    let step = Double(square.width) / Double(small.side - 1)
    return Intrinsics(
      focalLength: step * small.camera.focalLength,
      principalPoint: square.corner + step * small.camera.principalPoint)
  }

  private let face = ShownFace(box: BoundingBox(x: 150, y: 120, width: 188, height: 188))
  private let image = PixelImage(width: 500, height: 450, fill: [120, 90, 200])

  @Test("gives the pose in the image's camera, whatever a quarter of its pixels say")
  func pose() throws {
    let square = try #require(FaceSquare(of: face))
    #expect(square.width == 282 && square.bottom - square.top == 282)
    let camera = camera(for: square)
    let said = try network().predictions(for: [face], in: image, camera: camera)
    let found = try #require(said.first ?? nil)
    let pose = try #require(found.perspective)
    #expect(pose.rotation.angle(to: small.pose.rotation) < 0.02)
    #expect(length(pose.translation - small.pose.translation) < 0.006)
    let inliers = try #require(try found.native.numbers("inliers"))
    #expect(inliers[1] == 400 && (0.7...0.95).contains(inliers[0] / 400) && inliers[2] < 4)
    #expect(try found.native.numbers("region_xyxy") == square.edges)
  }

  @Test("gives the map's vertices in metres, moved as the image's channels say")
  func vertices() throws {
    let said = try network().predictions(
      for: [face], in: image, camera: .widthPlusHeight(500, 450))
    let found = try #require(said.first ?? nil)
    let numbers = try #require(try found.native.numbers("verts"))
    #expect(numbers.count == 3660)
    let pixel = SmallModel.normalised([120, 90, 200])
    let moved = (0..<3).map { c in
      (0..<3).reduce(0) { $0 + Double(small.weights[3 * c + $1]) * Double(pixel[$1]) } / 9
    }
    for (i, place) in SmallPerspNet.coordinates.enumerated() {
      let point = SmallPerspNet.point(at: place)
      for (c, expected) in [point.x, -point.y, -point.z].enumerated() {
        // The map is curved, and what is read between its pixels is straight.
        let error = numbers[3 * i + c] - expected - moved[c]
        #expect(error.magnitude < 5e-5, "vertex \(i), \(c)")
      }
    }
    let pose = try #require(found.perspective)
    #expect(found.landmarks.count == 68)
    for (k, i) in SmallPerspNet.landmarkVertices.enumerated() {
      let vertex = SIMD3(numbers[3 * i], -numbers[3 * i + 1], -numbers[3 * i + 2])
      let pixel = Intrinsics.widthPlusHeight(500, 450).projection(of: pose.applied(to: vertex))
      #expect(length(SIMD3(pixel - found.landmarks[k], 0)) < 1e-2)
    }
  }

  @Test("says nothing of a box without area, and the same of a face whatever stands beside it")
  func faces() throws {
    let network = try network()
    let camera = Intrinsics.widthPlusHeight(500, 450)
    let faces = [
      face, ShownFace(box: BoundingBox(x: 4, y: 4, width: 0, height: 0)),
      ShownFace(box: BoundingBox(x: 400, y: 300, width: 150, height: 200)),
    ]
    let found = try network.predictions(for: faces, in: image, camera: camera)
    #expect(found.map { $0 != nil } == [true, false, true])
    for (face, expected) in zip(faces, found).reversed() {
      #expect(try network.predictions(for: [face], in: image, camera: camera) == [expected])
    }
  }

  @Test("says nothing of a face that its mask has no pixel of")
  func noMask() throws {
    let dark = SmallPerspNet(light: [0, 10, 0, 0, -10, 0])
    let green = PixelImage(width: 500, height: 450, fill: [0, 255, 0])
    let found = try network(of: dark).predictions(
      for: [face], in: green, camera: .widthPlusHeight(500, 450))
    #expect(found == [nil])
  }

  @Test("that lacks what the adapter needs is named in a line")
  func interface() {
    func error(_ old: String, _ new: String) -> String? {
      let error = #expect(throws: (any Error).self) { try network((old, new)) }
      return error.map { "\($0)" }
    }
    #expect(
      error("\"choose\": \"choose\"", "\"choose\": \"pixels\"")
        == "small.onnx: input 'pixels': expected one, found none")
    #expect(
      error("\"choose\": \"choose\"", "\"choose\": \"image\"")
        == "small.onnx: input 'image': expected 64-bit integers, found another type")
    #expect(
      error("\"uv\": \"uv\", \"seg", "\"uv\": \"map\", \"seg")
        == "small.onnx: output 'map': expected one, found none")
    #expect(
      error("[48, 48]", "[64, 64]")
        == "small.onnx: input 'image': expected a network that takes [1, 3, 64, 64], found another")
    #expect(
      error("[48, 48]", "[48, 64]") == "small.json: 'input.size': expected a square, found 48 x 64")
    #expect(
      error("\"points\": [400]", "\"points\": 400")
        == "small.json: 'numbers.points': expected 1 whole numbers from 1 to 8192, found others")
    #expect(
      error("\"inputs\"", "\"tables2\"")
        == "small.json: expected only adapter, model, input, inputs, outputs, numbers, tables, found 'tables2'"
    )
  }

  @Test("a table that is another, or none, is named in a line")
  func tables() {
    func error(_ old: String, _ new: String) -> String? {
      let error = #expect(throws: InferenceError.self) { try network((old, new)) }
      return error?.description
    }
    #expect(error("kpt.npy", "uv.npy")?.hasPrefix("uv.npy: expected SHA-256 ") == true)
    #expect(
      error("\"uv\": {\"file\"", "\"vu\": {\"file\"")
        == "small.json: 'tables': expected only uv, landmarks, found 'vu'")
    #expect(
      error("\"tables\": {", "\"numbers2\": {")
        == "small.json: expected only adapter, model, input, inputs, outputs, numbers, tables, found 'numbers2'"
    )
  }

  @Test("a table of another shape, or with other numbers, is named in a line")
  func tableContents() throws {
    func error<Value>(_ file: [UInt8], _ read: (NPYArray) throws -> Value) -> String? {
      let error = #expect(throws: NPYError.self) {
        try file.withUnsafeBytes { try read(NPYArray($0, name: "table")) }
      }
      return error?.description
    }
    #expect(
      error(npyFile(Array(repeating: 0.5, count: 20), shape: "(10, 2)"), PerspNetFace.coordinates)
        == "table: expected at least 1220 x 2 numbers, found (10, 2)")
    #expect(
      error(
        npyFile(Array(repeating: 1.5, count: 2440), shape: "(1220, 2)"), PerspNetFace.coordinates)
        == "table: row 1: expected numbers from 0 to 1, found 1.5, 1.5")
    #expect(
      error(npyFile([1, 2], shape: "(2,)"), ARKitMesh.landmarkVertices)
        == "table: expected 68 numbers, found (2,)")
    #expect(
      error(npyFile(Array(repeating: 0, count: 68), shape: "(68,)"), ARKitMesh.landmarkVertices)
        == "table: expected integers, found float32")
  }
}

@Suite("PerspNet's choice of pixels")
struct PerspNetChoiceTests {
  @Test("is of the mask, in order, as many as asked, each about as often")
  func choice() throws {
    #expect(PerspNetFace.choice(of: 3, from: []) == nil)
    #expect(PerspNetFace.choice(of: 5, from: [7, 9]) == [7, 9, 7, 9, 7])
    #expect(PerspNetFace.choice(of: 2, from: [7, 9]) == [7, 9])
    let mask = (0..<1000).map { 3 * $0 }
    let choice = try #require(PerspNetFace.choice(of: 300, from: mask))
    #expect(choice.count == 300 && choice == choice.sorted() && Set(choice).count == 300)
    #expect(Set(choice).isSubset(of: Set(mask)))
    let early = choice.count { $0 < 1500 }
    #expect((110...190).contains(early))
    #expect(PerspNetFace.choice(of: 300, from: mask) == choice)
  }
}

@Suite("TRG's network", needsRuntime)
struct TRGNetworkTests {
  private let small = SmallTRG()

  private func network(_ changes: (String, String)...) throws -> any FaceNetwork {
    try withTemporaryDirectory { folder in
      let model = try UserModel(manifest: small.write(to: folder, changes: changes))
      return try model.network(on: Runtime.opened.get())
    }
  }

  private let face = ShownFace(box: BoundingBox(x: 150, y: 120, width: 100, height: 80))
  private let image = PixelImage(width: 500, height: 450, fill: [30, 220, 90])
  private let camera = Intrinsics(focalLength: [700, 690], principalPoint: [240, 230])

  /// What the network says of an image of one colour about the face.
  private var expected: [Double] {
    let pixel = SmallModel.normalised([30, 220, 90])
    let edges: [Double] = [125, 85, 275, 235]
    let scale = 48.0 / 150
    let crop: [Double] = [
      700 * scale, 0, 0, 0, 690 * scale, 0, (240 - 125) * scale, (230 - 85) * scale, 1, 0, 0, 0,
    ]
    let box = edges + [700, 460, 480]
    return (0..<9).map { k in
      var sum = Double(small.pose[k])
      for i in 0..<27 { sum += Double(pixel[i / 9]) * Double(small.ofImage[9 * i + k]) }
      for i in 0..<12 { sum += crop[i] * Double(small.ofCamera[9 * i + k]) }
      for i in 0..<7 { sum += box[i] * Double(small.ofBox[9 * i + k]) }
      return sum
    }
  }

  @Test("is told of crop, camera and box, and its correction is a place before the camera")
  func pose() throws {
    let said = try network().predictions(for: [face], in: image, camera: camera)
    let found = try #require(said.first ?? nil)
    let numbers = try #require(try found.native.numbers("pose"))
    for (a, b) in zip(numbers, expected) { #expect(abs(a - b) < 1e-4) }
    #expect(try found.native.numbers("region_xyxy") == [125, 85, 275, 235])
    let pose = try #require(found.perspective)
    let rotation = try #require(SixDLayout.trg.rotation(of: numbers[..<6]))
    #expect(pose.rotation.angle(to: rotation) < 1e-6)
    let origin = camera.projection(of: pose.translation)
    #expect(abs(origin.x - (200 + 75 * numbers[7])) < 1e-6)
    #expect(abs(origin.y - (160 + 75 * numbers[8])) < 1e-6)
    #expect(abs(pose.translation.z - 0.2 * numbers[6] * 700 / 150) < 1e-6)
  }

  @Test("gives vertices in ARKit's axes and landmarks in the image")
  func shape() throws {
    let said = try network().predictions(for: [face], in: image, camera: camera)
    let found = try #require(said.first ?? nil)
    let numbers = try #require(try found.native.numbers("verts"))
    let signs: [Float] = [1, -1, -1]
    #expect(numbers == small.vertices.enumerated().map { Double(signs[$0 % 3] * $1) })
    #expect(found.landmarks.count == 68)
    for (k, point) in found.landmarks.enumerated() {
      let x = 125 + 75 * (1 + Double(small.landmarks[2 * k]))
      let y = 85 + 75 * (1 + Double(small.landmarks[2 * k + 1]))
      #expect(abs(point.x - x) < 1e-4 && abs(point.y - y) < 1e-4)
    }
    let none = try network((", \"landmarks\": \"landmarks\"", ""))
      .predictions(for: [face], in: image, camera: camera)
    let without = try #require(none.first ?? nil)
    #expect(without.landmarks.isEmpty && without.pose == found.pose)
  }

  @Test("that lacks what the adapter needs is named in a line")
  func interface() {
    func error(_ old: String, _ new: String) -> String? {
      (#expect(throws: InferenceError.self) { try network((old, new)) })?.description
    }
    #expect(
      error("\"box\": \"box\"", "\"box\": \"bbox\"")
        == "small.onnx: input 'bbox': expected one, found none")
    #expect(
      error("\"camera\": \"camera\", ", "")
        == "small.json: 'inputs.camera': expected a value, found none")
    #expect(
      error("\"pose\": \"pose\"", "\"pose\": \"vertices\"")
        == "small.onnx: output 'vertices': expected shape [1, 9], found [1, 1220, 3]")
    #expect(
      error("\"adapter\"", "\"numbers\": {\"mean\": []}, \"adapter\"")
        == "small.json: 'numbers': expected no members, found 'mean'")
  }
}
