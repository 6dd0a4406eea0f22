import Foundation
import TestSupport
import Testing

@Suite("training sets by export")
struct TrainingSetTests {
  @Test(
    "an option that the form does not heed, or a number out of range, is refused by name",
    arguments: [
      (
        ["--format", "coco", "--copies", "2"],
        "'--copies' is for 3ddfa and synergynet, not for 'coco'"
      ),
      (
        ["--format", "3ddfa", "--align", "roll"],
        "'--align' is for crops and crops-lmdb, not for '3ddfa'"
      ),
      (["--format", "crops", "--whitening", "v2"], "'--whitening' is for 3ddfa and synergynet"),
      (["--format", "3ddfa", "--copies", "0"], "'--copies' must be from 1 to 1000, not 0"),
      (["--format", "3ddfa", "--val-share", "nan"], "'--val-share' must be from 0 to below 1"),
      (["--format", "3ddfa", "--val-share", "1"], "'--val-share' must be from 0 to below 1"),
      (["--format", "crops", "--size", "7"], "'--size' must be from 8 to 4096, not 7"),
      (["--format", "crops", "--margin", "inf"], "'--margin' must be from 0 to 10"),
      (
        ["--format", "3ddfa", "--whitening", "v1", "--whitening-table", "x"],
        "'--whitening' and '--whitening-table' are two ways"
      ),
    ])
  func options(arguments: [String], message: String) throws {
    let outcome = try Program.run(["export", "r.jsonl", "--output", "out"] + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test(
    "a synthetic set becomes the same training set by one thread and by three; others are refused")
  func whole() throws {
    try withTemporaryDirectory { folder in
      func run(_ words: String...) throws -> Program.Outcome {
        try Program.run(words + ["--progress", "none"], in: folder)
      }
      #expect(try run("synth", "300w-lp", "--count", "6", "--output", "set").status == 0)
      #expect(
        try run(
          "convert", "300w-lp", "--input", "set/300W_LP", "--images", "set/300W_LP", "--output",
          "r.jsonl"
        ).status == 0)
      for jobs in ["1", "3"] {
        let outcome = try run(
          "export", "r.jsonl", "--format", "3ddfa", "--images", "set/300W_LP", "--copies", "3",
          "--jobs", jobs, "--output", "out" + jobs)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      try Program.system("/usr/bin/diff", ["-r", "out1", "out3"], in: folder)
      let crops = try FileManager.default.contentsOfDirectory(
        atPath: folder + "/out1/train_aug_120x120")
      #expect(crops.count == 18)
      let constant = try run(
        "export", "r.jsonl", "--format", "3ddfa", "--images", "set/300W_LP", "--whitening",
        "computed", "--output", "none")
      #expect(constant.status == 65)
      #expect(constant.errors.contains("Shape_Para[0]: expected a deviation above 0"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/none"))
      let tables = try run(
        "synth", "biwi", "--count", "2", "--landmark-tables", "x", "--output", "none")
      #expect(tables.status == 64 && tables.errors.contains("is for 300w-lp, not for 'biwi'"))
    }
  }
}
