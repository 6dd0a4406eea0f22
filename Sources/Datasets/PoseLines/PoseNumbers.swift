internal import Geometry
internal import Schema

/// Pitch, yaw and roll of a line of poses.
struct PoseAngles {
  /// Pitch, yaw, roll.
  let numbers: [Double]
  /// As the names say it; nil where they do not.
  let unit: AngleUnit?

  static let names = ["pitch", "yaw", "roll"]
  /// Lists whose names tell the order, and those that do not.
  private static let ordered = ["pitch_yaw_roll", "yaw_pitch_roll", "roll_pitch_yaw"]
  private static let lists = ["angles", "euler", "euler_angles"]

  /// Whether there are angles; texts under their names, as in a map of columns, are none.
  static func areIn(_ members: PoseMembers) -> Bool {
    let yaw = members.first(spellings("yaw", .degrees) + spellings("yaw", .radians) + ordered)
    return yaw.map { (try? members.value($0))??.text == nil } ?? false
      || lists.contains { members.has($0 + "_0") }
  }

  private static func spellings(_ name: String, _ unit: AngleUnit) -> [String] {
    switch unit {
    case .degrees: [name, "\(name)_deg", "\(name)_degrees", "pred_\(name)", "head_\(name)"]
    case .radians: ["\(name)_rad", "\(name)_radians"]
    }
  }

  /// - Throws: `RowProblem` where one of the three is missing or none, or nothing tells a list's order.
  init?(_ members: PoseMembers, _ options: ReadingOptions) throws(RowProblem) {
    if let list = try Self.list(members, options) {
      (numbers, unit) = (list, try Self.statedUnit(members))
      return
    }
    for unit in AngleUnit.allCases {
      var found: [Double] = []
      var (missing, isInDegrees) = ([String](), false)
      for name in Self.names {
        let spelling = members.first(Self.spellings(name, unit))
        if spelling?.contains("_deg") == true { isInDegrees = true }
        if let spelling, let number = try members.number(spelling) {
          found.append(number)
        } else {
          missing.append(name)
        }
      }
      if found.isEmpty { continue }
      guard missing.isEmpty else {
        throw RowProblem(
          expected: "pitch, yaw and roll", found: "no \(missing.joined(separator: " and no "))")
      }
      let named: AngleUnit? = unit == .radians ? .radians : isInDegrees ? .degrees : nil
      numbers = found
      if let named { self.unit = named } else { self.unit = try Self.statedUnit(members) }
      return
    }
    return nil
  }

  /// What a member beside the angles says of their unit; nil where there is none.
  ///
  /// - Throws: `RowProblem` for a word that is neither.
  private static func statedUnit(_ members: PoseMembers) throws(RowProblem) -> AngleUnit? {
    guard let name = members.first(["angle_unit", "angles_unit", "unit", "units"]),
      let text = try members.value(name)?.text
    else { return nil }
    switch text.lowercased() {
    case "deg", "degree", "degrees": return .degrees
    case "rad", "radian", "radians": return .radians
    default:
      throw RowProblem(expected: "degrees or radians as '\(name)'", found: "'\(text.prefix(40))'")
    }
  }

  private static func list(
    _ members: PoseMembers, _ options: ReadingOptions
  ) throws(RowProblem) -> [Double]? {
    guard let name = members.first(ordered + lists.filter { members.has($0 + "_0") }),
      let value = try members.value(name)
    else { return nil }
    guard let list = PoseMembers.numbers(of: value), list.count == 3 else {
      throw RowProblem(
        expected: "3 numbers as '\(name)'", found: String(value.messageText.prefix(40)))
    }
    let order: [String]
    if ordered.contains(name) {
      order = name.split(separator: "_").map(String.init)
    } else if case .euler(let convention)? = options.notation {
      order = convention.orderInTexts.map(\.rawValue)
    } else {
      throw RowProblem(
        expected:
          "names of angles, a list 'pitch_yaw_roll' or 'yaw_pitch_roll', or their '--convention'",
        found: "a list '\(name)', which does not tell its order")
    }
    return names.map { name in order.firstIndex(of: name).map { list[$0] } ?? .nan }
  }
}

/// Boxes, and rotations that are no angles, of a line of poses.
enum PoseNumbers {
  /// Lists of numbers that are not to be passed over where they have another length.
  static let counts: [(name: String, count: Int)] = [
    ("rotation_matrix", 9), ("matrix", 9), ("rotation_vector", 3), ("rotvec", 3), ("rvec", 3),
    ("axis_angle", 3), ("quaternion", 4), ("quat", 4), ("quaternion_wxyz", 4),
    ("quaternion_xyzw", 4), ("quat_wxyz", 4), ("quat_xyzw", 4), ("wxyz", 4), ("xyzw", 4),
    ("translation", 3), ("tvec", 3),
  ]

