internal import Codecs
internal import Geometry
internal import Glibc
internal import Schema

/// A box, a skeleton or points of a CVAT image; all numbers in pixels with 0 at the image's edge.
struct CVATShape {
  /// The kinds that faces are made of.
  enum Kind {
    case box(BoundingBox, rotation: Double)
    /// Points with names: those of a skeleton, or one alone.
    case named([String], [Landmarks.Point])
    /// Points whose order tells what they are.
    case ordered([Landmarks.Point])
  }

  var kind: Kind
  var label = ""
  /// Nil where the shape is in no group.
  var group: Int?
  var isOccluded = false
  var attributes: [(key: String, value: JSONValue)] = []
  /// What records have no member for.
  var native: [(key: String, value: JSONValue)] = []
  /// The 1-based line of its tag.
  let line: Int

  var isBox: Bool { if case .box = kind { true } else { false } }

  /// The points that are not missing.
  var present: [SIMD2<Double>] {
    switch kind {
    case .box: []
    case .named(_, let points), .ordered(let points):
      points.filter { $0.visibility != .missing }.map(\.position)
    }
  }

  /// Reads the shape whose tag was the cursor's last step, to its end.
  ///
  /// - Returns: nil where it has no number that it needs; `problem` is then set.
  /// - Throws: `XMLError`.
  init?(
    _ cursor: inout XMLCursor, line: Int, problem: inout String?
  ) throws(XMLError) {
    self.line = line
    kind = .ordered([])
    label = cursor.attribute("label") ?? ""
    group = Self.number(cursor["group_id"]).flatMap { Int(exactly: $0) }
    if group == 0 { group = nil }
    isOccluded = Self.isOne(cursor["occluded"])
    for (name, value) in [("source", cursor["source"]), ("z_order", cursor["z_order"])] {
      if let text = value.flatMap(XMLCursor.text) { native.append((name, .text(text))) }
    }
    if let group { native.append(("group_id", .integer(group))) }
    if cursor.isNamed("box") {
      guard let box = Self.box(cursor, &problem) else {
        try cursor.skipElement()
        return nil
      }
      let rotation = Self.rotation(cursor, &problem)
      kind = .box(box, rotation: rotation)
      if rotation != 0 { native.append(("rotation", .double(rotation))) }
      try readContents(&cursor, &problem)
    } else if cursor.isNamed("skeleton") {
      kind = .named([], [])
      try readContents(&cursor, &problem)
    } else {
      guard let points = Self.points(cursor, &problem) else {
        try cursor.skipElement()
        return nil
      }
      kind = points.count == 1 ? .named([label], points) : .ordered(points)
      try readContents(&cursor, &problem)
    }
  }

  /// Degrees, clockwise on the screen; 0 where there are none.
  private static func rotation(_ cursor: XMLCursor, _ problem: inout String?) -> Double {
    guard let raw = cursor["rotation"] else { return 0 }
    if let rotation = number(raw), PlausibleRange.coordinate.contains(rotation) { return rotation }
    problem = "box: expected degrees as 'rotation', found '\(shown(raw))'"
    return 0
  }

  /// The attributes and, of a skeleton, the points.
  private mutating func readContents(
    _ cursor: inout XMLCursor, _ problem: inout String?
  ) throws(XMLError) {
    let depth = cursor.depth
    let isSkeleton = cursor.isNamed("skeleton")
    var (names, points) = ([String](), [Landmarks.Point]())
    var name: String?
    while let step = try cursor.next(), cursor.depth >= depth {
      switch step {
      case .start where cursor.isNamed("attribute"):
        name = cursor.depth == depth + 1 ? cursor.attribute("name") : nil
      case .start where isSkeleton && cursor.isNamed("points"):
        let found = Self.points(cursor, &problem)
        names.append(cursor.attribute("label") ?? "")
        points.append(found?.count == 1 ? found?.first ?? .missing : .missing)
      case .text:
        if let key = name, let text = XMLCursor.text(cursor.content) {
          attributes.append((key, .text(text)))
        }
      case .end: name = nil
      default: continue
      }
    }
    if isSkeleton { kind = .named(names, points) }
  }

  private static func box(_ cursor: XMLCursor, _ problem: inout String?) -> BoundingBox? {
    var numbers: [Double] = []
    let names: [StaticString] = ["xtl", "ytl", "xbr", "ybr"]
    for name in names {
      guard let raw = cursor[name] else {
        problem = "box: expected '\(name)', found none"
        return nil
      }
      guard let number = number(raw) else {
        problem = "box: expected a number as '\(name)', found '\(shown(raw))'"
        return nil
      }
      numbers.append(number)
    }
    return BoundingBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
  }

  /// "x,y;x,y" of a shape; all missing where it is outside.
  private static func points(_ cursor: XMLCursor, _ problem: inout String?) -> [Landmarks.Point]? {
    guard let raw = cursor["points"] else {
      problem = "points: expected 'points', found none"
      return nil
    }
    let visibility: Landmarks.Visibility = isOne(cursor["occluded"]) ? .occluded : .visible
    let isOutside = isOne(cursor["outside"])
    var points: [Landmarks.Point] = []
    for pair in raw.split(separator: UInt8(ascii: ";")) {
      let parts = pair.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      guard parts.count == 2, let x = number(UnsafeRawBufferPointer(rebasing: parts[0])),
        let y = number(UnsafeRawBufferPointer(rebasing: parts[1]))
      else {
        let found = shown(UnsafeRawBufferPointer(rebasing: pair))
        problem = "points: expected pairs of numbers, found '\(found)'"
        return nil
      }
      points.append(isOutside ? .missing : Landmarks.Point(SIMD2(x, y), visibility))
    }
    return points
  }

  private static func number(_ raw: UnsafeRawBufferPointer?) -> Double? {
    raw.flatMap(DecimalNumber.value)
  }

  private static func isOne(_ raw: UnsafeRawBufferPointer?) -> Bool {
    raw.map { $0.elementsEqual("1".utf8) || $0.elementsEqual("true".utf8) } ?? false
  }

  private static func shown(_ raw: UnsafeRawBufferPointer) -> String {
    String(decoding: raw.prefix(40), as: UTF8.self)
  }
}

extension BoundingBox {
  /// The bounds of this box after a turn about its centre, by an angle in degrees.
  func bounds(turnedBy degrees: Double) -> BoundingBox {
    let angle = degrees.remainder(dividingBy: 360) * .pi / 180
    let (c, s) = (abs(cos(angle)), abs(sin(angle)))
    let half = SIMD2(width * c + height * s, width * s + height * c) / 2
    let middle = SIMD2((left + right) / 2, (top + bottom) / 2)
    return BoundingBox(
      left: middle.x - half.x, top: middle.y - half.y, right: middle.x + half.x,
      bottom: middle.y + half.y)
  }
}
