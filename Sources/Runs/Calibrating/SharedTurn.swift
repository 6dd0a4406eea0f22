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
    system.add(rows.0, equals: dot(rows.0, asked), weight: share / variance.x)
    system.add(rows.1, equals: dot(rows.1, asked), weight: share / variance.y)
    system.add(rows.2, equals: dot(rows.2, asked), weight: share / variance.z)
  }

  static func += (left: inout Self, other: Self) { left.system += other.system }

  /// One step towards it, as a rotation vector; zero where no face was added.
  var step: SIMD3<Double> { system.solution ?? .zero }
}
