internal import Codecs
public import Geometry
internal import Schema

extension ShardLayout {
  /// What img2pose's own loader reads (FORMATS §8): an array of the image file, the global poses, the boxes, the local
  /// poses and the landmarks, each of the last four with one entry a face.
  ///
  /// Images without a pose are left out, for its loader fails on them.
  public static let img2pose = {
    var layout = ShardLayout(
      "img2pose", form: "an array of image, global poses, boxes, local poses and landmarks",
      image: {
        guard case .array(let parts) = $0, parts.count == 5, case .binary(let image) = parts[0]
        else { return nil }
        return image
      },
      encode: Img2PoseFace.encode, decode: Img2PoseFace.decode)
    (layout.keyDigits, layout.hasIndex) = (1, true)
    (layout.needsPoses, layout.keepsLocalPoses) = (true, true)
    return layout
  }()
}

/// A face as img2pose stores it: the box in whole numbers, poses in units of 0.1 m, landmarks.
struct Img2PoseFace {
  var box: IntegerBox
  /// Nil is written as six integers -9; training then blacks the face out.
  var pose: CropPose?
  /// Nil is written as five points of -1.
  var landmarks: Landmarks?

  /// The length of img2pose's unit, in metres.
  static let unit = 0.1

  var globalVector: PoseVector? { pose.flatMap { PoseVector(img2pose: $0.global) } }
  /// The pose that img2pose trains on.
  var localVector: PoseVector? { pose.flatMap { PoseVector(img2pose: $0.local) } }
}

// Writing
extension Img2PoseFace {
  /// The faces that the layout can hold: those whose box has an area after its corners are truncated.
  static func faces(
    of record: ImageRecord, camera: Intrinsics, _ targets: any SampleTargets
  ) -> [Img2PoseFace] {
    record.faces.compactMap { face in
      guard let box = IntegerBox(truncating: face.box), !box.isEmpty else {
        targets.leaveOut(.facesWithAnEmptyBox)
        return nil
      }
      let (pose, landmarks) = targets.target(of: face, box: box, camera: camera)
      return Img2PoseFace(box: box, pose: pose, landmarks: landmarks)
    }
  }

  @Sendable fileprivate static func encode(
    _ record: ImageRecord, _ imageBytes: Int, _ targets: any SampleTargets,
    _ writer: MessagePackWriter
  ) -> EncodedSample? {
    guard let camera = record.camera?.intrinsics, !record.faces.isEmpty else {
      targets.leaveOut(.imagesWithoutAFace)
      return nil
    }
    let faces = faces(of: record, camera: camera, targets)
    let localPoses = faces.compactMap(\.localVector)
    guard !localPoses.isEmpty else {
      targets.leaveOut(.imagesWithoutAPose)
      return nil
    }
    writer.writeArray(count: 5)
    writer.writeBinaryHeader(count: imageBytes)
    let head = writer.bytes
    writer.removeAll()
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.globalVector) }
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.box) }
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.localVector) }
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.landmarks) }
    return EncodedSample(
      head: head, tail: writer.bytes, localPoses: localPoses, faceCount: faces.count)
  }
}

extension PoseVector {
  /// Converts the translation from metres to img2pose's unit; nil where there is none.
  init?(img2pose pose: HeadPose) {
    guard let translation = pose.translation else { return nil }
    self.init(
      rotationVector: pose.rotationVector, translation: translation / Img2PoseFace.unit)
  }

  /// The six numbers as img2pose stores them; nil where there are not as many.
  fileprivate init?(_ numbers: [Double]) {
    guard numbers.count == 6 else { return nil }
    self.init(
      rotationVector: SIMD3(numbers[0], numbers[1], numbers[2]),
      translation: SIMD3(numbers[3], numbers[4], numbers[5]))
  }

  fileprivate var numbers: [Double] { (0..<6).map { self[$0] } }

  /// In metres.
  fileprivate var metres: SIMD3<Double> { Img2PoseFace.unit * translation }

  /// Whether the numbers, in img2pose's unit, are those of a pose that may be.
  fileprivate var isPlausible: Bool {
    PlausibleRange.rotation.contains(rotationVector) && PlausibleRange.translation.contains(metres)
  }

  /// The pose that img2pose's numbers are, in metres.
  public var img2poseExtrinsics: Extrinsics {
    Extrinsics(rotation: Rotation(rotationVector: rotationVector), translation: metres)
  }

