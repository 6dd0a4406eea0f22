import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("evaluate")
struct EvaluateTests {
  @Test("pairs by id, and by path where there is no such id; order does not matter")
  func pairing() throws {
    let outcome = try evaluate(
      [
        evaluationRecord("other", path: "b.jpg", yaw: 20),
        evaluationRecord("a", path: "x.jpg", yaw: 10),
      ],
      [evaluationRecord("a", yaw: 12), evaluationRecord("b", yaw: 26)], ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("paired by record id 1, by image path 1"))
    #expect(abs(try #require(try evaluatedMetric("yaw_mae", in: outcome)) - 4) < 1e-9)
  }

  @Test(
    "one key alone pairs only what has it",
    arguments: [("id", 1), ("path", 1), ("name", 2)])
  func key(pair: String, scored: Int) throws {
    let outcome = try evaluate(
      [evaluationRecord("a", path: "z/a.png"), evaluationRecord("c", path: "b.jpg")],
      [evaluationRecord("a", path: "q/a.jpg"), evaluationRecord("b", path: "b.jpg")],
      ["--format", "json", "--pair", pair])
    #expect(outcome.status == (scored == 2 ? 0 : 2))
    let report = try JSONParser.value(of: outcome.output)
    #expect(report["counts"]?["scored_correct"] == .integer(scored))
  }

  @Test("what has no partner is named on both sides, and makes the exit code 2")
  func unmatched() throws {
    let outcome = try evaluate(
      [evaluationRecord("a"), evaluationRecord("stranger")],
      [evaluationRecord("a"), evaluationRecord("lonely")])
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains(
        "truth.jsonl:2: prediction of 'lonely': expected one, found none"))
    #expect(
      outcome.errors.contains(
        "predictions.jsonl:2: 'stranger': expected an image of the truth, found none that is not taken"
      ))
    #expect(outcome.output.contains("in images without a prediction 1"))
  }

  @Test("of two predictions with one name neither counts, and no prediction counts twice")
  func ambiguous() throws {
    let several = try evaluate(
      [
        evaluationRecord("a", path: "1/a.jpg"), evaluationRecord("b", path: "2/a.jpg"),
        evaluationRecord("c"),
      ],
      [evaluationRecord("x", path: "3/a.jpg"), evaluationRecord("c")], ["--pair", "name"])
    #expect(several.status == 2)
    #expect(several.errors.contains("expected one, found several; pair by another key"))
    let twice = try evaluate(
      [evaluationRecord("a")], [evaluationRecord("a"), evaluationRecord("b", path: "a.jpg")])
    #expect(twice.status == 2)
    #expect(twice.errors.contains("found that of an earlier image"))
  }

  @Test("an undetected face is a warning: counted, and left out of correct numbers")
  func undetected() throws {
    let far = evaluationRecord("b", yaw: 0, box: [300, 300, 350, 350])
    let outcome = try evaluate(
      [evaluationRecord("a", yaw: 3), far],
      [evaluationRecord("a"), evaluationRecord("b", yaw: 40)], ["--format", "json"],
      method: "img2pose-aflw2000")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("0 errors, 1 warning"))
    #expect(abs(try #require(try evaluatedMetric("yaw_mae", in: outcome)) - 3) < 1e-9)
    let published = try #require(try evaluatedMetric("yaw_mae", "published", in: outcome))
    #expect(abs(published - 21.5) < 1e-9)
  }

  @Test("the true mesh comes from the dataset's folder; without it a line says so")
  func source() throws {
    try withTemporaryDirectory { folder in
      let synth = try Program.run(
        ["synth", "arkitface", "--count", "3", "--output", "set"], in: folder)
      #expect(synth.status == 0, "\(synth.errors)")
      let convert = try Program.run(
        ["convert", "arkitface", "--input", "set", "--output", "truth.jsonl"], in: folder)
      #expect(convert.status == 0, "\(convert.errors)")
      let arguments = [
        "evaluate", "truth.jsonl", "--truth", "truth.jsonl", "--protocol", "trg", "--format",
        "json",
      ]
      let without = try Program.run(arguments, in: folder)
      #expect(without.output.contains("name its folder with --source"))
      #expect(try evaluatedMetric("add", in: without) == nil)
      let with = try Program.run(arguments + ["--source", "set"], in: folder)
      #expect(with.status == 0, "\(with.errors)")
      #expect(try evaluatedMetric("add", in: with) == 0)
      let missing = try Program.run(arguments + ["--source", "."], in: folder)
      #expect(missing.status == 2)
      #expect(missing.errors.contains("mesh of"))
    }
  }

  @Test("BIWI's mesh is the sequence's, in millimetres")
  func biwiMesh() throws {
    try withTemporaryDirectory { folder in
      var truth = evaluationRecord("a", path: "hpdb/07/frame_00003_rgb.png")
      truth.faces[0].pose = HeadPose(
        rotationVector: .zero, translation: [0, 0, 1], frame: .biwiHead, scale: .measured,
        provenance: .annotation)
      var prediction = truth
      prediction.faces[0].pose = HeadPose(
        rotationVector: [0, .pi, 0], translation: [0, 0, 1], frame: .biwiHead, scale: .measured,
        provenance: .prediction)
      try writeRecords([truth], to: folder + "/truth.jsonl")
      try writeRecords([prediction], to: folder + "/predictions.jsonl")
      try write("v 100 0 0\nv -50 7 0\n", to: folder + "/biwi/hpdb/07.obj")
      for place in ["biwi", "biwi/hpdb"] {
        let outcome = try Program.run(
          [
            "evaluate", "predictions.jsonl", "--truth", "truth.jsonl", "--protocol", "perspnet",
            "--source", place, "--format", "json",
          ], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(abs(try #require(try evaluatedMetric("add", in: outcome)) - 150) < 1e-9)
      }
    }
  }

  @Test("the output's ending decides its form; findings lie beside it")
  func output() throws {
    try withTemporaryDirectory { folder in
      try writeRecords([evaluationRecord("a")], to: folder + "/p.jsonl")
      for (ending, start) in [
        ("tex", "% images"), ("md", "### trg"), ("json", "{"), ("txt", "trg"),
      ] {
        let outcome = try Program.run(
          [
            "evaluate", "p.jsonl", "--truth", "p.jsonl", "--protocol", "trg", "--output",
            "out/table.\(ending)",
          ], in: folder)
        #expect(outcome.status == 0 && outcome.output.isEmpty)
        let text = try String(contentsOfFile: folder + "/out/table.\(ending)", encoding: .utf8)
        #expect(text.hasPrefix(start))
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/out")
      #expect(
        files.sorted() == [
          "table.issues.jsonl", "table.json", "table.md", "table.tex", "table.txt",
        ])
    }
  }

  @Test("nothing to score stops the run, as --strict does at the first finding")
  func stops() throws {
    let nothing = try evaluate([evaluationRecord("a")], [evaluationRecord("b")])
    #expect(nothing.status == 65 && nothing.output.isEmpty)
    #expect(nothing.errors.contains("expected faces with a pose and a prediction, found none"))
    let poseless = try evaluate([evaluationRecord("a")], [evaluationRecord("a", yaw: nil)])
    #expect(poseless.status == 65)
    let strict = try evaluate(
      [evaluationRecord("a")], [evaluationRecord("a"), evaluationRecord("b")], ["--strict"])
    #expect(strict.status == 65 && strict.output.isEmpty)
  }
}
