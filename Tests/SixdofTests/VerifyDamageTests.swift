import Foundation
import Schema
import TestSupport
import Testing

/// One way to damage an output, and what verify has to say of it.
struct OutputDamage: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// "file: what: expected X, found Y", as far as it does not depend on numbers.
  var finding: String
  var damage: @Sendable (SyntheticSet) throws -> Void

  init(
    _ description: String, _ finding: String,
    _ damage: @escaping @Sendable (SyntheticSet) throws -> Void
  ) {
    (testDescription, self.finding, self.damage) = (description, finding, damage)
  }

  static func remove(_ suffix: String) -> OutputDamage {
    OutputDamage(
      "train\(suffix) removed",
      suffix == ".manifest.json"
        ? "train.manifest.json: expected the output's manifest, found none"
        : "train\(suffix): expected the file that the manifest names, found none"
    ) { try FileManager.default.removeItem(atPath: "\($0.folder)/train\(suffix)") }
  }

  static func truncate(_ suffix: String, _ finding: String) -> OutputDamage {
    OutputDamage("train\(suffix) truncated", finding) { set in
      let bytes = try set.bytes("train\(suffix)")
      try bytes.prefix(bytes.count / 2).write(
        to: URL(fileURLWithPath: "\(set.folder)/train\(suffix)"))
    }
  }

  static func copy(_ from: String, to: String, _ finding: String) -> OutputDamage {
    OutputDamage("\(to) is \(from)", finding) { set in
      try set.bytes(from).write(to: URL(fileURLWithPath: "\(set.folder)/\(to)"))
    }
  }

  static func manifest(
    _ description: String, _ old: String, _ new: String, _ finding: String
  ) -> OutputDamage {
    OutputDamage(description, finding) { set in
      let path = "\(set.folder)/train.manifest.json"
      let text = try set.text("train.manifest.json")
      let range = try #require(text.range(of: old, options: .regularExpression))
      try write(text.replacingCharacters(in: range, with: new), to: path)
    }
  }

  static let shards = ["-00000-of-00002.lmdb", "-00001-of-00002.lmdb"]
  static let all: [OutputDamage] = [
    remove(shards[0]), remove(shards[1]), remove("_pose_mean.npy"), remove("_pose_stddev.npy"),
    remove(".hashes.npy"), remove(".issues.jsonl"), remove(".jsonl"), remove(".manifest.json"),
    truncate(shards[1], "train\(shards[1]): expected "),
    truncate("_pose_mean.npy", "train_pose_mean.npy: expected 176 bytes, found 88"),
    truncate(".hashes.npy", "train.hashes.npy: expected "),
    truncate(".jsonl", "train.jsonl: expected "),
    truncate(".manifest.json", "train.manifest.json: expected JSON, found: "),
    OutputDamage(
      "two shards exchanged", "train\(shards[0]): sample 0: value: expected bytes of hash"
    ) { set in
      let paths = shards.map { "\(set.folder)/train\($0)" }
      try FileManager.default.moveItem(atPath: paths[0], toPath: "\(set.folder)/kept")
      try FileManager.default.moveItem(atPath: paths[1], toPath: paths[0])
      try FileManager.default.moveItem(atPath: "\(set.folder)/kept", toPath: paths[1])
    },
    OutputDamage("a shard renamed", "train-00002-of-00003.lmdb: expected no file of this name") {
      set in
      try FileManager.default.moveItem(
        atPath: "\(set.folder)/train\(shards[0])",
        toPath: "\(set.folder)/train-00002-of-00003.lmdb")
    },
    copy(
      "other.lmdb", to: "train\(shards[0])",
      "train\(shards[0]): samples: expected "),
    copy("other.lmdb", to: "train.lmdb", "train.lmdb: expected no file of this name"),
    copy(
      "other_pose_mean.npy", to: "train_pose_mean.npy",
      "train_pose_mean.npy: rx of "),
    copy("other.hashes.npy", to: "train.hashes.npy", "train.hashes.npy: rows: expected "),
    copy(
      "other.manifest.json", to: "train.manifest.json",
      "train.manifest.json: expected files of 'train', found 'other.hashes.npy'"),
    copy("label.txt", to: "train\(shards[1])", "train\(shards[1]): expected "),
    manifest(
      "the manifest's samples", "\"samples\": [0-9]+", "\"samples\": 1",
      "train.manifest.json: xxh3_128: expected "),
    manifest(
      "the manifest's faces", "\"sample_faces\": [0-9]+", "\"sample_faces\": 1",
      "train.manifest.json: counts: sample_faces: expected "),
    manifest(
      "what the manifest says was left out", "\"images-without-a-pose\": [0-9]+",
      "\"images-without-a-pose\": 7", "train.manifest.json: counts: images_used: expected "),
    manifest(
      "the manifest's issues", "\"issues\": \\{\\}",
      "\"issues\": {\"degenerate-box\": {\"severity\": \"warning\", \"count\": 5}}",
      "train.issues.jsonl: lines: expected 5, as many issues as the manifest counts, found 0"),
    manifest(
      "a number that is none", "\"samples\": [0-9]+", "\"samples\": 1e300",
      "train.manifest.json: shards[0]: expected a file's name and whole numbers"),
    manifest(
      "the manifest's seal", "\"xxh3_128\": \"[0-9a-f]+\"\n\\}", "\"xxh3_128\": \"0\"\n}",
      "train.manifest.json: xxh3_128: expected the manifest's own hash as its last member"),
    manifest(
      "a path in the manifest", "\"train_pose_mean.npy\"", "\"../train_pose_mean.npy\"",
      "train.manifest.json: files[0]: expected a file's name"),
  ]
}

