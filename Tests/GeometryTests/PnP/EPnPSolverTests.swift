internal import TestSupport
internal import Testing

@testable import Geometry

/// Points spread like a face's, a pose and a camera, and the pixels they give.
private struct Scene {
  var model: [SIMD3<Double>]
  var camera: Intrinsics
  var pose: Extrinsics
  var landmarks: [SIMD2<Double>?]

  /// - Parameter noise: the largest error of a landmark's coordinate, in pixels.
  init(points: Int, using random: inout SeededRandom, noise: Double = 0) {
    model = (0..<points).map { _ in random.vector(-1...1) * SIMD3(0.7, 0.8, 0.6) }
    let focalLength = random.uniform(400...3000)
    camera = Intrinsics(
      focalLength: [focalLength, focalLength * random.uniform(0.5...2)],
      principalPoint: [random.uniform(200...900), random.uniform(200...900)])
    let depth = random.uniform(3...15)
    pose = Extrinsics(
      rotation: random.rotation(angle: 0...1.2),
      translation: depth * SIMD3(random.uniform(-0.4...0.4), random.uniform(-0.4...0.4), 1))
    landmarks = []
    for point in model {
      let error = SIMD2(random.uniform(-1...1), random.uniform(-1...1)) * noise
      landmarks.append(camera.projection(of: pose.applied(to: point)) + error)
    }
  }

  func fit(_ solver: inout EPnPSolver) -> Extrinsics? {
    solver.fit(camera: camera) { landmarks[$0] }
  }

  func difference(_ found: Extrinsics) -> (turn: Double, shift: Double) {
    (
      found.rotation.angle(to: pose.rotation),
      length(found.translation - pose.translation) / pose.translation.z
    )
  }
}

@Suite("Poses by EPnP")
struct EPnPSolverTests {
  @Test("recovers poses from exact landmarks to 1e-6", arguments: [5, 6, 12, 68])
  func exactLandmarks(points: Int) throws {
    var random = SeededRandom(seed: 61)
    var (turn, shift) = (0.0, 0.0)
    for _ in 0..<300 {
      let scene = Scene(points: points, using: &random)
      // Rounding to float32 alone would cost more than 1e-6.
      var solver = EPnPSolver(model: scene.model, precision: .float64)
      let found = try #require(scene.fit(&solver))
      let difference = scene.difference(found)
      turn = max(turn, difference.turn)
      shift = max(shift, difference.shift)
      #expect(defect(found.rotation) < 1e-13)
    }
    #expect(turn < 1e-6)
    #expect(shift < 1e-6)
  }

