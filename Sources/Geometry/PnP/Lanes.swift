/// One number of each of four faces, side by side.
///
/// The solver does the same for all faces, so it works on four at once. Their divisions and square roots overlap,
/// for which a single face would have to wait. Lanes never mix, so a face's result does not depend on its
/// neighbours.
typealias Lanes = SIMD4<Double>

/// For which of four faces something is true.
typealias LaneMask = SIMDMask<SIMD4<Int64>>

/// A vector of each of four faces.
struct LaneVector {
  var x, y, z: Lanes

  @inline(__always)
  init(_ x: Lanes, _ y: Lanes, _ z: Lanes) {
    self.x = x
    self.y = y
    self.z = z
  }

  static var zero: Self { LaneVector(.zero, .zero, .zero) }

  @inline(__always)
  static func + (a: Self, b: Self) -> Self { LaneVector(a.x + b.x, a.y + b.y, a.z + b.z) }

  @inline(__always)
  static func - (a: Self, b: Self) -> Self { LaneVector(a.x - b.x, a.y - b.y, a.z - b.z) }

  @inline(__always)
  static func * (scale: Lanes, a: Self) -> Self {
    LaneVector(scale * a.x, scale * a.y, scale * a.z)
  }

  @inline(__always)
  static func * (scale: Double, a: Self) -> Self { Lanes(repeating: scale) * a }

  /// Adds each face's number times the same point.
  @inline(__always)
  mutating func add(_ scale: Lanes, times point: SIMD3<Double>) {
    x += scale * point.x
    y += scale * point.y
    z += scale * point.z
  }

  @inline(__always)
  static func += (a: inout Self, b: Self) { a = a + b }

  @inline(__always)
  func dot(_ other: Self) -> Lanes { x * other.x + y * other.y + z * other.z }

  @inline(__always)
  func dot(_ point: SIMD3<Double>) -> Lanes { x * point.x + y * point.y + z * point.z }

  @inline(__always)
  func cross(_ b: Self) -> Self {
    LaneVector(y * b.z - z * b.y, z * b.x - x * b.z, x * b.y - y * b.x)
  }

  @inline(__always)
  var length: Lanes { dot(self).squareRoot() }

  @inline(__always)
  mutating func replace(with other: Self, where mask: LaneMask) {
    x.replace(with: other.x, where: mask)
    y.replace(with: other.y, where: mask)
    z.replace(with: other.z, where: mask)
  }

  subscript(lane: Int) -> SIMD3<Double> {
    get { SIMD3(x[lane], y[lane], z[lane]) }
    set { (x[lane], y[lane], z[lane]) = (newValue.x, newValue.y, newValue.z) }
  }
}

/// A rotation of each of four faces, by rows.
struct LaneRotation {
  var rows: (LaneVector, LaneVector, LaneVector)

  @inline(__always)
  init(rows first: LaneVector, _ second: LaneVector, _ third: LaneVector) {
    rows = (first, second, third)
  }

  static var identity: Self {
    let (one, zero) = (Lanes(repeating: 1), Lanes.zero)
    return LaneRotation(
      rows: LaneVector(one, zero, zero), LaneVector(zero, one, zero), LaneVector(zero, zero, one))
  }

  @inline(__always)
  static func * (rotation: Self, vector: LaneVector) -> LaneVector {
    LaneVector(
      rotation.rows.0.dot(vector), rotation.rows.1.dot(vector), rotation.rows.2.dot(vector))
  }

  @inline(__always)
  static func * (rotation: Self, point: SIMD3<Double>) -> LaneVector {
    LaneVector(
      rotation.rows.0.dot(point), rotation.rows.1.dot(point), rotation.rows.2.dot(point))
  }

  @inline(__always)
  static func * (left: Self, right: Self) -> Self {
    func row(_ r: LaneVector) -> LaneVector {
      r.x * right.rows.0 + r.y * right.rows.1 + r.z * right.rows.2
    }
    return LaneRotation(rows: row(left.rows.0), row(left.rows.1), row(left.rows.2))
  }

