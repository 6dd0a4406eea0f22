internal import Schema

/// Joins several annotation files of the same images: the first file gives the images, faces and their
/// order, the others add what it lacks.
///
/// Faces are matched by position where the boxes there agree, otherwise by equal boxes. A face or image
/// that only a later file has is added, with a warning. Records of the later files are held in memory,
/// those of the first file are not.
struct MergedAnnotations: AnnotationSource {
  private var first: any AnnotationSource
  private var others: [Later] = []
  private var pending: [RecordIssue] = []

  private struct Later {
    var records: [String: ImageRecord] = [:]
    /// Paths in the file's order.
    var order: [String] = []
    var next = 0
  }

  init(_ sources: [any AnnotationSource]) throws {
    first = sources[0]
    for var source in sources.dropFirst() {
      var later = Later()
      while let outcome = try source.next() {
        pending += outcome.issues
        guard let record = outcome.record else { continue }
        let path = record.image.path
        if var earlier = later.records[path] {
          // The same image twice in one file: the second entry adds what the first lacks.
          pending += earlier.merge(record)
          later.records[path] = earlier
        } else {
          later.records[path] = record
          later.order.append(path)
        }
      }
      others.append(later)
    }
  }

  var position: Int { first.position }
  var size: Int { first.size }

  mutating func next() throws -> Outcome? {
    guard var outcome = try nextFromFirst() ?? nextFromOthers() else {
      defer { pending = [] }
      return pending.isEmpty ? nil : .notes(pending)
    }
    outcome.issues = pending + outcome.issues
    pending = []
    return outcome
  }

  private mutating func nextFromFirst() throws -> Outcome? {
    guard var outcome = try first.next() else { return nil }
    guard var record = outcome.record else { return outcome }
    for i in others.indices {
      guard let addition = others[i].records.removeValue(forKey: record.image.path) else {
        continue
      }
      outcome.issues += record.merge(addition)
    }
    outcome.record = record
    return outcome
  }

  /// An image that the first file does not name.
  private mutating func nextFromOthers() -> Outcome? {
    for i in others.indices {
      while others[i].next < others[i].order.count {
        let path = others[i].order[others[i].next]
        others[i].next += 1
        guard var record = others[i].records.removeValue(forKey: path) else { continue }
        var issues: [RecordIssue] = []
        for j in others.indices where j > i {
          if let addition = others[j].records.removeValue(forKey: path) {
            issues += record.merge(addition)
          }
        }
        return Outcome(record: record, issues: issues)
      }
    }
    return nil
  }
}

extension ImageRecord {
  /// Adds what `other` says of the same image.
  mutating func merge(_ other: ImageRecord) -> [RecordIssue] {
    var issues: [RecordIssue] = []
    func warn(_ detail: String, line: Int32) {
      let file = other.source.file ?? ""
      issues.append(
        RecordIssue(
          .conflictingAnnotation,
          at: SourceLocation(file: file, line: line > 0 ? Int(line) : nil),
          "image '\(image.path)', \(detail)"))
    }
    var isFree = Array(repeating: true, count: faces.count)
    let samePlaces =
      faces.count == other.faces.count
      && zip(faces, other.faces).allSatisfy { $0.box == $1.box }
    for (i, addition) in other.faces.enumerated() {
      let match =
        samePlaces
        ? i
        : faces.indices.prefix(isFree.count).first {
          isFree[$0] && faces[$0].box == addition.box
        }
      guard let match else {
        faces.append(addition)
        warn(
          "face \(i + 1): expected a face with an equal box in \(source.file ?? "the first file"), found none; it was added",
          line: addition.sourceLine)
        continue
      }
      isFree[match] = false
      let conflicts = faces[match].fill(from: addition)
      if !conflicts.isEmpty {
        warn(
          "face \(i + 1): expected equal \(conflicts.joined(separator: ", ")), found other values; the first file's stay",
          line: addition.sourceLine)
      }
    }
    return issues
  }
}

extension Face {
  /// Fills what this annotation lacks from another annotation of the same face.
  ///
  /// - Returns: the names of the attributes that contradict each other; this face keeps its own values.
  mutating func fill(from other: Face) -> [String] {
    if landmarks == nil { landmarks = other.landmarks }
    if pose == nil { pose = other.pose }
    return attributes.merge(other.attributes)
  }
}
