internal import Geometry
internal import TestSupport

/// img2pose's five points seen in a known pose by a known camera.
struct SyntheticFace {
  /// Metres: eyes, nose tip, mouth corners (the float32 figures of img2pose's reference file).
  static let model: [SIMD3<Double>] = [
    [-0.030313677, -0.04008789, -0.037974212], [0.032007796, -0.03944147, -0.037752032],
    [0.001478795, -0.002910064, -0.07367204], [-0.023718083, 0.027580532, -0.039722505],
    [0.022684711, 0.028580052, -0.041195285],
  ]

  var camera: Intrinsics
  var pose: Extrinsics
  var landmarks: [SIMD2<Double>?]

  /// - Parameters:
  ///   - turn: the largest angle from a frontal face, in radians.
  ///   - noise: the largest error of a landmark's coordinate, in pixels.
  ///   - aspect: fy over fx.
  init(using random: inout SeededRandom, turn: Double = 1, noise: Double = 0, aspect: Double = 1) {
    let focalLength = random.uniform(400...3000)
    camera = Intrinsics(
      focalLength: [focalLength, focalLength * aspect],
      principalPoint: [random.uniform(200...900), random.uniform(200...900)])
    let depth = random.uniform(0.25...6)
    pose = Extrinsics(
      rotation: random.rotation(angle: 0...turn),
      translation: depth * SIMD3(random.uniform(-0.45...0.45), random.uniform(-0.45...0.45), 1))
    landmarks = []
    for point in Self.model {
      let error = SIMD2(random.uniform(-1...1), random.uniform(-1...1)) * noise
      landmarks.append(camera.projection(of: pose.applied(to: point)) + error)
    }
  }

  func fit(_ solver: inout LeastSquaresPoseSolver) -> PoseFit? { [self].fit(&solver)[0] }

  /// Summed squared reprojection errors in pixels.
  func cost(of pose: Extrinsics) -> Double {
    zip(Self.model, landmarks).reduce(0) { sum, pair in
      guard let landmark = pair.1 else { return sum }
      let error = camera.projection(of: pose.applied(to: pair.0)) - landmark
      return sum + error.x * error.x + error.y * error.y
    }
  }

  /// The least cost that a search without derivatives finds from a pose: steps along the six axes and
  /// random directions, halved when none helps.
  func leastCost(near start: Extrinsics, using random: inout SeededRandom) -> Double {
    var (pose, best) = (start, cost(of: start))
    var step = 1e-2
    while step > 1e-8 {
      let axes: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      var moves = axes.flatMap { [($0, SIMD3<Double>.zero), (.zero, $0)] }
      for _ in 0..<10 { moves.append((random.vector(-1...1), random.vector(-1...1))) }
      var improved = false
      for (turn, shift) in moves {
        for sign in [-step, step] {
          let candidate = Extrinsics(
            rotation: Rotation(rotationVector: sign * turn) * pose.rotation,
            // Shifts are meant at the scale of the depth.
            translation: pose.translation + sign * pose.translation.z * shift)
          let value = cost(of: candidate)
          if value < best { (pose, best, improved) = (candidate, value, true) }
        }
      }
      if !improved { step /= 2 }
    }
    return best
  }
}

extension [SyntheticFace] {
  /// All of them fitted in one call.
  func fit(_ solver: inout LeastSquaresPoseSolver) -> [PoseFit?] {
    var fits: [PoseFit?] = []
    solver.fit(
      faces: count, camera: { self[$0].camera },
      landmark: { face, point in self[face].landmarks[point].map { ($0, 1) } },
      take: { face, fit in
        precondition(face == fits.count, "fits come in order")
        fits.append(fit)
      })
    return fits
  }
}