  static func columns(_ members: PoseMembers) -> RotationColumns? {
    RotationColumns { members.has($0) ? $0 : nil }
  }

  /// What is said where the user does not name the convention of a rotation; nil where there is none, or it is named.
  static func demand(of members: PoseMembers, _ options: ReadingOptions) -> String? {
    CSVRotation.demand(of: columns(members), options)
  }

  /// - Throws: `RowProblem` where the numbers are no rotation.
  static func pose(
    _ members: PoseMembers, _ options: ReadingOptions
  ) throws(RowProblem) -> HeadPose? {
    try requireLists(members)
    guard let columns = columns(members),
      let notation = CSVRotation.notation(of: columns, options)
    else { return nil }
    var (turn, place) = ([Double](), [Double]())
    for name in columns.rotation {
      if let number = try members.number(name) { turn.append(number) }
    }
    for name in columns.translation where notation.hasTranslation {
      if let number = try members.number(name) { place.append(number) }
    }
    return try CSVRotation.pose(columns.form, turn, place, in: notation, .prediction)
  }

  /// The translation that goes with angles, by our tables' names, in metres; nil where there is none.
  ///
  /// - Throws: `RowProblem` where a number is missing, or no head is there.
  static func metres(_ members: PoseMembers) throws(RowProblem) -> SIMD3<Double>? {
    let names = TableColumn.translation.header
    guard names.contains(where: members.has) else { return nil }
    var place: [Double] = []
    for name in names { if let number = try members.number(name) { place.append(number) } }
    guard place.count == 3 else {
      throw RowProblem(
        expected: "numbers as '\(names.joined(separator: "', '"))'", found: "\(place.count)")
    }
    return try CSVRotation.place(place, names[0])
  }

  /// Names of a translation of which nothing tells unit and axes.
  static func unknownPlace(_ members: PoseMembers) -> [String]? {
    let lists = ["translation", "position", "tvec", "trans"].filter { members.has($0 + "_2") }
    return lists.first.map { [$0] } ?? CSVHeader.places.first { $0.allSatisfy(members.has) }
  }

  private static func requireLists(_ members: PoseMembers) throws(RowProblem) {
    for (name, count) in counts where members.has(name) {
      guard let value = try members.value(name) else { continue }
      if case .object = value { continue }
      guard PoseMembers.numbers(of: value)?.count == count else {
        throw RowProblem(
          expected: "\(count) numbers as '\(name)'", found: String(value.messageText.prefix(60)))
      }
      if name == "quaternion" || name == "quat" {
        throw RowProblem(
          expected: "a quaternion whose name tells its order, '\(name)_wxyz' or '\(name)_xyzw'",
          found: "a list '\(name)'")
      }
    }
  }

  /// - Throws: `RowProblem` where numbers are missing or nothing tells what they mean.
  static func box(_ members: PoseMembers) throws(RowProblem) -> BoundingBox? {
    for stem in ["bbox", "box", "face_box"] {
      for (ending, form) in [("_xywh", ColumnMap.BoxForm.size), ("_xyxy", .corners), ("", .size)] {
        guard let value = try members.value(stem + ending) else { continue }
        if case .object = value { continue }
        guard let numbers = PoseMembers.numbers(of: value), numbers.count == 4 else {
          throw RowProblem(
            expected: "4 numbers as '\(stem + ending)'",
            found: String(value.messageText.prefix(40)))
        }
        // As COCO and its results have it; other names mean either.
        guard !ending.isEmpty || stem == "bbox" else {
          throw RowProblem(
            expected: "a box whose name tells its numbers, '\(stem)_xywh' or '\(stem)_xyxy'",
            found: "a list '\(stem)'")
        }
        return box(numbers, form)
      }
    }
    for stem in ["box_", "bbox_", "face_box_", ""] {
      for (names, form) in CSVHeader.boxes {
        let names = names.map { stem + $0 }
        guard names.allSatisfy(members.has) else { continue }
        var numbers: [Double] = []
        for name in names { if let number = try members.number(name) { numbers.append(number) } }
        if numbers.count == 4 { return box(numbers, form) }
      }
    }
    return nil
  }

  private static func box(_ n: [Double], _ form: ColumnMap.BoxForm) -> BoundingBox {
    switch form {
    case .corners: BoundingBox(left: n[0], top: n[1], right: n[2], bottom: n[3])
    case .size: BoundingBox(x: n[0], y: n[1], width: n[2], height: n[3])
    }
  }
}
