internal import Glibc

/// Finds room for the labels of points that lie close together.
///
/// Labels are placed one after the other, each at the free place nearest to its point; the search begins in the
/// preferred direction. That is sufficient for some tens of points.
struct LabelPlacement {
  struct Box {
    var low: SIMD2<Double>
    var high: SIMD2<Double>

    func overlap(_ other: Box) -> Double {
      let sides = pointwiseMin(high, other.high) - pointwiseMax(low, other.low)
      return sides.x > 0 && sides.y > 0 ? sides.x * sides.y : 0
    }
  }

  private static let distances: [Double] = [9, 14, 20, 27, 35]
  private static let directions = 16

  private var taken: [Box]
  private let area: Box

  /// - Parameters:
  ///   - points: in pixels; labels must not cover them.
  ///   - area: labels must not leave it.
  init(points: [SIMD2<Double>], radius: Double, area: Box) {
    taken = points.map { Box(low: $0 - radius, high: $0 + radius) }
    self.area = area
  }

  /// Keeps labels off a line, if they find room elsewhere.
  mutating func avoidLine(from start: SIMD2<Double>, to end: SIMD2<Double>) {
    let way = end - start
    let steps = ((way * way).sum().squareRoot() / 3).rounded(.up)
    for step in stride(from: 0, through: steps, by: 1) {
      let place = start + way * (step / max(steps, 1))
      taken.append(Box(low: place - 1, high: place + 1))
    }
  }

  /// Finds a place for a label of a size, and occupies it.
  ///
  /// - Parameter preferred: a direction of any length.
  /// - Returns: the label's centre.
  mutating func place(
    _ size: SIMD2<Double>, at point: SIMD2<Double>, preferred: SIMD2<Double>
  ) -> SIMD2<Double> {
    let first = atan2(preferred.y, preferred.x)
    var best = (cost: Double.infinity, box: Box(low: point, high: point))
    search: for distance in Self.distances {
      for step in 0..<Self.directions {
        // Directions on both sides of the preferred one, in turn.
        let turn = Double((step + 1) / 2) * (step % 2 == 0 ? 1 : -1)
        let angle = first + turn * 2 * .pi / Double(Self.directions)
        // A label is wider than high, so its centre moves on an ellipse.
        let centre = point + SIMD2(cos(angle), sin(angle)) * (distance + (size - size.y) / 2)
        let box = Box(low: centre - size / 2, high: centre + size / 2)
        let inside = box.overlap(area)
        let cost = taken.reduce(size.x * size.y - inside) { $0 + $1.overlap(box) }
        if cost < best.cost - 1e-9 { best = (cost, box) }
        if cost < 1e-9 { break search }
      }
    }
    taken.append(best.box)
    return (best.box.low + best.box.high) / 2
  }
}
