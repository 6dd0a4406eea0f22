/// A constant difference, in pixels, between annotated and predicted places of many faces.
public struct ShiftEstimate: Sendable, Equatable {
  /// The shift of the annotation, in pixels.
  public var pixels: SIMD2<Double>
  /// The same in fractions of the faces' median size.
  public var relative: SIMD2<Double>
  /// The standard errors of `pixels`.
  public var error: SIMD2<Double>
  public var faces: Int

  /// From the difference of each face and its size, both in pixels.
  ///
  /// The networks err in proportion to a face, so each counts by the inverse of its size, and errors are
  /// estimated relative to it.
  public init?(_ faces: [(difference: SIMD2<Double>, size: Double)]) {
    guard let size = Robust.median(faces.map(\.size)), size > 0 else { return nil }
    func estimate(_ axis: (SIMD2<Double>) -> Double) -> (shift: Double, error: Double) {
      let shift =
        Robust.weightedMedian(faces.map { (axis($0.difference), 1 / $0.size) }) ?? 0
      let rest = faces.map { (axis($0.difference) - shift) / $0.size }
      return (shift, (Robust.errorOfMedian(rest) ?? 0) * size)
    }
    let (x, y) = (estimate { $0.x }, estimate { $0.y })
    pixels = SIMD2(x.shift, y.shift)
    relative = pixels / size
    error = SIMD2(x.error, y.error)
    self.faces = faces.count
  }

  /// Whether it is more than the networks' own error, and than chance.
  ///
  /// - Parameter limit: the networks' systematic error in fractions of a face.
  public func isFinding(limit: Double, _ thresholds: ValidationThresholds) -> Bool {
    let length = (pixels * pixels).sum().squareRoot()
    guard faces >= thresholds.datasetFaces, length >= thresholds.shiftInPixels,
      (relative * relative).sum().squareRoot() >= limit
    else { return false }
    // The error along the shift's own direction.
    let along = (pixels * pixels * error * error).sum().squareRoot() / length
    return length >= thresholds.shiftInErrors * along
  }

  /// Whether it is a pixel along an axis or both, as where pixels are counted from 1.
  public var isOffByOne: Bool {
    (0..<2).allSatisfy { pixels[$0].magnitude < 1.5 }
      && (0..<2).contains { pixels[$0].magnitude >= 0.5 }
  }
}
