import Foundation
import Schema
import TestSupport
import Testing

@Suite("Records on several threads")
struct RecordJobsTests {
  /// What a run wrote and said, by name.
  private func outputs(
    _ files: RecordFiles, _ arguments: [String], _ names: [String], jobs: Int
  ) throws -> [String: String] {
    let outcome = try files.run(arguments + ["--jobs", "\(jobs)"])
    var made = ["status": "\(outcome.status)", "said": outcome.errors, "printed": outcome.output]
    for name in names { made[name] = try files.text(name) }
    return made
  }

  /// Writes `labelled.jsonl`, with poses in the image's camera and a line that is no record.
  private func makeLabelled(_ files: RecordFiles) throws {
    let steps = [
      ["synth", "wider-face", "--count", "80", "--size", "320x240", "--output", "wider"],
      [
        "convert", "wider-face", "--annotations", "wider/retinaface/train/label.txt", "--images",
        "wider/images", "--output", "plain.jsonl",
      ],
      ["label", "plain.jsonl", "--output", "good.jsonl"],
    ]
    for step in steps {
      let outcome = try files.run(step)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    try files.write(["{"] + files.lines("good.jsonl"), to: "labelled.jsonl")
  }

  @Test("outputs and words are the same for any number of jobs, with bad lines between records")
  func jobs() throws {
    try RecordFiles.with(count: 150) { files in
      let good = try files.lines("records.jsonl")
      let bad = ["{", "{\"schema\":\"sixdof.image/1\"}", "7"]
      let mixed = good.enumerated().flatMap { i, line in i % 7 == 3 ? [bad[i % 3], line] : [line] }
      try files.write(mixed, to: "mixed.jsonl")
      try files.write(Array(mixed.dropFirst(20).reversed()), to: "others.jsonl")
      try makeLabelled(files)
      let runs: [([String], [String])] = [
        (["sample", "mixed.jsonl", "--count", "30", "--output", "s.jsonl"], ["s.jsonl"]),
        (["merge", "mixed.jsonl", "--output", "m.jsonl"], ["m.jsonl", "m.issues.jsonl"]),
        (
          [
            "merge", "mixed.jsonl", "others.jsonl", "--on-duplicate", "last", "--output", "l.jsonl",
          ], ["l.jsonl"]
        ),
        (
          ["split", "mixed.jsonl", "--ratios", "a=0.5,b=0.5", "--overwrite", "-o", "p"],
          ["p/a.jsonl", "p/b.jsonl", "p/split.json"]
        ),
        (["diff", "mixed.jsonl", "others.jsonl"], []),
        (["diff", "others.jsonl", "mixed.jsonl", "--json"], []),
        (
          ["stats", "labelled.jsonl", "--output", "t"],
          ["t/labelled.stats.json", "t/labelled.stats.svg"]
        ),
      ]
      for (arguments, names) in runs {
        let one = try outputs(files, arguments, names, jobs: 1)
        #expect(try outputs(files, arguments, names, jobs: 3) == one, "\(arguments)")
        #expect(one["status"] == "2", "\(arguments): \(one["said"] ?? "")")
      }
      // Lines that are no records do not move what is drawn.
      let clean = ["sample", "records.jsonl", "--count", "30", "--output", "c.jsonl"]
      #expect(try files.run(clean).status == 0)
      #expect(try files.text("c.jsonl") == files.text("s.jsonl"))
    }
  }
}
