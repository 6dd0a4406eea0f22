import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import sixdof

/// A record of one image with one face, or none.
private func record(
  _ id: String, path: String? = nil, yaw: Double? = 0, box: [Double] = [10, 10, 50, 60],
  score: Double? = nil, levels: (Bool, Bool, Bool)? = nil
) -> ImageRecord {
  var record = ImageRecord(
    id: id, source: RecordSource(dataset: "made"),
    image: ImageReference(path: path ?? "\(id).jpg"))
  var face = Face(
    box: BoundingBox(left: box[0], top: box[1], right: box[2], bottom: box[3]))
  if let yaw {
    face.pose = HeadPose(
      rotationVector: [0, yaw * .pi / 180, 0], translation: [0, 0, 1], frame: .arkit,
      scale: .measured, provenance: .annotation)
  }
  face.attributes.score = score
  (face.attributes.easy, face.attributes.medium, face.attributes.hard) =
    levels.map { ($0, $1, $2) } ?? (nil, nil, nil)
  record.faces = [face]
  return record
}

private func write(_ records: [ImageRecord], to path: String) throws {
  var writer = JSONWriter()
  for record in records { record.write(to: &writer) }
  try Data(writer.bytes).write(to: URL(fileURLWithPath: path))
}

/// Runs in a folder with `predictions.jsonl` and `truth.jsonl`.
private func evaluate(
  _ predictions: [ImageRecord], _ truth: [ImageRecord], _ options: [String] = [],
  method: String = "trg"
) throws -> Program.Outcome {
  try withTemporaryDirectory { folder in
    try write(predictions, to: folder + "/predictions.jsonl")
    try write(truth, to: folder + "/truth.jsonl")
    return try Program.run(
      ["evaluate", "predictions.jsonl", "--truth", "truth.jsonl", "--protocol", method] + options,
      in: folder)
  }
}

/// The value of a metric over all faces of a report in JSON.
private func metric(
  _ name: String, _ variant: String = "correct", in outcome: Program.Outcome
) throws -> Double? {
  let report = try JSONParser.value(of: outcome.output)
  let metrics = try #require(report["groups"]?.elements?.first?["metrics"]?.elements)
  return metrics.first { $0["name"]?.text == name }?[variant]?["value"]?.number
}

@Suite("evaluate")
struct EvaluateTests {
  @Test("pairs by id, and by path where there is no such id; order does not matter")
  func pairing() throws {
    let outcome = try evaluate(
      [record("other", path: "b.jpg", yaw: 20), record("a", path: "x.jpg", yaw: 10)],
      [record("a", yaw: 12), record("b", yaw: 26)], ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("paired by record id 1, by image path 1"))
    #expect(abs(try #require(try metric("yaw_mae", in: outcome)) - 4) < 1e-9)
  }

  @Test(
    "one key alone pairs only what has it",
    arguments: [("id", 1), ("path", 1), ("name", 2)])
  func key(pair: String, scored: Int) throws {
    let outcome = try evaluate(
      [record("a", path: "z/a.png"), record("c", path: "b.jpg")],
      [record("a", path: "q/a.jpg"), record("b", path: "b.jpg")],
      ["--format", "json", "--pair", pair])
    #expect(outcome.status == (scored == 2 ? 0 : 2))
    let report = try JSONParser.value(of: outcome.output)
    #expect(report["counts"]?["scored_correct"] == .integer(scored))
  }

