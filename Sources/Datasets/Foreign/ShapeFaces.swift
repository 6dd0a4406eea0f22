internal import Geometry
internal import Schema

/// Boxes and points of one image as drawing tools have them, shape by shape, put together into faces.
///
/// A group that both name joins them; a point without one belongs to the smallest box that it lies in; points that are
/// grouped without a box belong to the box that holds their mean. Points of no box make a face of their own.
struct ShapeFaces {
  /// A rectangle.
  struct Box {
    /// With its box, which is not nil, and all that its shape says.
    var face: FaceDraft
    /// What it is a box of; nil where that is not said.
    var label: String?
    var group: String?
  }

  /// One named point.
  struct Point {
    /// Without what the label says of visibility.
    var name: String
    /// In 0-based pixels.
    var position: SIMD2<Double>
    var visibility = Landmarks.Visibility.visible
    var group: String?
    /// The 1-based line of its shape; 0 where it is not known.
    var line = 0

    var landmark: Landmarks.Point {
      visibility == .missing ? .missing : Landmarks.Point(position, visibility)
    }
  }

  /// Points in an order that is known.
  struct PointSet {
    var landmarks: Landmarks?
    /// Those that are not missing.
    var points: [SIMD2<Double>]
    var group: String?
    /// What is kept of it where it has points of no layout.
    var native: [(key: String, value: JSONValue)] = []
  }

  var boxes: [Box] = []
  var points: [Point] = []
  var sets: [PointSet] = []
  /// Whether boxes of any label are faces.
  var areAllFaces = false

  /// The faces of the boxes in their order, then those without one.
  mutating func faces(
    _ labels: PointLabels, _ options: ReadingOptions, _ notes: inout ShapeNotes
  ) -> [FaceDraft] {
    var owners = [Int](repeating: 0, count: boxes.count)
    let bySize = boxes.indices.sorted { area($0) < area($1) }
    var groups: [String: Int] = [:]
    for (i, box) in boxes.enumerated() {
      if let group = box.group, groups[group] == nil { groups[group] = i }
    }
    var (members, loose) = gathered(groups, bySize)
    for (i, set) in loose.enumerated() where set.isGrouped {
      guard let mean = mean(of: set.points.map(\.position)),
        let box = bySize.first(where: { members[$0].isEmpty && holds($0, mean) })
      else { continue }
      members[box] = set.points
      loose[i].points = []
    }
    var faces = boxes.map(\.face)
    var further: [FaceDraft] = []
    for i in boxes.indices where !members[i].isEmpty {
      owners[i] += 1
      add(members[i], to: &faces[i], labels, options, &notes)
    }
    for set in loose where !set.points.isEmpty {
      var face = FaceDraft()
      face.line = set.points[0].line
      add(set.points, to: &face, labels, options, &notes)
      // A few points of unknown names are no face.
      if face.landmarks != nil || set.points.count >= 5 { further.append(face) }
    }
    for set in sets {
      let box =
        set.group.flatMap { groups[$0] }
        ?? mean(of: set.points).flatMap { mean in
          bySize.first { owners[$0] == 0 && boxes[$0].group == nil && holds($0, mean) }
        }
      if let box, owners[box] == 0 {
        owners[box] += 1
        Self.add(set, to: &faces[box])
      } else {
        var face = FaceDraft()
        Self.add(set, to: &face)
        further.append(face)
      }
    }
    return kept(faces, owners, &notes) + further
  }

  /// The points of each box, and those of none: by their group, or in runs in which no name is repeated.
  private func gathered(
    _ groups: [String: Int], _ bySize: [Int]
  ) -> (members: [[Point]], loose: [(isGrouped: Bool, points: [Point])]) {
    var members = [[Point]](repeating: [], count: boxes.count)
    var names = [Set<String>](repeating: [], count: boxes.count)
    var loose: [(isGrouped: Bool, points: [Point])] = []
    var (looseGroups, run) = ([String: Int](), (place: Int?.none, names: Set<String>()))
    let isOneName = points.allSatisfy { $0.name == points[0].name }
    // Points of one group mostly follow each other.
    var last: (group: String, box: Int)?
    // Which names a box has counts only for points that are tied to none.
    let areAllTied = points.allSatisfy { $0.group != nil }
    for point in points {
      if let group = point.group,
        let box = last.flatMap({ $0.group == group ? $0.box : nil }) ?? groups[group]
      {
        last = (group, box)
        members[box].append(point)
        if !areAllTied { names[box].insert(point.name) }
      } else if let group = point.group {
        if let place = looseGroups[group] {
          loose[place].points.append(point)
        } else {
          looseGroups[group] = loose.count
          loose.append((true, [point]))
        }
      } else if let box = bySize.first(where: {
        holds($0, point.position) && (isOneName || !names[$0].contains(point.name))
      }) {
        members[box].append(point)
        names[box].insert(point.name)
      } else if let place = run.place, isOneName || run.names.insert(point.name).inserted {
        loose[place].points.append(point)
      } else {
        run = (loose.count, [point.name])
        loose.append((false, [point]))
      }
    }
    return (members, loose)
  }