  /// The rotation and translation, in the vector's own unit.
  public var extrinsics: Extrinsics {
    Extrinsics(rotation: Rotation(rotationVector: rotationVector), translation: translation)
  }
}

extension MessagePackWriter {
  fileprivate func write(_ box: IntegerBox) {
    writeArray(count: 4)
    write(box.left)
    write(box.top)
    write(box.right)
    write(box.bottom)
  }

  fileprivate func write(_ pose: PoseVector?) {
    writeArray(count: 6)
    for i in 0..<6 {
      if let pose { write(pose[i]) } else { write(-9) }
    }
  }

  /// Writes all points, or five where there are no landmarks; a missing point is -1, -1.
  fileprivate func write(_ landmarks: Landmarks?) {
    let count = landmarks?.count ?? 5
    writeArray(count: count)
    for i in 0..<count {
      writeArray(count: 2)
      let position = landmarks?.position(i)
      for axis in 0..<2 {
        guard let value = position?[axis] else {
          write(-1.0)
          continue
        }
        write(value)
      }
    }
  }
}

// Reading
extension Img2PoseFace {
  fileprivate static let parts = ["global poses", "boxes", "local poses", "landmarks"]

  @Sendable fileprivate static func decode(
    _ value: MessagePackValue, _ image: Range<Int>
  ) throws(SampleFault) -> StoredSample {
    let values = value.elements ?? []
    var lists: [[MessagePackValue]] = []
    for (name, part) in zip(parts, values.dropFirst()) {
      guard let list = part.elements else {
        throw SampleFault(.form, "\(name): expected an array, found \(part.kind)")
      }
      lists.append(list)
    }
    guard lists.allSatisfy({ $0.count == lists[1].count }), !lists[1].isEmpty else {
      let counts = zip(parts, lists).map { "\($1.count) \($0)" }.joined(separator: ", ")
      throw SampleFault(.counts, "expected as many of each, found \(counts)")
    }
    var reading = Img2PoseReading()
    for face in lists[1].indices {
      try reading.add(
        face, global: lists[0][face], box: lists[1][face], local: lists[2][face],
        landmarks: lists[3][face])
    }
    var sample = StoredSample(
      image: image,
      record: ImageRecord(
        source: RecordSource(dataset: "img2pose"), image: ImageReference(path: ""),
        faces: reading.faces),
      json: json(image, values))
    (sample.poses, sample.localPoses) = (reading.poses, reading.localPoses)
    sample.faults = reading.faults
    return sample
  }

  private static func json(_ image: Range<Int>, _ values: [MessagePackValue]) -> JSONValue {
    .object([
      ("image_bytes", .integer(image.count)), ("global_poses", JSONValue(values[1])),
      ("bboxes_xyxy", JSONValue(values[2])), ("local_poses", JSONValue(values[3])),
      ("landmarks", JSONValue(values[4])),
    ])
  }
}

/// Reads the faces of a sample, and notes what is wrong with each.
private struct Img2PoseReading {
  private(set) var faces: [Face] = []
  private(set) var poses: [StoredPose] = []
  private(set) var localPoses: [PoseVector] = []
  private(set) var faults: [SampleFault] = []

  mutating func add(
    _ index: Int, global: MessagePackValue, box: MessagePackValue, local: MessagePackValue,
    landmarks: MessagePackValue
  ) throws(SampleFault) {
    let global = try Self.pose(global, "global pose", index)
    let local = try Self.pose(local, "local pose", index)
    let (outline, box) = try readBox(box, index)
    let (points, hasMinusOne) = try Self.landmarks(landmarks, index)
    var face = Face(box: outline)
    face.landmarks = points
    look(
      at: index, global: global, local: local, areTherePoints: points != nil,
      hasMinusOne: hasMinusOne)
    if let global {
      if global.isPlausible {
        face.pose = HeadPose(rotationVector: global.rotationVector, translation: global.metres)
      }
      if let local, let box, !box.isEmpty, global.isPlausible, local.isPlausible {
        poses.append(StoredPose(face: index, box: box, global: global, local: local))
      }
    }
    if let local, local.isPlausible { localPoses.append(local) }
    faces.append(face)
  }

