internal import Glibc

/// What a system means by pitch, yaw and roll.
///
/// Each case is a product of three turns about the canonical axes (x to the image's right, y down, z away from
/// the camera; the frontal face is the identity), R = A_i(±a) A_j(±b) A_k(±c). It is derived from the matrix that
/// the system's code decomposes (FORMATS §11.3), and `turns` spells it out.
///
/// The angle of the middle turn is within ±90°, the others within ±180°. At ±90° the outer axes coincide, and
/// only the sum or difference of their angles is determined. There every system's code is meant to set the angle
/// about z to 0, and so does `angles(of:)`. Where a code errs, its case says so. `rotation(of: angles(of:))`
/// returns the same rotation everywhere, to rounding.
public enum EulerConvention: String, Sendable, CaseIterable {
  /// 300W-LP's and AFLW2000-3D's `Pose_Para`, and img2pose's `convert_to_aflw`: pitch, yaw, roll with
  /// R = Rx(−pitch) Ry(yaw) Rz(roll). SciPy's 'xyz', which img2pose calls, sets roll to 0 at yaw ±90°.
  case aflw
  /// Hopenet's and FSA-Net's labels: the angles of `aflw` as yaw, pitch, roll in degrees. Their formula for BIWI
  /// has no branch for yaw ±90°, so its result there is rounding noise.
  case hopenet
  /// 6DRepNet's `compute_euler_angles_from_rotation_matrices` of its matrix F Rᵀ F: the angles of `aflw`.
  /// Within 1e-6 of yaw ±90° it sets roll to 0.
  case sixDRepNet = "6drepnet"
  /// Dense Head Pose Estimation's `rotationMatrixToEulerAngles` of the matrix by which it multiplies row
  /// vectors, y up: F Rᵀ F, so the angles of `aflw`. Read from its code; not checked on its weights.
  case dhpe
  /// `matrix2angle` of 3DDFA, 3DDFA_V2 and PRNet on F R F: yaw, pitch, roll with R = Rz(−roll) Ry(yaw) Rx(pitch).
  /// At yaw ±90° all set roll to 0. The branch of 3DDFA and PRNet tests for exactly ±1 and returns the wrong sign
  /// of yaw. That of 3DDFA_V2 begins at |sin yaw| > 0.998 and rounds yaw to ±90°, by up to 3.6°. We do neither.
  case threeDDFA = "3ddfa"
  /// SciPy's 'yxz' as PerspNet and WCPA call it, on F R F: yaw, pitch, roll with
  /// R = Rz(−roll) Rx(pitch) Ry(−yaw). SciPy sets roll to 0 at pitch ±90°.
  case perspNet = "perspnet-yxz"
  /// SciPy's 'yxz' as TRG's evaluation calls it, on R itself: yaw, pitch, roll with
  /// R = Rz(roll) Rx(pitch) Ry(yaw). SciPy sets roll to 0 at pitch ±90°.
  case trgYXZ = "trg-yxz"
  /// TRG's `rotation_matrix_to_euler_angles`, with names as for robots, which look along x. Yaw is about z, pitch
  /// about y and roll about x: R = Rz(yaw) Ry(pitch) Rx(roll). At pitch ±90° we set yaw to 0.
  case trgZYX = "trg-zyx"

  /// AFLW's database, whose poses its authors' program fits (POSIT) and decomposes: roll, pitch, yaw with
  /// R = Ry(yaw) Rx(−pitch) Rz(−roll). Hopenet and 6DRepNet read them as `aflw` with the roll negated, which is right only
  /// where pitch or yaw is 0, and off by 19.9° at pitch 20°, yaw 60°. At pitch ±90° we set roll to 0.
  case aflwDatabase = "aflw-sqlite"

  /// An axis of the canonical frame.
  public enum Axis: Sendable { case x, y, z }

  /// One factor of the product: a turn about `axis` by the angle `name`, times `sign`.
  public struct Turn: Sendable, Equatable {
    /// The canonical axis turned about, by the right-hand rule.
    public var axis: Axis
    /// 1 or −1.
    public var sign: Double
    /// The angle that is turned by.
    public var name: EulerAngles.Name
  }

