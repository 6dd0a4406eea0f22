/// Three angles in radians. An `EulerConvention` says which axes they turn about, in which order and with which
/// signs. Angles of different conventions cannot be compared (FORMATS §11.3).
public struct EulerAngles: Sendable, Equatable {
  /// One of the three angles.
  public enum Name: String, Sendable, CaseIterable { case pitch, yaw, roll }

  /// In radians.
  public var pitch: Double
  /// In radians.
  public var yaw: Double
  /// In radians.
  public var roll: Double

  /// From angles in radians.
  public init(pitch: Double, yaw: Double, roll: Double) {
    self.pitch = pitch
    self.yaw = yaw
    self.roll = roll
  }

  /// All three angles 0, which is the identity in every convention.
  public static let zero = EulerAngles(pitch: 0, yaw: 0, roll: 0)

  /// From angles in degrees.
  public static func degrees(pitch: Double, yaw: Double, roll: Double) -> EulerAngles {
    EulerAngles(pitch: pitch, yaw: yaw, roll: roll).scaled(by: Double.pi / 180)
  }

  /// The same angles, their numbers in degrees.
  public var inDegrees: EulerAngles { scaled(by: 180 / Double.pi) }

  /// The angles in radians, of angles in degrees.
  public var inRadians: EulerAngles { scaled(by: Double.pi / 180) }

  /// The angle of a name, in radians.
  public subscript(name: Name) -> Double {
    get {
      switch name {
      case .pitch: pitch
      case .yaw: yaw
      case .roll: roll
      }
    }
    set {
      switch name {
      case .pitch: pitch = newValue
      case .yaw: yaw = newValue
      case .roll: roll = newValue
      }
    }
  }

  private func scaled(by factor: Double) -> EulerAngles {
    EulerAngles(pitch: pitch * factor, yaw: yaw * factor, roll: roll * factor)
  }
}
