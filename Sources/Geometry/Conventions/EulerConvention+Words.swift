extension EulerConvention {
  /// What a positive angle does to the face as the image shows it, in words.
  public func meaning(of name: EulerAngles.Name) -> String {
    guard let turn = turns.first(where: { $0.name == name }) else { return "" }
    // The face's normal is −z. A turn about +x moves it down, one about +y to the left. A turn about +z moves the
    // right side down.
    return switch (turn.axis, turn.sign > 0) {
    case (.x, true): "face down"
    case (.x, false): "face up"
    case (.y, true): "face to image left"
    case (.y, false): "face to image right"
    case (.z, true): "clockwise"
    case (.z, false): "counter-clockwise"
    }
  }

  /// The canonical axis that an angle turns about by the right-hand rule: "−x".
  public func axis(of name: EulerAngles.Name) -> String {
    guard let turn = turns.first(where: { $0.name == name }) else { return "" }
    return "\(turn.sign < 0 ? "−" : "+")\(turn.axis)"
  }

  /// The product of turns: "Rx(−pitch) Ry(yaw) Rz(roll)".
  public var formula: String {
    turns.map { "R\($0.axis)(\($0.sign < 0 ? "−" : "")\($0.name.rawValue))" }
      .joined(separator: " ")
  }

  /// Where the angles are not unique, which is where the middle angle is ±90°: "yaw ±90°".
  public var singularity: String { "\(turns[1].name.rawValue) ±90°" }

  /// The unit in the system's files or code: "radians" or "degrees". This program's own text always has degrees.
  public var nativeUnit: String {
    switch self {
    case .aflw, .sixDRepNet, .threeDDFA, .trgZYX, .aflwDatabase: "radians"
    case .hopenet, .dhpe, .perspNet, .trgYXZ: "degrees"
    }
  }

  /// Who writes or reads these angles, in words.
  public var users: String {
    switch self {
    case .aflw:
      "300W-LP and AFLW2000-3D Pose_Para; img2pose's evaluation and list of BIWI, in degrees"
    case .hopenet: "labels of Hopenet and FSA-Net"
    case .sixDRepNet: "6DRepNet, from its rotation matrices"
    case .dhpe: "Dense Head Pose Estimation; from its code, not checked on its weights"
    case .threeDDFA: "matrix2angle of 3DDFA, 3DDFA_V2 and PRNet"
    case .perspNet: "evaluation of PerspNet and WCPA, in OpenGL axes"
    case .trgYXZ: "evaluation of TRG, in OpenCV axes"
    case .trgZYX: "TRG's rotation_matrix_to_euler_angles, named as for robots"
    case .aflwDatabase: "FacePose of AFLW's database"
    }
  }

  /// All conventions with the same three turns, this one included. Their angles are equal.
  public var equals: [EulerConvention] { Self.allCases.filter { $0.turns == turns } }
}
