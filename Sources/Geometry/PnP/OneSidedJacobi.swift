/// The singular values and left singular vectors of a small square matrix, by rotating pairs of its
/// columns until all are orthogonal (Hestenes, J. SIAM 6, 1958), in the order and rounding of OpenCV.
///
/// LAPACK's vectors are as good. But where singular values vanish, rounding decides the vectors, and EPnP on five
/// points takes its result from these. So sums run from the first element to the last, and a vector is normalised
/// by multiplying it with one over its length.
struct OneSidedJacobi {
  /// The matrix's size.
  let order: Int
  /// Before `decompose`, the matrix's columns one after the other. Afterwards its left singular vectors, in
  /// descending order of their singular values.
  var vectors: [Double]
  /// The singular values in descending order.
  private(set) var values: [Double]
  /// The right singular vectors, one after the other.
  private(set) var rightVectors: [Double]

  init(order: Int) {
    self.order = order
    vectors = Array(repeating: 0, count: order * order)
    rightVectors = vectors
    values = Array(repeating: 0, count: order)
  }

  /// Decomposes the matrix in `vectors`.
  ///
  /// - Returns: false where the matrix is not finite, or is zero along a direction so that a vector is
  ///   undetermined.
  mutating func decompose() -> Bool {
    guard vectors.allSatisfy(\.isFinite) else { return false }
    for i in 0..<order {
      values[i] = product(i, i)
      for k in 0..<order { rightVectors[i * order + k] = i == k ? 1 : 0 }
    }
    for _ in 0..<max(order, 30) {
      var isChanged = false
      for i in 0..<order - 1 {
        for j in i + 1..<order where orthogonalise(i, j) { isChanged = true }
      }
      if !isChanged { break }
    }
    for i in 0..<order { values[i] = product(i, i).squareRoot() }
    sort()
    for i in 0..<order {
      guard values[i] > .leastNormalMagnitude else { return false }
      let scale = 1 / values[i]
      for k in 0..<order { vectors[i * order + k] *= scale }
    }
    return true
  }

  private func product(_ i: Int, _ j: Int) -> Double {
    var sum = 0.0
    for k in 0..<order { sum += vectors[i * order + k] * vectors[j * order + k] }
    return sum
  }

  /// Rotates columns i and j, whose squared lengths `values` holds; false where they are orthogonal.
  private mutating func orthogonalise(_ i: Int, _ j: Int) -> Bool {
    let (a, b) = (values[i], values[j])
    let product = product(i, j)
    guard product.magnitude > 10 * Double.ulpOfOne * (a * b).squareRoot() else { return false }
    let double = 2 * product
    let difference = a - b
    let span = Self.hypotenuse(double, difference)
    let (cosine, sine): (Double, Double)
    if difference < 0 {
      sine = ((span - difference) * 0.5 / span).squareRoot()
      cosine = double / (span * sine * 2)
    } else {
      cosine = ((span + difference) / (span * 2)).squareRoot()
      sine = double / (span * cosine * 2)
    }
    (values[i], values[j]) = (0, 0)
    for k in 0..<order {
      let (x, y) = (vectors[i * order + k], vectors[j * order + k])
      let (first, second) = (cosine * x + sine * y, cosine * y - sine * x)
      vectors[i * order + k] = first
      vectors[j * order + k] = second
      values[i] += first * first
      values[j] += second * second
    }
    for k in 0..<order {
      let (x, y) = (rightVectors[i * order + k], rightVectors[j * order + k])
      rightVectors[i * order + k] = cosine * x + sine * y
      rightVectors[j * order + k] = cosine * y - sine * x
    }
    return true
  }

  private static func hypotenuse(_ x: Double, _ y: Double) -> Double {
    let (a, b) = (x.magnitude, y.magnitude)
    if a > b {
      let ratio = b / a
      return a * (1 + ratio * ratio).squareRoot()
    }
    guard b > 0 else { return 0 }
    let ratio = a / b
    return b * (1 + ratio * ratio).squareRoot()
  }

  private mutating func sort() {
    for i in 0..<order - 1 {
      var largest = i
      for k in i + 1..<order where values[largest] < values[k] { largest = k }
      guard largest != i else { continue }
      values.swapAt(i, largest)
      for k in 0..<order {
        vectors.swapAt(i * order + k, largest * order + k)
        rightVectors.swapAt(i * order + k, largest * order + k)
      }
    }
  }
}
