internal import Glibc

/// A pose from correspondences of which some are wrong (RANSAC: Fischler and Bolles, CACM 24, 1981). It serves
/// the purpose of OpenCV's `solvePnPRansac`, but does not repeat its choices. The same input always gives the
/// same pose.
///
/// Sets of three points are drawn with a fixed seed, and each gives up to four poses. All points judge a pose: a
/// point costs its squared reprojection error, but at most the squared threshold (MSAC: Torr and Zisserman, CVIU
/// 78, 2000). The best pose is refined by least squares on the points within the threshold, as long as that
/// lowers the cost.
public struct RobustPoseSolver: Sendable {
  /// The greatest reprojection error, in pixels, of a point that counts as right. The default is OpenCV's.
  public var threshold = 8.0
  /// The probability with which three right points are to be drawn at least once.
  public var confidence = 0.999
  /// The greatest number of draws.
  public var mostSamples = 1000
  /// The fewest right points that a pose must have.
  public static let fewestInliers = 6

  /// A pose and the points that it is right for.
  public struct Fit: Sendable {
    /// The translation is in the unit of the object's points.
    public var pose: Extrinsics
    /// The numbers of the points that are right, ascending from 0.
    public var inliers: [Int]
    /// Root mean square reprojection error of the right points, in pixels.
    public var reprojectionError: Double
  }

  /// With OpenCV's threshold, and up to 1000 draws.
  public init() {}

  /// Finds a pose.
  ///
  /// - Parameters:
  ///   - points: in the object's axes, any unit; finite.
  ///   - pixels: where they are seen; as many, in the same order, finite.
  ///   - camera: that the pixels were seen by.
  /// - Returns: nil where the camera is not plausible, or no pose in front of it is right for `fewestInliers`
  ///   points.
  public func fit(
    points: [SIMD3<Double>], pixels: [SIMD2<Double>], camera: Intrinsics
  ) -> Fit? {
    precondition(points.count == pixels.count, "a pixel for each point")
    guard points.count >= Self.fewestInliers, camera.isPlausible else { return nil }
    let scene = Scene(
      points: points, pixels: pixels, camera: camera, limit: threshold * threshold)
    guard let drawn = drawn(scene) else { return nil }
    let (pose, cost) = refined(drawn, scene)
    guard cost.inliers >= Self.fewestInliers else { return nil }
    let inliers = scene.inliers(of: pose)
    return Fit(
      pose: pose, inliers: inliers,
      reprojectionError: (cost.squares / Double(cost.inliers)).squareRoot())
  }

  private typealias Judged = (pose: Extrinsics, cost: Cost)

  private func drawn(_ scene: Scene) -> Judged? {
    let rays = scene.rays
    var random = SplitMix64(seed: 0x6D0F)
    var best: Judged?
    var (samples, needed) = (0, mostSamples)
    while samples < needed {
      samples += 1
      let (i, j, k) = Self.three(of: scene.points.count, &random)
      let poses = ThreePointPose.poses(
        of: (scene.points[i], scene.points[j], scene.points[k]), along: (rays[i], rays[j], rays[k]))
      for pose in poses {
        guard let cost = scene.cost(of: pose, below: best?.cost.sum ?? .infinity) else { continue }
        best = (pose, cost)
        needed = min(needed, samplesNeeded(share: cost.share(of: scene.points.count)))
      }
    }
    return best
  }

  private static func three(of count: Int, _ random: inout SplitMix64) -> (Int, Int, Int) {
    let i = Int.random(in: 0..<count, using: &random)
    var j = Int.random(in: 0..<count - 1, using: &random)
    if j >= i { j += 1 }
    var k = Int.random(in: 0..<count - 2, using: &random)
    for taken in [min(i, j), max(i, j)] where k >= taken { k += 1 }
    return (i, j, k)
  }

  /// How many draws are needed where this share of all points is right.
  private func samplesNeeded(share: Double) -> Int {
    let miss = 1 - share * share * share
    guard miss > 1e-9 else { return 1 }
    guard miss < 1 else { return mostSamples }
    return Int(min(Double(mostSamples), (log(1 - confidence) / log(miss)).rounded(.up)))
  }

  private func refined(_ start: Judged, _ scene: Scene) -> Judged {
    var solver = LeastSquaresPoseSolver(
      model: scene.points, interocularDistance: 1, uncertainty: .ofPixels)
    var best = start
    for _ in 0..<10 {
      var isRight = [Bool](repeating: false, count: scene.points.count)
      for i in scene.inliers(of: best.pose) { isRight[i] = true }
      var found: Extrinsics?
      solver.fit(
        faces: 1, camera: { _ in scene.camera },
        landmark: { isRight[$1] ? (scene.pixels[$1], 1) : nil },
        take: { found = $1?.extrinsics })
      guard let found, let cost = scene.cost(of: found, below: best.cost.sum) else { break }
      best = (found, cost)
    }
    return best
  }

  private struct Cost {
    var sum = 0.0
    var inliers = 0
    /// The sum of the inliers' squared errors.
    var squares = 0.0

    func share(of count: Int) -> Double { Double(inliers) / Double(count) }
  }

  private struct Scene {
    let points: [SIMD3<Double>]
    let pixels: [SIMD2<Double>]
    let camera: Intrinsics
    /// The square of the threshold.
    let limit: Double

    /// The directions of the pixels, each of length 1.
    var rays: [SIMD3<Double>] {
      pixels.map { pixel in
        let place = (pixel - camera.principalPoint) / camera.focalLength
        let ray = SIMD3(place.x, place.y, 1)
        return ray / length(ray)
      }
    }

    /// The squared error in pixels; infinite for a point that is not in front of the camera.
    private func error(of index: Int, _ pose: Extrinsics) -> Double {
      let seen = pose.applied(to: points[index])
      guard seen.z > 0 else { return .infinity }
      let offset = camera.projection(of: seen) - pixels[index]
      return (offset * offset).sum()
    }

    /// The cost of a pose; nil where it is not below `bound`.
    func cost(of pose: Extrinsics, below bound: Double) -> Cost? {
      var cost = Cost()
      for i in points.indices {
        let error = error(of: i, pose)
        guard error <= limit else {
          cost.sum += limit
          if cost.sum >= bound { return nil }
          continue
        }
        cost.sum += error
        cost.squares += error
        cost.inliers += 1
      }
      return cost.sum < bound ? cost : nil
    }

    func inliers(of pose: Extrinsics) -> [Int] {
      points.indices.filter { error(of: $0, pose) <= limit }
    }
  }
}

extension LandmarkUncertainty {
  /// For points of the face itself and not of a mean face: only the rounding to pixels counts.
  fileprivate static var ofPixels: LandmarkUncertainty {
    var uncertainty = LandmarkUncertainty()
    (uncertainty.placement, uncertainty.identity) = (0, 0)
    return uncertainty
  }
}
