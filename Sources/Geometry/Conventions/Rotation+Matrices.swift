extension Rotation {
  /// The half turn about x: diag(1, −1, −1), its own inverse. It changes axes with y down and z forward into
  /// those of OpenGL and of the BFM, with y up and z toward the viewer, and back. The comments call it F.
  public static let yUp = Rotation(rows: [1, 0, 0], [0, -1, 0], [0, 0, -1])

  /// F R F: this rotation where both frames have y up and z toward the viewer. It acts on columns. That is the R
  /// of 3DDFA, face3d and PRNet on BFM points (FORMATS §11.2). The same formula leads back.
  public var inYUpAxes: Rotation {
    let (a, b, c) = rows
    return Rotation(rows: SIMD3(a.x, -a.y, -a.z), SIMD3(-b.x, b.y, b.z), SIMD3(-c.x, c.y, c.z))
  }

  /// F Rᵀ F: 6DRepNet's matrix of this pose, which is Rz(roll) Ry(yaw) Rx(pitch) of the `aflw` angles. It is also
  /// TRG's `get_R`, and the upper left of ARKitFace's and WCPA's row transforms (FORMATS §11.2). The same formula
  /// leads back.
  public var transposedInYUpAxes: Rotation { transpose.inYUpAxes }

  /// The nine numbers row by row.
  public var rowMajor: [Double] { [rows.0, rows.1, rows.2].flatMap { [$0.x, $0.y, $0.z] } }

  /// From nine numbers, row by row, that are a rotation up to the digits they were written with.
  ///
  /// - Parameters:
  ///   - numbers: nine of them; fewer or more are no rotation.
  ///   - tolerance: how far any entry of R Rᵀ may be from the identity. BIWI's six digits are within 1e-5, float32
  ///     within 1e-6.
  /// - Returns: the nearest rotation; nil where the numbers are not a rotation. A reflection is not one.
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

/// Two layouts of six numbers, each two columns of a matrix (Zhou et al., CVPR 2019). They are not
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

  /// The canonical rotation of six numbers, by Gram-Schmidt from the first column on, as both systems do it. So
  /// the columns may have any length, and need not be perpendicular.
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
