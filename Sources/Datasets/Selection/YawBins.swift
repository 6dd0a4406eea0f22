internal import Geometry
public import Schema

/// Ranges of yaw in degrees. Each includes its lower edge but not its upper one; the last includes both.
public struct YawBins: Sendable, Equatable {
  /// In degrees, ascending, at least two.
  public let edges: [Double]

  /// Bins between given edges, in degrees.
  ///
  /// - Returns: nil where there are fewer than two edges, or they do not ascend.
  public init?(edges: [Double]) {
    guard edges.count >= 2, edges.allSatisfy(PlausibleRange.coordinate.contains),
      zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.edges = edges
  }

  /// Equally wide bins from -90 to 90 degrees, and one on each side for heads from behind, up to 180 degrees.
  ///
  /// - Precondition: `count` is positive.
  public init(count: Int) {
    precondition(count > 0, "there is a bin")
    edges = [-180] + (0...count).map { -90 + 180 * Double($0) / Double(count) } + [180]
  }

  /// The number of bins.
  public var count: Int { edges.count - 1 }

  /// The bin of a yaw in degrees; nil where no bin holds it.
  public func index(of yaw: Double) -> Int? {
    guard yaw >= edges[0], yaw <= edges[count] else { return nil }
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if yaw < edges[middle] { high = middle } else { low = middle }
    }
    return low
  }
}

extension HeadPose {
  /// The canonical yaw in degrees, positive toward the image's left (FORMATS §11.1). A head that shows its back, whose
  /// axis points away from the camera, has one beyond 90, up to 180: Euler angles would fold it onto the front.
  public var yawInDegrees: Double {
    let yaw = EulerConvention.aflw.angles(of: rotation).inDegrees.yaw
    guard rotation.rows.2.z < 0 else { return yaw }
    return yaw < 0 ? -180 - yaw : 180 - yaw
  }
}
