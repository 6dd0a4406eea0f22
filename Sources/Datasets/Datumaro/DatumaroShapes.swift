internal import Geometry
internal import Schema

/// The annotations of one item: boxes of x, y, width and height, and lists of points, joined by their group.
struct DatumaroShapes {
  private let index: DatumaroIndex
  private var shapes = ShapeFaces()

  init(_ index: DatumaroIndex) {
    self.index = index
    shapes.areAllFaces = index.areAllFaces
  }

  /// The faces that the annotations make.
  mutating func faces(_ options: ReadingOptions, _ notes: inout ShapeNotes) -> [FaceDraft] {
    shapes.faces(index.single, options, &notes)
  }

  /// Adds an annotation; one that cannot be used is an issue or a note.
  mutating func add(
    _ annotation: JSONValue, at place: SourceLocation, _ options: ReadingOptions,
    _ notes: inout ShapeNotes, _ issues: inout [RecordIssue]
  ) {
    let group = annotation["group"]?.number.flatMap { Int(exactly: $0) }
    let key = group.flatMap { $0 == 0 ? nil : String($0) }
    let id = annotation["label_id"]?.number.flatMap { Int(exactly: $0) }
    let label = id.flatMap { index.labels.indices.contains($0) ? index.labels[$0] : nil }
    switch annotation["type"]?.text {
    case "bbox":
      let numbers = Self.numbers(annotation["bbox"])
      guard numbers.count == 4, numbers.allSatisfy(\.isFinite) else {
        refuse("bbox: expected 4 numbers", annotation["bbox"], at: place, &issues)
        return
      }
      var face = FaceDraft()
      face.box = BoundingBox(
        x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
      Self.addDetails(of: annotation, to: &face)
      shapes.boxes.append(.init(face: face, label: label?.name, group: key))
    case "points":
      addPoints(annotation, label, key, at: place, options, &notes, &issues)
    case let type: notes.addOther(type ?? "no type")
    }
  }

  private mutating func addPoints(
    _ annotation: JSONValue, _ label: DatumaroIndex.Label?, _ group: String?,
    at place: SourceLocation, _ options: ReadingOptions, _ notes: inout ShapeNotes,
    _ issues: inout [RecordIssue]
  ) {
    let numbers = Self.numbers(annotation["points"])
    let areRead = numbers.count.isMultiple(of: 2) && numbers.allSatisfy(\.isFinite)
    guard !numbers.isEmpty, areRead else {
      refuse("points: expected pairs of numbers", annotation["points"], at: place, &issues)
      return
    }
    let count = numbers.count / 2
    let states = annotation["visibility"]?.elements
    if let states, states.count != count {
      refuse(
        "visibility: expected \(counted(count, "number"))", annotation["visibility"], at: place,
        &issues)
    }
    let points = (0..<count).map { i -> Landmarks.Point in
      let position = SIMD2(numbers[2 * i], numbers[2 * i + 1])
      let state = states.map { i < $0.count ? $0[i].number ?? 0 : 0 } ?? 2
      guard state > 0, PlausibleRange.coordinate.contains(position) else { return .missing }
      return Landmarks.Point(position, state >= 2 ? .visible : .occluded)
    }
    if count == 1, let label, label.pointNames.isEmpty {
      guard points[0].visibility != .missing else { return }
      let (name, visibility) = PointLabels.parsed(label.name)
      shapes.points.append(
        .init(
          name: name, position: points[0].position,
          visibility: visibility == .visible ? points[0].visibility : visibility, group: group))
      return
    }
    let names = label?.pointNames ?? []
    let isNamed = names.count == count && !names.allSatisfy(\.isEmpty)
    let map =
      isNamed ? label?.points ?? PointMap(count: count > 5 ? count : 0) : PointMap(count: count)
    var set = ShapeFaces.PointSet(
      landmarks: map?.landmarks(options) { points[$0] },
      points: points.filter { $0.visibility != .missing }.map(\.position), group: group)
    if map == nil || !(map?.others.isEmpty ?? true) {
      let others = map?.others ?? Array(0..<count)
      notes.addUnmapped(isNamed ? others.map { names[$0] } : ["\(count) points without names"])
      set.native.append(("points", annotation["points"] ?? .null))
    }
    shapes.sets.append(set)
  }

  private func refuse(
    _ expected: String, _ found: JSONValue?, at place: SourceLocation, _ issues: inout [RecordIssue]
  ) {
    let text = found.map { String($0.messageText.prefix(80)) } ?? "none"
    issues.append(RecordIssue(.malformedRecord, at: place, "\(expected), found \(text)"))
  }

  private static func numbers(_ value: JSONValue?) -> [Double] {
    value?.elements?.map { $0.number ?? .nan } ?? []
  }

  /// Ids and attributes have their names in records.
  private static func addDetails(of annotation: JSONValue, to face: inout FaceDraft) {
    if let id = annotation["object_id"], id.isScalar, id != .integer(-1) {
      face.add("track_id", id)
    }
    guard case .object(let members)? = annotation["attributes"] else { return }
    for (name, value) in members where value.isScalar {
      if name == "score", let score = value.number, PlausibleRange.measure.contains(score) {
        face.attributes.score = score
      } else if name == "rotation" {
        if value.number != 0 { face.native.append((name, value)) }
      } else {
        face.add(name, value)
      }
    }
  }
}