  @Test("points are rounded to float32, which moves a pose by less than 1e-4", arguments: [12, 68])
  func float32(points: Int) throws {
    var random = SeededRandom(seed: 62)
    var largest = 0.0
    for _ in 0..<100 {
      let scene = Scene(points: points, using: &random)
      var solver = EPnPSolver(model: scene.model)
      let turn = scene.difference(try #require(scene.fit(&solver))).turn
      #expect(turn < 1e-4)
      largest = max(largest, turn)
    }
    #expect(largest > 1e-9)
  }

  @Test("coordinates that are the same in float32 give the same bits")
  func sameInFloat32() throws {
    var random = SeededRandom(seed: 63)
    var scene = Scene(points: 12, using: &random, noise: 1)
    var solver = EPnPSolver(model: scene.model)
    let found = try #require(scene.fit(&solver))
    scene.landmarks = scene.landmarks.map { $0.map { SIMD2<Double>(SIMD2<Float>($0)) } }
    scene.model = scene.model.map { SIMD3<Double>(SIMD3<Float>($0)) }
    var other = EPnPSolver(model: scene.model)
    #expect(scene.fit(&other) == found)
  }

  @Test("agrees with OpenCV where noise makes its choices matter")
  func likeOpenCV() throws {
    let model: [SIMD3<Double>] = [
      [0.43, 0.49, 0.02], [-0.3, -0.71, -0.14], [-0.13, -0.73, -0.54], [0.7, 0.24, -0.32],
      [-0.09, 0.76, 0.48], [0.48, -0.17, -0.01], [0.25, -0.7, 0.07], [-0.32, 0.61, -0.52],
    ]
    let pixels: [SIMD2<Double>] = [
      [412, 277], [373, 67], [435, 84], [471, 258], [308, 275], [439, 173], [428, 74], [353, 307],
    ]
    var solver = EPnPSolver(model: model)
    let camera = Intrinsics(focalLength: [900, 1000], principalPoint: [320, 240])
    let found = try #require(solver.fit(camera: camera) { pixels[$0] })
    // What solvePnP of opencv-python-headless 4.13.0.92 says of these numbers in float32.
    let rotation = Rotation(
      rotationVector: [0.285734369244189, -0.492547787218269, 0.180853953998089])
    let translation = SIMD3(0.36640212654665966, -0.30508571330981976, 5.925902739455252)
    #expect(found.rotation.angle(to: rotation) < 1e-9)
    #expect(length(found.translation - translation) < 1e-9)
  }

  @Test("noise of a pixel moves a pose of 68 points little")
  func noise() throws {
    var random = SeededRandom(seed: 64)
    for _ in 0..<100 {
      let scene = Scene(points: 68, using: &random, noise: 1)
      var solver = EPnPSolver(model: scene.model)
      #expect(scene.difference(try #require(scene.fit(&solver))).turn < 0.1)
    }
  }

  @Test("landmarks that are missing are left out with their model points")
  func missing() throws {
    var random = SeededRandom(seed: 65)
    for _ in 0..<100 {
      var scene = Scene(points: 12, using: &random, noise: 0.5)
      var whole = EPnPSolver(model: scene.model)
      scene.landmarks[0] = nil
      scene.landmarks[7] = nil
      let found = try #require(scene.fit(&whole))
      for index in [7, 0] {
        scene.model.remove(at: index)
        scene.landmarks.remove(at: index)
      }
      var smaller = EPnPSolver(model: scene.model)
      #expect(scene.fit(&smaller) == found)
    }
  }

  @Test("fewer than four landmarks give no pose")
  func tooFew() {
    var random = SeededRandom(seed: 66)
    var scene = Scene(points: 6, using: &random)
    var solver = EPnPSolver(model: scene.model)
    for index in [1, 2] { scene.landmarks[index] = nil }
    #expect(scene.fit(&solver) != nil)
    scene.landmarks[5] = nil
    #expect(scene.fit(&solver) == nil)
    scene.landmarks = Array(repeating: nil, count: 6)
    #expect(scene.fit(&solver) == nil)
  }

  @Test("the same face gives the same bits whatever was fitted before")
  func keepsNoState() throws {
    var random = SeededRandom(seed: 67)
    let first = Scene(points: 68, using: &random, noise: 1)
    var solver = EPnPSolver(model: first.model)
    let alone = try #require(first.fit(&solver))
    var other = first
    other.landmarks[3] = nil
    other.landmarks[9] = [5, 5]
    _ = other.fit(&solver)
    other.landmarks = Array(repeating: [.infinity, 0], count: 68)
    _ = other.fit(&solver)
    #expect(first.fit(&solver) == alone)
  }

  @Test("a coordinate or camera that is not finite, or of no focal length, gives no pose")
  func notFinite() {
    var random = SeededRandom(seed: 68)
    let scene = Scene(points: 6, using: &random)
    var solver = EPnPSolver(model: scene.model)
    var beyond = scene
    beyond.landmarks[2] = [1e39, 100]  // infinite in float32
    #expect(beyond.fit(&solver) == nil)
    for value in [Double.nan, .infinity, -.infinity] {
      var broken = scene
      broken.landmarks[2] = [value, 100]
      #expect(broken.fit(&solver) == nil)
      broken = scene
      broken.camera.focalLength.y = value
      #expect(broken.fit(&solver) == nil)
      broken = scene
      broken.camera.principalPoint.x = value
      #expect(broken.fit(&solver) == nil)
    }
    for flat in [SIMD2<Double>(0, 900), [900, 0], [0, 0]] {
      var broken = scene
      broken.camera.focalLength = flat
      #expect(broken.fit(&solver) == nil)
    }
  }

  @Test("no input out of 10,000 degenerate ones crashes or gives a pose that is not finite")
  func degenerate() {
    var random = SeededRandom(seed: 69)
    func pick(_ count: Int) -> Int { Int(random.uniform(0...1) * Double(count)) % count }
    for _ in 0..<10_000 {
      var scene = Scene(points: 4 + pick(4), using: &random)
      let (end, other) = (pick(scene.model.count), pick(scene.model.count))
      let extremes = [.nan, .infinity, 0, 1e-30, 1e30, .leastNonzeroMagnitude, 1e300]
      let extreme = extremes[pick(extremes.count)]
      for i in scene.model.indices {
        let along = random.uniform(-1...1)
        let line = scene.model[end] + along * (scene.model[other] - scene.model[end])
        let start = scene.landmarks[end] ?? .zero
        switch (pick(8), i % 3) {
        case (0, _): scene.model[i] = scene.model[end]
        case (1, _): scene.model[i] = line
        case (2, _): scene.landmarks[i] = start
        case (3, _): scene.landmarks[i] = start * along
        case (4, 0): scene.model[i].z = extreme
        case (5, 0): scene.landmarks[i] = [extreme, start.y]
        case (6, 0): scene.landmarks[i] = nil
        default: break
        }
      }
      switch pick(12) {
      case 0: scene.model = scene.model.map { _ in scene.model[end] }
      case 1: scene.model = scene.model.map { SIMD3($0.x, $0.x, $0.x) }
      case 2: scene.model = scene.model.map { $0 * SIMD3(1, 1, 0) }
      case 3: scene.landmarks = scene.landmarks.map { _ in scene.landmarks[end] }
      case 4: scene.camera.focalLength.x = extreme
      case 5: scene.camera.principalPoint.y = extreme
      case 6: scene.model = scene.model.map { $0 * extreme }
      default: break
      }
      var solver = EPnPSolver(model: scene.model)
      guard let found = scene.fit(&solver) else { continue }
      let translation = found.translation
      #expect((translation.x + translation.y + translation.z).isFinite)
      #expect(defect(found.rotation) < 1e-12)
    }
  }
}
