import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("evaluate --protocol wider")
struct EvaluateWiderTests {
  private let truth = [
    evaluationRecord("e/a", yaw: nil, levels: (true, true, true)),
    evaluationRecord("e/b", yaw: nil, levels: (false, true, true)),
  ]

  @Test("records and a folder of texts give the same")
  func forms() throws {
    let records = try evaluate(
      [
        evaluationRecord("e/a", yaw: nil, score: 0.9),
        evaluationRecord("e/b", yaw: nil, box: [90, 90, 99, 99], score: 0.5),
      ], truth, ["--format", "json"], method: "wider")
    #expect(records.status == 0, "\(records.errors)")
    try withTemporaryDirectory { folder in
      try writeRecords(truth, to: folder + "/truth.jsonl")
      try write("a.jpg\n1\n10 10 40 50 0.9\n", to: folder + "/p/e/a.txt")
      try write("b\n1\n90 90 9 9 0.5\n", to: folder + "/p/e/b.txt")
      let texts = try Program.run(
        [
          "evaluate", "p", "--truth", "truth.jsonl", "--protocol", "wider", "--format", "json",
        ], in: folder)
      #expect(texts.status == 0, "\(texts.errors)")
      for (level, expected) in [("easy", 1.0), ("medium", 0.5), ("hard", 0.5)] {
        for variant in ["published", "correct"] {
          #expect(try evaluatedMetric("ap_\(level)", variant, in: records) == expected)
          #expect(try evaluatedMetric("ap_\(level)", variant, in: texts) == expected)
        }
      }
    }
  }

  @Test("missing, strange and broken files are findings")
  func findings() throws {
    try withTemporaryDirectory { folder in
      try writeRecords(truth, to: folder + "/truth.jsonl")
      try write("c.jpg\n2\n10 10 40 50 0.9\n1 2\n", to: folder + "/p/e/a.txt")
      try write("", to: folder + "/p/e/stranger.txt")
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
      [evaluationRecord("a", score: 1)], [evaluationRecord("a")], method: "wider")
    #expect(levels.status == 65)
    #expect(levels.errors.contains("expected faces of the levels easy, medium or hard"))
    let others = try evaluate([evaluationRecord("x", score: 1)], truth, method: "wider")
    #expect(others.status == 65)
    #expect(others.errors.contains("expected predictions of the truth's 2 images, found none"))
  }

  @Test("a detection without a score cannot be ranked")
  func score() throws {
    let outcome = try evaluate(
      [evaluationRecord("e/a", score: nil), evaluationRecord("e/b", score: 1)], truth,
      method: "wider")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("face 1: expected attributes.score, found none"))
  }
}
