/// One face's correspondences, and the steps of the least-squares fit over them.
///
/// Inside, model points are relative to their centroid, so a pose's translation is the centroid's
/// position, and landmarks are in normalised image coordinates (depth 1).
struct PoseProblem {
  private var points: [SIMD3<Double>]
  private var observed: [SIMD2<Double>]
  private var virtual: [SIMD2<Double>]
  private(set) var count = 0
  private var camera = Intrinsics(focalLength: [1, 1], principalPoint: [0, 0])
  private var centroid = SIMD3<Double>.zero
  private var meanObserved = SIMD2<Double>.zero
  /// The model's root mean square distance from its centroid.
  private var radius = 0.0

  init(capacity: Int) {
    points = Array(repeating: .zero, count: capacity)
    observed = Array(repeating: .zero, count: capacity)
    virtual = Array(repeating: .zero, count: capacity)
  }

  mutating func reset(camera: Intrinsics) {
    self.camera = camera
    count = 0
  }

  mutating func add(_ point: SIMD3<Double>, at pixel: SIMD2<Double>) {
    points[count] = point
    observed[count] = (pixel - camera.principalPoint) / camera.focalLength
    count += 1
  }

  /// Moves the model to its centroid; false where all landmarks are in one place.
  mutating func centre() -> Bool {
    centroid = .zero
    meanObserved = .zero
    for i in 0..<count {
      centroid += points[i]
      meanObserved += observed[i]
    }
    centroid /= Double(count)
    meanObserved /= Double(count)
    var squares = 0.0
    var spread = 0.0
    for i in 0..<count {
      points[i] -= centroid
      squares += dot(points[i], points[i])
      let offset = observed[i] - meanObserved
      spread += offset.x * offset.x + offset.y * offset.y
    }
    radius = (squares / Double(count)).squareRoot()
    // Landmarks within 1e-5 of the focal length, about a hundredth of a pixel, are one point.
    return spread > Double(count) * 1e-10
  }

  /// A start: the pose in the camera, and the rotation of the virtual camera that it was found in.
  struct Start {
    var pose: Extrinsics
    var virtualToCamera: Rotation
    /// Image size over model size at the centroid's depth.
    var scale: Double
  }

  mutating func orthographicStart(sweeps: Int) -> Start {
    let toCamera = Self.rotation(ofOpticalAxisTo: meanObserved)
    for i in 0..<count {
      let ray = toCamera.transpose * SIMD3(observed[i].x, observed[i].y, 1)
      virtual[i] = SIMD2(ray.x, ray.y) / ray.z
    }
    let inverse = Self.regularisedInverse(of: secondMoments())
    var rotation = Rotation.identity
    var depth = Double.infinity
    var centre = SIMD2<Double>.zero
    for _ in 0...sweeps {
      var sum = SIMD2<Double>.zero
      var x = SIMD3<Double>.zero
      var y = SIMD3<Double>.zero
      for i in 0..<count {
        // POSIT: what scaled orthography would have seen, given the depths of the last sweep.
        let image = virtual[i] * (1 + dot(rotation.rows.2, points[i]) / depth)
        sum += image
        // The model is centred, so the image's mean drops out of these sums.
        x += image.x * points[i]
        y += image.y * points[i]
      }
      centre = sum / Double(count)
      let nearest = Self.nearestRotation(inverse * x, inverse * y)
      rotation = nearest.rotation
      depth = 1 / nearest.scale
    }
    let position = toCamera * (depth * SIMD3(centre.x, centre.y, 1))
    return Start(
      pose: Extrinsics(rotation: toCamera * rotation, translation: position),
      virtualToCamera: toCamera, scale: 1 / depth)
  }

  /// The pose whose orthographic image is the same for a flat face: depth turned round, as seen along
  /// the ray to the face.
  func depthReversed(_ pose: Extrinsics, _ start: Start) -> Extrinsics {
    let seen = start.virtualToCamera.transpose * pose.rotation
    let flip = SIMD3<Double>(1, 1, -1)
    let (first, second) = (seen.rows.0 * flip, seen.rows.1 * flip)
    let reversed = Rotation(rows: first, second, cross(first, second)).orthonormalised()
    return Extrinsics(rotation: start.virtualToCamera * reversed, translation: pose.translation)
  }

  /// A face that looks into the camera.
  func frontal(_ start: Start) -> Extrinsics {
    Extrinsics(rotation: start.virtualToCamera, translation: start.pose.translation)
  }

  /// The pose with the translation of the model's own origin.
  func aboutModelOrigin(_ pose: Extrinsics) -> Extrinsics {
    Extrinsics(
      rotation: pose.rotation, translation: pose.translation - pose.rotation * centroid)
  }

  /// The cost, in square pixels, at which the rms residual is this fraction of the model's radius in
  /// the image.
  func cost(ofRelativeResidual fraction: Double, scale: Double) -> Double {
    let residual = fraction * radius * scale * camera.focalLength.max()
    return Double(count) * residual * residual
  }
}

// MARK: Refinement

