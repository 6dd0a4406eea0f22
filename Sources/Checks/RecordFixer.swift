internal import Geometry
public import Schema

/// Mends what can be mended without a guess: boxes are clipped to the image, exact repetitions of a face
/// dropped, exchanged sides of landmarks exchanged again, landmarks outside of the image marked as occluded.
public enum RecordFixer {
  /// One change of a record.
  public struct Change: Sendable {
    /// What found the fault.
    public var finding: Finding
    /// The member that is other than it was: `bbox_xyxy`, `landmarks.points`, `landmarks.visibility`, or
    /// `faces` where a face is dropped.
    public var member: String
    public var before: JSONValue
    /// null where the face is dropped.
    public var after: JSONValue
    /// What became of a pose that was fitted to other landmarks.
    public var remark: String?

    /// An object of `OUTPUT.fixes.jsonl`.
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

  /// Mends the record as far as these findings on it ask for it and say how.
  ///
  /// - Parameter size: the image's width and height in pixels, where it is known.
  /// - Returns: what was changed, in the findings' order; faces have the indices they had.
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
        record.faces[index].box = old.clipped(to: size)
        change = ("bbox_xyxy", old.json, record.faces[index].box.json, nil)
      case .duplicateBox:
        guard isRepeated(index, in: record) else { break }
        dropped.insert(index)
        change = ("faces", record.faces[index].box.json, .null, nil)
      case .mirroredLandmarks:
        guard let old = record.faces[index].landmarks, let points = FivePoints(old),
          RecordChecker.areSidesExchanged(points, thresholds), let new = old.withSidesExchanged
        else { break }
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

  /// Whether an earlier face has the same box and all that this one has beside it.
  private static func isRepeated(_ index: Int, in record: ImageRecord) -> Bool {
    let face = record.faces[index]
    return record.faces[..<index].contains { other in
      other.box == face.box
        && (face.landmarks == nil || face.landmarks == other.landmarks)
        && (face.pose == nil || face.pose == other.pose)
    }
  }

  /// A pose that was fitted to landmarks under wrong names is wrong; an annotated one stays.
  private static func removeFit(of face: inout Face) -> String? {
    guard let pose = face.pose, pose.provenance == .pnp else { return nil }
    (face.pose, face.fit) = (nil, nil)
    face.describePose(in: [])
    return "the pose that was fitted to them is removed; label fits it anew"
  }
}

extension BoundingBox {
  fileprivate func clipped(to size: (width: Int, height: Int)) -> BoundingBox {
    BoundingBox(
      left: max(left, 0), top: max(top, 0), right: min(right, Double(size.width)),
      bottom: min(bottom, Double(size.height)))
  }

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
