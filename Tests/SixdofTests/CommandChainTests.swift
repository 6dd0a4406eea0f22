import Foundation
import Schema
import TestSupport
import Testing

@Suite("convert, label, pack and stats")
struct CommandChainTests {
  /// Runs one command in the folder of `set`, without progress.
  private func run(
    _ set: SyntheticSet, _ arguments: [String], input: String? = nil
  ) throws -> Program.Outcome {
    try Program.run(arguments + ["--progress", "none"], input: input, in: set.folder)
  }

  @Test(
    "one after the other they give the same LMDB and statistics as build",
    arguments: ["img2pose", "records"])
  func sameAsBuild(layout: String) throws {
    try SyntheticSet.with { set in
      let layout = ["--layout", layout]
      #expect(try set.build("built/train", layout).status == 0)
      let convert = [
        "convert", "wider-face", "--annotations", set.label, "--images", "images", "--output",
        "records.jsonl",
      ]
      #expect(try run(set, convert).status == 0)
      #expect(try run(set, ["label", "records.jsonl", "--output", "labelled.jsonl"]).status == 0)
      let pack = ["pack", "labelled.jsonl", "--images", "images", "--output", "packed/train.lmdb"]
      #expect(try run(set, pack + layout).status == 0)
      let built = try set.outputs("built/train")
      let packed = try set.outputs("packed/train")
      #expect(Set(built.keys) == Set(packed.keys))
      for suffix in [".lmdb", "_pose_mean.npy", "_pose_stddev.npy"] {
        #expect(built[suffix] == packed[suffix], "\(suffix)")
      }
      #expect(try run(set, ["stats", "labelled.jsonl", "--output", "stats"]).status == 0)
      let stats = try set.outputs("stats/labelled")
      #expect(
        Set(stats.keys) == ["_pose_mean.npy", "_pose_stddev.npy", ".stats.json", ".stats.svg"])
      #expect(stats["_pose_mean.npy"] == built["_pose_mean.npy"])
      #expect(stats["_pose_stddev.npy"] == built["_pose_stddev.npy"])
    }
  }

  @Test("label reads '-' as standard input and writes '-' as standard output")
  func standardStreams() throws {
    try SyntheticSet.with(count: 6) { set in
      let convert = [
        "convert", "wider-face", "--annotations", set.label, "--images", "images", "--output",
      ]
      let converted = try run(set, convert + ["-"])
      #expect(converted.status == 0)
      #expect(try run(set, convert + ["records.jsonl"]).status == 0)
      #expect(converted.output == (try set.text("records.jsonl")))
      let labelled = try run(set, ["label", "-", "--output", "-"], input: converted.output)
      #expect(labelled.status == 0, "\(labelled.errors)")
      #expect(try run(set, ["label", "records.jsonl", "--output", "labelled.jsonl"]).status == 0)
      #expect(labelled.output == (try set.text("labelled.jsonl")))
      #expect(labelled.output.contains("\"provenance\":\"pnp\""))
    }
  }

  @Test("convert without images leaves size and camera open, and label then stops and says so")
  func withoutImages() throws {
    try SyntheticSet.with(count: 3) { set in
      let convert = [
        "convert", "wider-face", "--annotations", set.label, "--output", "records.jsonl",
      ]
      #expect(try run(set, convert).status == 0)
      #expect(try set.text("records.jsonl").contains("\"camera\":null"))
      let outcome = try run(set, ["label", "records.jsonl", "--output", "labelled.jsonl"])
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("convert with --images"))
      #expect(try set.outputs("labelled").isEmpty)
    }
  }

  @Test("a broken line of records is one located error, and the others go on")
  func brokenRecord() throws {
    try SyntheticSet.with(count: 4) { set in
      let convert = [
        "convert", "wider-face", "--annotations", set.label, "--images", "images", "--output", "-",
      ]
      var lines = try run(set, convert).output.components(separatedBy: "\n")
      lines[1] = "{\"schema\":"
      try write(lines.joined(separator: "\n"), to: "\(set.folder)/records.jsonl")
      let outcome = try run(set, ["label", "records.jsonl", "--output", "labelled.jsonl"])
      #expect(outcome.status == 2)
      #expect(try set.text("labelled.jsonl").split(separator: "\n").count == 3)
      let issues = try set.text("labelled.issues.jsonl").split(separator: "\n")
      #expect(issues.count == 1)
      let issue = try JSONParser.value(of: String(try #require(issues.first)))
      #expect(issue["code"]?.text == "malformed-record")
      #expect(issue["file"]?.text == "records.jsonl")
      #expect(issue["line"]?.number == 2)
    }
  }

  @Test("synth makes images of the smallest size it accepts")
  func smallestImages() throws {
    try withTemporaryDirectory { folder in
      let arguments = ["synth", "wider-face", "--count", "3", "--size", "64x64", "--output", "set"]
      let outcome = try Program.run(arguments + ["--progress", "none"], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  @Test("synth gives the same bytes for any number of threads")
  func synthIsReproducible() throws {
    try withTemporaryDirectory { folder in
      for jobs in ["1", "3"] {
        let outcome = try Program.run(
          [
            "synth", "wider-face", "--count", "6", "--size", "96x64", "--output", jobs, "--jobs",
            jobs, "--progress", "none",
          ], in: folder)
        #expect(outcome.status == 0)
      }
      try Program.system("/usr/bin/diff", ["-r", "1", "3"], in: folder)
    }
  }

  @Test("inspect says what a file is, and prints a sample")
  func inspect() throws {
    try SyntheticSet.with(count: 3) { set in
      #expect(try set.build("train").status == 0)
      let whole = try Program.run(["inspect", "train.lmdb"], in: set.folder)
      #expect(whole.output.hasPrefix("train.lmdb: shard of layout img2pose, "))
      let sample = try Program.run(
        ["inspect", "train.lmdb", "--index", "0", "--overlay", "face.png"], in: set.folder)
      #expect(sample.status == 0, "\(sample.errors)")
      let json = try JSONParser.value(of: sample.output)
      #expect(json["global_poses"]?.elements?.isEmpty == false)
      #expect(try set.bytes("face.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
      let beyond = try Program.run(["inspect", "train.lmdb", "--index", "99"], in: set.folder)
      #expect(beyond.status == 65)
      #expect(beyond.errors.contains("found 99"))
      let label = try Program.run(["inspect", set.label], in: set.folder)
      #expect(label.output.contains("RetinaFace label.txt, 3 images"))
    }
  }
}
