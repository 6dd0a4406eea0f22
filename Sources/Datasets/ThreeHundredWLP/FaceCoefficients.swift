internal import Geometry

/// `Shape_Para` and `Exp_Para` of a synthetic face: zeros for the mean face.
struct FaceCoefficients {
  /// 199 numbers.
  private(set) var shape = [Double](repeating: 0, count: 199)
  /// 29 numbers.
  private(set) var expression = [Double](repeating: 0, count: 29)

  /// Up to how many deviations a coefficient lies beside its mean.
  private static let reach = 1.5

  /// The coefficients of a picture. Where there are tables, those that 3DDFA learns are drawn about the mean of its
  /// training set and the rest are zeros, so that 40 and 10 tell the whole face.
  init(of number: Int, _ options: SynthesisOptions) {
    guard options.landmarkModel != nil else { return }
    var random = SeededRandom(seed: options.seed &+ 0x3DD, item: number)
    let usual = TDDFAWhitening.first
    func draw(_ index: Int) -> Double {
      Double(usual.mean[index])
        + Double(usual.deviation[index]) * random.uniform(-Self.reach...Self.reach)
    }
    for i in 0..<TDDFAParameters.shapeCount { shape[i] = draw(12 + i) }
    for i in 0..<TDDFAParameters.expressionCount {
      expression[i] = draw(12 + TDDFAParameters.shapeCount + i)
    }
  }
}
