internal import Geometry
public import Schema

/// Repairs what can be repaired without a guess: clips boxes to the image, drops exact repetitions of a face,
/// exchanges the sides of landmarks where they are exchanged, and marks landmarks outside the image as occluded.
public enum RecordFixer {
  /// One change of a record.
  public struct Change: Sendable {
    /// The finding that led to the change.
    public var finding: Finding
    /// The changed member: `bbox_xyxy`, `landmarks.points`, `landmarks.visibility`, or `faces` where a face is
    /// dropped.
    public var member: String
    /// The member's old value; for `faces` the dropped face's box.
    public var before: JSONValue
    /// The member's new value; null where the face is dropped.
    public var after: JSONValue
    /// What was done with a pose that had been fitted to the old landmarks; nil where there was none.
    public var remark: String?

    /// Writes the change as a line of `OUTPUT.fixes.jsonl`.
    public func write(to writer: inout JSONWriter) {
      writer.object {
        $0.key("check")
        $0.value(finding.check.id)
        $0.key("file")
        $0.value(finding.location.file)
        $0.key("line")
        if let line = finding.location.line { $0.value(line) } else { $0.null() }
        $0.key("record")
        if let record = finding.record { $0.value(record) } else { $0.null() }
        $0.key("face")
        if let face = finding.face { $0.value(face) } else { $0.null() }
        $0.key("member")
        $0.value(member)
        $0.key("before")
        $0.value(before)
        $0.key("after")
        $0.value(after)
        if let remark {
          $0.key("remark")
          $0.value(remark)
        }
      }
      writer.endLine()
    }
  }

  /// Repairs the record where its findings ask for it and say how.
  ///
  /// - Parameters:
  ///   - record: is changed in place.
  ///   - size: the image's width and height in pixels; nil where it is not known.
  ///   - findings: those of this record.
  ///   - thresholds: the limits that the findings were made by.
  /// - Returns: what was changed, in the order of the findings; faces have their old indices.
  public static func fix(
    _ record: inout ImageRecord, size: (width: Int, height: Int)?, _ findings: [Finding],
    _ thresholds: CheckThresholds
  ) -> [Change] {
    var changes: [Change] = []
    var dropped: Set<Int> = []
    for finding in findings {
      guard let index = finding.face, !dropped.contains(index) else { continue }
      var change: (member: String, before: JSONValue, after: JSONValue, remark: String?)?
      switch finding.check {
      case .boxPartlyOutsideImage:
        guard let size else { break }
        let old = record.faces[index].box
        record.faces[index].box = old.clipped(toWidth: size.width, height: size.height)
        change = ("bbox_xyxy", old.json, record.faces[index].box.json, nil)
      case .duplicateBox:
        guard isRepeated(index, in: record) else { break }
        dropped.insert(index)
        change = ("faces", record.faces[index].box.json, .null, nil)
      case .mirroredLandmarks:
        guard let old = record.faces[index].landmarks, let points = FivePoints(old),
          RecordChecker.areSidesExchanged(points, thresholds)
        else { break }
        let new = old.withSidesExchanged
        record.faces[index].landmarks = new
        let remark = removeFit(of: &record.faces[index])
        change = ("landmarks.points", old.pointsJSON, new.pointsJSON, remark)
      case .visibleOutsideImage:
        guard let size, let old = record.faces[index].landmarks else { break }
        let new = old.occluded(outside: size)
        record.faces[index].landmarks = new
        change = ("landmarks.visibility", old.visibilityJSON, new.visibilityJSON, nil)
      default: break
      }
      if let change {
        changes.append(
          Change(
            finding: finding, member: change.member, before: change.before, after: change.after,
            remark: change.remark))
      }
    }
    for index in dropped.sorted(by: >) { record.faces.remove(at: index) }
    return changes
  }

  /// Whether an earlier face has the same box, and has all landmarks and poses that this one has.
  private static func isRepeated(_ index: Int, in record: ImageRecord) -> Bool {
    let face = record.faces[index]
    return record.faces[..<index].contains { other in
      other.box == face.box
        && (face.landmarks == nil || face.landmarks == other.landmarks)
        && (face.pose == nil || face.pose == other.pose)
    }
  }

  /// Removes a pose that was fitted to wrongly named landmarks; an annotated pose stays. Returns a remark.
  private static func removeFit(of face: inout Face) -> String? {
    guard let pose = face.pose, pose.provenance == .pnp else { return nil }
    (face.pose, face.fit) = (nil, nil)
    face.describePose(in: [])
    return "the pose that was fitted to them is removed; label fits it anew"
  }
}

extension BoundingBox {
  fileprivate var json: JSONValue {
    .array([left, top, right, bottom].map(JSONValue.double))
  }
}

extension Landmarks {
  fileprivate func occluded(outside size: (width: Int, height: Int)) -> Landmarks {
    var result = self
    for i in 0..<count
    where self[i].visibility == .visible && !self[i].position.isInside(size.width, size.height) {
      result[i].visibility = .occluded
    }
    return result
  }

  fileprivate var pointsJSON: JSONValue {
    .array(
      (0..<count).map { i in
        position(i).map { .array([.double($0.x), .double($0.y)]) } ?? .null
      })
  }

  fileprivate var visibilityJSON: JSONValue {
    .array((0..<count).map { .text(self[$0].visibility.rawValue) })
  }
}
