internal import Codecs
internal import Geometry
internal import Schema

/// A box of an imglab image with its parts, in 0-based pixels. The tool counts the last column and row as the box's, so
/// its right edge is left + width - 1 there and left + width in records.
struct ImglabBox {
  /// With the box and all that its attributes say; without landmarks.
  private(set) var face = FaceDraft()
  private(set) var parts: [ShapeFaces.Point] = []
  /// Empty where there is none.
  private(set) var label = ""
  private(set) var problems: [String] = []

  private static let mostParts = 4096

  /// Reads the box whose tag was the cursor's last step, to its end.
  ///
  /// - Parameters:
  ///   - number: the box's, in its image, from 1.
  ///   - line: its 1-based line.
  /// - Throws: `XMLError`.
  init(_ cursor: inout XMLCursor, number: Int, line: Int) throws(XMLError) {
    face.line = line
    readBox(cursor, number)
    readAttributes(cursor)
    let depth = cursor.depth
    var isLabel = false
    while let step = try cursor.next(), cursor.depth >= depth {
      switch step {
      case .start where cursor.isNamed("part"): addPart(cursor, number)
      case .start: isLabel = cursor.isNamed("label")
      case .text: if isLabel { label = XMLCursor.text(cursor.content) ?? "" }
      case .end: isLabel = false
      }
    }
  }

  /// The place of a part; nil where a number is missing.
  static func position(_ cursor: XMLCursor) -> SIMD2<Double>? {
    guard let x = number(cursor["x"]), let y = number(cursor["y"]) else { return nil }
    let position = SIMD2(x, y)
    return PlausibleRange.coordinate.contains(position) ? position : nil
  }

  private mutating func readBox(_ cursor: XMLCursor, _ place: Int) {
    let names: [StaticString] = ["left", "top", "width", "height"]
    var numbers: [Double] = []
    for name in names {
      guard let raw = cursor[name], let number = Self.number(raw) else {
        let found = cursor[name].map { "'\(Self.shown($0))'" } ?? "none"
        problems.append("box \(place): expected a number as '\(name)', found \(found)")
        return
      }
      numbers.append(number)
    }
    face.box = BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  private mutating func readAttributes(_ cursor: XMLCursor) {
    if Self.isSet(cursor["ignore"]) { face.attributes.ignore = true }
    for (name, value) in [
      ("difficult", cursor["difficult"]), ("truncated", cursor["truncated"]),
      ("occluded", cursor["occluded"]),
    ] where Self.isSet(value) {
      face.add(name, .boolean(true))
    }
    if let score = Self.number(cursor["detection_score"]), PlausibleRange.measure.contains(score) {
      face.attributes.score = score
    }
    for (name, value) in [
      ("angle", cursor["angle"]), ("age", cursor["age"]), ("pose", cursor["pose"]),
    ] {
      if let number = Self.number(value) { face.native.append((name, .double(number))) }
    }
    if let gender = cursor.attribute("gender") { face.native.append(("gender", .text(gender))) }
  }

  private mutating func addPart(_ cursor: XMLCursor, _ place: Int) {
    guard parts.count < Self.mostParts else { return }
    let name = cursor.attribute("name") ?? ""
    guard let position = Self.position(cursor) else {
      let found = [cursor["x"], cursor["y"]].map { $0.map(Self.shown) ?? "" }
      problems.append(
        "box \(place), part '\(name.printable)': expected 'x' and 'y' under 1e9 in size, found '\(found[0])' and '\(found[1])'"
      )
      return
    }
    parts.append(.init(name: name, position: position))
  }

  private static func number(_ raw: UnsafeRawBufferPointer?) -> Double? {
    raw.flatMap(DecimalNumber.value)
  }

  private static func isSet(_ raw: UnsafeRawBufferPointer?) -> Bool {
    guard let raw else { return false }
    return number(raw).map { $0 != 0 } ?? raw.elementsEqual("true".utf8)
  }

  private static func shown(_ raw: UnsafeRawBufferPointer) -> String {
    String(decoding: raw.prefix(40), as: UTF8.self).printable
  }
}
