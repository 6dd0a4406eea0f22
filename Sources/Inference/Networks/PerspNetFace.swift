internal import Codecs
internal import Geometry
internal import Glibc

/// What PerspNet's outputs mean.
enum PerspNetFace {
  /// The maps hold coordinates in units of 1/9 m.
  private static let unitsPerMetre = 9.0

  /// Where each vertex lies in the map, from 0 to 1: the first 1,220 rows of `uv_coords_std_202109.npy`.
  ///
  /// - Throws: `NPYError` where the array has fewer rows, other columns, or other numbers.
  static func coordinates(_ array: NPYArray) throws -> [SIMD2<Float>] {
    guard array.shape.count == 2, array.shape[0] >= ARKitMesh.vertexCount, array.shape[1] == 2
    else {
      throw NPYError(
        name: array.name,
        detail: "expected at least \(ARKitMesh.vertexCount) x 2 numbers, found \(array.shapeText)")
    }
    let numbers = array.doubles
    return try (0..<ARKitMesh.vertexCount).map { i in
      let place = SIMD2(Float(numbers[2 * i]), Float(numbers[2 * i + 1]))
      guard place.min() >= 0, place.max() <= 1 else {
        throw NPYError(
          name: array.name,
          detail: "row \(i + 1): expected numbers from 0 to 1, found \(place.x), \(place.y)")
      }
      return place
    }
  }

  /// The vertices in metres and our axes; nil where one is not finite.
  ///
  /// Each is interpolated between the four nearest pixels of the map, as by PyTorch's `grid_sample` with
  /// `align_corners` false: a place p is at pixel p * side - 1/2, and there are zeros outside.
  static func vertices(
    _ map: UnsafeBufferPointer<Float>, side: Int, at coordinates: [SIMD2<Float>]
  ) -> [SIMD3<Double>]? {
    let plane = side * side
    func sample(_ channel: Int, _ place: SIMD2<Float>) -> Double {
      let floor = place.rounded(.down)
      let share = SIMD2<Double>(place - floor)
      var sum = 0.0
      for (dy, wy) in [(0, 1 - share.y), (1, share.y)] {
        for (dx, wx) in [(0, 1 - share.x), (1, share.x)] {
          let (x, y) = (Int(floor.x) + dx, Int(floor.y) + dy)
          guard (0..<side).contains(x), (0..<side).contains(y) else { continue }
          sum += wx * wy * Double(map[channel * plane + y * side + x])
        }
      }
      return sum / unitsPerMetre
    }
    let vertices = coordinates.map { coordinate in
      let place = coordinate * Float(side) - 0.5
      return SIMD3(sample(0, place), -sample(1, place), -sample(2, place))
    }
    return vertices.allSatisfy { ($0.x + $0.y + $0.z).isFinite } ? vertices : nil
  }

  /// The points that the pixels show: means of the vertices, weighted by the softmax of their scores.
  ///
  /// - Parameter scores: one row for each pixel, with a score for each vertex.
  static func shown(
    _ scores: UnsafeBufferPointer<Float>, of vertices: [SIMD3<Double>]
  ) -> [SIMD3<Double>] {
    let width = vertices.count
    return vertices.withUnsafeBufferPointer { vertices in
      (0..<scores.count / width).map { row in
        let row = scores[row * width..<(row + 1) * width]
        var greatest = -Float.infinity
        for score in row where score > greatest { greatest = score }
        var (total, sum) = (0.0, SIMD3<Double>.zero)
        for (vertex, score) in zip(vertices, row) {
          let weight = exp(Double(score - greatest))
          total += weight
          sum += weight * vertex
        }
        return sum / total
      }
    }
  }

  /// Chooses `count` pixels of a mask, in order. If the mask has more, they are drawn at random, as the network was
  /// trained; if it has fewer, they are repeated from the beginning. The same mask gives the same pixels.
  ///
  /// - Returns: nil for an empty mask.
  static func choice(of count: Int, from mask: [Int]) -> [Int]? {
    guard !mask.isEmpty else { return nil }
    guard mask.count > count else { return (0..<count).map { mask[$0 % mask.count] } }
    var random = SplitMix64(seed: 0x9E25)
    var choice: [Int] = []
    choice.reserveCapacity(count)
    // Each pixel is taken with the probability that makes all choices equally likely.
    for (i, pixel) in mask.enumerated()
    where Int.random(in: 0..<mask.count - i, using: &random) < count - choice.count {
      choice.append(pixel)
    }
    return choice
  }
}
