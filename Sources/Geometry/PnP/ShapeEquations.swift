/// The normal equations of a mean face's points, summed over many faces.
///
/// With the pose R, t of each face and the depth ζ of its centroid, the points X minimise
///
///     Σ over faces ζ² Σ over points w ‖ π(R X + t) − u ‖²
///
/// so that a residual is a length on the face, and large faces count no more than small ones. Poses and points take
/// turns: a pass fits the poses to the points that there are, then one Gauss-Newton step moves each point. Sums of
/// parts of the faces may be added.
public struct ShapeEquations: Sendable {
  /// The 3 x 3 moments of a point and its gradient.
  private struct Sums {
    /// xx, xy, xz, yy, yz, zz; then x, y, z of the gradient.
    var values: InlineArray<9, Double> = .init(repeating: 0)
  }

  /// The points that poses were fitted to.
  private let model: [SIMD3<Double>]
  private var sums: [Sums]
  /// How many faces have a pose.
  public private(set) var faces = 0
  /// The weighted sum of squared residuals, in squares of the model's unit.
  public private(set) var squares = 0.0
  /// The sum of weights of all coordinates: two of each landmark.
  public private(set) var coordinates = 0.0
  /// Of the optical axis in the faces' own axes: the sum of the unit vectors, and of their products as xx, xy, xz, yy,
  /// yz, zz.
  private var sight = SIMD3<Double>.zero
  private var sightProducts: InlineArray<6, Double> = .init(repeating: 0)

  /// - Parameter model: the points that poses are fitted to, in the landmarks' order.
  public init(model: [SIMD3<Double>]) {
    self.model = model
    sums = Array(repeating: Sums(), count: model.count)
  }

  /// Adds the sums over other faces with the same model.
  public static func += (left: inout Self, right: Self) {
    for i in left.sums.indices {
      for k in 0..<9 { left.sums[i].values[k] += right.sums[i].values[k] }
    }
    left.faces += right.faces
    left.squares += right.squares
    left.coordinates += right.coordinates
    left.sight += right.sight
    for k in 0..<6 { left.sightProducts[k] += right.sightProducts[k] }
  }

  /// The root mean square residual of a coordinate, in the model's unit.
  public var residual: Double { coordinates > 0 ? (squares / coordinates).squareRoot() : 0 }

  /// By how much faces are turned against each other: the root mean square angle between the optical axis and its
  /// mean, along the direction in which it is greatest, in radians (small angles).
  public var turning: Double {
    guard faces > 0 else { return 0 }
    let mean = sight / Double(faces)
    var covariance: InlineArray<6, Double> = .init(repeating: 0)
    let products = [
      mean.x * mean.x, mean.x * mean.y, mean.x * mean.z, mean.y * mean.y, mean.y * mean.z,
      mean.z * mean.z,
    ]
    for k in 0..<6 { covariance[k] = sightProducts[k] / Double(faces) - products[k] }
    // The greatest eigenvalue by power iteration.
    var (vector, eigenvalue) = (SIMD3(0.6, 0.5, 0.62), 0.0)
    for _ in 0..<200 {
      let image = SymmetricSystem.product(covariance, vector)
      eigenvalue = length(image)
      guard eigenvalue > 0 else { return 0 }
      vector = image / eigenvalue
    }
    return eigenvalue.squareRoot()
  }

  /// The points after the step.
  ///
  /// - Parameter mirror: for a face that is to be symmetric about x = 0, the number of each point's counterpart, which
  ///   is the point itself in the middle of the face; nil where it need not be.
  /// - Returns: nil where the faces leave a point open in some direction.
  public func solution(mirror: [Int]? = nil) -> [SIMD3<Double>]? {
    var points: [SIMD3<Double>] = []
    for i in sums.indices {
      var system = Self.system(sums[i], at: model[i])
      if let mirror {
        let other = Self.system(sums[mirror[i]], at: model[mirror[i]])
        // Mirrored: the products of x with y and z change their signs.
        for k in 0..<6 { system.moments[k] += (k == 1 || k == 2 ? -1 : 1) * other.moments[k] }
        system.right += other.right * SIMD3(-1, 1, 1)
      }
      guard let point = system.solution else { return nil }
      points.append(point)
    }
    return points
  }

  /// Of which the new point is the solution.
  private static func system(_ sums: Sums, at point: SIMD3<Double>) -> SymmetricSystem {
    let moments = InlineArray<6, Double> { sums.values[$0] }
    let gradient = SIMD3(sums.values[6], sums.values[7], sums.values[8])
    return SymmetricSystem(
      moments: moments, right: SymmetricSystem.product(moments, point) - gradient)
  }
}

