internal import Schema

/// The categories of a COCO file.
struct COCOCategories {
  /// What a category's annotations are.
  struct Kind {
    var name = ""
    var points: PointMap?
    /// The names of its points.
    var pointNames: [String] = []
    /// Whether its boxes are those of faces.
    var isFace = true
  }

  private(set) var kinds: [Kind] = []
  private var places: [Int: Int] = [:]
  /// Where there is one category alone, its id, for it is asked for once a face.
  private var onlyID: Int?

  var isEmpty: Bool { kinds.isEmpty }

  /// Whether names of sides occur.
  var hasSides: Bool { kinds.contains { $0.points?.hasSides == true } }

  /// The place among `kinds` of an id's category; nil where it is not listed.
  func place(of id: Int) -> Int? {
    if let onlyID { return id == onlyID ? 0 : nil }
    return places[id]
  }

  /// Reads a file's list, in which a later entry of an id takes the place of an earlier one.
  mutating func read(_ list: JSONValue, _ names: PointNames) {
    guard let list = list.elements else { return }
    for item in list {
      guard let id = item["id"]?.number.flatMap({ Int(exactly: $0) }) else { continue }
      var kind = Kind(name: item["name"]?.text ?? "")
      let points = item["keypoints"]?.elements?.map { $0.text ?? "" } ?? []
      kind.pointNames = points
      kind.points = PointMap(names: points, renames: names)
      // Names of 68 or 133 points that say nothing leave their order, which is always the same.
      if kind.points == nil, points.count > 5 || points.allSatisfy(\.isEmpty) {
        kind.points = PointMap(count: points.count)
      }
      kind.isFace =
        kind.name.namesFaces || kind.points != nil || list.count == 1 && points.isEmpty
      add(kind, id)
    }
    onlyID = kinds.count == 1 ? places.keys.first : nil
  }

  private mutating func add(_ kind: Kind, _ id: Int) {
    if let place = places[id] {
      kinds[place] = kind
    } else {
      places[id] = kinds.count
      kinds.append(kind)
    }
  }
}