  private func add(
    _ points: [Point], to face: inout FaceDraft, _ labels: PointLabels, _ options: ReadingOptions,
    _ notes: inout ShapeNotes
  ) {
    let (landmarks, others) = labels.landmarks(of: points, options)
    face.landmarks = landmarks
    face.points += points.filter { $0.visibility != .missing }.map(\.position)
    guard !others.isEmpty else { return }
    notes.addUnmapped(others.map(\.name))
    let kept = others.map { point in
      (point.name, JSONValue.array([.double(point.position.x), .double(point.position.y)]))
    }
    face.native.append(("points", .object(kept)))
  }

  private static func add(_ set: PointSet, to face: inout FaceDraft) {
    face.landmarks = set.landmarks
    face.points += set.points
    face.native += set.native
  }

  /// Boxes of other things than faces are left out, unless a face's points are tied to them.
  private func kept(
    _ faces: [FaceDraft], _ owners: [Int], _ notes: inout ShapeNotes
  ) -> [FaceDraft] {
    var kept: [FaceDraft] = []
    for (i, box) in boxes.enumerated() {
      if areAllFaces || owners[i] > 0 || box.label?.namesFaces ?? true {
        kept.append(faces[i])
      } else {
        notes.addOther(box.label ?? "")
      }
    }
    return kept
  }

  private func area(_ i: Int) -> Double {
    let area = boxes[i].face.box.map { $0.width * $0.height } ?? .infinity
    return area.isNaN ? .infinity : area
  }

  private func holds(_ i: Int, _ point: SIMD2<Double>) -> Bool {
    guard let box = boxes[i].face.box else { return false }
    return point.x >= box.left && point.x <= box.right && point.y >= box.top
      && point.y <= box.bottom
  }

  private func mean(of points: [SIMD2<Double>]) -> SIMD2<Double>? {
    points.isEmpty ? nil : points.reduce(.zero, +) / Double(points.count)
  }
}

/// What is counted over a file of shapes and said once.
struct ShapeNotes: FormNotes {
  private var others: [String: Int] = [:]
  private var unmapped: Set<String> = []
  private var more = 0
  private static let most = 1024

  /// Counts a shape that records do not hold, by its kind.
  mutating func addOther(_ kind: String, _ count: Int = 1) {
    if others[kind] != nil || others.count < Self.most {
      others[kind, default: 0] += count
    } else {
      more += count
    }
  }

  /// Counts names of points that mean none of a layout's.
  mutating func addUnmapped(_ names: [String]) {
    for name in names where unmapped.count < Self.most { unmapped.insert(name) }
  }

  mutating func add(_ next: ShapeNotes) {
    // In an order that is the same in each run.
    for (kind, count) in next.others.sorted(by: { $0.key < $1.key }) { addOther(kind, count) }
    addUnmapped(next.unmapped.sorted())
    more += next.more
  }

  /// What is to be said at the end.
  func issues(at place: SourceLocation) -> [RecordIssue] {
    var issues: [RecordIssue] = []
    if !others.isEmpty {
      let total = others.values.reduce(more, +)
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "annotations: expected boxes and points of faces, found \(total) of \(Self.list(others.keys)), which are left out"
        ))
    }
    if !unmapped.isEmpty {
      issues.append(
        RecordIssue(
          .unmappedPoints, at: place,
          "names of points: expected those of 5 or 68 points such as \(PointNames.ours.joined(separator: ", ")), found \(PointNames.listed(unmapped.sorted(), atMost: 4))"
        ))
    }
    return issues
  }

  private static func list(_ names: some Collection<String>) -> String {
    let shown = names.sorted().prefix(4).map { "'\($0.printable)'" }.joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}
