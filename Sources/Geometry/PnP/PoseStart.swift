/// Where a fit starts: the pose in the camera, and the rotation of the virtual camera in which it was found.
struct PoseStart {
  var pose: LanePose
  var virtualToCamera: LaneRotation
  /// The landmarks' mean squared distance from their centroid, in normalised coordinates.
  var spread: Lanes

  /// The pose with depth reversed, as seen along the ray to the face. A flat face has the same orthographic image
  /// in both.
  func depthReversed(_ pose: LanePose) -> LanePose {
    let seen = virtualToCamera.transpose * pose.rotation
    func reversed(_ row: LaneVector) -> LaneVector { LaneVector(row.x, row.y, -row.z) }
    let nearest = LaneRotation.nearest(to: reversed(seen.rows.0), reversed(seen.rows.1))
    return LanePose(
      rotation: virtualToCamera * nearest.rotation, translation: pose.translation)
  }

  /// A face that looks into the camera.
  var frontal: LanePose { LanePose(rotation: virtualToCamera, translation: pose.translation) }
}

extension PoseProblem {
  /// Scaled orthography in a virtual camera that looks at the landmarks' centroid, by the model's
  /// pseudo-inverse, then a sweep of POSIT (DeMenthon and Davis, IJCV 1995).
  ///
  /// - Parameter isUneven: where weights differ from 1, so that the model's constant pseudo-inverse does not fit.
  mutating func orthographicStart(isUneven: LaneMask) -> PoseStart {
    var (total, sumX, sumY, squares) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for i in 0..<model.count {
      let (w, x, y) = (weights[i], observed[i].x, observed[i].y)
      total += w
      sumX += w * x
      sumY += w * y
      squares += w * (x * x + y * y)
    }
    let share = 1 / total
    let (meanX, meanY) = (share * sumX, share * sumY)
    // Centroid and inverse second moments of the points that are there.
    var middle = LaneVector.zero
    var inverse = inverseMoments
    if any(isUneven) {
      for i in 0..<model.count { middle.add(share * weights[i], times: model[i]) }
      var moments = SymmetricMatrix()
      for i in 0..<model.count { moments.add(model[i], minus: middle, weight: weights[i]) }
      middle.replace(with: .zero, where: .!isUneven)
      inverse.replace(with: moments.regularisedInverse(), where: isUneven)
    }

    let toCamera = LaneRotation(ofOpticalAxisTo: meanX, meanY)
    let rows = toCamera.rows
    for i in 0..<model.count {
      // The ray in the virtual camera: the inverse rotation of (x, y, 1).
      let (x, y) = observed[i]
      let depth = 1 / (rows.0.z * x + rows.1.z * y + rows.2.z)
      virtual[i] = (
        (rows.0.x * x + rows.1.x * y + rows.2.x) * depth,
        (rows.0.y * x + rows.1.y * y + rows.2.y) * depth
      )
    }
    var view = OrthographicView()
    for axisIsKnown in [false, true] {
      // POSIT: corrects the landmarks to what scaled orthography would show, by the depths of the first sweep.
      if axisIsKnown { view.axis = view.scale * view.rotation.rows.2 }
      let offset = 1 - view.axis.dot(middle)
      var (sumX, sumY, x, y) = (Lanes.zero, Lanes.zero, LaneVector.zero, LaneVector.zero)
      for i in 0..<model.count {
        let factor = weights[i] * (offset + view.axis.dot(model[i]))
        let (wx, wy) = (factor * virtual[i].x, factor * virtual[i].y)
        sumX += wx
        sumY += wy
        x.add(wx, times: model[i])
        y.add(wy, times: model[i])
      }
      (view.rotation, view.scale) = LaneRotation.nearest(
        to: inverse * (x - sumX * middle), inverse * (y - sumY * middle))
      (view.x, view.y) = (share * sumX, share * sumY)
    }
    let depth = 1 / view.scale
    let rotation = toCamera * view.rotation
    let position = toCamera * LaneVector(depth * view.x, depth * view.y, depth)
    return PoseStart(
      pose: LanePose(rotation: rotation, translation: position - rotation * middle),
      virtualToCamera: toCamera,
      spread: share * squares - (meanX * meanX + meanY * meanY))
  }

