import Checks
import Geometry
import Schema
import Testing

@Suite("Mending of records")
struct RecordFixerTests {
  private func fixed(
    _ change: (inout ImageRecord) -> Void
  ) -> (record: ImageRecord, changes: [RecordFixer.Change], left: [String]) {
    var record = CheckedFace.record(change: change)
    let findings = CheckedFace.checker.findings(in: record)
    let changes = RecordFixer.fix(&record, size: (640, 480), findings, CheckThresholds())
    return (record, changes, CheckedFace.checker.findings(in: record).map(\.check.id))
  }

  @Test("a box is clipped to the image")
  func clip() {
    let result = fixed { $0.move(to: [600, 220]) }
    #expect(result.record.faces[0].box == BoundingBox(left: 510, top: 110, right: 640, bottom: 330))
    #expect(result.changes.map(\.member) == ["bbox_xyxy"])
    #expect(result.left.isEmpty)
  }

  @Test("an exact repetition is dropped, a near one stays")
  func repetition() {
    let result = fixed { record in
      record.faces.append(record.faces[0])
      var near = record.faces[0]
      near.box.right += 1
      record.faces.append(near)
    }
    #expect(result.record.faces.count == 2)
    #expect(result.changes.map(\.finding.face) == [1])
    #expect(result.changes.map(\.after) == [.null])
    #expect(result.left == ["duplicate-box"])
  }

  @Test("exchanged sides are exchanged again; the pose fitted to them goes, an annotated one stays")
  func sides() {
    let clean = CheckedFace.record().faces[0]
    let result = fixed { $0.faces[0].permuteLandmarks([1, 0, 2, 4, 3]) }
    #expect(result.record.faces[0].landmarks == clean.landmarks)
    #expect(result.record.faces[0].pose == nil && result.record.faces[0].fit == nil)
    #expect(
      result.changes.map(\.remark) == [
        "the pose that was fitted to them is removed; label fits it anew"
      ])
    #expect(result.left.isEmpty)
    let annotated = fixed { record in
      record.faces[0].permuteLandmarks([1, 0, 2, 4, 3])
      record.faces[0].pose?.provenance = .annotation
    }
    #expect(annotated.record.faces[0].pose != nil)
    #expect(annotated.left.isEmpty)
  }

  @Test("landmarks outside of the image become occluded, whatever is inside stays visible")
  func visibility() throws {
    let result = fixed { record in
      record.move(to: [620, 220])
      record.faces[0].box.right = 640
    }
    let landmarks = try #require(result.record.faces[0].landmarks)
    for i in 0..<5 {
      #expect((landmarks[i].visibility == .occluded) == (landmarks[i].position.x > 639.5))
    }
    #expect(result.changes.map(\.member) == ["landmarks.visibility"])
    #expect(result.left.isEmpty)
  }

  @Test("what has no safe remedy is left alone")
  func untouched() {
    let result = fixed { record in
      record.faces[0].mapLandmarks { $0 + [150, 0] }
      record.faces.append(Face(box: BoundingBox(left: 1, top: 1, right: 1, bottom: 5)))
    }
    #expect(result.changes.isEmpty)
  }
}
