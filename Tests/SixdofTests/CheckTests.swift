import ArgumentParser
import Datasets
import Foundation
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("check on the command line")
struct CheckTests {
  @Test(
    "what makes no sense is refused before any work",
    arguments: [
      ([], "'check' needs records, an LMDB or a dataset, or '--list-checks'."),
      (
        ["faces.txt"],
        "'faces.txt' is no .jsonl, no .lmdb and no dataset ('sixdof formats' lists them); name a dataset and give its folder by '--input'."
      ),
      (["a.lmdb", "--images", "i"], "'--images' is for records; an LMDB has its images in it."),
      (
        ["a.jsonl", "--input", "i"],
        "'--annotations' and '--input' are for a dataset, which the argument names."
      ),
      (["biwi"], "'biwi' needs '--input', the folder, zip or tar that it is in."),
      (
        ["a.jsonl", "--only", "duplicate-bo"],
        "'--only': there is no check 'duplicate-bo'; did you mean 'duplicate-box'?. '--list-checks' names all."
      ),
      (["a.jsonl", "--fix", "a.jsonl"], "'--fix' needs another file than the input."),
      (["-", "--fix", "a.jsonl"], "'--fix' mends one file of records; convert others first."),
    ])
  func refusals(arguments: [String], message: String) {
    let error = #expect(throws: (any Error).self) { try CheckCommand.parse(arguments) }
    #expect(error.map { CheckCommand.message(for: $0) } == message)
  }

  @Test(
    "a clean synthetic dataset has no finding above a note, as distributed and as records",
    arguments: DatasetDescription.all.filter { $0.synthesise != nil }.map(\.name))
  func cleanSets(dataset: String) throws {
    try withTemporaryDirectory { folder in
      let made = try Program.run([
        "synth", dataset, "--count", "30", "--output", folder + "/set", "--progress",
        "none",
      ])
      #expect(made.status == 0)
      let place =
        dataset == DatasetName.widerFace
        ? [
          "--annotations", folder + "/set/retinaface/train/label.txt", "--images",
          folder + "/set/images",
        ]
        : ["--input", folder + (dataset == DatasetName.arkitFace ? "/set/trg" : "/set")]
      let run = try Program.run(["check", dataset, "--progress", "none"] + place)
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(run.output.contains(" 0 errors, 0 warnings, "))
      let records = folder + "/records.jsonl"
      _ = try Program.run(["convert", dataset, "--output", records] + place)
      _ = try Program.run(["label", records, "--output", folder + "/labelled.jsonl"])
      let labelled = try Program.run(["check", folder + "/labelled.jsonl"])
      #expect(labelled.status == 0, "\(labelled.output)\(labelled.errors)")
    }
  }

  /// Records of BIWI's form with a repeated face in the third and a record that is none in the fifth.
  private func withFaults(_ body: (RecordFiles) throws -> Void) throws {
    try RecordFiles.with(count: 12) { files in
      var lines = try files.lines("records.jsonl")
      let face = try #require(lines[2].firstMatch(of: #/"faces":\[(.*)\]\}/#)).output.1
      lines[2] = lines[2].replacing("\"faces\":[", with: "\"faces\":[\(face),")
      lines[4] = "{\"schema\":7}"
      try files.write(lines, to: "faulty.jsonl")
      try body(files)
    }
  }

