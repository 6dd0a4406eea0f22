/// A polynomial with real coefficients, the lowest power first.
struct Polynomial {
  var coefficients: [Double]

  init(_ coefficients: [Double]) { self.coefficients = coefficients }

  func callAsFunction(_ x: Double) -> Double {
    var value = 0.0
    var i = coefficients.count
    while i > 0 {
      i -= 1
      value = value * x + coefficients[i]
    }
    return value
  }

  var derivative: Polynomial {
    Polynomial(coefficients.indices.dropFirst().map { Double($0) * coefficients[$0] })
  }

  /// The places in an interval, in ascending order, where the value changes its sign.
  ///
  /// Between two neighbouring sign changes of the derivative the value only rises or only falls, so there is one
  /// root there or none. A place where the curve only touches zero is not found.
  func signChanges(in range: ClosedRange<Double>) -> [Double] {
    guard coefficients.count > 1 else { return [] }
    let derivative = derivative
    let places =
      [range.lowerBound] + derivative.signChanges(in: range) + [range.upperBound]
    return zip(places, places.dropFirst()).compactMap { low, high in
      root(between: low, high, derivative)
    }
  }

  /// Takes Newton's steps, or halves the interval where such a step would leave it.
  private func root(
    between low: Double, _ high: Double, _ derivative: Polynomial
  ) -> Double? {
    var (low, high) = (low, high)
    let isRising = self(low) < 0
    guard isRising != (self(high) < 0) else { return nil }
    var x = low + (high - low) / 2
    for _ in 0..<200 {
      let value = self(x)
      if (value < 0) == isRising { low = x } else { high = x }
      let step = value / derivative(x)
      let next = x - step
      let isInside = low < next && next < high
      if isInside, step.magnitude <= 1e-15 * x.magnitude { return next }
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      x = isInside ? next : middle
    }
    return x
  }

  static func * (left: Self, right: Self) -> Self {
    var product = [Double](
      repeating: 0, count: left.coefficients.count + right.coefficients.count - 1)
    for (i, a) in left.coefficients.enumerated() {
      for (j, b) in right.coefficients.enumerated() { product[i + j] += a * b }
    }
    return Polynomial(product)
  }

  static func + (left: Self, right: Self) -> Self {
    let count = max(left.coefficients.count, right.coefficients.count)
    func at(_ polynomial: Self, _ i: Int) -> Double {
      i < polynomial.coefficients.count ? polynomial.coefficients[i] : 0
    }
    return Polynomial((0..<count).map { at(left, $0) + at(right, $0) })
  }

  static func * (factor: Double, right: Self) -> Self {
    Polynomial(right.coefficients.map { factor * $0 })
  }
}
