internal import Foundation
internal import TestSupport
internal import Testing

@testable import Geometry

@Suite("The uncertainty of a fit")
struct CovarianceTests {
  /// Two independent numbers of the standard normal distribution (Box and Muller).
  private func normal(_ random: inout SeededRandom) -> SIMD2<Double> {
    let radius = (-2 * log(random.uniform(1e-300...1))).squareRoot()
    let angle = random.uniform(0...(2 * .pi))
    return radius * SIMD2(cos(angle), sin(angle))
  }

  /// By how many of its sigmas each of a fit's six parameters misses the truth.
  private func misses(_ fit: PoseFit, _ truth: Extrinsics) -> [Double] {
    let turn = (truth.rotation * fit.extrinsics.rotation.transpose).rotationVector
    let shift = truth.translation - fit.extrinsics.translation
    let (a, b) = (turn / fit.covariance.rotationSigma, shift / fit.covariance.translationSigma)
    return [a.x, a.y, a.z, b.x, b.y, b.z].map(abs)
  }

  @Test(
    "nominal 95 % intervals hold the truth in 95 % of faces whose landmarks are as uncertain as stated"
  )
  func coverage() throws {
    var random = SeededRandom(seed: 91)
    var uncertainty = LandmarkUncertainty()
    (uncertainty.placement, uncertainty.identity, uncertainty.rounding) = (0.02, 0, 0)
    let interocular = length(SyntheticFace.model[1] - SyntheticFace.model[0])
    var solver = LeastSquaresPoseSolver(
      model: SyntheticFace.model, interocularDistance: interocular, uncertainty: uncertainty)
    var within = [Double](repeating: 0, count: 6)
    let count = 4000
    for _ in 0..<count {
      var face = SyntheticFace(using: &random, turn: 0.8)
      let pixels = face.camera.focalLength.x * interocular / face.pose.translation.z
      for i in face.landmarks.indices {
        face.landmarks[i] = face.landmarks[i].map { $0 + 0.02 * pixels * normal(&random) }
      }
      for (i, miss) in misses(try #require(face.fit(&solver)), face.pose).enumerated() {
        if miss < 1.96 { within[i] += 1 }
      }
    }
    for share in within { #expect((0.935...0.965).contains(share / Double(count))) }
  }

  @Test("the covariance is that of repeated fits, origin and camera axes included")
  func scatter() throws {
    var random = SeededRandom(seed: 92)
    var uncertainty = LandmarkUncertainty()
    (uncertainty.placement, uncertainty.identity, uncertainty.rounding) = (0.003, 0, 0)
    let interocular = length(SyntheticFace.model[1] - SyntheticFace.model[0])
    var solver = LeastSquaresPoseSolver(
      model: SyntheticFace.model, interocularDistance: interocular, uncertainty: uncertainty)
    let face = SyntheticFace(using: &random)
    let exact = try #require(face.fit(&solver))
    let pixels = face.camera.focalLength.x * interocular / exact.extrinsics.translation.z
    var sums = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
    let count = 6000
    for _ in 0..<count {
      var noisy = face
      for i in face.landmarks.indices {
        noisy.landmarks[i] = face.landmarks[i].map { $0 + 0.003 * pixels * normal(&random) }
      }
      let fit = try #require(noisy.fit(&solver))
      let turn = (fit.extrinsics.rotation * exact.extrinsics.rotation.transpose).rotationVector
      let shift = fit.extrinsics.translation - exact.extrinsics.translation
      let error = [turn.x, turn.y, turn.z, shift.x, shift.y, shift.z]
      for i in 0..<6 { for j in 0..<6 { sums[i][j] += error[i] * error[j] / Double(count) } }
    }
    for i in 0..<6 {
      for j in 0...i {
        let scale = (exact.covariance[i, i] * exact.covariance[j, j]).squareRoot()
        #expect(abs(sums[i][j] - exact.covariance[i, j]) < 0.07 * scale)
      }
    }
  }

  @Test("correlated identity widens the sigmas of many near points, hardly those of five")
  func designFactors() {
    let uncertainty = LandmarkUncertainty()
    let problem = PoseProblem(model: SyntheticFace.model)
    let five = uncertainty.designFactors(of: problem.model)
    for i in 0..<6 { #expect((0.85...1.15).contains(five[i])) }
    // The same points seventeen times over, a few millimetres apart, tell no more than five.
    let crowd = (0..<17).flatMap { k in
      problem.model.map { $0 + 1e-3 * SIMD3(Double(k % 4), Double(k / 4), 0) }
    }
    let centre = crowd.reduce(SIMD3<Double>.zero, +) / Double(crowd.count)
    let many = uncertainty.designFactors(of: crowd.map { $0 - centre })
    for i in 0..<6 { #expect((3.4...4.4).contains(many[i])) }
    var independent = uncertainty
    independent.correlationLength = 1e-9
    let none = independent.designFactors(of: crowd.map { $0 - centre })
    for i in 0..<6 { #expect(abs(none[i] - 1) < 1e-9) }
  }
}
