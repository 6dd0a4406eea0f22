import Geometry
import Schema
import Testing

@testable import Datasets

@Suite("Comparison of records")
struct RecordComparisonTests {
  private typealias Field = RecordComparison.Field

  /// Two faces with landmarks and poses.
  private var scene: ImageRecord {
    var scene = record("a.png", [["subject_id": "F01"], [:]], yaw: 20)
    scene.camera = Camera(
      intrinsics: Intrinsics(focalLength: [500, 500], principalPoint: [320, 240]),
      provenance: .calibrated)
    for i in scene.faces.indices {
      scene.faces[i].landmarks = Landmarks(
        layout: .face5, points: (0..<5).map { .init([Double($0), 2], .visible) })
    }
    return scene
  }

  private func changed(_ change: (inout ImageRecord) -> Void) -> ImageRecord {
    var other = scene
    change(&other)
    return other
  }

  private func fields(
    _ comparison: RecordComparison = RecordComparison(fields: Set(Field.allCases)),
    _ change: (inout ImageRecord) -> Void
  ) -> [[Field]] {
    let result = comparison.differences(scene, changed(change))
    return [result.image.map(\.field)] + result.faces.map { $0.differences.map(\.field) }
  }

  @Test("each change is told by its own field")
  func eachField() {
    #expect(fields { _ in } == [[]])
    #expect(fields { $0.image.width = 9 } == [[.image]])
    #expect(fields { $0.image.orientation = 6 } == [[.image]])
    #expect(fields { $0.camera?.intrinsics.focalLength.y += 1 } == [[.camera]])
    #expect(fields { $0.camera?.provenance = .user } == [[.camera]])
    #expect(fields { $0.camera = nil } == [[.camera]])
    #expect(fields { $0.source.split = "val" } == [[.source]])
    #expect(fields { $0.native = .line("x") } == [[.native]])
    #expect(fields { $0.faces[1].native = .line("x") } == [[], [.native]])
    #expect(fields { $0.faces[0].box.right += 1 } == [[], [.box]])
    #expect(fields { $0.faces[0].landmarks = nil } == [[], [.landmarks]])
    #expect(fields { $0.faces[0].landmarks?[2] = .missing } == [[], [.landmarks]])
    #expect(fields { $0.faces[0].landmarks?[2] = .init([9, 9], .visible) } == [[], [.landmarks]])
    #expect(
      fields { $0.faces[0].landmarks?[2] = .init([2, 2], .occluded) } == [[], [.visibility]])
    #expect(fields { $0.faces[1].pose = pose(yaw: 21) } == [[], [.rotation]])
    #expect(
      fields { record in
        record.faces[1].pose = record.faces[1].pose.map {
          HeadPose(
            rotationVector: $0.rotationVector, translation: $0.translation, frame: $0.frame,
            scale: .measured, provenance: $0.provenance)
        }
      } == [[], [.pose]])
    #expect(fields { $0.faces[1].pose?.frame = .arkit } == [[], [.pose]])
    #expect(fields { $0.faces[1].pose = nil } == [[], [.pose]])
    #expect(fields { $0.faces[0].attributes.blur = 1 } == [[], [.attributes]])
    #expect(fields { $0.faces[0].attributes.others = [] } == [[], [.attributes]])
    #expect(
      fields {
        $0.faces[0].fit = FitQuality(
          solver: .epnp, points: 5, reprojectionError: 1, interocularDistance: 9)
      } == [[], [.fit]])
  }

  @Test("what one side lacks counts for its parts where only these are compared")
  func lackedParts() {
    let parts = RecordComparison(fields: [.rotation, .translation, .visibility])
    #expect(fields(parts) { $0.faces[1].pose = nil } == [[], [.rotation, .translation]])
    #expect(fields(parts) { $0.faces[1].pose?.frame = .arkit } == [[], [.rotation, .translation]])
    #expect(fields(parts) { $0.faces[0].landmarks = nil } == [[], [.visibility]])
    #expect(
      fields(parts) { record in
        record.faces[1].pose = record.faces[1].pose.map {
          HeadPose(
            rotationVector: $0.rotationVector, translation: nil, frame: $0.frame,
            provenance: $0.provenance)
        }
      } == [[], [.translation]])
  }

  @Test("amounts are in pixels, degrees and metres, and tolerances are of the same")
  func tolerances() {
    let other = changed {
      $0.faces[0].box.top -= 3
      $0.faces[0].landmarks?[1] = .init([4, 6], .visible)
      $0.faces[0].pose = HeadPose(
        rotationVector: [0, 25 * .pi / 180, 0], translation: [0.03, 0, 1.04])
    }
    let found = RecordComparison().differences(scene, other).faces[0].differences
    #expect(found.map(\.field) == [.box, .landmarks, .rotation, .translation])
    for (difference, amount) in zip(found, [3, 5, 5, 0.05]) {
      #expect(abs((difference.amount ?? 0) - amount) < 1e-9)
    }
    #expect(found.map { $0.field.unit } == ["px", "px", "degrees", "m"])
    let wide = RecordComparison(pixels: 5.01, degrees: 5.01, metres: 0.0501)
    #expect(wide.differences(scene, other).isSame)
    let narrow = RecordComparison(pixels: 4.99, degrees: 4.99, metres: 0.0499)
    #expect(
      narrow.differences(scene, other).faces[0].differences.map(\.field) == [
        .landmarks, .rotation, .translation,
      ])
    #expect(
      RecordComparison(pixels: 0, degrees: 0, metres: 0).differences(scene, scene).isSame)
  }

  @Test("source and native count only where they are asked for")
  func usualFields() {
    let other = changed {
      $0.native = .line("x")
      $0.source.dataset = "y"
      $0.faces[0].native = .line("z")
    }
    #expect(RecordComparison().differences(scene, other).isSame)
    #expect(!RecordComparison(fields: [.native]).differences(scene, other).isSame)
  }

  @Test("faces match by boxes in any order, or by their place")
  func matching() {
    let turned = changed { $0.faces.reverse() }
    #expect(RecordComparison().differences(scene, turned).isSame)
    let byIndex = RecordComparison(matching: .index).differences(scene, turned)
    #expect(byIndex.faces.count == 2 && byIndex.matched == 2)
    let fewer = RecordComparison().differences(scene, changed { $0.faces.removeFirst() })
    #expect(fewer.faces == [.init(first: 0, second: nil)] && fewer.matched == 1)
    let moved = RecordComparison().differences(scene, changed { $0.faces[1].box.left += 26 })
    #expect(moved.faces == [.init(first: 1, second: nil), .init(first: nil, second: 1)])
    let loose = RecordComparison(matching: .overlap(atLeast: 0.4))
    #expect(loose.differences(scene, changed { $0.faces[1].box.left += 26 }).matched == 2)
  }

  @Test("the best overlap comes first; equal boxes keep their order, even without area")
  func bestFirst() {
    func boxes(_ lefts: [Double], width: Double = 10) -> ImageRecord {
      var made = record("a.png", lefts.map { _ in [:] })
      for (i, left) in lefts.enumerated() {
        made.faces[i].box = BoundingBox(x: left, y: 0, width: width, height: 10)
      }
      return made
    }
    let found = RecordComparison().differences(boxes([0, 2]), boxes([2, 5]))
    // 2 and 2 are the same; what is left, 0 and 5, overlaps too little.
    #expect(found.faces == [.init(first: 0, second: nil), .init(first: nil, second: 1)])
    var twins = boxes([3, 3, 3], width: 0)
    twins.faces[1].attributes.blur = 2
    #expect(RecordComparison().differences(twins, twins).isSame)
  }
}
