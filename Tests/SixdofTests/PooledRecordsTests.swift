import Foundation
import Geometry
import Labelling
import Schema
import TestSupport
import Testing

/// What many records show together and a run says with its numbers.
@Suite("What records mean together")
struct PooledRecordsTests {
  private static func record(
    _ id: String, _ rotation: SIMD3<Double> = [0, 0.2, 0], isEgocentric: Bool = false,
    camera: Camera.Provenance = .weakPerspective
  ) -> ImageRecord {
    var record = evaluationRecord(id, yaw: nil)
    (record.image.width, record.image.height) = (450, 450)
    record.camera = Camera(
      intrinsics: Intrinsics(focalLength: [900, 900], principalPoint: [225, 225]),
      provenance: camera)
    record.faces[0].pose = HeadPose(
      rotationVector: rotation, translation: [0.1, 0, 2], provenance: .annotation)
    if isEgocentric {
      record.faces[0].attributes.others.append(.init(name: "egocentric", value: .boolean(true)))
    }
    return record
  }

  /// Five points of a face that looks into the camera.
  private static func landmarks(_ place: SIMD2<Double>, isMirrored: Bool) -> Landmarks {
    let points: [SIMD2<Double>] = [[-20, -20], [20, -20], [0, 0], [-15, 20], [15, 20]]
    let order = isMirrored ? [1, 0, 2, 4, 3] : [0, 1, 2, 3, 4]
    return Landmarks(layout: .face5, points: order.map { Landmarks.Point(points[$0] + place) })
  }

  @Test("label tells mirrored landmarks with their number, as check does")
  func mirrored() throws {
    try withTemporaryDirectory { folder in
      let records = (0..<5).map { i in
        var record = Self.record("a\(i)", camera: .assumedWidthPlusHeight)
        record.faces[0].box = BoundingBox(left: 160, top: 160, right: 240, bottom: 240)
        record.faces[0].pose = nil
        record.faces[0].landmarks = Self.landmarks([200, 200], isMirrored: i < 3)
        return record
      }
      try writeRecords(records, to: folder + "/r.jsonl")
      let outcome = try Program.run(
        ["label", "r.jsonl", "--output", "l.jsonl", "--progress", "none"], in: folder)
      #expect(outcome.status == 0)
      let expected = "warning: in 3 of 5 faces with landmarks: landmarks mirrored (mirrored-land"
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
      let check = try Program.run(["check", "l.jsonl", "--progress", "none"], in: folder)
      #expect((check.output + check.errors).contains("mirrored-landmarks"))
      try writeRecords(Array(records[3...]), to: folder + "/right.jsonl")
      let right = try Program.run(
        ["label", "right.jsonl", "--output", "m.jsonl", "--progress", "none"], in: folder)
      #expect(!right.errors.contains("mirrored"), "\(right.errors)")
    }
  }

  @Test("rotations to the camera's axis among such to the line of sight are told with their number")
  func sights() throws {
    try withTemporaryDirectory { folder in
      let mixed = [
        Self.record("a"), Self.record("b", isEgocentric: true), Self.record("c"),
        Self.record("d", camera: .calibrated),
      ]
      try writeRecords(mixed, to: folder + "/mixed.jsonl")
      try writeRecords([mixed[0], mixed[2], mixed[3]], to: folder + "/alike.jsonl")
      let line = "1 rotation relative to the camera's axis, 2 to the line of sight"
      for (arguments, isIn) in [
        (["stats", "mixed.jsonl", "--output", "s"], true),
        (["merge", "mixed.jsonl", "--output", "m.jsonl"], true),
        (["stats", "alike.jsonl", "--output", "s"], false),
        (
          ["evaluate", "mixed.jsonl", "--truth", "mixed.jsonl", "--protocol", "trg"], true
        ),
        (["evaluate", "alike.jsonl", "--truth", "alike.jsonl", "--protocol", "trg"], false),
      ] {
        let quiet = arguments[0] == "evaluate" ? [] : ["--progress", "none"]
        let outcome = try Program.run(arguments + quiet, in: folder)
        let said = outcome.errors + outcome.output
        #expect(said.contains(line) == isIn, "\(arguments): \(said)")
      }
    }
  }

  @Test("predictions whose rotations are relative to another line than the truth's are told")
  func otherSights() throws {
    try withTemporaryDirectory { folder in
      try writeRecords([Self.record("a"), Self.record("b")], to: folder + "/truth.jsonl")
      let turned = ["a", "b"].map { Self.record($0, isEgocentric: true) }
      try writeRecords(turned, to: folder + "/turned.jsonl")
      let words = "the truth's are relative to the line of sight, the predictions' to the camera's"
      for (predictions, isTold) in [("turned", true), ("truth", false)] {
        let outcome = try Program.run(
          ["evaluate", "\(predictions).jsonl", "--truth", "truth.jsonl", "--protocol", "hopenet"],
          in: folder)
        #expect((outcome.output + outcome.errors).contains(words) == isTold, "\(outcome)")
      }
    }
  }

  @Test("heads from behind have a yaw beyond 90 degrees and bins of their own")
  func behind() throws {
    try withTemporaryDirectory { folder in
      let yaws = [-150.0, -29, 0, 31, 150, 100]
      let records = yaws.enumerated().map { i, yaw in
        Self.record("a\(i)", [0, yaw * .pi / 180, 0])
      }
      try writeRecords(records, to: folder + "/r.jsonl")
      let sample = try Program.run(
        [
          "sample", "r.jsonl", "--count", "6", "--bins", "3", "--output", "s.jsonl",
          "--progress", "none",
        ], in: folder)
      for line in ["-180 to -90: 1 of 1", "-30 to 30: 2 of 2", "30 to 90: 1 of 1", "90 to 180: 2"] {
        #expect(sample.errors.contains("yaw       \(line)"), "\(sample.errors)")
      }
      let front = try Program.run(
        [
          "sample", "r.jsonl", "--count", "9", "--bins=-90,90", "--output", "f.jsonl",
          "--progress", "none",
        ], in: folder)
      #expect(front.errors.contains("-90 to 90: 3 of 3"), "\(front.errors)")
      #expect(front.errors.contains("3 outside of the bins"), "\(front.errors)")
      let split = try Program.run(
        [
          "split", "r.jsonl", "--ratios", "1,1", "--output", "parts",
          "--progress", "none",
        ], in: folder)
      #expect(split.errors.contains("from behind"), "\(split.errors)")
    }
  }
}
