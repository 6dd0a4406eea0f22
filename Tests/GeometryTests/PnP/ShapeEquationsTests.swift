import Foundation
import TestSupport
import Testing

@testable import Geometry

@Suite("Equations of a mean face")
struct ShapeEquationsTests {
  private let points: [SIMD3<Double>] = [
    [-0.03, -0.04, -0.038], [0.032, -0.039, -0.037], [0.001, -0.003, -0.074],
    [-0.024, 0.028, -0.04], [0.023, 0.029, -0.041], [0.002, 0.07, -0.03],
  ]
  private let camera = Intrinsics(
    focalLength: SIMD2(800, 820), principalPoint: SIMD2(320, 240))

  private struct Seen {
    var pose: Extrinsics
    var landmarks: [SIMD2<Double>]
  }

  private func seen(_ count: Int, noise: Double) -> [Seen] {
    var random = SeededRandom(seed: 5)
    return (0..<count).map { _ in
      let pose = Extrinsics(
        rotation: Rotation(
          rotationVector: SIMD3(
            random.uniform(-0.4...0.4), random.uniform(-0.8...0.8), random.uniform(-0.3...0.3))),
        translation: SIMD3(random.uniform(-0.2...0.2), random.uniform(-0.1...0.1), 0.8))
      return Seen(
        pose: pose,
        landmarks: points.map {
          camera.projection(of: pose.applied(to: $0))
            + SIMD2(random.uniform(-noise...noise), random.uniform(-noise...noise))
        })
    }
  }

  private func equations(
    _ model: [SIMD3<Double>], _ faces: [Seen], isPosed: Bool = true, missing: Int? = nil
  ) -> ShapeEquations {
    var solver = LeastSquaresPoseSolver(
      model: model, interocularDistance: 0.062, tolerance: 1e-12)
    var equations = ShapeEquations(model: model)
    solver.addShape(
      faces: faces.count, camera: { _ in camera },
      landmark: { face, point in
        point == missing && face % 2 == 0 ? nil : (faces[face].landmarks[point], 1)
      },
      rotation: isPosed ? { faces[$0].pose.rotation } : nil, to: &equations)
    return equations
  }

  @Test("the true face stays as it is, with poses known or fitted, and with points missing")
  func truth() throws {
    let faces = seen(21, noise: 0)
    for isPosed in [true, false] {
      let sums = equations(points, faces, isPosed: isPosed, missing: 3)
      #expect(sums.faces == 21 && sums.residual < 1e-9)
      #expect(sums.coordinates == Double(21 * 12 - 11 * 2))
      let solution = try #require(sums.solution())
      for (point, expected) in zip(solution, points) { #expect(length(point - expected) < 1e-8) }
    }
  }

  @Test("where poses are known, one step undoes most of a point's displacement")
  func step() throws {
    let faces = seen(40, noise: 0)
    var model = points
    model[5] += SIMD3(0.004, -0.006, 0.008)
    let solution = try #require(equations(model, faces).solution())
    // The poses' translations had followed the point.
    let mean = (solution[5] - points[5]) - (solution[0] - points[0])
    #expect(length(mean) < 0.3 * 0.0108)
  }

  @Test("sums of parts are the sums of the whole")
  func parts() throws {
    let faces = seen(24, noise: 2)
    let whole = equations(points, faces)
    var sum = equations(points, Array(faces[..<8]))
    sum += equations(points, Array(faces[8...]))
    #expect(sum.faces == whole.faces && abs(sum.squares / whole.squares - 1) < 1e-12)
    #expect(abs(sum.turning - whole.turning) < 1e-12)
    let (one, other) = (try #require(sum.solution()), try #require(whole.solution()))
    for (a, b) in zip(one, other) { #expect(length(a - b) < 1e-12) }
  }

  @Test("faces from one side leave depth open; without a face there is no turning")
  func oneSide() {
    let face = seen(1, noise: 0)[0]
    let sums = equations(points, Array(repeating: face, count: 20))
    #expect(sums.solution() == nil)
    #expect(sums.turning < 1e-6)
    #expect(ShapeEquations(model: points).turning == 0)
  }

  @Test("a mirrored face is found again where symmetry is asked for")
  func symmetry() throws {
    let solution = try #require(
      equations(points, seen(40, noise: 1)).solution(mirror: [1, 0, 2, 4, 3, 5]))
    for (i, j) in [(0, 1), (3, 4), (2, 2), (5, 5)] {
      #expect(length(solution[i] - solution[j] * SIMD3(-1, 1, 1)) < 1e-12)
    }
  }

  @Test("the spread of faces is found again from residuals, whether poses are known or fitted")
  func spread() {
    // Differences of 4 % that are alike within 2 cm, drawn by the Cholesky factor of their correlation.
    var random = SeededRandom(seed: 11)
    var model: [SIMD3<Double>] = []
    for x in -3...3 {
      for y in -4...4 {
        let (a, b) = (Double(x) * 0.02, Double(y) * 0.018)
        model.append(SIMD3(a, b, 8 * a * a + 4 * b * b))
      }
    }
    let uncertainty = LandmarkUncertainty()
    let factor = Self.factor(model, uncertainty.correlationLength)
    let interocular = 0.062
    let depth = 80.0
    for isPosed in [true, false] {
      var faces: [Seen] = []
      for k in 0..<240 {
        let pose = Extrinsics(
          rotation: Rotation(rotationVector: SIMD3(0, Double(k % 5 - 2) * 0.3, 0)),
          translation: SIMD3(0, 0, depth))
        let differences = (0..<3).map { _ in
          Self.correlated(factor, &random).map { 0.04 * interocular * $0 }
        }
        faces.append(
          Seen(
            pose: pose,
            landmarks: model.indices.map { i in
              let point = model[i] + SIMD3(differences[0][i], differences[1][i], differences[2][i])
              return camera.projection(of: pose.applied(to: point))
            }))
      }
      let sums = equations(model, faces, isPosed: isPosed)
      let sigma = LandmarkUncertainty().with(placement: 0).identity(
        explaining: sums.squares / (interocular * interocular), coordinates: sums.coordinates,
        faces: sums.faces, points: model, keepsRotation: isPosed)
      #expect(abs(sigma - 0.04) < 0.003, "\(isPosed): \(sigma)")
    }
  }

  private static func factor(_ points: [SIMD3<Double>], _ scale: Double) -> [[Double]] {
    var lower = Array(repeating: Array(repeating: 0.0, count: points.count), count: points.count)
    for i in points.indices {
      for j in 0...i {
        let distance = length(points[i] - points[j]) / scale
        var sum = exp(-0.5 * distance * distance) + (i == j ? 1e-6 : 0)
        for k in 0..<j { sum -= lower[i][k] * lower[j][k] }
        lower[i][j] = i == j ? sum.squareRoot() : sum / lower[j][j]
      }
    }
    return lower
  }

  /// Uniform numbers of variance 1, correlated.
  private static func correlated(_ factor: [[Double]], _ random: inout SeededRandom) -> [Double] {
    let numbers = factor.map { _ in 3.0.squareRoot() * random.uniform(-1...1) }
    return factor.map { row in zip(row, numbers).reduce(0) { $0 + $1.0 * $1.1 } }
  }
}

extension LandmarkUncertainty {
  fileprivate func with(placement: Double) -> Self {
    var other = self
    other.placement = placement
    return other
  }
}
