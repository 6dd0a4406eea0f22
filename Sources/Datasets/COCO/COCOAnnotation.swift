internal import Codecs
internal import Geometry
internal import Schema

/// An element of `annotations`: x, y, width and height of a box in pixels, and K times x, y and v, where v is 0 for
/// missing, 1 for occluded and 2 for visible. One is read after another, into the same memory.
struct COCOAnnotation {
  private var category: Int?
  private var box: [Double] = []
  private var points: [Double] = []
  private var isCrowd = false
  private var isIgnored: Bool?
  private var score: Double?
  private var hasOutline = false
  /// COCO-WholeBody's face: its box, its 68 points, and whether it is valid. The body's box is not the face's.
  private var (faceBox, facePoints) = ([Double](), [Double]())
  private var isFaceValid: Bool?
  /// DirectMHP's pitch, yaw and roll in degrees.
  private var angles: [Double] = []
  /// Likewise, as its predictions have them, one by one.
  private var (pitch, yaw, roll) = (Double?.none, Double?.none, Double?.none)
  /// Whether v of a point is a confidence, above 0 for a point that can be used, as detectors write it.
  private let isResult: Bool
  private var others: [(key: String, value: JSONValue)] = []
  /// What of it is not what it should be, each as "bbox: expected …, found …".
  private var problems: [String] = []
  /// The points' numbers are all finite.
  private var hasNumbers = true
  /// The first v that is none of 0, 1 and 2; nil where there is none.
  private var strangeMark: Double?

  /// Of nothing yet.
  ///
  /// - Parameter isResult: whether it is a detector's.
  init(isResult: Bool = false) { self.isResult = isResult }

  private mutating func clear() {
    (category, isCrowd, isIgnored, score, hasOutline) = (nil, false, nil, nil, false)
    (isFaceValid, pitch, yaw, roll) = (nil, nil, nil, nil)
    box.removeAll(keepingCapacity: true)
    points.removeAll(keepingCapacity: true)
    faceBox.removeAll(keepingCapacity: true)
    facePoints.removeAll(keepingCapacity: true)
    angles.removeAll(keepingCapacity: true)
    others.removeAll(keepingCapacity: true)
    problems.removeAll(keepingCapacity: true)
    (hasNumbers, strangeMark) = (true, nil)
  }

  /// Reads the annotation that begins at a position, in place of the one before.
  ///
  /// - Throws: `JSONError` where it is not an object.
  mutating func read(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(JSONError) {
    clear()
    var cursor = JSONCursor(bytes, at: position)
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      if key == "category_id" {
        category = try cursor.integer()
      } else if key == "bbox" {
        let start = cursor.position
        let isList = try cursor.numbers(into: &box)
        if let problem = Self.problem(box, 4, isList, "bbox", bytes[start..<cursor.position]) {
          box.removeAll(keepingCapacity: true)
          problems.append(problem)
        }
      } else if key == "keypoints" {
        _ = try cursor.numbers(into: &points)
        hasNumbers = points.allSatisfy(\.isFinite)
        if !isResult { strangeMark = Self.strangeMark(in: points) }
      } else if key == "iscrowd" || key == "is_crowd" {
        isCrowd = try cursor.flag() ?? false
      } else if key == "ignore" {
        isIgnored = try cursor.flag()
      } else if key == "score" {
        score = try cursor.number()
      } else if key == "segmentation" {
        hasOutline = bytes[try cursor.skipValue()].contains { (0x30...0x39).contains($0) }
      } else if key == "face_box" {
        _ = try cursor.numbers(into: &faceBox)
      } else if key == "face_kpts" {
        _ = try cursor.numbers(into: &facePoints)
      } else if key == "face_valid" {
        isFaceValid = try cursor.flag()
      } else if key == "euler_angles" {
        let start = cursor.position
        let isList = try cursor.numbers(into: &angles)
        let text = bytes[start..<cursor.position]
        if let problem = Self.problem(angles, 3, isList, "euler_angles", text) {
          angles.removeAll(keepingCapacity: true)
          problems.append(problem)
        }
      } else if isResult, key == "pitch" {
        pitch = try cursor.number()
      } else if isResult, key == "yaw" {
        yaw = try cursor.number()
      } else if isResult, key == "roll" {
        roll = try cursor.number()
      } else if key == "image_id" || key == "num_keypoints" || key == "area" || Self.isOfBody(key) {
        try cursor.skipValue()
      } else {
        others.append((String(decoding: key, as: UTF8.self), try cursor.value()))
      }
    }
  }

