/// A pose as the 4 x 4 matrix by which ARKitFace, WCPA, PerspNet and TRG multiply row vectors:
/// [X Y Z 1] · R_t = [Xc Yc Zc 1], so that R_t = [[Aᵀ, 0], [t, 1]] for X_cam = A X + t.
///
/// `Axes` says which axes the object and the camera have. Translations are in metres.
public struct RowTransform: Sendable, Equatable {
  /// Which axes both the object and the camera have.
  public enum Axes: Sendable {
    /// x right, y up, z toward the viewer: ARKitFace, WCPA, PerspNet (FORMATS §6, §11.2). A visible face has a
    /// negative z.
    case openGL
    /// x right, y down, z away from the camera: TRG's `pred_R_t` (FORMATS §11.2).
    case openCV
  }

  /// Of the object and the camera.
  public var axes: Axes
  /// The upper left 3 x 3 of the stored matrix, which is the transpose of the matrix that acts on columns.
  public var rotation: Rotation
  /// The first three numbers of the last row, in metres.
  public var translation: SIMD3<Double>

  /// From the parts of the stored matrix; the rotation is not transposed.
  public init(axes: Axes, rotation: Rotation, translation: SIMD3<Double>) {
    self.axes = axes
    self.rotation = rotation
    self.translation = translation
  }

  /// From the sixteen numbers row by row.
  ///
  /// - Returns: nil where they are not a rigid motion of row vectors: the last column is not (0, 0, 0, 1), as in
  ///   a matrix for column vectors, or the upper left is not a rotation to `tolerance`.
  public init?(axes: Axes, rowMajor numbers: some Collection<Double>, tolerance: Double = 1e-3) {
    let n = Array(numbers)
    guard n.count == 16, n.allSatisfy(\.isFinite), [n[3], n[7], n[11], n[15]] == [0, 0, 0, 1],
      let rotation = Rotation(
        rowMajor: [0, 1, 2, 4, 5, 6, 8, 9, 10].map { n[$0] }, tolerance: tolerance)
    else { return nil }
    self.init(axes: axes, rotation: rotation, translation: SIMD3(n[12], n[13], n[14]))
  }

  /// The matrix of a canonical pose.
  public init(_ extrinsics: Extrinsics, axes: Axes) {
    switch axes {
    case .openGL:
      self.init(
        axes: axes, rotation: extrinsics.rotation.transposedInYUpAxes,
        translation: Rotation.yUp * extrinsics.translation)
    case .openCV:
      self.init(
        axes: axes, rotation: extrinsics.rotation.transpose, translation: extrinsics.translation)
    }
  }

  /// The canonical pose. Object points V in OpenGL axes become X = F V.
  public var extrinsics: Extrinsics {
    switch axes {
    case .openGL:
      Extrinsics(
        rotation: rotation.transposedInYUpAxes, translation: Rotation.yUp * translation)
    case .openCV: Extrinsics(rotation: rotation.transpose, translation: translation)
    }
  }

  /// The sixteen numbers row by row.
  public var rowMajor: [Double] {
    let (a, b, c) = rotation.rows
    let rows = [SIMD4(a, 0), SIMD4(b, 0), SIMD4(c, 0), SIMD4(translation, 1)]
    return rows.flatMap { [$0.x, $0.y, $0.z, $0.w] }
  }

  /// WCPA's submission: the nine numbers of the upper left, then the three of the last row.
  public var ninePlusThree: [Double] {
    rotation.rowMajor + [translation.x, translation.y, translation.z]
  }

  /// From WCPA's nine and three numbers, which are in OpenGL axes.
  ///
  /// - Returns: nil where there are not twelve finite numbers, or the nine are not a rotation to `tolerance`.
  public init?(ninePlusThree numbers: some Collection<Double>, tolerance: Double = 1e-3) {
    let n = Array(numbers)
    guard n.count == 12, n[9...].allSatisfy(\.isFinite),
      let rotation = Rotation(rowMajor: n[..<9], tolerance: tolerance)
    else { return nil }
    self.init(axes: .openGL, rotation: rotation, translation: SIMD3(n[9], n[10], n[11]))
  }
}

extension Extrinsics {
  /// From what OpenCV's PnP returns to PerspNet, whose object points have OpenGL axes while its camera has
  /// OpenCV's axes: R = R_pnp F, t = t_pnp (FORMATS §11.2). In metres.
  public init(perspNetPnP rotation: Rotation, translation: SIMD3<Double>) {
    self.init(rotation: rotation * .yUp, translation: translation)
  }

  /// The rotation that PnP on object points in OpenGL axes returns for this pose. The translation it returns is
  /// this pose's own.
  public var perspNetPnPRotation: Rotation { rotation * .yUp }
}
