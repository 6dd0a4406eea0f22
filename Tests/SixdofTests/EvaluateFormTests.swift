import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("evaluate on files that are no records")
struct EvaluateFormTests {
  private func evaluate(
    _ predictions: String, named name: String, _ options: [String] = []
  ) throws -> Program.Outcome {
    try withTemporaryDirectory { folder in
      try TestSupport.write(predictions, to: "\(folder)/\(name)")
      try writeRecords(
        [
          evaluationRecord("v/clip_0007", path: "v/clip_0007.png", yaw: 12),
          evaluationRecord("v/clip_0108", path: "v/clip_0108.png", yaw: 26),
        ], to: folder + "/truth.jsonl")
      return try Program.run(
        ["evaluate", name, "--truth", "truth.jsonl", "--protocol", "hopenet", "--format", "json"]
          + options, in: folder)
    }
  }

  @Test("frames of a video pair by the number at the end of an image's name")
  func frames() throws {
    let text = "7 10.0 0.0 0.0\n108 20.0 0.0 0.0\n"
    let outcome = try evaluate(text, named: "video.txt", ["--convention", "hopenet"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("paired by record id 0, by image path 2"))
    #expect(abs(try #require(try evaluatedMetric("yaw_mae", in: outcome)) - 4) < 1e-6)
    // The number is the whole one.
    let other = try evaluate(
      "07 10.0 0.0 0.0\n8 20.0 0.0 0.0\n", named: "video.txt", ["--convention", "hopenet"])
    #expect(other.status == 2 && other.output.contains("by image path 1"))
  }

  @Test("of several poses of one image without boxes none is scored, and all are named")
  func repeated() throws {
    let text =
      "image,yaw,pitch,roll\nclip_0007.jpg,10,0,0\nclip_0108.jpg,20,0,0\nclip_0108.jpg,21,0,0\n"
    let outcome = try evaluate(text, named: "p.csv")
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(
      outcome.errors.contains("expected one, as there are no boxes to tell faces apart, found 2"),
      "\(outcome.errors)")
    #expect(outcome.errors.contains("found 2, in lines 3, 4"), "\(outcome.errors)")
  }

  @Test("options of reading that predictions make no use of are refused")
  func unheeded() throws {
    let text = #"[{"image_id":"clip_0007","bbox":[1,2,3,4],"pitch":1,"yaw":2,"roll":3}]"#
    let refused = try evaluate(text, named: "p.json", ["--angle-unit", "degrees"])
    #expect(refused.status == 64)
    #expect(refused.errors.contains("'--angle-unit' is for aflw-text, "), "\(refused.errors)")
  }

  @Test("rotation vectors are scored once their convention is named, and refused before")
  func rotationVectors() throws {
    let text =
      "image,rx,ry,rz\nclip_0007.jpg,0,0.174532925199,0\nclip_0108.jpg,0,0.349065850399,0\n"
    let outcome = try evaluate(text, named: "p.csv", ["--convention", "rotation-vector"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(abs(try #require(try evaluatedMetric("yaw_mae", in: outcome)) - 4) < 1e-6)
    let unnamed = try evaluate(text, named: "p.csv")
    #expect(unnamed.status == 65)
    #expect(unnamed.errors.contains("numbers alone do not tell it"))
  }
}
