internal import Codecs
internal import Geometry
internal import Schema

/// The faces of a sample in img2pose's layout (FORMATS §8).
struct Img2PoseSample {
  /// Why a sample cannot be read.
  struct Fault: Error {
    var check: Check
    var detail: String
  }

  /// What is wrong with one face of a readable sample.
  struct FaceFault {
    var check: Check
    var face: Int
    var detail: String
  }

  struct PosedFace {
    var box: IntegerBox
    var global: Extrinsics
    /// The stored numbers, for the statistics.
    var local: [Double]
    var face: Int
  }

  /// The faces that have both poses and a box with an area.
  private(set) var posed: [PosedFace] = []
  /// The local poses of all faces that have one, whatever else is wrong.
  private(set) var localPoses: [[Double]] = []
  private(set) var faults: [FaceFault] = []
  /// The number of faces, with or without poses.
  let faceCount: Int

  init(_ value: MessagePackValue) throws(Fault) {
    guard let parts = value.elements, parts.count == 5 else {
      preconditionFailure("the outer form was looked at")
    }
    let names = ["global poses", "boxes", "local poses", "landmarks"]
    var lists: [[MessagePackValue]] = []
    for (name, part) in zip(names, parts[1...]) {
      guard let list = part.elements else {
        throw Fault(check: .shardSample, detail: "\(name): expected an array, found \(part.kind)")
      }
      lists.append(list)
    }
    guard lists.allSatisfy({ $0.count == lists[1].count }), !lists[1].isEmpty else {
      let counts = zip(names, lists).map { "\($1.count) \($0)" }.joined(separator: ", ")
      throw Fault(check: .shardCounts, detail: "expected as many of each, found \(counts)")
    }
    faceCount = lists[1].count
    for face in lists[1].indices {
      let global = try Self.pose(lists[0][face], "global pose", face)
      let local = try Self.pose(lists[2][face], "local pose", face)
      let box = try box(lists[1][face], face)
      let landmarks = try Self.landmarks(lists[3][face], face)
      look(at: face, box: box, global: global, local: local, landmarks)
    }
  }

  private mutating func look(
    at face: Int, box: IntegerBox?, global: [Double]?, local: [Double]?,
    _ landmarks: (areThere: Bool, haveMinusOne: Bool)
  ) {
    func report(_ check: Check, _ detail: String) {
      faults.append(FaceFault(check: check, face: face, detail: detail))
    }
    for (name, pose) in [("global pose", global), ("local pose", local)] {
      guard let pose, pose.contains(-9) else { continue }
      report(.shardSentinel, "\(name): expected six numbers or six times -9, found both")
    }
    switch (global, local) {
    case (nil, nil):
      if landmarks.areThere {
        report(
          .shardSentinel, "landmarks: expected all -1, for the face has no pose, found others")
      }
    case (let global?, let local?):
      if landmarks.haveMinusOne {
        report(
          .shardSentinel, "landmarks: expected none with a -1, for the face has a pose, found one")
      }
      if Self.isPlausible(local) { localPoses.append(local) }
      for (name, pose) in [("global pose", global), ("local pose", local)]
      where !Self.isPlausible(pose) {
        report(.shardPose, "\(name): expected numbers that a pose may have, found \(pose)")
        return
      }
      guard let box, !box.isEmpty else { return }
      posed.append(
        PosedFace(box: box, global: Self.extrinsics(global), local: local, face: face))
    default:
      report(
        .shardSentinel,
        "poses: expected both or none, found the \(global == nil ? "local" : "global") one alone")
      if let local, Self.isPlausible(local) { localPoses.append(local) }
    }
  }

  /// Whether the numbers are plausible; the translation is in img2pose's unit of 0.1 m.
  private static func isPlausible(_ pose: [Double]) -> Bool {
    PlausibleRange.rotation.contains(SIMD3(pose[0], pose[1], pose[2]))
      && PlausibleRange.translation.contains(0.1 * SIMD3(pose[3], pose[4], pose[5]))
  }

  static func extrinsics(_ pose: [Double]) -> Extrinsics {
    Extrinsics(
      rotation: Rotation(rotationVector: SIMD3(pose[0], pose[1], pose[2])),
      translation: SIMD3(pose[3], pose[4], pose[5]))
  }

  /// The six numbers of a pose; nil for six times -9.
  private static func pose(
    _ value: MessagePackValue, _ name: String, _ face: Int
  ) throws(Fault) -> [Double]? {
    let numbers = value.elements?.compactMap(\.number) ?? []
    guard numbers.count == 6, value.elements?.count == 6 else {
      throw Fault(
        check: .shardSample,
        detail: "face \(face + 1): \(name): expected 6 numbers, found \(value.kind)")
    }
    return numbers.allSatisfy { $0 == -9 } ? nil : numbers
  }

  private mutating func box(_ value: MessagePackValue, _ face: Int) throws(Fault) -> IntegerBox? {
    let numbers = value.elements?.compactMap(\.number) ?? []
    guard numbers.count == 4, let elements = value.elements, elements.count == 4 else {
      throw Fault(
        check: .shardSample,
        detail: "face \(face + 1): box: expected 4 numbers, found \(value.kind)")
    }
    let integers = elements.compactMap(\.integer)
    guard integers.count == 4 else {
      faults.append(
        FaceFault(
          check: .shardBox, face: face,
          detail: "box: expected whole numbers, found \(numbers)"))
      return nil
    }
    let box = IntegerBox(
      left: integers[0], top: integers[1], right: integers[2], bottom: integers[3])
    guard box.isPlausible else {
      faults.append(
        FaceFault(
          check: .shardBox, face: face,
          detail: "box: expected \(PlausibleRange.coordinate.text), found \(integers)"))
      return nil
    }
    if box.isEmpty {
      faults.append(
        FaceFault(
          check: .shardBox, face: face,
          detail: "box: expected left < right and top < bottom, found \(integers)"))
    }
    return box
  }

  /// Whether any landmark is present, and whether any of the numbers is a -1.
  private static func landmarks(
    _ value: MessagePackValue, _ face: Int
  ) throws(Fault) -> (areThere: Bool, haveMinusOne: Bool) {
    let points = value.elements ?? []
    guard points.count == 5 || points.count == 68 else {
      throw Fault(
        check: .shardSample,
        detail: "face \(face + 1): landmarks: expected 5 or 68, found \(value.kind)")
    }
    var found = (areThere: false, haveMinusOne: false)
    for point in points {
      let numbers = point.elements?.compactMap(\.number) ?? []
      // img2pose's converter keeps a third column, the detector's confidence.
      guard numbers.count >= 2, numbers.count == point.elements?.count else {
        throw Fault(
          check: .shardSample,
          detail: "face \(face + 1): landmarks: expected x and y, found \(point.kind)")
      }
      guard PlausibleRange.coordinate.contains(SIMD2(numbers[0], numbers[1])) else {
        throw Fault(
          check: .shardSample,
          detail:
            "face \(face + 1): landmarks: expected \(PlausibleRange.coordinate.text), found \(numbers)"
        )
      }
      if numbers[0] != -1 || numbers[1] != -1 { found.areThere = true }
      if numbers.contains(-1) { found.haveMinusOne = true }
    }
    return found
  }
}
