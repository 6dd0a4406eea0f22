internal import Geometry
internal import Schema

/// Puts the shapes of a CVAT image together into faces.
///
/// A face is a box with the points of the same group; points without a group belong to the smallest box that holds their
/// mean. Points without a box are a face of their own.
struct CVATFaces {
  private(set) var faces: [FaceDraft] = []
  private let options: ReadingOptions
  private let hasFaceLabel: Bool
  /// Of skeletons of earlier images, too, which mostly have the same names.
  private(set) var maps: PointMaps
  /// Of each face: its group, and the bounds of its box.
  private var groups: [Int?] = []
  private var boxes: [BoundingBox?] = []
  /// Single points that wait for the others of their face: names and points, by the face's number.
  private var singles: [Int: (names: [String], points: [Landmarks.Point])] = [:]

  init(_ options: ReadingOptions, hasFaceLabel: Bool, maps: PointMaps) {
    (self.options, self.hasFaceLabel, self.maps) = (options, hasFaceLabel, maps)
  }

  /// The faces of an image's shapes.
  mutating func add(_ shapes: [CVATShape], _ notes: inout CVATNotes) {
    for shape in shapes {
      guard case .box(let box, let rotation) = shape.kind else { continue }
      let isFace = shape.label.namesFaces
      guard isFace || !hasFaceLabel else {
        notes.add(other: "boxes of '\(shape.label)'")
        continue
      }
      var face = FaceDraft()
      face.line = shape.line
      face.box = rotation == 0 ? box : box.bounds(turnedBy: rotation)
      face.boxOrigin = rotation == 0 ? nil : .rotated
      if !isFace, !shape.label.isEmpty { face.add("label", .text(shape.label)) }
      // A writer gives labels back as the task has them.
      if isFace, shape.label != CVATLabels.face {
        face.native.append((CVATLabels.boxMember, .text(shape.label)))
      }
      describe(&face, shape)
      append(face, shape.group)
    }
    for shape in shapes where !shape.isBox {
      let number = faceNumber(of: shape)
      describe(&faces[number], shape)
      addPoints(of: shape, to: number, &notes)
    }
    for number in singles.keys.sorted() {
      guard let (names, points) = singles[number] else { continue }
      addNamed(names, points, to: number, &notes)
    }
  }

  /// Keeps the label of a skeleton and its points' names, in the order of the layout that they mean.
  private mutating func keepLabels(
    of skeleton: String, _ names: [String], _ map: PointMap, _ number: Int
  ) {
    guard let ordered = map.order(meaning: options.namedSide)?.map({ names[$0] }),
      skeleton != CVATLabels.skeleton(map.layout) || ordered != map.layout.toolNames
    else { return }
    faces[number].native.append(
      (
        CVATLabels.skeletonMember,
        .object([
          ("label", .text(skeleton)), ("points", .array(ordered.map { .text($0) })),
        ])
      ))
  }

  private mutating func append(_ face: FaceDraft, _ group: Int?) {
    faces.append(face)
    groups.append(group)
    boxes.append(face.box)
  }

  private func describe(_ face: inout FaceDraft, _ shape: CVATShape) {
    for (name, value) in shape.attributes
    where !face.attributes.others.contains(where: { $0.name == name }) {
      // Text is all that the form has, also for what records have members for.
      let text = value.text ?? ""
      if face.attributes.set(name, text: text) { continue }
      if name == "bbox_from", let origin = FaceDraft.BoxOrigin(rawValue: text) {
        face.boxOrigin = origin
      } else {
        face.add(name, value)
      }
    }
    if shape.isBox, shape.isOccluded { face.add("occluded", .boolean(true)) }
    let known = Set(face.native.map(\.key))
    face.native += shape.native.filter { !known.contains($0.key) }
  }

  /// The place in `faces` of the face that has a shape's points; a new one where no box fits.
  private mutating func faceNumber(of shape: CVATShape) -> Int {
    if let group = shape.group, let number = groups.firstIndex(of: group) { return number }
    if let number = smallestBox(around: shape) {
      groups[number] = groups[number] ?? shape.group
      return number
    }
    var face = FaceDraft()
    face.line = shape.line
    append(face, shape.group)
    return faces.count - 1
  }