  private static func strangeMark(in points: [Double]) -> Double? {
    guard points.count.isMultiple(of: 3) else { return nil }
    for i in stride(from: 2, to: points.count, by: 3) {
      let v = points[i]
      if v.isFinite, v != 0, v != 1, v != 2 { return v }
    }
    return nil
  }

  /// Counts the sides of an annotation's points without reading the rest.
  ///
  /// - Returns: false where `face` must tell, for one that is not like most.
  /// - Throws: `JSONError` where it is not an object.
  mutating func countSides(
    _ bytes: UnsafeRawBufferPointer, at position: Int, _ categories: COCOCategories,
    _ options: ReadingOptions
  ) throws(JSONError) -> Bool {
    clear()
    var cursor = JSONCursor(bytes, at: position)
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      if key == "category_id" {
        category = try cursor.integer()
      } else if key == "keypoints" {
        _ = try cursor.numbers(into: &points)
      } else if key == "euler_angles" || key == "face_box" || key == "face_valid" {
        return false
      } else {
        try cursor.skipValue()
      }
    }
    guard let kind = category.flatMap({ categories.place(of: $0) }), categories.kinds[kind].isFace,
      3 * categories.kinds[kind].pointNames.count == points.count, !points.isEmpty
    else { return true }
    let (points, isResult) = (points, isResult)
    _ = categories.kinds[kind].points?.landmarks(options) {
      Self.point($0, of: points, isWeighted: isResult)
    }
    return true
  }

  /// Why a list is not of so many numbers; nil where it is, or where there is none.
  private static func problem(
    _ list: [Double], _ count: Int, _ isList: Bool, _ name: StaticString,
    _ text: Slice<UnsafeRawBufferPointer>
  ) -> String? {
    if isList, list.isEmpty || list.count == count && list.allSatisfy(\.isFinite) { return nil }
    let shown = String(decoding: text.drop(while: isSpace).prefix(60), as: UTF8.self)
    return shown == "null"
      ? nil : "\(name): expected \(count) numbers, found \(shown.printable)"
  }

  /// What of it is not what it should be, with its id.
  func issues(at place: SourceLocation) -> [RecordIssue] {
    problems.map { RecordIssue(.malformedRecord, at: place, "\(name): \($0)") }
  }

  private var name: String {
    others.first { $0.key == "id" }.map { "annotation \($0.value.messageText)" } ?? "annotation"
  }

  private static func isOfBody(_ key: UnsafeRawBufferPointer) -> Bool {
    guard let first = key.first, "flr".utf8.contains(first) else { return false }
    return ["foot_", "lefthand_", "righthand_"].contains { key.starts(with: $0.utf8) }
  }

  /// Adds the face of an annotation as most are, of a box and points with nothing to say of it.
  ///
  /// - Returns: false where `face` must tell.
  func addUsualFace(
    to faces: inout [Face], _ categories: COCOCategories, _ options: ReadingOptions
  ) -> Bool {
    guard let kind = category.flatMap({ categories.place(of: $0) }),
      categories.kinds[kind].isFace, isFaceValid == nil, faceBox.isEmpty, angles.isEmpty,
      pitch == nil, yaw == nil, roll == nil, problems.isEmpty, hasNumbers,
      strangeMark == nil, !isCrowd,
      isIgnored != true, !hasOutline,
      let bounds = Self.box(box), bounds.isPlausible, !bounds.isDegenerate,
      others.allSatisfy({ $0.key != "track_id" && $0.key != "attributes" }),
      score.map(PlausibleRange.measure.contains) != false
    else { return false }
    var landmarks: Landmarks?
    if !points.isEmpty {
      guard points.count == 3 * categories.kinds[kind].pointNames.count,
        categories.kinds[kind].points?.others.isEmpty == true
      else { return false }
      let (points, isResult) = (points, isResult)
      landmarks = categories.kinds[kind].points?.landmarks(options) {
        Self.point($0, of: points, isWeighted: isResult)
      }
      guard landmarks?.arePlausible != false else { return false }
    }
    // In its place, as a face is large.
    faces.append(Face(box: bounds))
    let last = faces.count - 1
    faces[last].landmarks = landmarks
    if let score { faces[last].attributes.score = score }
    faces[last].native = options.kept(others)
    return true
  }

  /// The annotated face; nil where it is none, which is counted.
  mutating func face(
    _ categories: COCOCategories, _ options: ReadingOptions, _ notes: inout COCONotes
  ) -> FaceDraft? {
    var face = FaceDraft()
    if isFaceValid != nil || !faceBox.isEmpty {
      guard isFaceValid != false, faceBox.count == 4, facePoints.contains(where: { $0 > 0 }) else {
        notes.withoutFace += 1
        return nil
      }
      face.box = Self.box(faceBox)
      face.landmarks = PointMap(count: 68).flatMap { map in
        facePoints.count == 204
          ? map.landmarks(options) { Self.point($0, of: facePoints, isWeighted: true) } : nil
      }
    } else {
      let kind = category.flatMap { categories.place(of: $0) }
      guard angles.count == 3 || kind.map({ categories.kinds[$0].isFace }) ?? categories.isEmpty
      else {
        notes.otherKinds += 1
        notes.kinds.insert(kind.map { categories.kinds[$0].name } ?? "an unknown category")
        return nil
      }
      face.box = Self.box(box)
      let names = kind.map { categories.kinds[$0].pointNames.count } ?? 0
      if let kind, 3 * names == points.count {
        readPoints(categories.kinds[kind].points, options, into: &face)
      } else {
        let map = PointMap(count: points.count / 3)
        checkPoints(names, isMapped: map != nil)
        readPoints(map, options, into: &face)
      }
      // A number that is not finite is told of by its point, but not where it is v.
      if !hasNumbers,
        stride(from: 2, to: points.count, by: 3).contains(where: { !points[$0].isFinite })
      {
        problems.append("keypoints: expected numbers x, y and v, found something else")
      }
      if let strangeMark { notes.add(mark: strangeMark) }
      if hasOutline { notes.shapes += 1 }
    }
    // Sides are counted by now.
    if options.sideVote?.isOpen == true { return nil }
    var angles = angles
    if let pitch, let yaw, let roll { angles = [pitch, yaw, roll] }
    if angles.count == 3 {
      face.setAngles(pitch: angles[0], yaw: angles[1], roll: angles[2])
      if isResult { face.anglesProvenance = .prediction }
    }
    if isCrowd || isIgnored == true { face.attributes.ignore = true }
    if let score, PlausibleRange.measure.contains(score) { face.attributes.score = score }
    face.native.reserveCapacity(others.count)
    for (key, value) in others { keep(key, value, in: &face) }
    return face
  }

  /// Says that points are not as many as they should be.
  ///
  /// - Parameters:
  ///   - names: how many names the category has.
  ///   - isMapped: whether their number alone tells what they are.
  private mutating func checkPoints(_ names: Int, isMapped: Bool) {
    guard !points.isEmpty else { return }
    if !points.count.isMultiple(of: 3) {
      problems.append("keypoints: expected x, y and v of each point, found \(points.count) numbers")
    } else if names > 0, !isMapped {
      problems.append(
        "keypoints: expected \(counted(names, "point")), as its category has names, found \(points.count / 3)"
      )
    }
  }

  private func readPoints(
    _ map: PointMap?, _ options: ReadingOptions, into face: inout FaceDraft
  ) {
    guard !points.isEmpty, points.count.isMultiple(of: 3) else { return }
    // Closures would copy all of this.
    let (points, isResult) = (points, isResult)
    let count = points.count / 3
    if !face.hasBox {
      face.points = (0..<count).compactMap { i in
        let point = Self.point(i, of: points, isWeighted: isResult)
        return point.visibility == .missing ? nil : point.position
      }
    }
    face.landmarks = map?.landmarks(options) { Self.point($0, of: points, isWeighted: isResult) }
    if map == nil || !(map?.others.isEmpty ?? true) {
      face.native.append(("keypoints", .array(points.map { .double($0) })))
    }
  }

  /// Ids and attributes have their names in records; the rest is kept as it is.
  private func keep(_ key: String, _ value: JSONValue, in face: inout FaceDraft) {
    switch (key, value) {
    case ("track_id", .integer), ("track_id", .text): face.add("track_id", value)
    case ("attributes", .object(let members)):
      for (name, value) in members where value.isScalar && name != "rotation" {
        face.add(name, value)
      }
    default: face.native.append((key, value))
    }
  }

  private static func box(_ numbers: [Double]) -> BoundingBox? {
    numbers.count == 4
      ? BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]) : nil
  }

  /// - Parameter isWeighted: whether v is a confidence, above 0 for a point that can be used.
  private static func point(
    _ i: Int, of numbers: [Double], isWeighted: Bool = false
  ) -> Landmarks.Point {
    let v = numbers[3 * i + 2]
    guard v > 0 else { return .missing }
    return Landmarks.Point(
      SIMD2(numbers[3 * i], numbers[3 * i + 1]), isWeighted || v >= 2 ? .visible : .occluded)
  }
}