  /// Notes poses that cannot be, and marks of what is missing that contradict each other.
  private mutating func look(
    at face: Int, global: PoseVector?, local: PoseVector?, areTherePoints: Bool, hasMinusOne: Bool
  ) {
    func contradiction(_ detail: String) {
      faults.append(SampleFault(.sentinel, face: face, detail, spoils: false))
    }
    for (name, pose) in [("global pose", global), ("local pose", local)] {
      guard let pose, pose.numbers.contains(-9) else { continue }
      contradiction("\(name): expected six numbers or six times -9, found both")
    }
    switch (global, local) {
    case (nil, nil):
      if areTherePoints {
        contradiction("landmarks: expected all -1, for the face has no pose, found others")
      }
    case (let global?, let local?):
      if hasMinusOne {
        contradiction("landmarks: expected none with a -1, for the face has a pose, found one")
      }
      if !note(global, "global pose", face, spoils: true) {
        note(local, "local pose", face, spoils: false)
      }
    default:
      contradiction(
        "poses: expected both or none, found the \(global == nil ? "local" : "global") one alone")
      if let global { note(global, "global pose", face, spoils: true) }
    }
  }

  /// - Returns: whether the pose cannot be, which is noted.
  @discardableResult
  private mutating func note(
    _ pose: PoseVector, _ name: String, _ face: Int, spoils: Bool
  ) -> Bool {
    guard !pose.isPlausible else { return false }
    let detail = "\(name): expected numbers that a pose may have, found \(pose.numbers)"
    faults.append(SampleFault(.pose, face: face, detail, spoils: spoils))
    return true
  }

  /// The six numbers of a pose; nil for six times -9.
  private static func pose(
    _ value: MessagePackValue, _ name: String, _ face: Int
  ) throws(SampleFault) -> PoseVector? {
    let numbers = value.elements?.compactMap(\.number) ?? []
    guard numbers.count == value.elements?.count, let pose = PoseVector(numbers) else {
      throw SampleFault(.form, face: face, "\(name): expected 6 numbers, found \(value.kind)")
    }
    return numbers.allSatisfy { $0 == -9 } ? nil : pose
  }

  /// The box, and the same in whole numbers; nil where it is none that a loader could use.
  private mutating func readBox(
    _ value: MessagePackValue, _ face: Int
  ) throws(SampleFault) -> (BoundingBox, IntegerBox?) {
    let numbers = value.elements?.compactMap(\.number) ?? []
    guard numbers.count == 4, let elements = value.elements, elements.count == 4 else {
      throw SampleFault(.form, face: face, "box: expected 4 numbers, found \(value.kind)")
    }
    let outline = BoundingBox(
      left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
    func report(_ detail: String, spoils: Bool) {
      faults.append(SampleFault(.box, face: face, "box: expected \(detail)", spoils: spoils))
    }
    let integers = elements.compactMap(\.integer)
    guard integers.count == 4 else {
      report("whole numbers, found \(numbers)", spoils: !outline.isPlausible)
      return (outline, nil)
    }
    let box = IntegerBox(
      left: integers[0], top: integers[1], right: integers[2], bottom: integers[3])
    guard box.isPlausible else {
      report("\(PlausibleRange.coordinate.text), found \(integers)", spoils: true)
      return (outline, nil)
    }
    if box.isEmpty {
      report("left < right and top < bottom, found \(integers)", spoils: false)
    }
    return (outline, box)
  }

  /// The landmarks, where any point is present, and whether any of the numbers is a -1.
  private static func landmarks(
    _ value: MessagePackValue, _ face: Int
  ) throws(SampleFault) -> (Landmarks?, hasMinusOne: Bool) {
    let elements = value.elements ?? []
    guard
      let layout = [Landmarks.Layout.face5, .ibug68].first(where: { $0.count == elements.count })
    else {
      throw SampleFault(.form, face: face, "landmarks: expected 5 or 68, found \(value.kind)")
    }
    var (landmarks, isAnyThere, hasMinusOne) = (Landmarks(layout: layout), false, false)
    for (i, point) in elements.enumerated() {
      let numbers = point.elements?.compactMap(\.number) ?? []
      // img2pose's converter keeps a third column, the detector's confidence.
      guard numbers.count >= 2, numbers.count == point.elements?.count else {
        throw SampleFault(
          .form, face: face, "landmarks: expected x and y, found \(point.kind)")
      }
      let position = SIMD2(numbers[0], numbers[1])
      guard PlausibleRange.coordinate.contains(position) else {
        throw SampleFault(
          .form, face: face,
          "landmarks: expected \(PlausibleRange.coordinate.text), found \(numbers)")
      }
      if numbers.contains(-1) { hasMinusOne = true }
      if position != [-1, -1] {
        landmarks[i] = Landmarks.Point(position)
        isAnyThere = true
      }
    }
    return (isAnyThere ? landmarks : nil, hasMinusOne)
  }
}
