import Foundation
import Schema
import TestSupport
import Testing

extension SyntheticSet {
  func verify(_ names: String..., options: [String] = []) throws -> Program.Outcome {
    let paths = names.map { "\(folder)/\($0)" }
    return try Program.run(["verify"] + paths + ["--progress", "none"] + options)
  }

  /// Verifies outputs of which nothing may be said.
  func expectWhole(
    _ name: String, proves: [String] = [], _ place: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try verify(name)
    #expect(outcome.status == 0, "\(outcome.errors)", sourceLocation: place)
    #expect(
      outcome.output.hasPrefix("\(folder)/\(name): whole\n"), "\(outcome.output)",
      sourceLocation: place)
    for words in proves {
      #expect(outcome.output.contains(words), "\(outcome.output)", sourceLocation: place)
    }
  }
}

@Suite("verify, on whole outputs")
struct VerifyTests {
  @Test(
    "is silent and says what is proved",
    arguments: [
      [], ["--checksum"], ["--shards", "3"], ["--shards", "3", "--checksum", "--records"],
      ["--layout", "records"], ["--layout", "records", "--shards", "2", "--checksum"],
      ["--profile", "img2pose"], ["--rotation-rule", "markley"], ["--landmarks", "reprojected"],
      ["--layout", "records", "--profile", "img2pose"],
      ["--layout", "records", "--landmarks", "reprojected"],
    ])
  func whole(options: [String]) throws {
    try SyntheticSet.with(count: 20) { set in
      try set.editLabel { $0[1] = "1 2 3" }
      #expect(try set.build("out/train", options).status == 2)
      try set.expectWhole(
        "out/train",
        proves: [
          "every byte of each as written", "counts equal those of the manifest: 20 images",
          "local poses, to the last bit", "none foreign",
          options.contains("--checksum") ? "by SHA-256" : "--checksum stores a SHA-256 of all",
        ])
      if options.contains("--checksum") {
        #expect(try !set.verify("out/train").output.contains("not proved"))
      }
    }
  }

  @Test("takes what pack writes, and outputs that took the place of others")
  func packed() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("train", ["--records", "--shards", "2"]).status == 0)
      let pack = [
        "pack", "\(set.folder)/train.jsonl", "--images", set.images, "--progress", "none",
      ]
      #expect(try Program.run(pack + ["--output", "\(set.folder)/packed.lmdb"]).status == 0)
      try set.expectWhole("packed")
      #expect(try set.build("train", ["--overwrite"]).status == 0)
      try set.expectWhole("train")
      #expect(try set.build("train", ["--overwrite", "--layout", "records"]).status == 0)
      try set.expectWhole("train")
    }
  }

  @Test("an output is named by any of its files, and looked at once")
  func names() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("a", ["--shards", "2"]).status == 0)
      #expect(try set.build("b").status == 0)
      let names = ["-00001-of-00002.lmdb", ".manifest.json", ".hashes.npy", "_pose_mean.npy"]
      for name in names.map({ "a" + $0 }) {
        let outcome = try set.verify(name)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("\(set.folder)/a: whole\n"), "\(outcome.output)")
      }
      let both = try set.verify("a", "a-00000-of-00002.lmdb", "b.lmdb")
      #expect(both.status == 0)
      #expect(both.output.components(separatedBy: ": whole\n").count == 3)
    }
  }

  @Test("--json prints one document")
  func json() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("train").status == 0)
      let document = try JSONParser.value(
        of: set.verify("train", options: ["--json"]).output)
      #expect(document["schema"]?.text == "sixdof.verification/1")
      let output = try #require(document["outputs"]?.elements?.first)
      #expect(output["whole"] == .boolean(true))
      #expect(output["samples"]?.number ?? 0 > 5)
      #expect(output["findings"]?.elements?.isEmpty == true)
      #expect(output["proved"]?.elements?.count == 4)
      #expect(output["not_proved"]?.elements?.count == 1)
    }
  }

  @Test("an LMDB without a manifest is held against itself")
  func alone() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("train").status == 0)
      let lmdb = try set.bytes("train.lmdb")
      try write("", to: "\(set.folder)/elsewhere/taken.lmdb")
      try lmdb.write(to: URL(fileURLWithPath: "\(set.folder)/elsewhere/taken.lmdb"))
      let outcome = try set.verify("elsewhere/taken.lmdb")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("taken.lmdb: whole\n"))
      #expect(outcome.output.contains("keys, forms, numbers and poses right; images whole"))
      #expect(!outcome.output.contains("every byte"))
      #expect(outcome.output.contains("not proved  that nothing is missing"))
    }
  }

  @Test("a manifest of the version before, without hashes, is read, and verify says what it lacks")
  func earlierManifest() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("train", ["--records", "--checksum"]).status == 0)
      let text = try set.text("train.manifest.json")
      guard case .object(var members) = try JSONParser.value(of: text) else { return }
      members.removeAll { ["files", "xxh3_128"].contains($0.key) }
      try write(JSONValue.object(members).prettyText, to: "\(set.folder)/train.manifest.json")
      try FileManager.default.removeItem(atPath: "\(set.folder)/train.hashes.npy")
      let outcome = try set.verify("train")
      #expect(outcome.status == 0, "\(outcome.output)")
      #expect(outcome.output.contains("not proved  that samples are as written"))
      #expect(outcome.output.contains("not proved  that the manifest is as written"))
      #expect(outcome.output.contains("1 LMDB by SHA-256"))
      // Another run knows its files all the same.
      #expect(try set.build("train", ["--overwrite"]).status == 0)
      #expect(try set.output("train", ".jsonl") == nil)
    }
  }

  @Test("what is no output ends with 65 and one line")
  func nothing() throws {
    try SyntheticSet.with(count: 1) { set in
      for name in ["none", "none.lmdb", "images", "truth.jsonl"] {
        let outcome = try set.verify(name)
        #expect(outcome.status == 65, "\(name)")
        #expect(
          outcome.errors.contains("expected an output's prefix, an LMDB or a manifest"),
          "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
      }
    }
  }
}
