internal import Geometry

/// The turn of a model with which fitted rotations agree best with known ones.
///
/// With R known and R' fitted, a face asks for the turn d = RᵀR', as a rotation vector. It counts by its stated
/// deviations about the camera's axes, and those that ask for much more than these less (Huber 1964), for a single one
/// of ten faces may be told 5° wrong. Turns are small but for the first, so a few steps settle it.
struct SharedTurn: Sendable {
  private var system = SymmetricSystem()

  /// Up to this many deviations, taken over the three axes, a face counts fully.
  private static let usual = 1.5

  /// - Parameter sigma: of the fitted rotation, about the camera's axes, in radians.
  mutating func add(known: Rotation, fitted: Rotation, sigma: SIMD3<Double>) {
    let asked = (known.transpose * fitted).rotationVector
    let variance = sigma * sigma
    // In the camera's axes the deviations are independent.
    let seen = known * asked
    let distance = dot(seen, seen / variance).squareRoot()
    guard distance.isFinite else { return }
    let share = min(1, Self.usual / distance)
    let rows = known.rows
    for (row, weight) in [
      (rows.0, share / variance.x), (rows.1, share / variance.y), (rows.2, share / variance.z),
    ] {
      let products = [
        row.x * row.x, row.x * row.y, row.x * row.z, row.y * row.y, row.y * row.z, row.z * row.z,
      ]
      for k in 0..<6 { system.moments[k] += weight * products[k] }
      system.right += weight * dot(row, asked) * row
    }
  }

  static func += (left: inout Self, other: Self) { left.system += other.system }

  /// One step towards it, as a rotation vector; zero where no face was added.
  var step: SIMD3<Double> { system.solution ?? .zero }
}
