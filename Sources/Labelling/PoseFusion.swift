public import Geometry
public import Schema

extension Face {
  /// Gives the face the mean of its fitted rotation and a network's, which err in different ways: one follows the points
  /// that are seen, the other knows whole heads. The face's middle stays where it was fitted.
  ///
  /// On 16 photographs of AFLW2000 the fit of Face Mesh is off by 7.1 degrees in the mean, 3DDFA_V2 (mb05) by 6.8, and
  /// their mean by 4.7. How far they differ says how far both may be wrong, so half of it enters the stated uncertainty.
  /// A face without a fit keeps what it has.
  ///
  /// - Parameters:
  ///   - other: the network's rotation in the camera.
  ///   - model: what the pose was fitted with.
  public mutating func fuse(with other: Rotation, fittedBy model: FaceModel) {
    guard let fitted = pose, let extrinsics = fitted.extrinsics, var fit else { return }
    let difference = (other * extrinsics.rotation.transpose).rotationVector
    let rotation = Rotation(rotationVector: difference / 2) * extrinsics.rotation
    let middle = model.points.reduce(.zero, +) / Double(model.points.count)
    let translation = extrinsics.translation + extrinsics.rotation * middle - rotation * middle
    guard Extrinsics(rotation: rotation, translation: translation).isPlausible else { return }
    pose = HeadPose(
      rotationVector: rotation.rotationVector, translation: translation, frame: fitted.frame,
      scale: fitted.scale, provenance: fitted.provenance)
    let degrees = difference * 180 / .pi
    let half = degrees / 2
    fit.uncertainty = fit.uncertainty.map {
      FitQuality.Uncertainty(
        rotation: SIMD3<Float>((Self.fusedSigma * Self.fusedSigma + half * half).squareRoot()),
        translation: $0.translation)
    }
    if length(degrees) > FitQuality.networkDisagreement { fit.flags.insert(.networksDisagree) }
    self.fit = fit
  }

  /// The error that is left where both agree, about the camera's axes in degrees.
  private static let fusedSigma = SIMD3<Double>(4, 3, 2)
}
