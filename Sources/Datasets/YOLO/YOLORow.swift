internal import Geometry
internal import Schema

/// A row of a YOLO label file: a class, the box's centre and size, and what the number of fields tells. All places are
/// fractions of the image's width and height (https://docs.ultralytics.com/datasets/pose, yolov5-face, DirectMHP).
struct YOLORow {
  /// What comes after the box.
  enum Kind: Equatable {
    case box
    /// A track id, or the score of a prediction.
    case number
    /// This many points of two or three numbers.
    case points(Int, dimensions: Int)
    /// DirectMHP's pitch, yaw and roll.
    case angles
    /// The outline of a segment, which is not read.
    case outline
  }

  let kind: Kind
  let category: Int
  private let numbers: [Double]
  private static let boxFields = 5

  /// Why a line is no row; it completes "expected …, found …".
  struct Problem: Error {
    var expected: String
    var found: String
  }

  /// - Throws: `Problem` where the fields are no row.
  init(_ fields: TextFields, _ settings: YOLOSettings) throws(Problem) {
    guard let numbers = fields.numbers() else {
      let word = (0..<fields.count).first { fields.number($0) == nil }.map(fields.text) ?? ""
      throw Problem(expected: "numbers", found: "'\(word.prefix(40))'")
    }
    guard let kind = Self.kind(of: numbers.count, settings) else {
      throw Problem(expected: settings.expectedFields, found: "\(numbers.count)")
    }
    guard let category = Int(exactly: numbers[0]), category >= 0 else {
      throw Problem(expected: "a class from 0", found: "\(fields.text(0).prefix(40))")
    }
    (self.kind, self.category, self.numbers) = (kind, category, numbers)
  }

  /// What a number of fields means; nil where it means nothing.
  static func kind(of count: Int, _ settings: YOLOSettings) -> Kind? {
    if let points = settings.points, points.count > 0 {
      let whole = boxFields + points.count * points.dimensions
      // A prediction has a score at its end.
      if count == whole || count == whole + 1 {
        return .points(points.count, dimensions: points.dimensions)
      }
      // Any other number is no form of its own then, but a row that was cut off.
      if count != boxFields, count != 6 { return nil }
    }
    switch count {
    case boxFields: return .box
    case 6: return .number
    case 8: return .angles
    case 15: return .points(5, dimensions: 2)
    case 20: return .points(5, dimensions: 3)
    case 141: return .points(68, dimensions: 2)
    case 209: return .points(68, dimensions: 3)
    default: return count >= 7 && !count.isMultiple(of: 2) ? .outline : nil
    }
  }

  /// The face, in pixels of an image of this size.
  func face(_ size: SIMD2<Double>, _ settings: YOLOSettings, _ options: ReadingOptions)
    -> FaceDraft
  {
    var face = FaceDraft()
    let centre = SIMD2(numbers[1], numbers[2]) * size
    let extent = SIMD2(numbers[3], numbers[4]) * size
    let corner = centre - extent / 2
    face.box = BoundingBox(x: corner.x, y: corner.y, width: extent.x, height: extent.y)
    face.native.append(("class", .integer(category)))
    switch kind {
    case .box, .outline: break
    case .number: setNumber(numbers[5], of: &face)
    case .angles:
      // DirectMHP scales them to 0...1: pitch and roll of ±90 degrees, yaw of ±180.
      face.setAngles(
        pitch: (numbers[5] - 0.5) * 180, yaw: (numbers[6] - 0.5) * 360,
        roll: (numbers[7] - 0.5) * 180)
    case .points(let count, let dimensions):
      let points = (0..<count).map { point($0, dimensions, size, settings) }
      face.points = points.compactMap { $0.visibility == .missing ? nil : $0.position }
      let map = settings.map(count: count, category: category)
      face.landmarks = map?.landmarks(options) { points[$0] }
      if map == nil {
        face.native.append(
          ("keypoints", .array(numbers[Self.boxFields...].map { .double($0) })))
      }
      let whole = Self.boxFields + count * dimensions
      if numbers.count == whole + 1 { setScore(numbers[whole], of: &face) }
    }
    return face
  }

  private func setNumber(_ number: Double, of face: inout FaceDraft) {
    if let id = Int(exactly: number) {
      face.add("track_id", .integer(id))
    } else {
      setScore(number, of: &face)
    }
  }

  private func setScore(_ score: Double, of face: inout FaceDraft) {
    if PlausibleRange.measure.contains(score) { face.attributes.score = score }
  }

  /// Points of two numbers are missing where one is negative: yolov5-face writes -1, its converter -1 / width.
  /// Of three numbers, v tells: 0 missing, 1 occluded, 2 visible; in predictions it is a confidence.
  private func point(
    _ i: Int, _ dimensions: Int, _ size: SIMD2<Double>, _ settings: YOLOSettings
  ) -> Landmarks.Point {
    let start = Self.boxFields + i * dimensions
    let place = SIMD2(numbers[start], numbers[start + 1])
    guard place.x >= 0, place.y >= 0 else { return .missing }
    guard dimensions == 3 else {
      // CVAT pads skeletons with zeros where data.yaml says that points have two numbers.
      let isPadding = settings.points != nil && place == .zero
      return isPadding ? .missing : Landmarks.Point(place * size)
    }
    let v = numbers[start + 2]
    guard v > 0 else { return .missing }
    return Landmarks.Point(place * size, v == 1 ? .occluded : .visible)
  }
}
