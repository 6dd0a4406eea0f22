internal import Geometry
internal import TestSupport
internal import Testing

@Suite("Polar factors")
struct PolarFactorTests {
  @Test("a rotation times a positive definite matrix gives the rotation back")
  func recoversRotation() {
    var random = SeededRandom(seed: 11)
    var (worstTurn, worstDefect) = (0.0, 0.0)
    for _ in 0..<3000 {
      let rotation = random.rotation()
      let frame = random.rotation()
      let stretch = random.vector(0.05...20)
      // frame · diag(stretch) · frameᵀ: symmetric with those eigenvalues.
      let scaled = Rotation(
        rows: frame.rows.0 * stretch, frame.rows.1 * stretch, frame.rows.2 * stretch)
      let matrix = rotation * (scaled * frame.transpose)
      let found = Rotation.polarFactor(ofRows: matrix.rows.0, matrix.rows.1, matrix.rows.2)
      worstTurn = max(worstTurn, distance(found, rotation))
      worstDefect = max(worstDefect, defect(found))
    }
    #expect(worstTurn < 1e-12)
    #expect(worstDefect < 1e-14)
  }

  @Test("a rotation is its own polar factor")
  func fixedPoint() {
    var random = SeededRandom(seed: 12)
    for _ in 0..<500 {
      let rotation = random.rotation()
      let found = Rotation.polarFactor(ofRows: rotation.rows.0, rotation.rows.1, rotation.rows.2)
      #expect(distance(found, rotation) < 1e-15 * 4)
    }
  }

  @Test("any matrix with positive determinant gives a rotation R that makes RᵀA symmetric")
  func residueIsSymmetric() {
    var random = SeededRandom(seed: 13)
    var tried = 0
    while tried < 2000 {
      let rows = (random.vector(-1...1), random.vector(-1...1), random.vector(-1...1))
      guard dot(rows.0, cross(rows.1, rows.2)) > 0.01 else { continue }
      tried += 1
      let found = Rotation.polarFactor(ofRows: rows.0, rows.1, rows.2)
      #expect(defect(found) < 1e-14)
      let residue = (found.transpose * Rotation(rows: rows.0, rows.1, rows.2))
      #expect(distance(residue, residue.transpose) < 1e-13)
    }
  }

  @Test("products with a rotation on the right pass through: polar(M R) = polar(M) R")
  func equivariance() {
    var random = SeededRandom(seed: 14)
    for _ in 0..<500 {
      let shear = Rotation(
        rows: [1, 0, random.uniform(-1...1)], [0, 1, random.uniform(-1...1)], [0, 0, 1])
      let rotation = random.rotation()
      let product = shear * rotation
      let left = Rotation.polarFactor(ofRows: product.rows.0, product.rows.1, product.rows.2)
      let right = Rotation.polarFactor(ofRows: shear.rows.0, shear.rows.1, shear.rows.2) * rotation
      #expect(distance(left, right) < 1e-14)
    }
  }
}
