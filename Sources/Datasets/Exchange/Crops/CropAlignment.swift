/// How a face's crop lies in its image.
public enum CropAlignment: String, Sendable, CaseIterable {
  /// A square about the box's middle, its sides along the image's.
  case none
  /// The same square, turned until the head's roll is 0 (of Rz(roll) Ry(yaw) Rx(pitch), the head upright), or,
  /// where there is no pose, until the eyes' line is level.
  case roll
  /// The similarity that takes eyes, nose tip and mouth corners nearest to ArcFace's template.
  case fivePoint = "5-point"

  /// How far crops reach beyond the box, or the template, where the user does not say.
  var usualMargin: Double { self == .fivePoint ? 0 : 0.25 }
}