extension LeastSquaresPoseSolver {
  /// Fits poses to the model, and adds what these faces say about its points.
  ///
  /// - Parameters:
  ///   - faces: how many there are; a multiple of four is fastest.
  ///   - camera: the camera of a face, by the face's number from 0.
  ///   - landmark: the landmark of a face and a model point, by their numbers; nil where it is missing.
  ///   - rotation: the known rotation of a face, so that only its translation is fitted; nil where poses are fitted
  ///     whole.
  ///   - equations: what the faces are added to. A face without a pose adds nothing.
  public mutating func addShape(
    faces: Int, camera: (Int) -> Intrinsics, landmark: (Int, Int) -> Landmark?,
    rotation: ((Int) -> Rotation)?, to equations: inout ShapeEquations
  ) {
    var sums = ShapeSums(points: problem.model.count)
    forEachGroup(faces, camera, landmark) { solver, members, group in
      let solution =
        if let rotation {
          solver.translated(members, group, rotation)
        } else {
          solver.solved(group)
        }
      let isUsed = group.isUsable .& (solution.cost .< .infinity)
      solver.problem.addShape(at: solution.pose, where: isUsed, to: &sums)
      for lane in 0..<Lanes.scalarCount where isUsed[lane] {
        equations.addFace(
          sight: solution.pose.rotation[lane].rows.2, coordinates: 2 * group.totalWeight[lane])
      }
    }
    equations.add(sums)
  }
}

/// Sums of `ShapeEquations`, one for each lane.
private struct ShapeSums {
  var points: [InlineArray<9, Lanes>]
  var squares = Lanes.zero

  init(points count: Int) { points = Array(repeating: .init(repeating: .zero), count: count) }
}

extension ShapeEquations {
  fileprivate mutating func add(_ other: ShapeSums) {
    for i in sums.indices {
      for k in 0..<9 { sums[i].values[k] += other.points[i][k].sum() }
    }
    squares += other.squares.sum()
  }

  fileprivate mutating func addFace(sight axis: SIMD3<Double>, coordinates count: Double) {
    faces += 1
    coordinates += count
    sight += axis
    sightProducts[0] += axis.x * axis.x
    sightProducts[1] += axis.x * axis.y
    sightProducts[2] += axis.x * axis.z
    sightProducts[3] += axis.y * axis.y
    sightProducts[4] += axis.y * axis.z
    sightProducts[5] += axis.z * axis.z
  }
}

extension PoseProblem {
  /// Adds what four faces say about the model's points at their poses.
  fileprivate func addShape(at pose: LanePose, where isUsed: LaneMask, to sums: inout ShapeSums) {
    var pose = pose
    // Lanes that are not used hold anything, and must stay finite.
    pose.replace(
      with: LanePose(
        rotation: .identity,
        translation: LaneVector(.zero, .zero, Lanes(repeating: 1 + 100 * radius))),
      where: .!isUsed)
    let (rows, t) = (pose.rotation.rows, pose.translation)
    for i in 0..<model.count {
      let p = pose.rotation * model[i]
      let inverse = 1 / (p.z + t.z)
      let scale = t.z * inverse
      let (u, v) = ((p.x + t.x) * inverse, (p.y + t.y) * inverse)
      let wx = weights[i].replacing(with: Lanes.zero, where: .!isUsed)
      let wy = wx * aspect
      let (ru, rv) = (t.z * (u - observed[i].x), t.z * (v - observed[i].y))
      let (fu, fv) = (wx * ru, wy * rv)
      sums.squares += fu * ru + fv * rv
      // The rows of the Jacobian by the point in the model's axes.
      let a = scale * (rows.0 - u * rows.2)
      let b = scale * (rows.1 - v * rows.2)
      let (wa, wb) = (wx * a, wy * b)
      sums.points[i][0] += wa.x * a.x + wb.x * b.x
      sums.points[i][1] += wa.x * a.y + wb.x * b.y
      sums.points[i][2] += wa.x * a.z + wb.x * b.z
      sums.points[i][3] += wa.y * a.y + wb.y * b.y
      sums.points[i][4] += wa.y * a.z + wb.y * b.z
      sums.points[i][5] += wa.z * a.z + wb.z * b.z
      sums.points[i][6] += fu * a.x + fv * b.x
      sums.points[i][7] += fu * a.y + fv * b.y
      sums.points[i][8] += fu * a.z + fv * b.z
    }
  }
}
