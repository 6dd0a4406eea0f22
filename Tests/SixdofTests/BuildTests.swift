import Codecs
import Foundation
import Schema
import Shards
import TestSupport
import Testing

private let suffixes: Set = [
  ".lmdb", "_pose_mean.npy", "_pose_stddev.npy", ".hashes.npy", ".manifest.json", ".issues.jsonl",
]

/// The path of one number of a manifest.
private func count(_ manifest: String, _ name: String) throws -> Double? {
  try JSONParser.value(of: manifest)["counts"]?[name]?.number
}

@Suite("build, from end to end")
struct BuildTests {
  @Test("writes its six outputs whole and nothing else")
  func outputs() throws {
    try SyntheticSet.with { set in
      let outcome = try set.build("out/train")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.contains("read      12 images"))
      let outputs = try set.outputs("out/train")
      #expect(Set(outputs.keys) == suffixes)
      #expect(outputs["_pose_mean.npy"]?.count == 128 + 48)
      #expect(outputs[".issues.jsonl"]?.isEmpty == true)
      let shard = try ShardReader(path: "\(set.folder)/out/train.lmdb")
      #expect(shard.layout == .img2pose)
      #expect(shard.count > 5)
      let manifest = try set.text("out/train.manifest.json")
      #expect(try count(manifest, "samples") == Double(shard.count))
      #expect(try count(manifest, "images_read") == 12)
    }
  }

  @Test("the number of threads changes no byte", arguments: [2, 3, 8])
  func jobs(jobs: Int) throws {
    try SyntheticSet.with(count: 40) { set in
      try set.editLabel { $0[1] = "1 2 3" }
      let options = ["--records", "--checksum"]
      #expect(try set.build("one/train", options + ["--jobs", "1"]).status == 2)
      #expect(try set.build("more/train", options + ["--jobs", "\(jobs)"]).status == 2)
      let one = try set.outputs("one/train")
      #expect(one.count == 7)
      #expect(one == (try set.outputs("more/train")))
    }
  }

  @Test("an output is replaced by that of a later run")
  func replacesOutput() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("train").status == 0)
      let first = try set.outputs("train")
      try set.editLabel { $0.removeLast($0.count / 2) }
      let refused = try set.build("train")
      #expect(refused.status == 64)
      #expect(
        refused.errors.hasSuffix(
          "train.lmdb: expected no such file, found one; name another output, or give --overwrite\n"
        ))
      #expect(try set.outputs("train") == first)
      #expect(try set.build("train", ["--overwrite"]).status == 0)
      #expect(try set.outputs("train") != first)
      #expect(try Set(set.outputs("train").keys) == suffixes)
    }
  }

  @Test(
    "images in a zip or tar give the same bytes as in a folder",
    .enabled(if: hasProgram("/usr/bin/zip") && hasProgram("/usr/bin/tar"), "needs zip and tar"))
  func archives() throws {
    try SyntheticSet.with { set in
      try Program.system("/usr/bin/zip", ["-q", "-r", "images.zip", "images"], in: set.folder)
      try Program.system(
        "/usr/bin/tar", ["-cf", "images.tar", "-C", "images", "."], in: set.folder)
      #expect(try set.build("folder/train").status == 0)
      let expected = try set.outputs("folder/train")
      for archive in ["images.zip", "images.tar"] {
        let options = ["--images", "\(set.folder)/\(archive)"]
        let outcome = try set.build("\(archive)-out/train", options)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try set.outputs("\(archive)-out/train") == expected)
      }
      let whole = try Data(contentsOf: URL(fileURLWithPath: set.folder + "/images.zip"))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: set.folder + "/half.zip"))
      let half = try set.build("half/train", ["--images", "\(set.folder)/half.zip"])
      #expect(half.status == 65)
      #expect(half.errors.contains("half.zip: expected"))
      #expect(half.errors.contains("the download broke off"))
    }
  }

  @Test("--records writes the labelled records too")
  func records() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("train", ["--records"]).status == 0)
      var lines = RecordLines(file: try MappedFile(path: "\(set.folder)/train.jsonl"))
      var (images, poses) = (0, 0)
      while let outcome = lines.next() {
        let record = try #require(outcome.record)
        images += 1
        poses += record.faces.count { $0.pose?.provenance == .pnp }
      }
      #expect(images == 12)
      #expect(poses > 5)
      #expect(
        try count(set.text("train.manifest.json"), "faces_with_pose") == Double(poses))
    }
  }

  @Test("--shards spreads all samples over whole files")
  func shards() throws {
    try SyntheticSet.with(count: 20) { set in
      #expect(try set.build("one").status == 0)
      #expect(try set.build("three", ["--shards", "3"]).status == 0)
      let outputs = try set.outputs("three")
      let shards = outputs.keys.filter { $0.hasSuffix(".lmdb") }.sorted()
      #expect(
        shards == [
          "-00000-of-00003.lmdb", "-00001-of-00003.lmdb", "-00002-of-00003.lmdb",
        ])
      let counts = try shards.map { try ShardReader(path: "\(set.folder)/three\($0)").count }
      #expect(counts.reduce(0, +) == (try ShardReader(path: "\(set.folder)/one.lmdb").count))
      #expect(counts.allSatisfy { $0 > 0 })
      let manifest = try JSONParser.value(of: set.text("three.manifest.json"))
      #expect(
        manifest["shards"]?.elements?.map { $0["samples"]?.number } == counts.map { Double($0) })
      #expect(outputs["_pose_mean.npy"] == (try set.output("one", "_pose_mean.npy")))
    }
  }

  @Test("--layout records keeps every image, with or without a face")
  func recordsLayout() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("train", ["--layout", "records"]).status == 0)
      let shard = try ShardReader(path: "\(set.folder)/train.lmdb")
      #expect(shard.layout == .records)
      #expect(shard.count == 12)
    }
  }

  @Test("--dry-run says what would be written and writes nothing")
  func dryRun() throws {
    try SyntheticSet.with { set in
      let outcome = try set.build("train", ["--dry-run"])
      #expect(outcome.status == 0)
      #expect(outcome.errors.contains("would write \(set.folder)/train.lmdb"))
      #expect(outcome.errors.contains("nothing was written"))
      #expect(try set.outputs("train").isEmpty)
    }
  }

  @Test("several annotation files give landmarks and flags to the same faces")
  func mergedAnnotations() throws {
    try SyntheticSet.with { set in
      let text = "\(set.folder)/wider_face_train_bbx_gt.txt"
      let options = ["--annotations", text, set.label, "--records"]
      let outcome = try set.build("train", options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let records = try set.text("train.jsonl")
      #expect(records.contains("\"blur\":") && records.contains("\"landmarks\":"))
    }
  }

  @Test("annotations without landmarks stop the run, which then leaves nothing")
  func withoutLandmarks() throws {
    try SyntheticSet.with { set in
      let text = "\(set.folder)/wider_face_train_bbx_gt.txt"
      let outcome = try set.build("train", ["--annotations", text])
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("error: no face has a pose"))
      #expect(try set.outputs("train").isEmpty)
    }
  }

  @Test(
    "missing input stops the run with the path in the message",
    arguments: ["--images", "--annotations"])
  func missingInput(option: String) throws {
    try SyntheticSet.with(count: 1) { set in
      let outcome = try set.build("train", [option, "\(set.folder)/none"])
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("\(set.folder)/none"))
      #expect(try set.outputs("train").isEmpty)
    }
  }
}
