import Geometry
import TestSupport

@testable import Validation

/// Images with annotated faces and what an imperfect detector finds of them.
struct SyntheticFaces {
  /// The five points of a frontal face in fractions of its box.
  static let face: [SIMD2<Double>] = [
    SIMD2(0.31, 0.38), SIMD2(0.69, 0.37), SIMD2(0.52, 0.57), SIMD2(0.36, 0.77), SIMD2(0.66, 0.76),
  ]

  var images: [ImageView] = []

  /// - Parameters:
  ///   - count: of images, with one to three faces each.
  ///   - noise: the networks' error in fractions of a face, standard deviation about.
  init(count: Int = 8, seed: UInt64 = 3, noise: Double = 0.02) {
    var random = SeededRandom(seed: seed)
    for number in 0..<count {
      var image = ImageView(
        path: "\(number).jpg", size: SIMD2(900, 600), labels: [], predictions: [])
      for place in 0..<(1 + number % 3) {
        let side = random.uniform(50...160)
        let x = 300 * Double(place) + random.uniform(5...130)
        let y = random.uniform(20...420)
        var label = FaceView(box: BoundingBox(x: x, y: y, width: side, height: 1.2 * side))
        label.points = Self.face.map {
          SIMD2(x, y) + SIMD2($0.x * side, $0.y * 1.2 * side)
        }
        let turn = SIMD3(
          random.uniform(-0.4...0.4), random.uniform(-0.8...0.8), random.uniform(-0.3...0.3))
        label.rotationVector = turn
        var found = label
        func jitter() -> Double { noise * side * random.uniform(-1.7...1.7) }
        found.box.left += jitter()
        found.box.right += jitter()
        found.box.top += jitter()
        found.box.bottom += jitter()
        found.points = label.points?.map { $0.map { $0 + SIMD2(jitter(), jitter()) } }
        found.rotationVector =
          (Rotation(rotationVector: turn)
          * Rotation(rotationVector: 2 * noise * SIMD3(jitter(), jitter(), jitter()) / side * 20))
          .rotationVector
        found.score = 0.85
        found.landmarkScore = 0.99
        image.labels.append(label)
        image.predictions.append(found)
      }
      images.append(image)
    }
  }

  /// Changes every annotated face.
  func planting(_ fault: (inout FaceView, SIMD2<Double>) -> Void) -> SyntheticFaces {
    var copy = self
    for i in copy.images.indices {
      for k in copy.images[i].labels.indices {
        fault(&copy.images[i].labels[k], copy.images[i].size)
      }
    }
    return copy
  }

  var report: ValidationReport {
    var survey = ReadingSurvey()
    for image in images { survey.add(image) }
    var comparison = DatasetComparison(survey: survey.result)
    for image in images { _ = comparison.add(image) }
    return comparison.report
  }

  var ids: [String] { report.findings.map(\.id) }
}
