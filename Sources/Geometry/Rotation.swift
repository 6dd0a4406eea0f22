internal import Glibc

/// A rotation of three-dimensional space, as an orthonormal matrix with determinant +1.
///
/// It acts on column vectors: `rotation * point`. In a pose it takes object axes to camera axes. Both have x to
/// the image's right, y down and z away from the camera, so a frontal face has the identity.
public struct Rotation: Sendable, Equatable {
  /// The matrix's rows.
  public var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

  /// From rows that are orthonormal already; this is not checked.
  public init(rows first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>) {
    rows = (first, second, third)
  }

  /// No rotation.
  public static let identity = Rotation(rows: [1, 0, 0], [0, 1, 0], [0, 0, 1])

  public static func == (left: Self, right: Self) -> Bool { left.rows == right.rows }

  /// The rotated point.
  public static func * (rotation: Self, point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      dot(rotation.rows.0, point), dot(rotation.rows.1, point), dot(rotation.rows.2, point))
  }

  /// The product: `right` is applied first.
  public static func * (left: Self, right: Self) -> Self {
    func row(_ r: SIMD3<Double>) -> SIMD3<Double> {
      r.x * right.rows.0 + r.y * right.rows.1 + r.z * right.rows.2
    }
    return Rotation(rows: row(left.rows.0), row(left.rows.1), row(left.rows.2))
  }

  /// The inverse rotation.
  public var transpose: Rotation {
    Rotation(
      rows: SIMD3(rows.0.x, rows.1.x, rows.2.x), SIMD3(rows.0.y, rows.1.y, rows.2.y),
      SIMD3(rows.0.z, rows.1.z, rows.2.z))
  }

  /// The angle of the rotation that takes this one to `other`, in radians from 0 to pi.
  public func angle(to other: Rotation) -> Double {
    length((transpose * other).rotationVector)
  }
}

extension Rotation {
  /// Rotates about the vector's direction by its length in radians (Rodrigues' formula).
  public init(rotationVector vector: SIMD3<Double>) {
    let squared = dot(vector, vector)
    let angle = squared.squareRoot()
    // Below 1e-4 rad the quotients lose digits, while their series is exact to the last place.
    let sine = angle < 1e-4 ? 1 - squared / 6 : sin(angle) / angle
    let versine = angle < 1e-4 ? 0.5 - squared / 24 : (1 - cos(angle)) / squared
    let (x, y, z) = (vector.x, vector.y, vector.z)
    self.init(
      rows: SIMD3(
        1 - versine * (y * y + z * z), versine * x * y - sine * z, versine * x * z + sine * y),
      SIMD3(versine * x * y + sine * z, 1 - versine * (x * x + z * z), versine * y * z - sine * x),
      SIMD3(versine * x * z - sine * y, versine * y * z + sine * x, 1 - versine * (x * x + y * y)))
  }

  /// Axis times angle, the angle in radians from 0 to pi.
  ///
  /// It goes through the quaternion and computes its largest component first (Shepperd 1978). So it keeps its
  /// digits for every angle, pi included.
  public var rotationVector: SIMD3<Double> {
    let (a, b, c) = rows
    let trace = a.x + b.y + c.z
    var vector: SIMD3<Double>
    var scalar: Double
    if trace >= max(a.x, b.y, c.z) {
      vector = SIMD3(c.y - b.z, a.z - c.x, b.x - a.y)
      scalar = 1 + trace
    } else if a.x >= b.y, a.x >= c.z {
      vector = SIMD3(1 - trace + 2 * a.x, b.x + a.y, c.x + a.z)
      scalar = c.y - b.z
    } else if b.y >= c.z {
      vector = SIMD3(a.y + b.x, 1 - trace + 2 * b.y, c.y + b.z)
      scalar = a.z - c.x
    } else {
      vector = SIMD3(a.z + c.x, b.z + c.y, 1 - trace + 2 * c.z)
      scalar = b.x - a.y
    }
    if scalar < 0 {
      vector = -vector
      scalar = -scalar
    }
    let sine = length(vector)
    guard sine > 0 else { return .zero }
    return (2 * atan2(sine, scalar) / sine) * vector
  }
}

extension Rotation {
  /// The rotation nearest to an invertible matrix with positive determinant: its orthogonal polar
  /// factor, by Newton's iteration X <- (X + X^-T) / 2 (Higham, SIAM J. Sci. Stat. Comput. 7, 1986).
  ///
  /// Where rounding makes the determinant's sign unknown, as with a shear of a million or more, the result is
  /// that of one Gram-Schmidt pass.
  public static func polarFactor(
    ofRows first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>
  ) -> Rotation {
    var (a, b, c) = (first, second, third)
    for _ in 0..<30 {
      // The rows of X^-T are the cross products of X's rows over its determinant.
      let determinant = dot(a, cross(b, c))
      guard determinant > 0 else { return Rotation(rows: a, b, c).orthonormalised() }
      let next = (
        0.5 * (a + cross(b, c) / determinant), 0.5 * (b + cross(c, a) / determinant),
        0.5 * (c + cross(a, b) / determinant)
      )
      let change = max(length(next.0 - a), length(next.1 - b), length(next.2 - c))
      (a, b, c) = next
      if change < 1e-15 { break }
    }
    return Rotation(rows: a, b, c)
  }

  /// The same rotation with the rounding of many products removed (one Gram-Schmidt pass).
  func orthonormalised() -> Rotation {
    let first = rows.0 / length(rows.0)
    let second = rows.1 - dot(first, rows.1) * first
    let unit = second / length(second)
    return Rotation(rows: first, unit, cross(first, unit))
  }
}

/// The scalar product.
@inline(__always)
public func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
  a.x * b.x + a.y * b.y + a.z * b.z
}

/// The Euclidean length.
@inline(__always)
public func length(_ a: SIMD3<Double>) -> Double { dot(a, a).squareRoot() }

/// The Euclidean length.
@inline(__always)
public func length(_ a: SIMD2<Double>) -> Double { (a.x * a.x + a.y * a.y).squareRoot() }

/// The vector product.
@inline(__always)
public func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
