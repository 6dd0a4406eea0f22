public import Geometry
public import Schema

/// A mean face that is learnt from faces: it begins as a known one, and each pass over the faces moves its points
/// (`ShapeEquations`).
///
/// What landmarks cannot tell comes from the known face: the size, by the interocular distance; the origin, by the mean
/// of the five points; and where poses are fitted, the axes, by the rotation that lays the new face on the known one best.
public struct FaceCalibration: Sendable {
  /// Up to this change in a pass, in fractions of the interocular distance, it goes on.
  public static let settledChange = 1e-7
  /// The most passes. With faces that are turned enough, 10 do where poses are known and 40 where they are not.
  public static let mostPasses = 150
  /// The fewest faces. With 16 of them, poses were as good as with 900 (TRUTH §3).
  public static let fewestFaces = 16

  /// The known face.
  public let start: FaceModel
  /// Whether the faces' rotations are known.
  public let isPosed: Bool
  /// For a symmetric face, the counterpart of each point.
  private let mirror: [Int]?
  /// The face as it is now, in metres.
  public private(set) var points: [SIMD3<Double>]

  /// - Parameters:
  ///   - start: the known face.
  ///   - isPosed: whether the faces' rotations are known.
  ///   - isSymmetric: whether the face is kept symmetric about x = 0.
  public init(start: FaceModel, isPosed: Bool, isSymmetric: Bool) {
    (self.start, self.isPosed) = (start, isPosed)
    points = start.points
    mirror = isSymmetric ? start.layout.counterparts : nil
  }

  /// How far faces must be turned against each other, as a root mean square angle in degrees: below it, depths were
  /// measured to be noise.
  public var leastTurning: Double { isPosed ? 4 : 15 }

  /// The distance of the eyes, in metres; that of the known face.
  public var interocularDistance: Double { start.interocularDistance }

  /// Moves the points as a pass over the faces asks for.
  ///
  /// - Returns: by how much, as a root mean square in fractions of the interocular distance; nil where the faces leave a
  ///   point open.
  public mutating func move(by equations: ShapeEquations) -> Double? {
    guard let solution = equations.solution(mirror: mirror) else { return nil }
    let new = aligned(solution)
    let squares = zip(new, points).reduce(0) { $0 + dot($1.0 - $1.1, $1.0 - $1.1) }
    points = new
    let change = (squares / Double(points.count)).squareRoot() / interocularDistance
    return change.isFinite ? change : nil
  }

  /// Turns the face, so that poses that are fitted with it are turned back: with X' = Q X, R' = R Qᵀ.
  public mutating func turn(by rotation: Rotation) {
    points = placed(points.map { rotation * $0 })
  }

  private func aligned(_ solution: [SIMD3<Double>]) -> [SIMD3<Double>] {
    guard !isPosed else { return placed(solution) }
    let (from, to) = (Self.centroid(solution), Self.centroid(start.points))
    var rows = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
    for (point, goal) in zip(solution, start.points) {
      let (offset, target) = (point - from, goal - to)
      rows.0 += target.x * offset
      rows.1 += target.y * offset
      rows.2 += target.z * offset
    }
    let turn = Rotation.polarFactor(ofRows: rows.0, rows.1, rows.2)
    return placed(solution.map { turn * $0 })
  }

  /// Gives points the known face's size and origin.
  private func placed(_ points: [SIMD3<Double>]) -> [SIMD3<Double>] {
    let five = FaceModel.fivePoints(of: points, start.layout)
    let scale = interocularDistance / length(five[1] - five[0])
    let origin = Self.centroid(start.fivePoints.points) - scale * Self.centroid(five)
    return points.map { scale * $0 + origin }
  }

  private static func centroid(_ points: [SIMD3<Double>]) -> SIMD3<Double> {
    points.reduce(.zero, +) / Double(points.count)
  }

  /// The face as a model, once it is learnt.
  ///
  /// - Parameters:
  ///   - path: the file that it will have, for messages.
  ///   - frame: the object frame that the poses are in which it was learnt from.
  ///   - identitySigma: as `FaceModel.identitySigma`.
  /// - Throws: `FaceModelError` where it could not be a face.
  public func model(
    path: String, frame: HeadPose.Frame, identitySigma: Double
  ) throws -> FaceModel {
    let model = FaceModel(
      name: SourceLocation.fileName(of: path), source: path, layout: start.layout, points: points,
      frame: frame, identitySigma: identitySigma)
    try model.checkShape(path)
    try model.checkUnit(path, 1)
    try model.checkAxes(path, .opencv)
    return model
  }
}
