internal import Geometry
internal import Schema

/// The five points of a face, all of which are known, and what their arrangement says.
struct FivePoints {
  /// In the order of `Landmarks.Layout.face5`.
  let points: InlineArray<5, SIMD2<Double>>

  /// - Returns: nil where a point is missing.
  init?(_ landmarks: Landmarks) {
    var points = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    // As `Landmarks.fivePoints`, but without allocating an array for each face.
    let sources = landmarks.layout.fivePointSources
    for i in 0..<5 {
      for k in sources[i] {
        guard let point = landmarks.position(k) else { return nil }
        points[i] += point / Double(sources[i].count)
      }
    }
    self.points = points
  }

  init(_ points: InlineArray<5, SIMD2<Double>>) { self.points = points }

  var imageLeftEye: SIMD2<Double> { points[0] }
  var imageRightEye: SIMD2<Double> { points[1] }
  var nose: SIMD2<Double> { points[2] }

  var centre: SIMD2<Double> {
    (points[0] + points[1] + points[2] + points[3] + points[4]) / 5
  }

  /// The root mean square distance from the centre, in pixels.
  var radius: Double {
    let centre = centre
    var sum = 0.0
    for i in 0..<5 { sum += ((points[i] - centre) * (points[i] - centre)).sum() }
    return (sum / 5).squareRoot()
  }

  /// The extent across the longest direction over the extent along it (the ratio of singular values); 0 where all
  /// points lie on a line.
  var roundness: Double {
    let centre = centre
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for i in 0..<5 {
      let d = points[i] - centre
      xx += d.x * d.x
      xy += d.x * d.y
      yy += d.y * d.y
    }
    let mean = (xx + yy) / 2
    let spread = ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
    return mean + spread > 0 ? (max(mean - spread, 0) / (mean + spread)).squareRoot() : 0
  }

  /// The shorter of the two distances between an eye and the mouth corner below it, in pixels.
  var eyeToMouth: Double {
    let (left, right) = (points[3] - points[0], points[4] - points[1])
    return min((left * left).sum(), (right * right).sum()).squareRoot()
  }

  /// From the middle of the eyes to the middle of the mouth.
  private var down: SIMD2<Double> { (points[3] + points[4] - points[0] - points[1]) / 2 }

  /// How far a vector points to the image's right if the face were upright, over the length from eyes to mouth.
  /// It does not change when the face rolls.
  private func side(_ vector: SIMD2<Double>) -> Double {
    let down = down
    return (vector.x * down.y - vector.y * down.x) / (down * down).sum()
  }

  /// From the image-left to the image-right eye: positive unless the face is turned beyond profile or its
  /// sides are exchanged.
  var eyeSide: Double { side(points[1] - points[0]) }
  /// The same for the mouth corners.
  var mouthSide: Double { side(points[4] - points[3]) }

  /// The place of the nose tip along the face: 0 at the eyes, 1 at the mouth.
  var nosePlace: Double {
    let down = down
    return ((nose - (points[0] + points[1]) / 2) * down).sum() / (down * down).sum()
  }
}