@Suite("verify, on damaged outputs")
struct VerifyDamageTests {
  /// A whole output of two shards, and another one beside it; made once.
  private static let contents = Result {
    try SyntheticSet.with(count: 14, options: ["--size", "96x64"]) { set in
      #expect(try set.build("train", ["--shards", "2", "--records"]).status == 0)
      try set.editLabel { $0.removeFirst($0.count / 2) }
      // What is left begins in the middle of an image's faces.
      try set.editLabel { lines in
        lines.removeFirst(lines.firstIndex { $0.hasPrefix("# ") } ?? 0)
      }
      #expect(try set.build("other").status == 0)
      let made =
        try set.outputs("train").map { ("train" + $0, $1) }
        + set.outputs("other").map { ("other" + $0, $1) }
      return made + [("label.txt", try set.bytes("retinaface/train/label.txt"))]
    }
  }

  static func with(_ body: (SyntheticSet) throws -> Void) throws {
    let contents = try contents.get()
    try withTemporaryDirectory { folder in
      for (name, bytes) in contents {
        try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      try body(SyntheticSet(folder: folder))
    }
  }

  @Test("is told with its place, exit code 2", arguments: OutputDamage.all)
  func damaged(damage: OutputDamage) throws {
    try Self.with { set in
      try set.expectWhole("train")
      try damage.damage(set)
      let outcome = try set.verify("train")
      #expect(outcome.status == 2, "\(outcome.errors)")
      #expect(outcome.output.contains("  \(damage.finding)"), "\(outcome.output)")
      #expect(!outcome.output.contains(": whole\n"))
      #expect(outcome.output.contains("finding"))
    }
  }

  @Test("findings of a kind are limited and summed, and --strict stops at the first")
  func limits() throws {
    try Self.with { set in
      var bytes = try set.bytes("train.hashes.npy")
      for i in 128..<bytes.count { bytes[i] ^= 1 }
      try bytes.write(to: URL(fileURLWithPath: "\(set.folder)/train.hashes.npy"))
      let outcome = try set.verify("train", options: ["--examples", "2"])
      #expect(outcome.status == 2)
      let samples = (bytes.count - 128) / 16
      #expect(outcome.output.contains("error  output-sample  \(samples)  "), "\(outcome.output)")
      #expect(outcome.output.contains("  and \(samples - 2) more\n"))
      let json = try JSONParser.value(of: set.verify("train", options: ["--json"]).output)
      let output = try #require(json["outputs"]?.elements?.first)
      #expect(output["whole"] == .boolean(false))
      let check = output["checks"]?.elements?.first { $0["id"]?.text == "output-sample" }
      #expect(check?["count"] == .integer(samples))
      let strict = try set.verify("train", options: ["--strict"])
      #expect(strict.status == 65)
      #expect(strict.errors.contains("stopped at the first issue"))
    }
  }
}
