internal import Geometry

/// One number of a paper's table: what is measured of each face, and how all faces are summarised.
struct PoseMetric: Sendable {
  enum Summary: Sendable { case mean, median }

  /// Nil where the face lacks what is measured.
  typealias Measure = @Sendable (PosePair) -> Double?

  /// The key in JSON.
  var name: String
  var title: String
  var unit: String
  var summary = Summary.mean
  /// As the paper's code computes it; nil for a number that the code does not print.
  var published: Measure?
  var correct: Measure?
  /// Why the two numbers differ, in one line; nil where the definitions are the same.
  var difference: String?
}

extension PoseMetric {
  /// The mean absolute errors of three angles in degrees, and the mean of the three.
  ///
  /// - Parameters:
  ///   - convention: the convention of the angles.
  ///   - difference: how the paper's code takes the difference of two angles.
  static func angles(
    _ convention: EulerConvention, difference: @escaping @Sendable (Double, Double) -> Double,
    why: String
  ) -> [PoseMetric] {
    let isAnnotated = convention.turns == EulerConvention.aflw.turns
    func measure(
      _ names: [EulerAngles.Name], _ difference: @escaping @Sendable (Double, Double) -> Double
    ) -> Measure {
      { pair in
        let (found, given) = isAnnotated ? (pair.predictedAngles, pair.annotatedAngles) : (nil, nil)
        let a = found ?? convention.angles(of: pair.predicted.rotation).inDegrees
        let b = given ?? convention.angles(of: pair.truth.rotation).inDegrees
        return names.reduce(0) { $0 + difference(a[$1], b[$1]) } / Double(names.count)
      }
    }
    let single = [EulerAngles.Name.yaw, .pitch, .roll].map { name in
      PoseMetric(
        name: "\(name.rawValue)_mae", title: "\(name.rawValue) MAE", unit: "°",
        published: measure([name], difference),
        correct: measure([name], AngleDifference.wrapped), difference: why)
    }
    return single + [
      PoseMetric(
        name: "mae", title: "MAE of the three", unit: "°",
        published: measure([.yaw, .pitch, .roll], difference),
        correct: measure([.yaw, .pitch, .roll], AngleDifference.wrapped), difference: why)
    ]
  }

  static let unwrapped =
    "angles: the paper's code subtracts them without wrapping, so that -179° and 179° are 358° apart; correct is the shorter way round."

  /// The angle between two rotations, which does not depend on a convention of angles.
  static func geodesic(published: Measure?, why: String? = nil) -> PoseMetric {
    PoseMetric(
      name: "geodesic", title: "geodesic error", unit: "°", published: published,
      correct: { $0.predicted.rotation.angle(to: $0.truth.rotation) * 180 / .pi },
      difference: why)
  }

  /// The mean absolute errors of the translation along the camera's axes in millimetres, and their mean.
  static var translation: [PoseMetric] {
    func measure(_ axes: [Int]) -> Measure {
      { pair in
        guard let difference = pair.offset else { return nil }
        return axes.reduce(0) { $0 + difference[$1].magnitude } / Double(axes.count) * 1000
      }
    }
    func metric(_ name: String, _ title: String, _ axes: [Int]) -> PoseMetric {
      PoseMetric(
        name: name, title: title, unit: "mm", published: measure(axes), correct: measure(axes))
    }
    return [
      metric("tx_mae", "tx MAE", [0]), metric("ty_mae", "ty MAE", [1]),
      metric("tz_mae", "tz MAE", [2]), metric("t_mae", "translation MAE", [0, 1, 2]),
    ]
  }