extension PoseProblem {
  /// Levenberg-Marquardt from `start`; an infinite cost where a point stays behind the camera.
  func refined(from start: Extrinsics, tolerance: Double) -> (pose: Extrinsics, cost: Double) {
    var pose = start
    var cost = cost(of: pose)
    guard cost.isFinite else { return (pose, cost) }
    var damping = 1e-4
    var equations = normalEquations(at: pose)
    for _ in 0..<100 {
      if let step = equations.step(damping: damping) {
        let turn = Rotation(rotationVector: SIMD3(step[0], step[1], step[2]))
        let candidate = Extrinsics(
          rotation: turn * pose.rotation,
          translation: pose.translation + SIMD3(step[3], step[4], step[5]))
        let candidateCost = self.cost(of: candidate)
        if candidateCost <= cost {
          let gain = cost - candidateCost
          let promise = equations.predictedGain(of: step)
          pose = candidate
          cost = candidateCost
          // 1e-20 square pixels is rounding: nothing is left to gain.
          if gain <= tolerance * cost || cost < 1e-20 { break }
          // Where the residuals bend, full steps overshoot to and fro: damp by how much of the
          // promised gain came true (Nielsen 1999).
          if gain > 0.75 * promise {
            damping = max(damping * 0.1, 1e-9)
          } else if gain < 0.25 * promise {
            damping = max(damping * 4, 1e-4)
          }
          equations = normalEquations(at: pose)
          continue
        }
      }
      damping = max(damping * 10, 1e-4)
      if damping > 1e8 { break }
    }
    return (
      Extrinsics(rotation: pose.rotation.orthonormalised(), translation: pose.translation), cost
    )
  }

  /// Summed squared distances in pixels; infinite where a point is not in front of the camera.
  private func cost(of pose: Extrinsics) -> Double {
    var sum = 0.0
    for i in 0..<count {
      let point = pose.applied(to: points[i])
      guard point.z > 0.01 * radius else { return .infinity }
      let residual = (SIMD2(point.x, point.y) / point.z - observed[i]) * camera.focalLength
      sum += residual.x * residual.x + residual.y * residual.y
    }
    return sum
  }

  private func normalEquations(at pose: Extrinsics) -> NormalEquations {
    var equations = NormalEquations()
    for i in 0..<count {
      let arm = pose.rotation * points[i]
      let inverseDepth = 1 / (arm.z + pose.translation.z)
      let u = (arm.x + pose.translation.x) * inverseDepth
      let v = (arm.y + pose.translation.y) * inverseDepth
      // du/dX = (1, 0, -u) / Z; a turn w moves the arm by w x arm.
      let fx = camera.focalLength.x
      let fy = camera.focalLength.y
      let ku = fx * inverseDepth
      let kv = fy * inverseDepth
      equations.add(
        NormalEquations.Row(
          -ku * u * arm.y, ku * (arm.z + u * arm.x), -ku * arm.y, ku, 0, -ku * u, 0, 0),
        residual: fx * (u - observed[i].x))
      equations.add(
        NormalEquations.Row(
          -kv * (arm.z + v * arm.y), kv * v * arm.x, kv * arm.x, 0, kv, -kv * v, 0, 0),
        residual: fy * (v - observed[i].y))
    }
    return equations
  }
}

// MARK: Scaled orthography

extension PoseProblem {
  private func secondMoments() -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    var rows = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
    for i in 0..<count {
      let p = points[i]
      rows.0 += p.x * p
      rows.1 += p.y * p
      rows.2 += p.z * p
    }
    return rows
  }

  /// A symmetric 3x3 matrix times a vector, by rows.
  struct SymmetricMatrix {
    var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

    static func * (matrix: Self, vector: SIMD3<Double>) -> SIMD3<Double> {
      SIMD3(
        dot(matrix.rows.0, vector), dot(matrix.rows.1, vector), dot(matrix.rows.2, vector))
    }
  }

  /// The inverse with a thousandth of the mean diagonal added: four landmarks without the nose are
  /// nearly flat, and the direction they leave open should stay small rather than be noise.
  private static func regularisedInverse(
    of moments: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  ) -> SymmetricMatrix {
    var (a, b, c) = moments
    let ridge = 1e-3 * (a.x + b.y + c.z) / 3
    a.x += ridge
    b.y += ridge
    c.z += ridge
    let determinant = dot(a, cross(b, c))
    return SymmetricMatrix(
      rows: (cross(b, c) / determinant, cross(c, a) / determinant, cross(a, b) / determinant))
  }

  /// The rotation whose first two rows are closest to two vectors of about equal length, treating
  /// both alike, and that length.
  private static func nearestRotation(
    _ first: SIMD3<Double>, _ second: SIMD3<Double>
  ) -> (rotation: Rotation, scale: Double) {
    let tiny = Double.leastNormalMagnitude
    let (a, b) = (length(first) + tiny, length(second) + tiny)
    let sum = first / a + second / b
    let difference = first / a - second / b
    let p = sum / ((2.0).squareRoot() * (length(sum) + tiny))
    let q = difference / ((2.0).squareRoot() * (length(difference) + tiny))
    let (x, y) = (p + q, p - q)
    return (Rotation(rows: x, y, cross(x, y)), 0.5 * (a + b))
  }

  /// The smallest rotation that takes the optical axis to the ray through a normalised image point.
  private static func rotation(ofOpticalAxisTo point: SIMD2<Double>) -> Rotation {
    let ray = SIMD3(point.x, point.y, 1) / length(SIMD3(point.x, point.y, 1))
    let k = 1 / (1 + ray.z)
    return Rotation(
      rows: SIMD3(1 - ray.x * ray.x * k, -ray.x * ray.y * k, ray.x),
      SIMD3(-ray.x * ray.y * k, 1 - ray.y * ray.y * k, ray.y),
      SIMD3(-ray.x, -ray.y, ray.z))
  }
}