  /// Boxes of a group are left to its points, if these have a group too.
  private func smallestBox(around shape: CVATShape) -> Int? {
    let points = shape.present
    guard !points.isEmpty else { return nil }
    let mean = points.reduce(SIMD2<Double>.zero, +) / Double(points.count)
    var best: (number: Int, area: Double)?
    for (number, box) in boxes.enumerated() {
      guard let box, mean.x >= box.left, mean.x <= box.right, mean.y >= box.top,
        mean.y <= box.bottom, faces[number].landmarks == nil,
        shape.group == nil || groups[number] == nil
      else { continue }
      let area = box.width * box.height
      if best.map({ area < $0.area }) ?? true { best = (number, area) }
    }
    return best?.number
  }

  private mutating func addPoints(
    of shape: CVATShape, to number: Int, _ notes: inout CVATNotes
  ) {
    switch shape.kind {
    case .box: break
    case .named(let names, let points) where points.count == 1:
      singles[number, default: ([], [])].names += names
      singles[number, default: ([], [])].points += points
    case .named(let names, let points):
      addNamed(names, points, to: number, skeleton: shape.label, &notes)
    case .ordered(let points):
      faces[number].points += shape.present
      if let map = PointMap(count: points.count) {
        set(map.landmarks(options) { points[$0] }, number, &notes)
      } else {
        notes.add(unmapped: ["\(points.count) points without names"])
        keep(points, names: nil, number)
      }
    }
  }

  private mutating func addNamed(
    _ names: [String], _ points: [Landmarks.Point], to number: Int, skeleton: String? = nil,
    _ notes: inout CVATNotes
  ) {
    faces[number].points += points.compactMap { $0.visibility == .missing ? nil : $0.position }
    let map = maps.map(of: names, options.pointNames)
    set(map?.landmarks(options) { points[$0] }, number, &notes)
    if let skeleton, let map { keepLabels(of: skeleton, names, map, number) }
    let others = map?.others ?? Array(names.indices)
    guard !others.isEmpty else { return }
    notes.add(unmapped: others.map { names[$0] })
    keep(points, names: names, number)
  }

  private mutating func set(
    _ landmarks: Landmarks?, _ number: Int, _ notes: inout CVATNotes
  ) {
    guard let landmarks else { return }
    if faces[number].landmarks == nil {
      faces[number].landmarks = landmarks
    } else {
      notes.add(other: "sets of points of a face that has some")
    }
  }

  /// Points of no layout stay as x, y and visibility, as COCO counts it, under their names.
  private mutating func keep(_ points: [Landmarks.Point], names: [String]?, _ number: Int) {
    let values = points.map { point -> JSONValue in
      return .array([
        .double(point.position.x), .double(point.position.y), .integer(point.visibility.number),
      ])
    }
    faces[number].native.append(("points", .array(values)))
    if let names {
      faces[number].native.append(("point_names", .array(names.map { .text($0) })))
    }
  }
}

/// What is counted over a CVAT file and said once.
struct CVATNotes: FormNotes {
  private var others: [String: Int] = [:]
  private var unmapped: [String: Int] = [:]
  private static let mostNames = 256

  /// Counts a shape that is not of a face.
  mutating func add(other kind: String, _ count: Int = 1) {
    if others.count < Self.mostNames || others[kind] != nil { others[kind, default: 0] += count }
  }

  /// Counts points that mean none of a layout's.
  mutating func add(unmapped names: [String], _ count: Int = 1) {
    for name in names where unmapped.count < Self.mostNames || unmapped[name] != nil {
      unmapped[name, default: 0] += count
    }
  }

  mutating func add(_ next: CVATNotes) {
    // In an order that is the same in each run.
    for (kind, count) in next.others.sorted(by: { $0.key < $1.key }) { add(other: kind, count) }
    for (name, count) in next.unmapped.sorted(by: { $0.key < $1.key }) {
      add(unmapped: [name], count)
    }
  }

  /// What is to be said at the end.
  func issues(at place: SourceLocation) -> [RecordIssue] {
    var issues: [RecordIssue] = []
    if !others.isEmpty {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "shapes: expected faces, found \(Self.text(others)), which are left out"))
    }
    if !unmapped.isEmpty {
      let known = PointNames.ours.map { "'\($0)'" }.joined(separator: ", ")
      issues.append(
        RecordIssue(
          .unmappedPoints, at: place,
          "points: expected numbers up to 68 or names such as \(known), found \(PointNames.listed(unmapped.keys.sorted(), atMost: 6))"
        ))
    }
    return issues
  }

  private static func text(_ counts: [String: Int]) -> String {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return sorted.prefix(6).map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}
