internal import TestSupport
internal import Testing

@testable import Geometry

/// Random linear residuals r + J δ and their normal equations.
private struct LinearProblem {
  var rows: [NormalEquations.Row] = []
  var residuals: [Double] = []
  var equations = NormalEquations()

  init(rows count: Int, using random: inout SeededRandom) {
    for _ in 0..<count {
      let row = Self.row(using: &random)
      let residual = random.uniform(-5...5)
      rows.append(row)
      residuals.append(residual)
      equations.add(row, residual: residual)
    }
  }

  /// Six random entries and the padding.
  static func row(using random: inout SeededRandom) -> NormalEquations.Row {
    var row = NormalEquations.Row.zero
    for lane in 0..<6 { row[lane] = random.uniform(-2...2) }
    return row
  }

  func cost(at step: NormalEquations.Row) -> Double {
    zip(rows, residuals).map { row, residual in
      let value = residual + (row * step).sum()
      return value * value
    }.reduce(0, +)
  }
}

@Suite("Normal equations")
struct NormalEquationsTests {
  @Test("a step solves (A + damping diag A) δ = -Jᵀr", arguments: [0, 1e-9, 1e-4, 0.3, 1, 1e6])
  func solves(damping: Double) throws {
    var random = SeededRandom(seed: 31)
    for _ in 0..<300 {
      let problem = LinearProblem(rows: 12, using: &random)
      let step = try #require(problem.equations.step(damping: damping))
      for i in 0..<6 {
        // Straight from the rows, not from the accumulated matrix.
        var (left, diagonal, right) = (0.0, 0.0, 0.0)
        for (row, residual) in zip(problem.rows, problem.residuals) {
          left += row[i] * (row * step).sum()
          diagonal += row[i] * row[i]
          right -= row[i] * residual
        }
        left += damping * diagonal * step[i]
        #expect(abs(left - right) < 1e-9)
      }
      #expect(step[6] == 0)
      #expect(step[7] == 0)
    }
  }

  @Test("without damping a step reaches the minimum of linear residuals")
  func minimum() throws {
    var random = SeededRandom(seed: 32)
    let problem = LinearProblem(rows: 10, using: &random)
    let step = try #require(problem.equations.step(damping: 0))
    let least = problem.cost(at: step)
    for _ in 0..<1000 {
      let other = step + 1e-3 * LinearProblem.row(using: &random)
      #expect(problem.cost(at: other) > least)
    }
  }

  @Test("the predicted gain of any step is exact where residuals are linear")
  func predictedGain() {
    var random = SeededRandom(seed: 33)
    for _ in 0..<500 {
      let problem = LinearProblem(rows: 10, using: &random)
      let step = LinearProblem.row(using: &random)
      let gain = problem.cost(at: .zero) - problem.cost(at: step)
      #expect(abs(problem.equations.predictedGain(of: step) - gain) < 1e-9)
    }
  }

  @Test("more damping makes a shorter step that still gains")
  func damping() throws {
    var random = SeededRandom(seed: 34)
    let problem = LinearProblem(rows: 12, using: &random)
    var previous = Double.infinity
    for damping in [0, 0.1, 1, 10, 100.0] {
      let step = try #require(problem.equations.step(damping: damping))
      let size = (step * step).sum()
      #expect(size < previous)
      #expect(problem.equations.predictedGain(of: step) > 0)
      previous = size
    }
  }

  @Test("a direction that no residual sees gives no step, damped or not")
  func singular() {
    #expect(NormalEquations().step(damping: 1) == nil)
    var random = SeededRandom(seed: 35)
    var equations = NormalEquations()
    for _ in 0..<10 {
      var row = LinearProblem.row(using: &random)
      row[5] = 0
      equations.add(row, residual: 1)
    }
    #expect(equations.step(damping: 0) == nil)
    #expect(equations.step(damping: 1) == nil)
  }

  @Test("equations that hold NaN give no step")
  func notANumber() {
    var equations = NormalEquations()
    equations.add(.init(repeating: .nan), residual: 1)
    #expect(equations.step(damping: 1e-4) == nil)
  }
}
