internal import Codecs
internal import Schema

/// What a datumaro file says before its items, and where they are.
struct DatumaroIndex {
  /// What annotations of one label are.
  struct Label {
    var name = ""
    /// The names of its points, in their order; empty where it has none.
    var pointNames: [String] = []
    var points: PointMap?
  }

  /// The offset of each item.
  private(set) var positions: [Int] = []
  private(set) var labels: [Label] = []
  /// For points that are annotated one by one, each with a label of its own.
  private(set) var single: PointLabels
  /// Why the file cannot be read beyond the last item; nil where it can.
  private(set) var fault: JSONError?

  init(_ bytes: UnsafeRawBufferPointer, _ renames: PointNames) {
    single = PointLabels([], renames)
    do {
      try read(bytes, renames)
    } catch {
      fault = error
    }
  }

  /// Whether boxes of any label are faces: where there is one label, beside those of points.
  var areAllFaces: Bool {
    labels.count { $0.points == nil && $0.pointNames.isEmpty } <= 1
  }

  /// Whether names of sides occur.
  var hasNamedSides: Bool {
    single.map?.hasSides == true || labels.contains { $0.points?.hasSides == true }
  }

  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, _ renames: PointNames
  ) throws(JSONError) {
    var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      if key == "categories" {
        readCategories(try cursor.value(), renames)
      } else if key == "items", cursor.kind() == .array {
        try cursor.enterArray()
        while try cursor.nextElement() {
          _ = cursor.kind()
          positions.append(cursor.position)
          try cursor.skipValue()
        }
      } else {
        try cursor.skipValue()
      }
    }
  }

  private mutating func readCategories(_ categories: JSONValue, _ renames: PointNames) {
    labels = (categories["label"]?["labels"]?.elements ?? []).map {
      Label(name: $0["name"]?.text ?? "")
    }
    for item in categories["points"]?["items"]?.elements ?? [] {
      guard let id = item["label_id"]?.number.flatMap({ Int(exactly: $0) }),
        labels.indices.contains(id)
      else { continue }
      labels[id].pointNames = item["labels"]?.elements?.map { $0.text ?? "" } ?? []
      labels[id].points = PointMap(names: labels[id].pointNames, renames: renames)
    }
    let others = labels.filter { $0.pointNames.isEmpty && !$0.name.namesFaces }
    single = PointLabels(others.map { PointLabels.parsed($0.name).name }, renames)
  }
}
