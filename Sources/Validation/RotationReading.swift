public import Geometry
internal import Glibc

/// Another meaning that a stored rotation may have.
public enum RotationReading: Sendable, Hashable {
  /// Written in one notation, read in another; for matrices, 6D layouts and angles.
  case notation(PoseNotation, readAs: PoseNotation)
  /// Angles of one convention, read by their names as angles of another.
  case angles(EulerConvention, readAs: EulerConvention)
  /// Three angles in radians, in the convention's order, read as a rotation vector.
  case anglesAsVector(EulerConvention)
  /// A rotation vector in degrees, read as radians.
  case degrees
  /// A rotation vector that was converted from degrees to radians once too often.
  case radians
  /// The inverse rotation: from camera to object.
  case inverse
  /// The rotation of the mirrored image.
  case mirrored

  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The rotation that was meant, if this is the fault; nil where the numbers allow none.
  ///
  /// - Parameter vector: axis times angle in radians, as stored; the angle may exceed a full turn.
  public func rotation(of vector: SIMD3<Double>) -> Rotation? {
    let stored = Rotation(rotationVector: vector)
    switch self {
    case .notation(let written, let read):
      return read.numbers(of: PoseNotation.Pose(rotation: stored))
        .flatMap { written.pose(of: $0) }?.rotation
    case .angles(let written, let read): return written.rotation(of: read.angles(of: stored))
    case .anglesAsVector(let convention):
      let v = vector
      var angles = EulerAngles.zero
      for (name, angle) in zip(convention.order, [v.x, v.y, v.z]) { angles[name] = angle }
      return convention.rotation(of: angles)
    case .degrees: return Rotation(rotationVector: vector * (.pi / 180))
    case .radians:
      let larger = vector * (180 / .pi)
      return length(larger) < 2 * .pi ? Rotation(rotationVector: larger) : nil
    case .inverse: return stored.transpose
    case .mirrored: return stored.mirrored
    }
  }

  /// All readings, the simpler ones first. Of readings that agree for every rotation, only the first is listed.
  public static let all: [RotationReading] = {
    let matrices: [PoseNotation] = [.numbers(.matrix), .numbers(.bfm), .numbers(.sixDRepNet)]
    let conventions = EulerConvention.allCases
    let angles = conventions.map(PoseNotation.euler)
    var all: [RotationReading] = [.inverse, .mirrored, .degrees, .radians]
    for read in conventions {
      all += conventions.filter { $0 != read }.map { .angles($0, readAs: read) }
    }
    all += conventions.map(Self.anglesAsVector)
    for group in [matrices, angles, [.numbers(.sixDRepNet6D), .numbers(.trg6D)]] {
      for read in group {
        for written in group where written != read { all.append(.notation(written, readAs: read)) }
      }
    }
    // A general rotation: readings that agree here agree everywhere.
    let probe = SIMD3(0.31, -0.52, 0.17)
    var seen = [Rotation(rotationVector: probe)]
    return all.filter { reading in
      guard let rotation = reading.rotation(of: probe) else { return true }
      if seen.contains(where: { $0.angle(to: rotation) < 1e-9 }) { return false }
      seen.append(rotation)
      return true
    }
  }()

  /// The fault in words; it identifies the reading.
  public var name: String {
    switch self {
    case .notation(let written, let read): "\(written.name) numbers read as \(read.name)"
    case .angles(let written, let read):
      "\(written.rawValue) angles read as \(read.rawValue) angles"
    case .anglesAsVector(let convention): "\(convention.rawValue) angles read as a rotation vector"
    case .degrees: "degrees read as radians"
    case .radians: "radians converted from degrees again"
    case .inverse: "the inverse rotation, camera to object"
    case .mirrored: "the mirrored image's, or F R F with y up (bfm)"
    }
  }
}