  /// The translations that fit given rotations best, by linear least squares on the algebraic error.
  ///
  /// With p = R m and residuals tx − u tz − (u pz − px) and the same for y, the optimum's tx and ty are
  /// means, and tz is a ratio of covariances of the image points.
  func linearTranslation(for rotation: LaneRotation) -> LanePose {
    var (total, mean) = (Lanes.zero, (u: Lanes.zero, v: Lanes.zero, x: Lanes.zero, y: Lanes.zero))
    var (squares, products) = (Lanes.zero, Lanes.zero)
    for i in 0..<model.count {
      let (p, w, (u, v)) = (rotation * model[i], weights[i], observed[i])
      let (x, y) = (u * p.z - p.x, v * p.z - p.y)
      total += w
      mean.u += w * u
      mean.v += w * v
      mean.x += w * x
      mean.y += w * y
      squares += w * (u * u + v * v)
      products += w * (u * x + v * y)
    }
    let share = 1 / total
    let spread = squares - share * (mean.u * mean.u + mean.v * mean.v)
    let depth = (share * (mean.u * mean.x + mean.v * mean.y) - products) / spread
    return LanePose(
      rotation: rotation,
      translation: LaneVector(
        share * (mean.x + mean.u * depth), share * (mean.y + mean.v * depth), depth))
  }
}

/// A face under scaled orthography.
private struct OrthographicView {
  /// The depth axis in the model's frame over the centroid's depth; zero before a first sweep.
  var axis = LaneVector.zero
  var rotation = LaneRotation.identity
  /// Image size over model size: one over the centroid's depth.
  var scale = Lanes.zero
  /// The centroid's image.
  var x = Lanes.zero
  var y = Lanes.zero
}

/// A symmetric 3x3 matrix of each of four faces.
struct SymmetricMatrix {
  private var (xx, xy, xz) = (Lanes.zero, Lanes.zero, Lanes.zero)
  private var (yy, yz, zz) = (Lanes.zero, Lanes.zero, Lanes.zero)

  /// Adds the weighted square of a point's offset.
  mutating func add(_ point: SIMD3<Double>, minus mean: LaneVector = .zero, weight: Lanes) {
    let offset = LaneVector(point.x - mean.x, point.y - mean.y, point.z - mean.z)
    let weighted = weight * offset
    xx += weighted.x * offset.x
    xy += weighted.x * offset.y
    xz += weighted.x * offset.z
    yy += weighted.y * offset.y
    yz += weighted.y * offset.z
    zz += weighted.z * offset.z
  }

  var trace: Lanes { xx + yy + zz }

  /// The smallest eigenvalue of the first face's matrix, by power iteration on trace − matrix.
  var leastEigenvalue: Double {
    let trace = trace[0]
    var vector = LaneVector(Lanes(repeating: 0.6), Lanes(repeating: 0.5), Lanes(repeating: 0.62))
    var eigenvalue = 0.0
    for _ in 0..<200 {
      let image = trace * vector - self * vector
      eigenvalue = image.length[0]
      guard eigenvalue > 0 else { return 0 }
      vector = (1 / image.length) * image
    }
    return max(trace - eigenvalue, 0)
  }

  /// The inverse after a thousandth of the mean diagonal is added. Four landmarks without the nose are nearly
  /// flat, and the direction that they leave open should stay small and not be noise.
  func regularisedInverse() -> Self {
    let ridge = 1e-3 / 3 * trace
    let (a, b, c) = (xx + ridge, yy + ridge, zz + ridge)
    var inverse = SymmetricMatrix()
    inverse.xx = b * c - yz * yz
    inverse.xy = xz * yz - xy * c
    inverse.xz = xy * yz - xz * b
    let scale = 1 / (a * inverse.xx + xy * inverse.xy + xz * inverse.xz)
    inverse.xx *= scale
    inverse.xy *= scale
    inverse.xz *= scale
    inverse.yy = scale * (a * c - xz * xz)
    inverse.yz = scale * (xy * xz - a * yz)
    inverse.zz = scale * (a * b - xy * xy)
    return inverse
  }

  mutating func replace(with other: Self, where mask: LaneMask) {
    xx.replace(with: other.xx, where: mask)
    xy.replace(with: other.xy, where: mask)
    xz.replace(with: other.xz, where: mask)
    yy.replace(with: other.yy, where: mask)
    yz.replace(with: other.yz, where: mask)
    zz.replace(with: other.zz, where: mask)
  }

  @inline(__always)
  static func * (m: Self, v: LaneVector) -> LaneVector {
    LaneVector(
      m.xx * v.x + m.xy * v.y + m.xz * v.z, m.xy * v.x + m.yy * v.y + m.yz * v.z,
      m.xz * v.x + m.yz * v.y + m.zz * v.z)
  }
}