  @Test("findings are told by severity with their places, and end with 2")
  func text() throws {
    try withFaults { files in
      let run = try files.run(["check", "faulty.jsonl"])
      #expect(run.status == 2)
      #expect(
        run.output == """
          error  malformed-record  1  record that cannot be read
            faulty.jsonl:5: record.schema: expected text, found a number
          warning  duplicate-box  1  face annotated twice
            faulty.jsonl:3: face 2, box: expected one of its own, found an overlap of 1 with face 1
          checked 10 images, 11 faces: 1 error, 1 warning, 0 notes

          """)
      let piped = try files.run(["check", "-"], input: try files.text("faulty.jsonl"))
      #expect(piped.status == 2)
    }
  }

  @Test("--only, --ignore and --fail-on decide what counts")
  func selection() throws {
    try withFaults { files in
      let cases: [(options: [String], status: Int32)] = [
        (["--ignore", "malformed-record,duplicate-box"], 0),
        (["--only", "duplicate-box", "--fail-on", "warning"], 2),
        (["--only", "duplicate-box"], 0),
        (["--only", "duplicate-box", "--fail-on", "error"], 0),
        (["--ignore", "duplicate-box", "--fail-on", "error"], 2), (["--strict"], 65),
      ]
      for (options, status) in cases {
        let run = try files.run(["check", "faulty.jsonl"] + options)
        #expect(run.status == status, "\(options)")
      }
    }
  }

  @Test("JSON, SARIF and lines of findings agree, for any number of jobs")
  func machineForms() throws {
    try withFaults { files in
      var outputs: [String] = []
      for jobs in ["1", "3"] {
        let run = try files.run([
          "check", "faulty.jsonl", "--format", "json", "--findings", "f.jsonl", "--jobs", jobs,
        ])
        outputs.append(run.output + (try files.text("f.jsonl")))
        let json = try JSONParser.value(of: run.output)
        #expect(json["schema"]?.text == "sixdof.check/1")
        let lines = try files.records("f.jsonl")
        #expect(json["findings"]?.elements == lines)
        #expect(json["counts"]?["errors"] == .integer(1))
        #expect(json["checks"]?.elements?.count == 2)
      }
      #expect(outputs[0] == outputs[1])
      let run = try files.run(["check", "faulty.jsonl", "--format", "sarif", "-o", "s.sarif"])
      #expect(run.status == 2 && run.output.isEmpty)
      let sarif = try JSONParser.value(of: try files.text("s.sarif"))
      #expect(sarif["version"]?.text == "2.1.0")
      let only = try #require(sarif["runs"]?.elements?.first)
      let rules = try #require(only["tool"]?["driver"]?["rules"]?.elements)
      let results = try #require(only["results"]?.elements)
      #expect(results.map { $0["level"]?.text } == ["warning", "error"])
      for result in results {
        guard case .integer(let index)? = result["ruleIndex"] else {
          Issue.record("a result without a rule")
          continue
        }
        #expect(rules[index]["id"] == result["ruleId"])
      }
      let place = results[0]["locations"]?.elements?.first?["physicalLocation"]
      #expect(place?["artifactLocation"]?["uri"]?.text == "faulty.jsonl")
      #expect(place?["region"]?["startLine"] == .integer(3))
      #expect(!FileManager.default.fileExists(atPath: files.folder + "/s.sarif.partial"))
    }
  }

  @Test("what --accept writes is accepted from then on, and said once it accepts nothing")
  func acceptance() throws {
    try withFaults { files in
      let first = try files.run([
        "check", "faulty.jsonl", "--fail-on", "warning", "--accept", ".sixdof-check.json",
      ])
      #expect(first.status == 2)
      let accepted = try files.run(["check", "faulty.jsonl", "--fail-on", "warning"])
      #expect(accepted.status == 0, "\(accepted.output)\(accepted.errors)")
      #expect(accepted.output.hasSuffix("0 errors, 0 warnings, 0 notes; 2 accepted\n"))
      let clean = try files.run(["check", "records.jsonl"])
      #expect(
        clean.errors.contains(
          "settings: accept entry 1, 'duplicate-box': expected a finding, found none"))
      try files.write([#"{"ignore": ["nothing"]}"#], to: "other.json")
      let wrong = try files.run(["check", "records.jsonl", "--config", "other.json"])
      #expect(wrong.status == 65)
      #expect(wrong.errors.contains("other.json: ignore: expected a check's id, found 'nothing'"))
    }
  }

  @Test("--fix writes what is mended, copies the rest byte for byte, and names each change")
  func fixing() throws {
    try withFaults { files in
      let run = try files.run(["check", "faulty.jsonl", "--fix", "mended.jsonl"])
      #expect(run.status == 2)
      #expect(
        run.errors
          == "wrote     mended.jsonl: 1 change in 1 record, named in mended.fixes.jsonl\n")
      let (before, after) = (try files.lines("faulty.jsonl"), try files.lines("mended.jsonl"))
      #expect(after.count == before.count)
      for i in before.indices where i != 2 { #expect(after[i] == before[i]) }
      let clean = try files.lines("records.jsonl")
      #expect(after[2] == clean[2])
      let changes = try files.records("mended.fixes.jsonl")
      #expect(changes.map { $0["check"]?.text } == ["duplicate-box"])
      let again = try files.run(["check", "mended.jsonl", "--only", "duplicate-box"])
      #expect(again.status == 0)
    }
  }

  @Test("an LMDB is checked with its images")
  func shard() throws {
    try SyntheticSet.with { set in
      let built = try set.build("train")
      #expect(built.status == 0)
      let run = try Program.run(["check", set.folder + "/train.lmdb", "--progress", "none"])
      #expect(run.status == 0, "\(run.output)\(run.errors)")
    }
  }

  @Test("a missing image is an error, and its record is looked at all the same")
  func missingImage() throws {
    try RecordFiles.with(count: 12) { files in
      let run = try files.run(["check", "records.jsonl", "--images", "set/hpdb/01"])
      #expect(run.status == 2)
      #expect(run.output.contains("error  missing-image  "))
      #expect(run.output.contains(", 11 faces: "))
    }
  }
}

@Suite("check of the real samples", .enabled(if: sharedData != nil, "needs ../shared/data"))
struct RealCheckTests {
  @Test("WIDER FACE val has four images without faces, seven degenerate boxes, 585 invalid faces")
  func wider() throws {
    let path = try #require(sharedData) + "/wider_face/annotations/wider_face_val.mat"
    let run = try Program.run([
      "check", "wider-face", "--annotations", path, "--format", "json", "--fail-on", "warning",
      "--progress", "none",
    ])
    #expect(run.status == 2)
    let checks = try #require(try JSONParser.value(of: run.output)["checks"]?.elements)
    let counts = checks.map { "\($0["id"]?.text ?? "") \($0["count"]?.number ?? 0)" }
    #expect(
      counts == [
        "degenerate-box 7.0", "duplicate-box 6.0", "image-without-faces 4.0", "invalid-face 585.0",
      ])
  }

  @Test(
    "in 300W-LP and AFLW2000-3D nothing is found but what the samples leave out",
    arguments: [("300w_lp", true), ("aflw2000", false)])
  func annotated(folder: String, lacksLandmarks: Bool) throws {
    let path = try #require(sharedData) + "/" + folder
    let run = try Program.run([
      "check", folder.replacing("_", with: "-"), "--input", path, "--fail-on", "warning",
      "--progress", "none",
    ])
    #expect(run.status == (lacksLandmarks ? 2 : 0), "\(run.output)")
    let found = run.output.split(separator: "\n").filter { $0.hasPrefix("warning") }
    #expect(found.count == (lacksLandmarks ? 1 : 0))
    #expect(found.allSatisfy { $0.contains("source-missing-folder") })
    #expect(run.output.contains("source-incomplete"))
  }
}
