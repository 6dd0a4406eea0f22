import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite(
  "infer shown the records' own faces", .enabled(if: canInfer, "needs OpenVINO; run Scripts/setup"))
struct InferAnnotatedTests {
  /// Faces of a synthetic ARKitFace, with their meshes.
  private static func withSet(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      for arguments in [
        ["synth", "arkitface", "--count", "3", "--output", "set", "--progress", "none"],
        [
          "convert", "arkitface", "--input", "set/perspnet", "--native", "all", "--output",
          "truth.jsonl", "--progress", "none",
        ],
      ] {
        let run = try Program.run(arguments, in: folder)
        #expect(run.status == 0, "\(run.errors)")
      }
      try body(folder)
    }
  }

  private static func records(_ path: String) throws -> [ImageRecord] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try ImageRecord(JSONParser.value(of: String($0)))
    }
  }

  private static func infer(_ folder: String, _ options: String...) throws -> [ImageRecord] {
    let run = try Program.run(
      [
        "infer", "truth.jsonl", "--images", "set/perspnet", "--faces", "annotated", "--output",
        "predictions.jsonl", "--progress", "none",
      ] + options, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return try records(folder + "/predictions.jsonl")
  }

  @Test(
    "a network's predictions keep id, camera and box, and evaluate pairs and scores them",
    arguments: ["perspnet", "trg"])
  func evaluated(adapter: String) throws {
    try Self.withSet { folder in
      let model =
        try adapter == "trg"
        ? SmallTRG().write(to: folder) : SmallPerspNet().write(to: folder)
      let truth = try Self.records(folder + "/truth.jsonl")
      let found = try Self.infer(folder, "--model", model)
      #expect(found.count == 3)
      for (record, truth) in zip(found, truth) {
        #expect(record.id == truth.id && record.camera == truth.camera && record.native == nil)
        #expect(record.faces.count == 1)
        let face = try #require(record.faces.first)
        #expect(face.box == truth.faces[0].box)
        let pose = try #require(face.pose)
        #expect(pose.frame == .arkit && pose.provenance == .prediction && pose.place.z > 0)
        #expect(pose != truth.faces[0].pose)
        #expect(face.landmarks?.layout == .ibug68)
        // Nothing of the annotation is taken for a prediction.
        #expect(face.attributes.others.isEmpty && face.landmarks != truth.faces[0].landmarks)
        guard case .arrays(let arrays) = face.native else {
          Issue.record("no arrays")
          return
        }
        let mesh = try #require(arrays.first { $0.name == "verts" })
        #expect(mesh.shape == [1220, 3] && mesh.dtype == "<f4")
        let last = adapter == "trg" ? "pose" : "inliers"
        #expect(arrays.map(\.name) == ["verts", "region_xyxy", "image_size", last])
      }
      let evaluated = try Program.run(
        [
          "evaluate", "predictions.jsonl", "--truth", "truth.jsonl", "--protocol", adapter,
          "--format", "json",
        ], in: folder)
      #expect(evaluated.status == 0, "\(evaluated.errors)")
      let report = try JSONParser.value(of: evaluated.output)
      #expect(report["counts"]?["scored_correct"] == .integer(3))
      #expect(evaluated.output.contains("paired by record id 3"))
      for metric in ["add", "reconstruction_mean"] {
        #expect(try #require(try evaluatedMetric(metric, in: evaluated)) > 0)
      }
    }
  }

  @Test("without a network they have the landmarker's points, and none of the annotation's pose")
  func own() throws {
    try Self.withSet { folder in
      let truth = try Self.records(folder + "/truth.jsonl")
      for (record, truth) in zip(try Self.infer(folder), truth) {
        let face = try #require(record.faces.first)
        #expect(record.faces.count == 1 && face.box == truth.faces[0].box)
        #expect(face.landmarks?.layout == .face5 && face.native == nil)
        #expect(face.pose?.frame == .bfm && face.pose?.provenance == .prediction)
        #expect(face.attributes.others.map(\.name) == ["landmark_score"])
      }
    }
  }

  @Test("any number of jobs gives the same bytes")
  func jobs() throws {
    try Self.withSet { folder in
      let model = try SmallPerspNet(count: 100).write(to: folder)
      func bytes(_ jobs: String) throws -> Data {
        _ = try Self.infer(folder, "--model", model, "--jobs", jobs)
        return try Data(contentsOf: URL(fileURLWithPath: folder + "/predictions.jsonl"))
      }
      #expect(try bytes("1") == bytes("3"))
    }
  }
}
