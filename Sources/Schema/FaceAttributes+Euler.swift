public import Geometry

extension FaceAttributes {
  /// The member that holds a face's angles in a convention: "euler_" and the convention's name, hyphens
  /// as underscores. Its value is an object of pitch, yaw and roll in degrees.
  public static func eulerName(_ convention: EulerConvention) -> String {
    "euler_" + convention.rawValue.replacing("-", with: "_")
  }

  /// The angles in degrees that a face's source gave in a convention; nil where it gave none.
  public func angles(_ convention: EulerConvention) -> EulerAngles? {
    let name = Self.eulerName(convention)
    guard let value = others.first(where: { $0.name == name })?.value,
      let pitch = value["pitch"]?.number, let yaw = value["yaw"]?.number,
      let roll = value["roll"]?.number
    else { return nil }
    return EulerAngles(pitch: pitch, yaw: yaw, roll: roll)
  }
}

extension Face {
  /// The angles in degrees that the face's source gave in a convention, where the pose still is theirs. Beyond ±90° of yaw a
  /// rotation alone gives other angles back.
  public func statedAngles(_ convention: EulerConvention) -> EulerAngles? {
    guard let pose, let angles = attributes.angles(convention),
      // Float32 keeps a rotation to 1e-6.
      convention.rotation(of: angles.inRadians).angle(to: pose.rotation) < 1e-4
    else { return nil }
    return angles
  }

  /// Writes the pose's angles into the attributes, in these conventions and in those that are there already, as
  /// angles of an earlier pose would be wrong. Without a pose, all angles are removed.
  public mutating func describePose(in conventions: [EulerConvention]) {
    guard !conventions.isEmpty || !attributes.others.isEmpty else { return }
    let rotation = pose?.rotation
    for convention in EulerConvention.allCases {
      let name = FaceAttributes.eulerName(convention)
      let place = attributes.others.firstIndex { $0.name == name }
      guard place != nil || conventions.contains(convention) else { continue }
      guard place == nil || statedAngles(convention) == nil else { continue }
      guard let rotation else {
        if let place { attributes.others.remove(at: place) }
        continue
      }
      let degrees = convention.angles(of: rotation).inDegrees
      let value = JSONValue.object(
        convention.order.map { ($0.rawValue, .double(degrees[$0])) })
      if let place {
        attributes.others[place].value = value
      } else {
        attributes.others.append(.init(name: name, value: value))
      }
    }
  }
}
