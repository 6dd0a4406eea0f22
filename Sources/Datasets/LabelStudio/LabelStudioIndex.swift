internal import Codecs
internal import Schema

/// Where a Label Studio file's tasks are, and which names its points have.
struct LabelStudioIndex {
  /// The offset of each task.
  private(set) var positions: [Int] = []
  /// Why the file cannot be read beyond the last task; nil where it can.
  private(set) var fault: JSONError?
  let labels: PointLabels
  private static let deepest = 12

  init(_ bytes: UnsafeRawBufferPointer, _ renames: PointNames) {
    var names = Names()
    var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
    do {
      if cursor.kind() == .object {
        try Self.add(&cursor, &positions, &names)
      } else {
        try cursor.enterArray()
        while try cursor.nextElement() { try Self.add(&cursor, &positions, &names) }
      }
    } catch {
      fault = error
    }
    labels = PointLabels(names.list, renames)
  }

  private struct Names {
    var list: [String] = []
    private var known: Set<String> = []
    /// Labels as they stand in the file, most of which come again.
    private var seen: Set<String> = []
    private static let most = 4096

    mutating func add(_ label: String) {
      guard !seen.contains(label) else { return }
      if seen.count < Self.most { seen.insert(label) }
      guard !label.namesFaces else { return }
      let name = PointLabels.parsed(label).name
      guard known.count < Self.most, known.insert(name).inserted else { return }
      list.append(name)
    }
  }

  private static func add(
    _ cursor: inout JSONCursor, _ positions: inout [Int], _ names: inout Names
  ) throws(JSONError) {
    _ = cursor.kind()
    let position = cursor.position
    try cursor.skipValue()
    positions.append(position)
    var inner = JSONCursor(cursor.bytes, at: position)
    // A task that is no JSON is an issue when it is read.
    try? collect(&inner, &names, depth: 0)
  }

  /// Names of points are all labels but those of other tags.
  private static func collect(
    _ cursor: inout JSONCursor, _ names: inout Names, depth: Int
  ) throws(JSONError) {
    switch depth < deepest ? cursor.kind() : .end {
    case .object:
      try cursor.enterObject()
      while let key = try cursor.nextKey() {
        if key == "keypointlabels" || key == "labels", cursor.kind() == .array {
          try cursor.enterArray()
          while try cursor.nextElement() {
            if let label = try cursor.text() { names.add(label) }
          }
        } else {
          try collect(&cursor, &names, depth: depth + 1)
        }
      }
    case .array:
      try cursor.enterArray()
      while try cursor.nextElement() { try collect(&cursor, &names, depth: depth + 1) }
    default: try cursor.skipValue()
    }
  }
}
