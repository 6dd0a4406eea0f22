/// A constant difference, in pixels, between the annotated and the predicted places of many faces.
public struct ShiftEstimate: Sendable, Equatable {
  /// The shift of the annotation, annotated minus predicted, in pixels.
  public var pixels: SIMD2<Double>
  /// The same shift in fractions of the faces' median size.
  public var relative: SIMD2<Double>
  /// The standard errors of `pixels`.
  public var error: SIMD2<Double>
  /// How many faces were compared.
  public var faces: Int

  /// Estimates the shift from the difference and the size of each face, both in pixels; nil if there are no faces.
  ///
  /// The networks' errors grow with a face's size. So each face is weighted by the inverse of its size, and
  /// errors are estimated relative to it.
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

  /// Whether the shift exceeds the networks' own error, and chance.
  ///
  /// - Parameters:
  ///   - limit: the networks' systematic error, in fractions of a face.
  ///   - thresholds: the limits of findings.
  public func isFinding(limit: Double, _ thresholds: ValidationThresholds) -> Bool {
    let length = (pixels * pixels).sum().squareRoot()
    guard faces >= thresholds.datasetFaces, length >= thresholds.shiftInPixels,
      (relative * relative).sum().squareRoot() >= limit
    else { return false }
    // The error along the shift's own direction.
    let along = (pixels * pixels * error * error).sum().squareRoot() / length
    return length >= thresholds.shiftInErrors * along
  }

  /// Whether it is a shift by one pixel along one axis or both, as where pixels are counted from 1.
  public var isOffByOne: Bool {
    (0..<2).allSatisfy { pixels[$0].magnitude < 1.5 }
      && (0..<2).contains { pixels[$0].magnitude >= 0.5 }
  }
}