  /// The product's three factors from left to right. The turn about z is the first or the last.
  public var turns: [Turn] {
    switch self {
    case .aflw, .hopenet, .sixDRepNet, .dhpe:
      [
        Turn(axis: .x, sign: -1, name: .pitch), Turn(axis: .y, sign: 1, name: .yaw),
        Turn(axis: .z, sign: 1, name: .roll),
      ]
    case .threeDDFA:
      [
        Turn(axis: .z, sign: -1, name: .roll), Turn(axis: .y, sign: 1, name: .yaw),
        Turn(axis: .x, sign: 1, name: .pitch),
      ]
    case .perspNet:
      [
        Turn(axis: .z, sign: -1, name: .roll), Turn(axis: .x, sign: 1, name: .pitch),
        Turn(axis: .y, sign: -1, name: .yaw),
      ]
    case .trgYXZ:
      [
        Turn(axis: .z, sign: 1, name: .roll), Turn(axis: .x, sign: 1, name: .pitch),
        Turn(axis: .y, sign: 1, name: .yaw),
      ]
    case .trgZYX:
      [
        Turn(axis: .z, sign: 1, name: .yaw), Turn(axis: .y, sign: 1, name: .pitch),
        Turn(axis: .x, sign: 1, name: .roll),
      ]
    case .aflwDatabase:
      [
        Turn(axis: .y, sign: 1, name: .yaw), Turn(axis: .x, sign: -1, name: .pitch),
        Turn(axis: .z, sign: -1, name: .roll),
      ]
    }
  }

  /// The order in which the system writes its angles.
  public var order: [EulerAngles.Name] {
    switch self {
    case .aflw, .sixDRepNet, .dhpe: [.pitch, .yaw, .roll]
    case .hopenet, .threeDDFA, .perspNet, .trgYXZ, .trgZYX: [.yaw, .pitch, .roll]
    case .aflwDatabase: [.roll, .pitch, .yaw]
    }
  }

  /// The canonical rotation that has these angles.
  public func rotation(of angles: EulerAngles) -> Rotation {
    turns.reduce(.identity) { product, turn in
      product * Rotation(about: turn.axis, by: turn.sign * angles[turn.name])
    }
  }

  /// The angles of a canonical rotation, in radians; see the type for their ranges and singularities.
  public func angles(of rotation: Rotation) -> EulerAngles {
    // Where z comes last, the inverse has it first, with all signs reversed.
    let startsWithZ = turns[0].axis == .z
    let matrix = startsWithZ ? rotation : rotation.transpose
    let factors = startsWithZ ? turns : turns.reversed()
    let (first, middle, last) = matrix.anglesStartingWithZ(middle: factors[1].axis)
    var angles = EulerAngles.zero
    for (turn, angle) in zip(factors, [first, middle, last]) {
      angles[turn.name] = (startsWithZ ? turn.sign : -turn.sign) * angle
    }
    return angles
  }

  /// The angles of the pose after the image is mirrored left to right: those about y and z change sign (FORMATS
  /// §11.8).
  public func mirrored(_ angles: EulerAngles) -> EulerAngles {
    var result = angles
    for turn in turns where turn.axis != .x { result[turn.name] = -angles[turn.name] }
    return result
  }
}

extension Rotation {
  /// A turn about a canonical axis by an angle in radians, by the right-hand rule.
  public init(about axis: EulerConvention.Axis, by angle: Double) {
    let (c, s) = (cos(angle), sin(angle))
    switch axis {
    case .x: self.init(rows: [1, 0, 0], SIMD3(0, c, -s), SIMD3(0, s, c))
    case .y: self.init(rows: SIMD3(c, 0, s), [0, 1, 0], SIMD3(-s, 0, c))
    case .z: self.init(rows: SIMD3(c, -s, 0), SIMD3(s, c, 0), [0, 0, 1])
    }
  }

  /// The angles of A_z(a) A_j(b) A_k(c), where j is the middle axis and k the third one.
  ///
  /// The last angle is read off after the first turn is undone. So the product of the three is this rotation to
  /// rounding, even where a and c by themselves are badly determined.
  fileprivate func anglesStartingWithZ(
    middle: EulerConvention.Axis
  ) -> (first: Double, middle: Double, last: Double) {
    precondition(middle != .z, "the axes of a product are three")
    let (i, j, k) = middle == .x ? (2, 0, 1) : (2, 1, 0)
    // z, x, y is a cyclic order of x, y, z; z, y, x is the reverse.
    let parity: Double = middle == .x ? 1 : -1
    let (upper, lower) = (row(j), row(k))
    let cosine = (upper[k] * upper[k] + lower[k] * lower[k]).squareRoot()
    // After some products an exact quarter turn is off by about 1e-16. Setting such an angle to 0 costs no more
    // than that.
    let first = cosine < 1e-14 ? 0 : atan2(-parity * upper[k], lower[k])
    let second = atan2(parity * row(i)[k], cosine)
    let undone = cos(first) * upper + (parity * sin(first)) * lower
    return (first, second, atan2(parity * undone[i], undone[j]))
  }

  private func row(_ index: Int) -> SIMD3<Double> {
    switch index {
    case 0: rows.0
    case 1: rows.1
    default: rows.2
    }
  }
}
