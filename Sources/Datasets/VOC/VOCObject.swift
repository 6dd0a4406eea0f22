internal import Codecs
internal import Geometry
internal import Schema

/// An object of Pascal VOC's XML: its name, a box, and in files of faces five points or more under `lm`: `x1`, `y1` and
/// so on, with the image's left first.
struct VOCObject {
  /// The 1-based line of its tag.
  let line: Int
  private(set) var name = ""
  private(set) var problems: [String] = []
  /// Kinds of shapes in it that records do not hold.
  private(set) var others: [String] = []

  /// Numbers by the path of their element in the object: "bndbox/xmin", "lm/x1".
  private var numbers: [String: Double] = [:]
  /// The elements of `bndbox`, for messages on one that is missing.
  private var edges: [String] = []
  private var flags: [(name: String, isSet: Bool)] = []
  private var attributes: [(key: String, value: JSONValue)] = []
  private var native: [(key: String, value: JSONValue)] = []
  private var attributeName: String?

  private static let mostPoints = 512
  private static let corners = ["xmin", "ymin", "xmax", "ymax"]
  private static let otherShapes: Set<String> = ["part", "polygon", "segment", "mask", "robndbox"]

  /// Reads the object whose tag was the cursor's last step, to its end.
  ///
  /// - Throws: `XMLError`.
  init(_ cursor: inout XMLCursor, line: Int) throws(XMLError) {
    self.line = line
    let depth = cursor.depth
    var path: [String] = []
    while let step = try cursor.next(), cursor.depth >= depth {
      switch step {
      case .start:
        let name = String(decoding: cursor.content.prefix(64), as: UTF8.self)
        if cursor.depth == depth + 1, Self.otherShapes.contains(name) {
          others.append(name)
          try cursor.skipElement()
          continue
        }
        if path == ["bndbox"] { edges.append(name) }
        path.append(name)
      case .end: _ = path.popLast()
      case .text: read(path.joined(separator: "/"), cursor.content)
      }
    }
  }

  private mutating func read(_ member: String, _ content: UnsafeRawBufferPointer) {
    let text = XMLCursor.text(content) ?? ""
    switch member {
    case "name": name = text
    case "truncated", "difficult", "occluded":
      flags.append((member, text == "1" || text.lowercased() == "true"))
    case "pose": native.append(("pose", .text(text)))
    // CVAT and datumaro write attributes of their own so.
    case "attributes/attribute/name": attributeName = text
    case "attributes/attribute/value":
      if let attributeName { attributes.append((attributeName, .text(text))) }
    case _ where member.hasPrefix("bndbox/") || member.hasPrefix("lm/") || member == "has_lm":
      guard numbers.count < 2 * Self.mostPoints + 8 else { return }
      if let number = DecimalNumber.value(of: content), PlausibleRange.coordinate.contains(number) {
        numbers[member] = number
      } else {
        problems.append(
          "\(member): expected \(PlausibleRange.coordinate.text), found '\(String(text.prefix(40)).printable)'"
        )
      }
    default: keep(member, text)
    }
  }

  /// Keeps a member of no meaning here, and counts one with members of its own.
  private mutating func keep(_ member: String, _ text: String) {
    guard !text.allSatisfy(\.isWhitespace), native.count < Self.mostPoints else { return }
    let parts = member.split(separator: "/")
    guard let first = parts.first.map(String.init), first != "attributes" else { return }
    if parts.count == 1 {
      native.append((first, .text(text)))
    } else if !others.contains(first) {
      others.append(first)
    }
  }

  /// Whether it is a face by its name, by its mask, as sets of faces with and without one name them, or by its points.
  var isFace: Bool {
    name.isEmpty || name.namesFaces || name.lowercased().contains("mask")
      || numbers.keys.contains { $0.hasPrefix("lm/") }
  }

  /// Nil where it has neither a box nor points; `problems` say why.
  func face(_ options: ReadingOptions) -> FaceDraft? {
    var face = FaceDraft()
    face.line = line
    if missingCorners.isEmpty {
      let box = Self.corners.map { numbers["bndbox/\($0)"] ?? .nan }
      let origin = options.pixelOrigin ?? .zero
      face.box = origin.box(left: box[0], top: box[1], right: box[2], bottom: box[3])
    }
    readPoints(into: &face, options)
    guard face.box != nil || !face.points.isEmpty else { return nil }
    if !name.isEmpty { face.add("label", .text(name)) }
    for (name, isSet) in flags where isSet { face.add(name, .boolean(true)) }
    for (key, value) in attributes { face.add(key, value) }
    face.native += native
    return face
  }

  private var missingCorners: [String] { Self.corners.filter { numbers["bndbox/\($0)"] == nil } }

  /// Says where a box has a pixel 0 though pixels are to be counted from 1.
  func strangeOrigin(_ options: ReadingOptions) -> String? {
    guard options.pixelOrigin == .one,
      let corner = Self.corners.first(where: { numbers["bndbox/\($0)"] == 0 })
    else { return nil }
    return
      "bndbox/\(corner): expected pixels counted from 1, found 0; '--pixel-origin 0' counts from 0"
  }

  /// Says which corners of the box are missing, with what is there in their place.
  var missingBox: String? {
    let missing = missingCorners.filter { corner in
      !problems.contains { $0.hasPrefix("bndbox/\(corner):") }
    }
    guard !missing.isEmpty else { return nil }
    let strange = edges.filter { !Self.corners.contains($0) }.map { "'\($0.printable)'" }
    let expected = missing.map { "'\($0)'" }.joined(separator: ", ")
    let found = strange.isEmpty ? "none" : strange.prefix(4).joined(separator: ", ")
    return "bndbox: expected \(expected), found \(found)"
  }

  /// Points by their numbers. `has_lm` of 0 says that there are none; -1, -1 is missing.
  private func readPoints(into face: inout FaceDraft, _ options: ReadingOptions) {
    guard numbers["has_lm"] != 0 else { return }
    let count = (1...Self.mostPoints).last {
      numbers["lm/x\($0)"] != nil || numbers["lm/y\($0)"] != nil
    }
    guard let count else { return }
    let points = (1...count).map { i in
      guard let x = numbers["lm/x\(i)"], let y = numbers["lm/y\(i)"], x != -1 || y != -1 else {
        return Landmarks.Point.missing
      }
      return Landmarks.Point((options.pixelOrigin ?? .zero).point(x, y))
    }
    face.points = points.compactMap { $0.visibility == .missing ? nil : $0.position }
    let further = ["visible", "blur"].compactMap { name in
      numbers["lm/\(name)"].map { (key: name, value: JSONValue.double($0)) }
    }
    if !further.isEmpty { face.native.append(("lm", .object(further))) }
    if let map = PointMap(count: count) {
      face.landmarks = map.landmarks(options) { points[$0] }
    } else {
      face.keep(points: points.map(\.position))
    }
  }
}
