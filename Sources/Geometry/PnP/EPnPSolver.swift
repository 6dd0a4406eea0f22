/// Poses by EPnP, without refinement (Lepetit, Moreno-Noguer, Fua: EPnP: An Accurate O(n) Solution to
/// the PnP Problem, IJCV 81, 2009):
///
///     λᵢ (uᵢ, vᵢ, 1)ᵀ = K (R Xᵢ + t),   Xᵢ = Σⱼ αᵢⱼ cⱼ
///
/// The object points are weighted sums of four control points cⱼ. The control points' positions in camera axes,
/// twelve numbers, lie near the null space of a matrix M that the pixels give. Their coordinates β in it follow
/// from the control points' known distances: linearised for one, two and three dimensions in turn, and refined by
/// Gauss-Newton. Of the three poses the one with the least reprojection error is kept.
///
/// Its purpose is to reproduce labels that others made with OpenCV's `solvePnP(…, SOLVEPNP_EPNP)`. Where the
/// paper leaves a choice open, it makes OpenCV's. `LeastSquaresPoseSolver` is more accurate. With five points M
/// has a null space of two dimensions. Rounding decides its basis, and with noise the pose depends on that basis.
/// So up to it all sums and rotations run in OpenCV's order, in doubles without fused products, and the basis is
/// OpenCV's to the last bit.
///
/// A solver owns its scratch memory; use one for each thread.
public struct EPnPSolver {
  /// The fewest landmarks that determine a pose.
  public static let minimumPoints = 4

  /// How points are rounded. img2pose gives OpenCV float32 points, and OpenCV keeps normalised points in that
  /// type.
  enum PointPrecision { case float32, float64 }

  private let precision: PointPrecision
  private let model: [SIMD3<Double>]
  private let modelControlPoints: EPnPControlPoints?

  private var points: [SIMD3<Double>] = []
  /// Landmarks relative to the principal point, in pixels.
  private var offsets: [SIMD2<Double>] = []
  private var weights: [SIMD4<Double>] = []
  /// The points in camera axes, by their weights.
  private var seen: [SIMD3<Double>] = []
  private var focalLength = SIMD2<Double>.one
  private var equations = EPnPDistanceEquations()
  private var workspace = LAPACKWorkspace()
  private var factors = OneSidedJacobi(order: 12)

  /// Prepares a solver for a face model.
  ///
  /// - Parameter model: at least 4 object points in any unit, in the landmarks' order and in OpenCV's
  ///   axes (x right, y down, z away). They are rounded to float32, as OpenCV takes them from img2pose.
  public init(model: [SIMD3<Double>]) {
    self.init(model: model, precision: .float32)
  }

  init(model: [SIMD3<Double>], precision: PointPrecision) {
    precondition(model.count >= Self.minimumPoints, "a pose needs at least 4 model points")
    self.precision = precision
    self.model =
      precision == .float64 ? model : model.map { SIMD3<Double>(SIMD3<Float>($0)) }
    modelControlPoints = EPnPControlPoints(of: self.model)
    points.reserveCapacity(model.count)
    offsets.reserveCapacity(model.count)
    weights.reserveCapacity(model.count)
    seen.reserveCapacity(model.count)
  }

  /// Fits one face.
  ///
  /// The sign of depth is chosen by the first landmark alone, as OpenCV does, so a poor fit may have
  /// points behind the camera.
  ///
  /// - Parameters:
  ///   - camera: its two focal lengths may differ. It must be plausible (`Intrinsics.isPlausible`).
  ///   - landmark: the i-th landmark in pixels, or nil where it is missing; asked once for each model
  ///     point. Rounded to float32, as are the normalised coordinates that OpenCV makes of it.
  /// - Returns: the pose, its translation in the model's unit; nil where there are fewer than four landmarks, a
  ///   number is not finite, the camera is not plausible, or the points leave the pose undetermined so that NaN
  ///   would result.
  public mutating func fit(
    camera: Intrinsics, landmark: (Int) -> SIMD2<Double>?
  ) -> Extrinsics? {
    focalLength = camera.focalLength
    guard gather(camera: camera, landmark: landmark) else { return nil }
    let isWhole = points.count == model.count
    guard let controlPoints = isWhole ? modelControlPoints : EPnPControlPoints(of: points)
    else { return nil }
    weights.removeAll(keepingCapacity: true)
    for point in points { weights.append(controlPoints.weights(of: point)) }
    guard let vectors = nullSpace() else { return nil }
    equations.set(vectors: vectors, controlPoints: controlPoints)

    var best: (pose: Extrinsics, error: Double)?
    for linearisation in EPnPDistanceEquations.linearisations {
      guard let start = equations.start(linearisation: linearisation, workspace: &workspace)
      else { continue }
      let beta = equations.refined(start)
      guard let pose = pose(beta: beta, vectors: vectors) else { continue }
      let error = reprojectionError(of: pose)
      guard error.isFinite else { continue }
      if best.map({ error < $0.error }) ?? true { best = (pose, error) }
    }
    return best?.pose
  }

