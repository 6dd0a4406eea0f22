internal import Geometry
internal import Glibc
internal import Schema

/// A motion from a head's axes to a camera's in the axes of OpenGL (x right, y up, z toward the viewer), up to a scale, in
/// the canonical axes of records: R = F M F and t = F m with F = diag(1, -1, -1) (FORMATS-FOREIGN A17, B6).
struct OpenGLPose {
  let rotation: Rotation
  /// In the matrix's unit.
  let translation: SIMD3<Double>

  /// - Parameters:
  ///   - numbers: 16, of a 4 x 4 matrix that acts on columns.
  ///   - isByColumns: whether they run down the columns where the zeros of the last row do not tell it.
  /// - Returns: nil where they are not finite, or no rotation with a scale and a translation.
  init?(_ numbers: [Double], isByColumns: Bool) {
    guard numbers.count == 16, numbers.allSatisfy(\.isFinite) else { return nil }
    func isZero(_ places: [Int]) -> Bool { places.allSatisfy { numbers[$0] == 0 } }
    let (lastRow, lastColumn) = (isZero([12, 13, 14]), isZero([3, 7, 11]))
    guard lastRow || lastColumn else { return nil }
    let isTransposed = lastRow == lastColumn ? isByColumns : lastColumn
    func entry(_ row: Int, _ column: Int) -> Double {
      numbers[isTransposed ? 4 * column + row : 4 * row + column]
    }
    let rows = (0..<3).map { SIMD3(entry($0, 0), entry($0, 1), entry($0, 2)) }
    let scale = cbrt(dot(rows[0], cross(rows[1], rows[2])))
    guard scale > 1e-6, scale < 1e6 else { return nil }
    let unit = rows.flatMap { row in (0..<3).map { row[$0] / scale } }
    guard let turned = Rotation(rowMajor: unit, tolerance: 1e-2) else { return nil }
    rotation = turned.inYUpAxes
    translation = SIMD3(entry(0, 3), -entry(1, 3), -entry(2, 3))
  }

  /// A record's pose; nil where its translation is beyond what is plausible.
  ///
  /// - Parameter unit: of the matrix, in metres.
  func pose(unit: Double, _ provenance: HeadPose.Provenance) -> HeadPose? {
    let metres = translation * unit
    guard PlausibleRange.translation.contains(metres) else { return nil }
    return HeadPose(
      rotationVector: rotation.rotationVector, translation: metres, frame: .bfm, scale: .assumed,
      provenance: provenance)
  }
}
