internal import Foundation
internal import TestSupport
internal import Testing

@testable import Geometry

/// Four random faces with random landmarks and weights, and a pose of each.
private struct Problem {
  var problem = PoseProblem(model: SyntheticFace.model)
  var pose: LanePose

  init(using random: inout SeededRandom) {
    pose = LanePose(rotation: .identity, translation: .zero)
    for lane in 0..<4 {
      let face = SyntheticFace(using: &random, noise: 3, aspect: random.uniform(0.5...2))
      problem.setCamera(face.camera, lane: lane)
      for (i, landmark) in face.landmarks.enumerated() {
        guard let landmark else { continue }
        let point = (landmark - face.camera.principalPoint) / face.camera.focalLength
        problem.set(i, lane: lane, to: point, weight: random.uniform(0.2...3))
      }
      let off = Rotation(rotationVector: random.vector(-0.1...0.1))
      pose.rotation[lane] = off * face.pose.rotation
      pose.translation[lane] =
        face.pose.translation + face.pose.rotation * problem.centroid
        + 0.02 * random.vector(-1...1)
    }
  }
}

@Suite("The fit's derivatives")
struct PoseProblemTests {
  /// A step of size h along parameter i.
  private func step(_ i: Int, _ h: Double) -> InlineArray<6, Lanes> {
    var step: InlineArray<6, Lanes> = .init(repeating: .zero)
    step[i] = Lanes(repeating: h)
    return step
  }

  @Test("the gradient agrees with finite differences of the cost to 1e-6")
  func gradient() {
    var random = SeededRandom(seed: 61)
    for _ in 0..<100 {
      let scene = Problem(using: &random)
      let equations = scene.problem.equations(at: scene.pose)
      let cost = scene.problem.cost(of: scene.pose)
      for lane in 0..<4 {
        #expect(abs(equations.cost[lane] - cost[lane]) < 1e-12 * cost[lane])
        let size = (0..<6).map { abs(equations.gradient[$0][lane]) }.max() ?? 0
        for i in 0..<6 {
          let h = 1e-5
          let ahead = scene.problem.cost(of: scene.pose.moved(by: step(i, h)))[lane]
          let behind = scene.problem.cost(of: scene.pose.moved(by: step(i, -h)))[lane]
          let difference = (ahead - behind) / (4 * h)
          #expect(abs(difference - equations.gradient[i][lane]) < 1e-6 * size)
        }
      }
    }
  }

  @Test("JᵀWJ agrees with finite differences of the residuals to 1e-6")
  func information() {
    var random = SeededRandom(seed: 62)
    for _ in 0..<50 {
      let scene = Problem(using: &random)
      let equations = scene.problem.equations(at: scene.pose)
      for lane in 0..<4 {
        let columns = (0..<6).map { i -> [Double] in
          let h = 1e-6
          let ahead = residuals(scene, scene.pose.moved(by: step(i, h)), lane)
          let behind = residuals(scene, scene.pose.moved(by: step(i, -h)), lane)
          return zip(ahead, behind).map { ($0 - $1) / (2 * h) }
        }
        for i in 0..<6 {
          for j in 0...i {
            let expected = zip(columns[i], columns[j]).reduce(0) { $0 + $1.0 * $1.1 }
            let size = zip(columns[i], columns[i]).reduce(0) { $0 + $1.0 * $1.1 }
            let other = zip(columns[j], columns[j]).reduce(0) { $0 + $1.0 * $1.1 }
            let found = equations.information[PoseEquations.index(i, j)][lane]
            #expect(abs(found - expected) < 1e-6 * (size * other).squareRoot())
          }
        }
      }
    }
  }

  /// Weighted residuals of one face, written out from the projection.
  private func residuals(_ scene: Problem, _ pose: LanePose, _ lane: Int) -> [Double] {
    let rotation = pose.rotation[lane]
    return scene.problem.model.indices.flatMap { i -> [Double] in
      let point = rotation * scene.problem.model[i] + pose.translation[lane]
      let weight = scene.problem.weights[i][lane].squareRoot()
      let (x, y) = (scene.problem.observed[i].x[lane], scene.problem.observed[i].y[lane])
      let aspect = scene.problem.aspect[lane].squareRoot()
      return [
        weight * (point.x / point.z - x), weight * aspect * (point.y / point.z - y),
      ]
    }
  }

  @Test("the model's thickness is its extent along its thinnest axis")
  func thickness() {
    var random = SeededRandom(seed: 63)
    let turn = random.rotation()
    let slab: [SIMD3<Double>] = [
      [-3, -2, -0.5], [-3, 2, 0.5], [3, -2, 0.5], [3, 2, -0.5], [-3, -2, 0.5], [-3, 2, -0.5],
      [3, -2, -0.5], [3, 2, 0.5],
    ]
    let problem = PoseProblem(model: slab.map { turn * $0 + [1, 2, 3] })
    #expect(abs(problem.thickness - 0.5) < 1e-9)
    #expect(abs(problem.radius - (9 + 4 + 0.25).squareRoot()) < 1e-9)
  }
}
