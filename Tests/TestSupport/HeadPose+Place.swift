public import Geometry
public import Schema

extension HeadPose {
  /// The translation in metres, for poses that are known to have one; otherwise NaN, which no comparison passes.
  public var place: SIMD3<Double> { translation ?? SIMD3(repeating: .nan) }

  /// The rigid motion, likewise.
  public var motion: Extrinsics { Extrinsics(rotation: rotation, translation: place) }
}