  /// Collects the landmarks that are there; false where they are too few or not finite.
  private mutating func gather(camera: Intrinsics, landmark: (Int) -> SIMD2<Double>?) -> Bool {
    points.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    let inverse = 1 / camera.focalLength
    for i in model.indices {
      guard let pixel = landmark(i) else { continue }
      let offset: SIMD2<Double>
      if precision == .float32 {
        let rounded = SIMD2<Double>(SIMD2<Float>(pixel))
        let normalised = SIMD2<Float>((rounded - camera.principalPoint) * inverse)
        // Adds and subtracts the principal point, as OpenCV does, for the same rounding.
        let restored = SIMD2<Double>(normalised) * camera.focalLength + camera.principalPoint
        offset = restored - camera.principalPoint
      } else {
        offset = pixel - camera.principalPoint
      }
      guard offset.x.isFinite, offset.y.isFinite else { return false }
      points.append(model[i])
      offsets.append(offset)
    }
    return camera.isPlausible && points.count >= Self.minimumPoints
  }

  /// The left singular vectors of MᵀM for its four smallest values, smallest first, each as four control
  /// points. M has two rows a landmark: αⱼ (fu, 0, −x) and αⱼ (0, fv, −y) for control point j, (x, y) the
  /// offset.
  private mutating func nullSpace() -> InlineArray<4, InlineArray<4, SIMD3<Double>>>? {
    for i in factors.vectors.indices { factors.vectors[i] = 0 }
    for (alpha, offset) in zip(weights, offsets) {
      let (byF, byOffset) = (
        (alpha * focalLength.x, alpha * focalLength.y), (alpha * -offset.x, alpha * -offset.y)
      )
      for i in 0..<4 {
        for j in i..<4 {
          // Zeros of M's two rows are left out.
          add(3 * i, 3 * j, byF.0[i], byF.0[j])
          add(3 * i, 3 * j + 2, byF.0[i], byOffset.0[j])
          add(3 * i + 2, 3 * j + 2, byOffset.0[i], byOffset.0[j])
          add(3 * i + 1, 3 * j + 1, byF.1[i], byF.1[j])
          add(3 * i + 1, 3 * j + 2, byF.1[i], byOffset.1[j])
          add(3 * i + 2, 3 * j + 2, byOffset.1[i], byOffset.1[j])
          if i < j {
            add(3 * i + 2, 3 * j, byOffset.0[i], byF.0[j])
            add(3 * i + 2, 3 * j + 1, byOffset.1[i], byF.1[j])
          }
        }
      }
    }
    for i in 0..<12 {
      for j in 0..<i { factors.vectors[12 * i + j] = factors.vectors[12 * j + i] }
    }
    guard factors.decompose() else { return nil }
    var vectors = InlineArray<4, InlineArray<4, SIMD3<Double>>>(
      repeating: .init(repeating: .zero))
    for k in 0..<4 {
      for point in 0..<4 {
        let at = (11 - k) * 12 + 3 * point
        vectors[k][point] = SIMD3(
          factors.vectors[at], factors.vectors[at + 1], factors.vectors[at + 2])
      }
    }
    return vectors
  }

  /// Adds a product to an entry of MᵀM.
  private mutating func add(_ row: Int, _ column: Int, _ a: Double, _ b: Double) {
    factors.vectors[12 * row + column] += a * b
  }

  /// The rigid motion nearest to the camera positions that β gives (Horn's problem by SVD); nil where these are
  /// not finite.
  private mutating func pose(
    beta: SIMD4<Double>, vectors: InlineArray<4, InlineArray<4, SIMD3<Double>>>
  ) -> Extrinsics? {
    var control = InlineArray<4, SIMD3<Double>>(repeating: .zero)
    for j in 0..<4 {
      for k in 0..<4 { control[j] += beta[k] * vectors[k][j] }
    }
    seen.removeAll(keepingCapacity: true)
    for alpha in weights {
      let near = alpha[0] * control[0] + alpha[1] * control[1]
      seen.append(near + alpha[2] * control[2] + alpha[3] * control[3])
    }
    let side: Double = seen[0].z < 0 ? -1 : 1
    let seenCentre = side * seen.reduce(.zero, +) / Double(seen.count)
    let centre = points.reduce(.zero, +) / Double(points.count)
    var rows = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
    for (point, position) in zip(points, seen) {
      let arm = point - centre
      let seenArm = side * position - seenCentre
      rows.0 += seenArm.x * arm
      rows.1 += seenArm.y * arm
      rows.2 += seenArm.z * arm
    }
    guard let (x, y, z) = workspace.orthogonalFactor(ofRows: rows) else { return nil }
    // For a reflection the depth row is negated, as in OpenCV. This is not the nearest rotation.
    let rotation = Rotation(rows: x, y, dot(x, cross(y, z)) < 0 ? -z : z)
    return Extrinsics(rotation: rotation, translation: seenCentre - rotation * centre)
  }

  /// The mean distance between landmarks and projected points, in pixels.
  private func reprojectionError(of pose: Extrinsics) -> Double {
    var sum = 0.0
    for (point, offset) in zip(points, offsets) {
      let position = pose.applied(to: point)
      let error = focalLength * SIMD2(position.x, position.y) / position.z - offset
      sum += (error.x * error.x + error.y * error.y).squareRoot()
    }
    return sum / Double(points.count)
  }
}
