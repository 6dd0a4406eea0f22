internal import Geometry
internal import TestSupport
internal import Testing

@Suite("Poses by least squares")
struct LeastSquaresPoseSolverTests {
  private var solver = LeastSquaresPoseSolver(
    model: SyntheticFace.model, interocularDistance: 0.0623)

  /// Fits many faces without noise and compares each pose with the truth.
  private mutating func expectRecovery(
    of faces: Int, seed: UInt64, turn: Double, aspect: ClosedRange<Double> = 1...1,
    without missing: Int? = nil
  ) throws {
    var random = SeededRandom(seed: seed)
    var (worstTurn, worstShift, worstError) = (0.0, 0.0, 0.0)
    for _ in 0..<faces {
      var face = SyntheticFace(
        using: &random, turn: turn, aspect: random.uniform(aspect))
      if let missing { face.landmarks[missing] = nil }
      let fit = try #require(face.fit(&solver))
      worstTurn = max(worstTurn, fit.extrinsics.rotation.angle(to: face.pose.rotation))
      let shift = length(fit.extrinsics.translation - face.pose.translation)
      worstShift = max(worstShift, shift / face.pose.translation.z)
      worstError = max(worstError, fit.reprojectionError)
      #expect(fit.points == (missing == nil ? 5 : 4))
      #expect(defect(fit.extrinsics.rotation) < 1e-14)
    }
    #expect(worstTurn < 1e-6)
    #expect(worstShift < 1e-6)
    #expect(worstError < 1e-6)
  }

  @Test("recovers thousands of poses from exact landmarks to 1e-6 rad")
  mutating func exactLandmarks() throws {
    try expectRecovery(of: 3000, seed: 41, turn: 1.4)
  }

  @Test("recovers poses where fx and fy differ")
  mutating func unequalFocalLengths() throws {
    try expectRecovery(of: 1000, seed: 42, turn: 1, aspect: 0.5...2)
  }

  @Test("recovers poses without one eye or mouth corner", arguments: [0, 1, 3, 4])
  func missingPoint(index: Int) throws {
    var copy = self
    try copy.expectRecovery(of: 500, seed: 43, turn: 0.5, without: index)
  }

  @Test("recovers poses without the nose, whose other four points are nearly flat")
  mutating func missingNose() throws {
    try expectRecovery(of: 500, seed: 43, turn: 0.5, without: 2)
  }

  @Test("no search around a fit to noisy landmarks lowers the cost by more than a millionth")
  mutating func localMinimum() throws {
    var random = SeededRandom(seed: 44)
    for _ in 0..<60 {
      let face = SyntheticFace(using: &random, noise: 2, aspect: random.uniform(0.8...1.25))
      let fit = try #require(face.fit(&solver))
      let cost = face.cost(of: fit.extrinsics)
      #expect(abs(fit.reprojectionError - (cost / 5).squareRoot()) < 1e-9)
      #expect(face.leastCost(near: fit.extrinsics, using: &random) > cost * (1 - 1e-6))
      #expect(cost <= face.cost(of: face.pose))
    }
  }

  @Test("that search does find a lower cost from a pose a thousandth of a radian off")
  mutating func searchHasTeeth() throws {
    var random = SeededRandom(seed: 45)
    let face = SyntheticFace(using: &random, noise: 2)
    var pose = try #require(face.fit(&solver)).extrinsics
    pose.rotation = Rotation(rotationVector: [0, 1e-3, 0]) * pose.rotation
    #expect(face.leastCost(near: pose, using: &random) < face.cost(of: pose) * (1 - 1e-6))
  }

  @Test("the same face gives the same bits whatever was fitted before")
  mutating func keepsNoState() throws {
    var random = SeededRandom(seed: 46)
    let (first, second) = (
      SyntheticFace(using: &random, noise: 1), SyntheticFace(using: &random, noise: 1)
    )
    let alone = try #require(first.fit(&solver)).extrinsics
    var partial = second
    partial.landmarks[0] = nil
    _ = partial.fit(&solver)
    #expect(try #require(first.fit(&solver)).extrinsics == alone)
  }

  @Test("a face's fit is the same, bit for bit, alone and at any place among any others")
  mutating func lanesDoNotMix() throws {
    var random = SeededRandom(seed: 50)
    var faces = (0..<11).map { _ in SyntheticFace(using: &random, noise: 3) }
    faces[2].landmarks[2] = nil
    faces[5].landmarks = Array(repeating: nil, count: 5)
    faces[6].landmarks[1] = [.nan, 4]
    faces[7].camera.focalLength = [0, 500]
    for together in [faces, faces.reversed(), Array(faces.dropFirst(3))] {
      for (face, fit) in zip(together, together.fit(&solver)) {
        let alone = face.fit(&solver)
        #expect(fit?.extrinsics == alone?.extrinsics)
        #expect(fit?.covariance.rotationSigma == alone?.covariance.rotationSigma)
        #expect(fit?.reprojectionError == alone?.reprojectionError)
      }
    }
    #expect(faces.fit(&solver).map { $0 == nil } == (0..<11).map { (5...7).contains($0) })
  }

  @Test("landmarks in one place, or within a hundredth of a pixel, give no pose")
  mutating func coincident() {
    var random = SeededRandom(seed: 47)
    var face = SyntheticFace(using: &random)
    face.camera.focalLength = [1000, 1000]
    face.landmarks = Array(repeating: [300, 200], count: 5)
    #expect(face.fit(&solver) == nil)
    face.landmarks[2] = [300.005, 200]
    #expect(face.fit(&solver) == nil)
  }

  @Test("a coordinate that is not finite gives no pose", arguments: [Double.nan, .infinity])
  func notFinite(value: Double) {
    var random = SeededRandom(seed: 48)
    let face = SyntheticFace(using: &random)
    var solver = solver
    #expect(face.fit(&solver) != nil)
    for index in 0..<5 {
      var broken = face
      broken.landmarks[index] = SIMD2(100, value)
      #expect(broken.fit(&solver) == nil)
      broken.landmarks[index] = SIMD2(value, 100)
      #expect(broken.fit(&solver) == nil)
    }
  }

  @Test("fewer than four landmarks give no pose")
  mutating func tooFew() {
    var random = SeededRandom(seed: 49)
    var face = SyntheticFace(using: &random)
    face.landmarks[1] = nil
    #expect(face.fit(&solver) != nil)
    face.landmarks[3] = nil
    #expect(face.fit(&solver) == nil)
    face.landmarks = Array(repeating: nil, count: 5)
    #expect(face.fit(&solver) == nil)
  }
}
