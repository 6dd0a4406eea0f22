public import Geometry

extension FaceAttributes {
  /// The member that holds a face's angles in a convention: "euler_" and the convention's name, hyphens
  /// as underscores. Its value is an object of pitch, yaw and roll in degrees.
  public static func eulerName(_ convention: EulerConvention) -> String {
    "euler_" + convention.rawValue.replacing("-", with: "_")
  }
}

extension Face {
  /// Writes the pose's angles into the attributes, in these conventions and in those that are there already, as
  /// angles of an earlier pose would be wrong. Without a pose, all angles are removed.
  public mutating func describePose(in conventions: [EulerConvention]) {
    guard !conventions.isEmpty || !attributes.others.isEmpty else { return }
    let rotation = pose?.rotation
    for convention in EulerConvention.allCases {
      let name = FaceAttributes.eulerName(convention)
      let place = attributes.others.firstIndex { $0.name == name }
      guard place != nil || conventions.contains(convention) else { continue }
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