  /// The cosine of the angle of the rotation that takes this one to another.
  func cosine(to other: Self) -> Lanes {
    let trace =
      rows.0.dot(other.rows.0) + rows.1.dot(other.rows.1) + rows.2.dot(other.rows.2)
    return 0.5 * (trace - 1)
  }

  /// The inverse rotation.
  var transpose: Self {
    LaneRotation(
      rows: LaneVector(rows.0.x, rows.1.x, rows.2.x), LaneVector(rows.0.y, rows.1.y, rows.2.y),
      LaneVector(rows.0.z, rows.1.z, rows.2.z))
  }

  @inline(__always)
  mutating func replace(with other: Self, where mask: LaneMask) {
    rows.0.replace(with: other.rows.0, where: mask)
    rows.1.replace(with: other.rows.1, where: mask)
    rows.2.replace(with: other.rows.2, where: mask)
  }

  subscript(lane: Int) -> Rotation {
    get { Rotation(rows: rows.0[lane], rows.1[lane], rows.2[lane]) }
    set {
      rows.0[lane] = newValue.rows.0
      rows.1[lane] = newValue.rows.1
      rows.2[lane] = newValue.rows.2
    }
  }
}

extension LaneRotation {
  /// The rotation of the unit quaternion along (1, v / 2). It equals the rotation by the vector v up to third
  /// order in its length, and is exactly orthonormal without sine or cosine.
  @inline(__always)
  init(smallTurn vector: LaneVector) {
    let half = 0.5 * vector
    let k = 2 / (1 + half.dot(half))
    let scaled = k * half
    let (xx, yy, zz) = (scaled.x * half.x, scaled.y * half.y, scaled.z * half.z)
    let (xy, xz, yz) = (scaled.x * half.y, scaled.x * half.z, scaled.y * half.z)
    self.init(
      rows: LaneVector(1 - yy - zz, xy - scaled.z, xz + scaled.y),
      LaneVector(xy + scaled.z, 1 - xx - zz, yz - scaled.x),
      LaneVector(xz - scaled.y, yz + scaled.x, 1 - xx - yy))
  }

  /// The smallest rotation that takes the optical axis to the ray through a normalised image point.
  init(ofOpticalAxisTo x: Lanes, _ y: Lanes) {
    let norm = (x * x + y * y + 1).squareRoot()
    let ray = LaneVector(x / norm, y / norm, 1 / norm)
    let k = 1 / (1 + ray.z)
    let cross = -ray.x * ray.y * k
    self.init(
      rows: LaneVector(1 - ray.x * ray.x * k, cross, ray.x),
      LaneVector(cross, 1 - ray.y * ray.y * k, ray.y), LaneVector(-ray.x, -ray.y, ray.z))
  }

  /// The rotation whose first two rows are closest to two vectors of about equal length, and that length. Both
  /// vectors are treated alike. Where they are parallel, or one has no length, it is the identity.
  static func nearest(
    to first: LaneVector, _ second: LaneVector
  ) -> (rotation: LaneRotation, scale: Lanes) {
    let (a, b) = (first.length, second.length)
    let (p, q) = ((1 / a) * first, (1 / b) * second)
    let (sum, difference) = (p + q, p - q)
    let bisector = (1 / sum.length) * sum
    // The two are perpendicular but for rounding, which matters where p and q are nearly parallel.
    let rest = difference - bisector.dot(difference) * bisector
    let across = (1 / rest.length) * rest
    let half = 0.5.squareRoot()
    let (x, y) = (half * (bisector + across), half * (bisector - across))
    var rotation = LaneRotation(rows: x, y, x.cross(y))
    let isRegular =
      (sum.length .> 1e-6) .& (rest.length .> 1e-6) .& (a .> 1e-9 * b) .& (b .> 1e-9 * a)
    rotation.replace(with: .identity, where: .!isRegular)
    return (rotation, 0.5 * (a + b))
  }
}
