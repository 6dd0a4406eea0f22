internal import Geometry

/// Errors of meshes in millimetres; vertices are in metres. FORMATS §12.4, §12.5.
enum ShapeError {
  /// ADD: the mean distance of the true shape's vertices, moved by either pose.
  static func add(_ predicted: Extrinsics, _ truth: Extrinsics, vertices: [SIMD3<Double>]) -> Double
  {
    mean(vertices.count) { i in
      length(predicted.applied(to: vertices[i]) - truth.applied(to: vertices[i]))
    }
  }

  /// The mean distance of vertices in the object frame, without any alignment; nil where the shapes do not have
  /// the same vertices.
  static func reconstruction(_ predicted: [SIMD3<Double>], _ truth: [SIMD3<Double>]) -> Double? {
    guard predicted.count == truth.count, !truth.isEmpty else { return nil }
    return mean(truth.count) { i in length(predicted[i] - truth[i]) }
  }

  /// TRG's face_size_error: the difference of the two surfaces' areas, in square millimetres; nil where the meshes
  /// do not fit each other.
  static func surface(
    _ predicted: [SIMD3<Double>], _ truth: [SIMD3<Double>], triangles: [SIMD3<Int32>]
  ) -> Double? {
    guard predicted.count == truth.count,
      triangles.allSatisfy({ $0.min() >= 0 && Int($0.max()) < truth.count })
    else { return nil }
    return (area(predicted, triangles) - area(truth, triangles)).magnitude * 1e6
  }

  private static func mean(_ count: Int, _ distance: (Int) -> Double) -> Double {
    var sum = 0.0
    for i in 0..<count { sum += distance(i) }
    return sum / Double(count) * 1000
  }

  private static func area(_ vertices: [SIMD3<Double>], _ triangles: [SIMD3<Int32>]) -> Double {
    triangles.reduce(0) { sum, corners in
      let origin = vertices[Int(corners.x)]
      let normal = cross(vertices[Int(corners.y)] - origin, vertices[Int(corners.z)] - origin)
      return sum + length(normal) / 2
    }
  }
}
