internal import TestSupport
internal import Testing

@testable import Geometry

/// A symmetric positive definite matrix for each of four faces, and a right side.
private struct Equations {
  var equations = PoseEquations()
  /// matrix[lane][i][j]
  var matrices: [[[Double]]] = []

  init(using random: inout SeededRandom, rows count: Int = 10) {
    for lane in 0..<4 {
      let rows = (0..<count).map { _ in (0..<6).map { _ in random.uniform(-2...2) } }
      let matrix = (0..<6).map { i in
        (0..<6).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } }
      }
      matrices.append(matrix)
      for i in 0..<6 {
        for j in 0...i { equations.information[PoseEquations.index(i, j)][lane] = matrix[i][j] }
        equations.gradient[i][lane] = random.uniform(-5...5)
      }
      equations.cost[lane] = random.uniform(1...2)
    }
  }
}

@Suite("Normal equations of four faces")
struct PoseEquationsTests {
  @Test("a step solves (A + damping diag A) δ = -g", arguments: [0, 1e-9, 1e-4, 0.3, 1, 1e6])
  func solves(damping: Double) {
    var random = SeededRandom(seed: 31)
    for _ in 0..<200 {
      var problem = Equations(using: &random)
      var factor = PoseFactor(problem.equations, damping: Lanes(repeating: damping))
      let step = factor.step(against: &problem.equations.gradient)
      for lane in 0..<4 {
        #expect(factor.isDefinite[lane])
        for i in 0..<6 {
          var left = damping * problem.matrices[lane][i][i] * step[i][lane]
          for j in 0..<6 { left += problem.matrices[lane][i][j] * step[j][lane] }
          #expect(abs(left + problem.equations.gradient[i][lane]) < 1e-8)
        }
      }
    }
  }

  @Test("the inverse times the matrix is one")
  func inverse() {
    var random = SeededRandom(seed: 32)
    for _ in 0..<100 {
      let problem = Equations(using: &random)
      var factor = PoseFactor(problem.equations, damping: .zero)
      var inverses = factor.inverse()
      for lane in 0..<4 {
        let inverse = inverses.covariance(lane: lane)
        for i in 0..<6 {
          for j in 0..<6 {
            var sum = 0.0
            for k in 0..<6 { sum += inverse[i, k] * problem.matrices[lane][k][j] }
            #expect(abs(sum - (i == j ? 1 : 0)) < 1e-7)
          }
        }
      }
    }
  }

  @Test("the predicted gain of a damped step is that of linear residuals", arguments: [0, 0.01, 2])
  func predictedGain(damping: Double) {
    var random = SeededRandom(seed: 33)
    for _ in 0..<100 {
      var problem = Equations(using: &random)
      var factor = PoseFactor(problem.equations, damping: Lanes(repeating: damping))
      var step = factor.step(against: &problem.equations.gradient)
      let gain = problem.equations.predictedGain(of: &step, damping: Lanes(repeating: damping))
      for lane in 0..<4 {
        // −δᵀ(2g + Aδ), written out.
        var expected = 0.0
        for i in 0..<6 {
          expected -= 2 * step[i][lane] * problem.equations.gradient[i][lane]
          for j in 0..<6 {
            expected -= step[i][lane] * problem.matrices[lane][i][j] * step[j][lane]
          }
        }
        #expect(abs(gain[lane] - expected) < 1e-8)
      }
    }
  }

  @Test("one face's singular matrix is found, and leaves its neighbours' steps alone")
  func singular() {
    var random = SeededRandom(seed: 35)
    var problem = Equations(using: &random)
    let whole = problem
    for j in 0..<6 { problem.equations.information[PoseEquations.index(5, j)][2] = 0 }
    var factor = PoseFactor(problem.equations, damping: Lanes(repeating: 0.1))
    #expect((0..<4).map { factor.isDefinite[$0] } == [true, true, false, true])
    let step = factor.step(against: &problem.equations.gradient)
    var other = PoseFactor(whole.equations, damping: Lanes(repeating: 0.1))
    var gradient = whole.equations.gradient
    let expected = other.step(against: &gradient)
    for lane in [0, 1, 3] {
      for i in 0..<6 { #expect(step[i][lane] == expected[i][lane]) }
    }
  }

  @Test("with the rotation kept, its part of a step is zero and the rest solves the 3 x 3 block")
  func keepsRotation() {
    var random = SeededRandom(seed: 36)
    var problem = Equations(using: &random)
    problem.equations.keepRotation()
    var factor = PoseFactor(problem.equations, damping: .zero)
    let step = factor.step(against: &problem.equations.gradient)
    for lane in 0..<4 {
      for i in 0..<3 { #expect(step[i][lane] == 0) }
      for i in 3..<6 {
        var left = 0.0
        for j in 3..<6 { left += problem.matrices[lane][i][j] * step[j][lane] }
        #expect(abs(left + problem.equations.gradient[i][lane]) < 1e-9)
      }
    }
  }

  @Test("moved to another point, a covariance is T C Tᵀ with T = [1 0; [arm]× 1]")
  func moves() {
    var random = SeededRandom(seed: 37)
    let problem = Equations(using: &random)
    var factor = PoseFactor(problem.equations, damping: .zero)
    var covariances = factor.inverse()
    let before = covariances.covariance(lane: 1)
    let arm = random.vector(-1...1)
    func lanes(_ value: Double) -> Lanes { Lanes(repeating: value) }
    covariances.move(by: LaneVector(lanes(arm.x), lanes(arm.y), lanes(arm.z)))
    let after = covariances.covariance(lane: 1)
    var transform = (0..<6).map { i in (0..<6).map { $0 == i ? 1.0 : 0 } }
    for k in 0..<3 {
      let column = cross(arm, SIMD3((0..<3).map { $0 == k ? 1.0 : 0 }))
      for i in 0..<3 { transform[3 + i][k] = column[i] }
    }
    for i in 0..<6 {
      for j in 0..<6 {
        var expected = 0.0
        for k in 0..<6 {
          for l in 0..<6 { expected += transform[i][k] * before[k, l] * transform[j][l] }
        }
        #expect(abs(after[i, j] - expected) < 1e-9)
      }
    }
  }
}
