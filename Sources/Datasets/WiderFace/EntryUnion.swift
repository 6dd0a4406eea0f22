internal import Schema

/// Makes one record of several entries of an image, and says what became of them.
///
/// Faces with equal boxes are the same face. What one entry lacks is taken from another; where they contradict
/// each other, the first entry holds.
struct EntryUnion {
  /// All entries so far in one record; nil before the first.
  private(set) var record: ImageRecord?
  private var entries = 0
  private var added = 0
  private var equal = 0
  private var conflicts: [String] = []
  private var second: SourceLocation?

  mutating func add(_ other: ImageRecord) {
    entries += 1
    guard record != nil else {
      record = other
      return
    }
    second = second ?? other.location
    if record?.camera == nil { record?.camera = other.camera }
    var faces = record?.faces ?? []
    record?.faces = []
    var isFree = Array(repeating: true, count: faces.count)
    for face in other.faces {
      let match = isFree.indices.first { isFree[$0] && faces[$0].box == face.box }
      guard let match else {
        faces.append(face)
        added += 1
        continue
      }
      isFree[match] = false
      equal += 1
      complete(&faces[match], by: face)
    }
    record?.faces = faces
  }

  private mutating func complete(_ face: inout Face, by other: Face) {
    var found = face.fill(from: other)
    if let landmarks = other.landmarks, face.landmarks != landmarks { found.append("landmarks") }
    if let pose = other.pose, face.pose != pose { found.append("pose") }
    for name in found where !conflicts.contains(name) { conflicts.append(name) }
  }

  private static func faces(_ count: Int) -> String { count == 1 ? "1 face" : "\(count) faces" }

  /// One issue for the image, at its second entry; nil where there is no second.
  var issue: RecordIssue? {
    guard let second, let path = record?.image.path else { return nil }
    let found = "image '\(path)': expected one entry, found \(entries)"
    let disagreement =
      conflicts.isEmpty
      ? "" : "; where \(conflicts.joined(separator: ", ")) differ, the first entry's stay"
    guard added > 0 || !conflicts.isEmpty else {
      return RecordIssue(
        .duplicateRecord, at: second, "\(found) with the same faces, which are kept once")
    }
    return RecordIssue(
      .mergedEntries, at: second,
      "\(found); they are one record, with \(Self.faces(added)) of later ones added, and \(Self.faces(equal)) that it had already"
        + disagreement)
  }
}
