public import Geometry
public import Schema

/// Synthetic faces of one shape from many sides, as landmarks of images.
public struct TurnedFaces {
  /// The shape, in metres, and its layout.
  public var layout: Landmarks.Layout
  public var points: [SIMD3<Double>]
  /// The greatest turn about y; about x it is half of that, about z a quarter. In radians.
  public var greatestTurn = 0.9
  /// The greatest error of a landmark, in fractions of 65 mm on the face.
  public var noise = 0.0
  public var camera = Intrinsics(
    focalLength: SIMD2(repeating: 90_000), principalPoint: SIMD2(225, 225))

  public init(layout: Landmarks.Layout, points: [SIMD3<Double>]) {
    (self.layout, self.points) = (layout, points)
  }

  public struct Seen {
    public var landmarks: Landmarks
    public var pose: Extrinsics
  }

  public func seen(_ count: Int, _ random: inout SeededRandom) -> [Seen] {
    (0..<count).map { _ in
      let turn = greatestTurn
      let vector = SIMD3(
        random.uniform(-turn / 2...turn / 2), random.uniform(-turn...turn),
        random.uniform(-turn / 4...turn / 4))
      // About 100 pixels from eye to eye.
      let depth = 0.065 * camera.focalLength.x / random.uniform(80...120)
      let pose = Extrinsics(
        rotation: Rotation(rotationVector: vector),
        translation: SIMD3(random.uniform(-0.02...0.02), random.uniform(-0.02...0.02), depth))
      let error = noise * 0.065 * camera.focalLength.x / depth
      let landmarks = Landmarks(
        layout: layout,
        points: points.map { point in
          let offset = SIMD2(random.uniform(-error...error), random.uniform(-error...error))
          return Landmarks.Point(camera.projection(of: pose.applied(to: point)) + offset)
        })
      return Seen(landmarks: landmarks, pose: pose)
    }
  }
}