  @Test("what has no partner is named on both sides, and makes the exit code 2")
  func unmatched() throws {
    let outcome = try evaluate(
      [record("a"), record("stranger")], [record("a"), record("lonely")])
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
      [record("a", path: "1/a.jpg"), record("b", path: "2/a.jpg"), record("c")],
      [record("x", path: "3/a.jpg"), record("c")], ["--pair", "name"])
    #expect(several.status == 2)
    #expect(several.errors.contains("expected one, found several; pair by another key"))
    let twice = try evaluate(
      [record("a")], [record("a"), record("b", path: "a.jpg")])
    #expect(twice.status == 2)
    #expect(twice.errors.contains("found that of an earlier image"))
  }

  @Test("an undetected face is a warning: counted, and left out of correct numbers")
  func undetected() throws {
    let far = record("b", yaw: 0, box: [300, 300, 350, 350])
    let outcome = try evaluate(
      [record("a", yaw: 3), far], [record("a"), record("b", yaw: 40)], ["--format", "json"],
      method: "img2pose-aflw2000")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("0 errors, 1 warning"))
    #expect(abs(try #require(try metric("yaw_mae", in: outcome)) - 3) < 1e-9)
    let published = try #require(try metric("yaw_mae", "published", in: outcome))
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
      #expect(try metric("add", in: without) == nil)
      let with = try Program.run(arguments + ["--source", "set"], in: folder)
      #expect(with.status == 0, "\(with.errors)")
      #expect(try metric("add", in: with) == 0)
      let missing = try Program.run(arguments + ["--source", "."], in: folder)
      #expect(missing.status == 2)
      #expect(missing.errors.contains("mesh of"))
    }
  }

  @Test("BIWI's mesh is the sequence's, in millimetres")
  func biwiMesh() throws {
    try withTemporaryDirectory { folder in
      var truth = record("a", path: "hpdb/07/frame_00003_rgb.png")
      truth.faces[0].pose = HeadPose(
        rotationVector: .zero, translation: [0, 0, 1], frame: .biwiHead, scale: .measured,
        provenance: .annotation)
      var prediction = truth
      prediction.faces[0].pose = HeadPose(
        rotationVector: [0, .pi, 0], translation: [0, 0, 1], frame: .biwiHead, scale: .measured,
        provenance: .prediction)
      try write([truth], to: folder + "/truth.jsonl")
      try write([prediction], to: folder + "/predictions.jsonl")
      try TestSupport.write("v 100 0 0\nv -50 7 0\n", to: folder + "/biwi/hpdb/07.obj")
      for place in ["biwi", "biwi/hpdb"] {
        let outcome = try Program.run(
          [
            "evaluate", "predictions.jsonl", "--truth", "truth.jsonl", "--protocol", "perspnet",
            "--source", place, "--format", "json",
          ], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(abs(try #require(try metric("add", in: outcome)) - 150) < 1e-9)
      }
    }
  }

  @Test("the output's ending decides its form; findings lie beside it")
  func output() throws {
    try withTemporaryDirectory { folder in
      try write([record("a")], to: folder + "/p.jsonl")
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
    let nothing = try evaluate([record("a")], [record("b")])
    #expect(nothing.status == 1 && nothing.output.isEmpty)
    #expect(nothing.errors.contains("expected faces with a pose and a prediction, found none"))
    let poseless = try evaluate([record("a")], [record("a", yaw: nil)])
    #expect(poseless.status == 1)
    let strict = try evaluate([record("a")], [record("a"), record("b")], ["--strict"])
    #expect(strict.status == 1 && strict.output.isEmpty)
  }
}

@Suite("evaluate --protocol wider")
struct EvaluateWiderTests {
  private let truth = [
    record("e/a", yaw: nil, levels: (true, true, true)),
    record("e/b", yaw: nil, levels: (false, true, true)),
  ]

  @Test("records and a folder of texts give the same")
  func forms() throws {
    let records = try evaluate(
      [
        record("e/a", yaw: nil, score: 0.9),
        record("e/b", yaw: nil, box: [90, 90, 99, 99], score: 0.5),
      ], truth, ["--format", "json"], method: "wider")
    #expect(records.status == 0, "\(records.errors)")
    try withTemporaryDirectory { folder in
      try write(truth, to: folder + "/truth.jsonl")
      try TestSupport.write("a.jpg\n1\n10 10 40 50 0.9\n", to: folder + "/p/e/a.txt")
      try TestSupport.write("b\n1\n90 90 9 9 0.5\n", to: folder + "/p/e/b.txt")
      let texts = try Program.run(
        [
          "evaluate", "p", "--truth", "truth.jsonl", "--protocol", "wider", "--format", "json",
        ], in: folder)
      #expect(texts.status == 0, "\(texts.errors)")
      for (level, expected) in [("easy", 1.0), ("medium", 0.5), ("hard", 0.5)] {
        for variant in ["published", "correct"] {
          #expect(try metric("ap_\(level)", variant, in: records) == expected)
          #expect(try metric("ap_\(level)", variant, in: texts) == expected)
        }
      }
    }
  }

  @Test("missing, strange and broken files are findings")
  func findings() throws {
    try withTemporaryDirectory { folder in
      try write(truth, to: folder + "/truth.jsonl")
      try TestSupport.write("c.jpg\n2\n10 10 40 50 0.9\n1 2\n", to: folder + "/p/e/a.txt")
      try TestSupport.write("", to: folder + "/p/e/stranger.txt")
      let outcome = try Program.run(
        ["evaluate", "p", "--truth", "truth.jsonl", "--protocol", "wider"], in: folder)
      #expect(outcome.status == 2)
      for text in [
        "e/a.txt:4: expected x y w h score, found '1 2'",
        "e/a.txt:1: expected the name 'a', found 'c.jpg'; the file's own name counts",
        "truth.jsonl:2: prediction of 'e/b.jpg': expected a file, found none",
        "e/stranger.txt: expected an image of the truth, found none of this event and name",
      ] {
        #expect(outcome.errors.contains(text))
      }
    }
  }

  @Test("truth without levels, and predictions of other images, stop the run")
  func stops() throws {
    let levels = try evaluate(
      [record("a", score: 1)], [record("a")], method: "wider")
    #expect(levels.status == 1)
    #expect(levels.errors.contains("expected faces of the levels easy, medium or hard"))
    let others = try evaluate([record("x", score: 1)], truth, method: "wider")
    #expect(others.status == 1)
    #expect(others.errors.contains("expected predictions of the truth's 2 images, found none"))
  }

  @Test("a detection without a score cannot be ranked")
  func score() throws {
    let outcome = try evaluate(
      [record("e/a", score: nil), record("e/b", score: 1)], truth, method: "wider")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("face 1: expected attributes.score, found none"))
  }
}