  /// img2pose's H. Trans., V. Trans. and Scale, and their mean, in its unit of 0.1 m.
  static var img2PoseTranslation: [PoseMetric] {
    func measure(
      _ axes: [Int], from reference: @escaping @Sendable (PosePair) -> SIMD3<Double>?
    ) -> Measure {
      { pair in
        guard let difference = pair.offset(from: reference(pair)) else { return nil }
        return axes.reduce(0) { $0 + difference[$1].magnitude } / Double(axes.count) * 10
      }
    }
    func metric(_ name: String, _ title: String, _ axes: [Int]) -> PoseMetric {
      PoseMetric(
        name: name, title: title, unit: "dm",
        published: measure(axes) { $0.img2PoseFit?.translation },
        correct: measure(axes) { $0.truth.translation },
        difference:
          "translation: img2pose's notebook compares with its own EPnP fit to the 68 landmarks, which it takes to count from 0; correct compares with the dataset's."
      )
    }
    return [
      metric("horizontal_translation_mae", "H. Trans.", [0]),
      metric("vertical_translation_mae", "V. Trans.", [1]), metric("scale_mae", "Scale", [2]),
      metric("translation_mae", "MAE of these", [0, 1, 2]),
    ]
  }

  static var add: PoseMetric {
    let measure: Measure = { pair in
      guard let vertices = pair.shape.truth, !vertices.isEmpty,
        let predicted = pair.predicted.extrinsics, let truth = pair.truth.extrinsics
      else { return nil }
      return ShapeError.add(predicted, truth, vertices: vertices)
    }
    return PoseMetric(name: "add", title: "ADD", unit: "mm", published: measure, correct: measure)
  }

  /// The error of the predicted shape, summarised over images.
  static func reconstruction(_ summary: Summary) -> PoseMetric {
    let measure: Measure = { pair in
      guard let predicted = pair.shape.predicted, let truth = pair.shape.truth else { return nil }
      return ShapeError.reconstruction(predicted, truth)
    }
    return PoseMetric(
      name: "reconstruction_\(summary)", title: "reconstruction, \(summary)", unit: "mm",
      summary: summary, published: measure, correct: measure)
  }

  static var surface: PoseMetric {
    let measure: Measure = { pair in
      guard let predicted = pair.shape.predicted, let truth = pair.shape.truth,
        let triangles = pair.triangles
      else { return nil }
      return ShapeError.surface(predicted, truth, triangles: triangles)
    }
    return PoseMetric(
      name: "face_size", title: "face size error", unit: "mm²", published: measure,
      correct: measure)
  }

  static var scaleDifference: PoseMetric {
    PoseMetric(
      name: "mean_iou", title: "mean_IoU", unit: "",
      published: { GeodesicError.scaleDifference($0.predicted.rotation, $0.truth.rotation) },
      difference:
        "mean_IoU: PerspNet's is the difference of the two matrices' scales, which are always 1; it is no overlap, and nothing correct corresponds to it."
    )
  }

  /// The percentage of faces that are within both bounds.
  ///
  /// - Parameters:
  ///   - published: the bounds that the paper's code really uses; nil for those in the metric's name.
  static func within(
    degrees: Double, metres: Double, published: (degrees: Double, metres: Double)? = nil,
    why: String? = nil
  ) -> PoseMetric {
    func measure(
      _ bounds: (degrees: Double, metres: Double),
      _ angle: @escaping @Sendable (PosePair) -> Double
    ) -> Measure {
      { pair in
        guard let offset = pair.offset else { return nil }
        return angle(pair) < bounds.degrees && length(offset) < bounds.metres ? 100 : 0
      }
    }
    let centimetres = Int((metres * 100).rounded())
    return PoseMetric(
      name: "within_\(Int(degrees))deg_\(centimetres)cm", title: "\(Int(degrees))°\(centimetres)cm",
      unit: "%",
      published: measure(published ?? (degrees, metres)) {
        GeodesicError.perspNet($0.predicted.rotation, $0.truth.rotation)
      },
      correct: measure((degrees, metres)) {
        $0.predicted.rotation.angle(to: $0.truth.rotation) * 180 / .pi
      }, difference: why)
  }
}
