extension Rotation {
  /// The half turn about x: diag(1, −1, −1), its own inverse. It takes axes with y down and z forward to
  /// those of OpenGL and of the BFM, with y up and z toward the viewer, and back.
  public static let yUp = Rotation(rows: [1, 0, 0], [0, -1, 0], [0, 0, -1])

  /// F R F: this rotation between the same two frames with y up and z toward the viewer, acting on
  /// columns. That is 3DDFA's, face3d's and PRNet's R on BFM points (FORMATS §11.2); the same formula
  /// leads back.
  public var inYUpAxes: Rotation {
    let (a, b, c) = rows
    return Rotation(rows: SIMD3(a.x, -a.y, -a.z), SIMD3(-b.x, b.y, b.z), SIMD3(-c.x, c.y, c.z))
  }

  /// F Rᵀ F: 6DRepNet's matrix of this pose, Rz(roll) Ry(yaw) Rx(pitch) of `aflw` angles; TRG's `get_R`,
  /// and the upper left of ARKitFace's and WCPA's row transforms (FORMATS §11.2). The same formula leads
  /// back.
  public var transposedInYUpAxes: Rotation { transpose.inYUpAxes }

  /// The nine numbers row by row.
  public var rowMajor: [Double] { [rows.0, rows.1, rows.2].flatMap { [$0.x, $0.y, $0.z] } }

  /// From nine numbers row by row that are a rotation up to the digits they were written with.
  ///
  /// - Parameter tolerance: how far R Rᵀ may be from 1 in any entry. BIWI's six digits are within 1e-5,
  ///   float32 within 1e-6.
  /// - Returns: the nearest rotation; nil where the numbers are none, a reflection included.
  public init?(rowMajor numbers: some Collection<Double>, tolerance: Double = 1e-3) {
    let n = Array(numbers)
    guard n.count == 9, n.allSatisfy(\.isFinite) else { return nil }
    let (a, b, c) = (SIMD3(n[0], n[1], n[2]), SIMD3(n[3], n[4], n[5]), SIMD3(n[6], n[7], n[8]))
    let defects = [
      dot(a, a) - 1, dot(b, b) - 1, dot(c, c) - 1, dot(a, b), dot(b, c), dot(c, a),
    ]
    guard defects.allSatisfy({ $0.magnitude <= tolerance }), dot(a, cross(b, c)) > 0 else {
      return nil
    }
    self = .polarFactor(ofRows: a, b, c)
  }
}

/// Layouts of six numbers, two columns of a matrix (Zhou et al., CVPR 2019), that are not
/// interchangeable (FORMATS §11.3).
public enum SixDLayout: Sendable {
  /// 6DRepNet: first column, then second column, of its own matrix F Rᵀ F.
  case sixDRepNet
  /// TRG's rot6d: R[:, :2] row by row (r00, r01, r10, r11, r20, r21).
  case trg

  /// The six numbers of a canonical rotation.
  public func numbers(of rotation: Rotation) -> [Double] {
    switch self {
    case .sixDRepNet:
      let columns = rotation.transposedInYUpAxes.transpose.rows
      return [columns.0, columns.1].flatMap { [$0.x, $0.y, $0.z] }
    case .trg:
      let (a, b, c) = rotation.rows
      return [a.x, a.y, b.x, b.y, c.x, c.y]
    }
  }

  /// The canonical rotation of six numbers, by Gram and Schmidt from the first column on, as both systems
  /// do it; so any length and a slant of the second column are forgiven.
  ///
  /// - Returns: nil where there are not six finite numbers or the columns are parallel.
  public func rotation(of numbers: some Collection<Double>) -> Rotation? {
    let n = Array(numbers)
    guard n.count == 6, n.allSatisfy(\.isFinite) else { return nil }
    let first = self == .trg ? SIMD3(n[0], n[2], n[4]) : SIMD3(n[0], n[1], n[2])
    let second = self == .trg ? SIMD3(n[1], n[3], n[5]) : SIMD3(n[3], n[4], n[5])
    let normal = cross(first, second)
    guard length(normal) > 1e-12 * length(first) * length(second) else { return nil }
    let (x, z) = (first / length(first), normal / length(normal))
    let matrix = Rotation(rows: x, cross(z, x), z).transpose
    return self == .trg ? matrix : matrix.transposedInYUpAxes
  }
}
