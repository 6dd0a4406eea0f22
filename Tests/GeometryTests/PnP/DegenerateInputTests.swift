internal import Geometry
internal import TestSupport
internal import Testing

@Suite("Landmarks that are no face")
struct DegenerateInputTests {
  private enum Fault: CaseIterable {
    case coincident, collinear, nan, infinite, huge, missing, behind, focalLength, far, random
  }

  private func face(_ fault: Fault, using random: inout SeededRandom) -> SyntheticFace {
    var face = SyntheticFace(using: &random, noise: 1)
    func point() -> SIMD2<Double> {
      SIMD2(random.uniform(-2000...2000), random.uniform(-2000...2000))
    }
    let index = random.below(5)
    switch fault {
    case .coincident:
      let place = point()
      face.landmarks = Array(repeating: place, count: 5)
    case .collinear:
      let (origin, direction) = (point(), point())
      face.landmarks = (0..<5).map { _ in origin + random.uniform(-1...1) * direction }
    case .nan: face.landmarks[index] = SIMD2(.nan, random.uniform(0...9))
    case .infinite: face.landmarks[index] = SIMD2(random.uniform(0...9), -.infinity)
    case .huge: face.landmarks[index] = point() * random.uniform(1e3...1e200)
    case .missing:
      for _ in 0..<random.below(6) { face.landmarks[random.below(5)] = nil }
    case .behind:
      // As a face behind the camera would project: turned through the centre.
      face.landmarks = face.landmarks.map { $0.map { 2 * face.camera.principalPoint - $0 } }
    case .focalLength:
      let values = [0, -500, .nan, .infinity, .leastNonzeroMagnitude, 1e300]
      face.camera.focalLength[random.below(2)] = values[random.below(values.count)]
    case .far: face.camera.principalPoint = point() * 1e6
    case .random: face.landmarks = (0..<5).map { _ in point() }
    }
    return face
  }

  @Test("10,000 of them give a pose in front of the camera without a NaN, or none, and no hang")
  func fuzz() {
    var random = SeededRandom(seed: 81)
    var solver = LeastSquaresPoseSolver(
      model: SyntheticFace.model, interocularDistance: 0.0623)
    var fitted: [Fault: Int] = [:]
    for round in 0..<2500 {
      let faults = (0..<4).map { _ in Fault.allCases[random.below(Fault.allCases.count)] }
      let faces = faults.map { face($0, using: &random) }
      for (fault, fit) in zip(faults, faces.fit(&solver)) {
        guard let fit else { continue }
        fitted[fault, default: 0] += 1
        let sigmas = fit.covariance.rotationSigma.sum() + fit.covariance.translationSigma.sum()
        let size = fit.extrinsics.translation.sum() + fit.extrinsics.rotation.rotationVector.sum()
        #expect((sigmas + size + fit.reprojectionError).isFinite, "round \(round), \(fault)")
        #expect(fit.covariance.rotationSigma.max() <= .pi)
        #expect(defect(fit.extrinsics.rotation) < 1e-12)
        for point in SyntheticFace.model {
          #expect(fit.extrinsics.applied(to: point).z > 0)
        }
      }
    }
    #expect(fitted[.coincident] == nil)
    #expect(fitted[.nan] == nil)
    #expect(fitted[.infinite] == nil)
    #expect(fitted[.missing] ?? 0 > 100)
    #expect(fitted[.random] ?? 0 > 100)
  }

  @Test("a face behind the camera is never given a pose behind it")
  func behindCamera() {
    var random = SeededRandom(seed: 82)
    var solver = LeastSquaresPoseSolver(
      model: SyntheticFace.model, interocularDistance: 0.0623)
    for _ in 0..<500 {
      guard let fit = face(.behind, using: &random).fit(&solver) else { continue }
      #expect(fit.extrinsics.translation.z > 0)
      // What such landmarks look like in front is a poor fit or a turned face, never the truth.
      #expect(fit.reprojectionError >= 0)
    }
  }
}
