internal import Codecs
internal import Geometry
internal import Schema

/// A LabelMe file: the shapes in one image.
///
/// Coordinates are in pixels, with 0 at the image's edge as the program draws them; nobody corrects the half pixel to a
/// pixel's centre, neither is it here. The program turns images by their EXIF orientation before it shows them; where the
/// images are at hand, coordinates are turned back to the stored pixels.
struct LabelMeFile {
  private var path: String?
  private var size: (width: String?, height: String?)
  private var list: [JSONValue] = []
  private var others: [(key: String, value: JSONValue)] = []
  private var shapes = ShapeFaces()
  private var notes = ShapeNotes()
  private var issues: [RecordIssue] = []

  /// The record of a file, with the issues of its parts.
  static func outcome(_ file: AnnotationFile, _ options: ReadingOptions) throws -> Outcome {
    do {
      var labels = try file.contents.withBytes { try LabelMeFile($0) }
      return labels.outcome(file, options)
    } catch let error as JSONError {
      throw AnnotationFault(.malformedRecord, at: file.place(), error.description)
    }
  }

  private init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      if key == "imagePath" {
        path = try cursor.text()
      } else if key == "imageWidth" {
        size.width = try cursor.value().sideText
      } else if key == "imageHeight" {
        size.height = try cursor.value().sideText
      } else if key == "shapes" {
        list = try cursor.value().elements ?? []
      } else if key == "imageData" || key == "version" || key == StatedSide.name {
        // The picture itself, of megabytes; of the others, the sides are read before.
        try cursor.skipValue()
      } else {
        let name = String(decoding: key, as: UTF8.self)
        others.append((name, try cursor.value()))
      }
    }
  }

  private mutating func outcome(_ file: AnnotationFile, _ options: ReadingOptions) -> Outcome {
    let place = file.place()
    guard let path else {
      return Outcome(
        record: nil,
        issues: [RecordIssue(.malformedRecord, at: place, "imagePath: expected text, found none")])
    }
    var draft = ImageDraft(path: file.imagePath(path))
    draft.setSize(size.width, size.height, at: place)
    draft.native = others.filter { $0.value != .object([]) && $0.value != .null }
    for (i, shape) in list.enumerated() { add(shape, number: i + 1, at: place) }
    if let stored = Self.turnToStored(&shapes, path: draft.path, stated: draft.size, options) {
      draft.size = stored
    }
    let labels = PointLabels(shapes.points.map(\.name), options.pointNames)
    draft.faces = shapes.faces(labels, options, &notes)
    draft.issues += issues + notes.issues(at: place)
    return draft.outcome(file.source(options), in: file.name, options)
  }

  private mutating func add(_ shape: JSONValue, number: Int, at place: SourceLocation) {
    guard let list = shape["points"]?.elements else {
      refuse(number, "'points'", shape, at: place)
      return
    }
    let points = list.compactMap(Self.point)
    let label = shape["label"]?.text
    let group = shape["group_id"].flatMap { $0 == .null ? nil : $0.messageText }
    let kind =
      shape["shape_type"]?.text
      ?? (list.count == 1 ? "point" : list.count == 2 ? "rectangle" : "polygon")
    switch kind {
    case "rectangle", "rotation":
      guard points.count == list.count, points.count == 2 || points.count == 4,
        let bounds = BoundingBox(around: points)
      else {
        refuse(number, "2 or 4 corners", shape, at: place)
        return
      }
      var face = FaceDraft()
      face.box = bounds
      if !Self.areCorners(points, of: bounds) {
        face.boxOrigin = .rotated
        face.native.append(("points", shape["points"] ?? .null))
      }
      addDetails(of: shape, to: &face)
      shapes.boxes.append(.init(face: face, label: label, group: group))
    case "point", "points":
      guard points.count == list.count, !points.isEmpty else {
        refuse(number, "points of two numbers", shape, at: place)
        return
      }
      var (name, visibility) = PointLabels.parsed(label ?? "")
      if shape["flags"]?["occluded"] == .boolean(true), visibility == .visible {
        visibility = .occluded
      }
      for point in points {
        shapes.points.append(
          .init(name: name, position: point, visibility: visibility, group: group))
      }
    default: notes.addOther(kind)
    }
  }

  private mutating func refuse(
    _ number: Int, _ expected: String, _ shape: JSONValue, at place: SourceLocation
  ) {
    issues.append(
      RecordIssue(
        .malformedRecord, at: place,
        "shape \(number): expected \(expected), found \((shape["points"] ?? shape).messageText.prefix(80))"
      ))
  }

  private static func point(_ value: JSONValue) -> SIMD2<Double>? {
    guard let pair = value.elements, pair.count == 2, let x = pair[0].number,
      let y = pair[1].number
    else { return nil }
    let point = SIMD2(x, y)
    return PlausibleRange.coordinate.contains(point) ? point : nil
  }

  /// Whether points are corners of an upright rectangle, in any order.
  private static func areCorners(_ points: [SIMD2<Double>], of bounds: BoundingBox) -> Bool {
    points.allSatisfy {
      ($0.x == bounds.left || $0.x == bounds.right) && ($0.y == bounds.top || $0.y == bounds.bottom)
    }
  }

  /// What a box's shape says besides: flags and attributes that are set, a description, a score.
  private func addDetails(of shape: JSONValue, to face: inout FaceDraft) {
    guard case .object(let members) = shape else { return }
    let read = ["points", "group_id", "shape_type", "mask"]
    for (key, value) in members where !read.contains(key) {
      if key == "score", let score = value.number {
        if PlausibleRange.measure.contains(score) { face.attributes.score = score }
      } else if value != .null, value != .object([]), value != .array([]), value != .text("") {
        face.native.append((key, value))
      }
    }
  }
}
