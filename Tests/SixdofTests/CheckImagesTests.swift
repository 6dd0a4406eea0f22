import Codecs
import Foundation
import TestSupport
import Testing

@Suite("check: images, splits and LMDBs")
struct CheckImagesTests {
  /// The findings of a run as "check: record".
  private func check(
    _ arguments: [String], in folder: String, exitCode: Int32 = 2
  ) throws -> [String] {
    let findings = "\(folder)/findings.jsonl"
    let run = try Program.run(
      ["check", "--progress", "none", "--fail-on", "warning", "--findings", findings] + arguments,
      in: folder)
    #expect(run.status == exitCode, "\(run.errors)\(run.output)")
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: findings)), as: UTF8.self)
    return try text.split(separator: "\n").compactMap { line in
      let finding = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      guard finding["severity"] as? String != "note" else { return nil }
      return "\(finding["check"] as? String ?? ""): \(finding["record"] as? String ?? "")"
    }
  }

  @Test(
    "a clean synthetic set, its LMDB and their decoded images give nothing",
    arguments: ["300w-lp", "aflw2000", "arkitface", "biwi"])
  func clean(dataset: String) throws {
    try withTemporaryDirectory { folder in
      let made = try Program.run(
        ["synth", dataset, "--count", "8", "--output", "\(folder)/set", "--progress", "none"])
      #expect(made.status == 0, "\(made.errors)")
      #expect(
        try check([dataset, "--input", "set", "--decode"], in: folder, exitCode: 0).isEmpty)
      // img2pose's layout takes poses alone, and BIWI's have no landmarks to make them of.
      guard dataset != "biwi" else { return }
      let built = try Program.run(
        ["build", dataset, "--input", "set", "--output", "train", "--progress", "none"],
        in: folder)
      #expect(built.status == 0, "\(built.errors)")
      #expect(try check(["train.lmdb", "--decode"], in: folder, exitCode: 0).isEmpty)
    }
  }

  @Test("copies are found within a file and across files, whatever the number of threads")
  func duplicates() throws {
    try SyntheticSet.with(count: 6, options: ["--size", "320x240", "--noise", "40"]) { set in
      func record(_ id: String, _ path: String) -> String {
        #"{"schema":"sixdof.image/1","id":"\#(id)","source":{"dataset":"photos"},"image":{"path":"\#(path)"},"faces":[]}"#
          + "\n"
      }
      let paths = try FileManager.default.subpathsOfDirectory(atPath: set.images)
        .filter { $0.hasSuffix(".jpg") }.sorted()
      let first = try [UInt8](set.bytes("images/\(paths[0])"))
      let image = try first.withUnsafeBytes { try PixelImage(decoding: $0) }
      try Data(image.png()).write(to: URL(fileURLWithPath: "\(set.images)/copy.png"))
      try write(record("a", paths[0]) + record("b", paths[1]), to: "\(set.folder)/train.jsonl")
      try write(record("c", "copy.png") + record("d", paths[2]), to: "\(set.folder)/val.jsonl")
      for jobs in ["1", "3"] {
        let found = try check(
          ["train.jsonl", "val.jsonl", "--images", "images", "--decode", "--jobs", jobs],
          in: set.folder)
        #expect(found == ["duplicate-across-splits: c"])
      }
      try write(record("a", paths[0]) + record("c", "copy.png"), to: "\(set.folder)/train.jsonl")
      #expect(
        try check(["train.jsonl", "--images", "images", "--decode"], in: set.folder)
          == ["duplicate-image: c"])
      // Without pixels nothing is known of them.
      #expect(
        try check(["train.jsonl", "--images", "images"], in: set.folder, exitCode: 0).isEmpty)
    }
  }

  @Test("a person in two files is found without images")
  func persons() throws {
    try withTemporaryDirectory { folder in
      func record(_ id: String, _ person: String) -> String {
        #"{"schema":"sixdof.image/1","id":"\#(id)","source":{"dataset":"photos"},"image":{"path":"\#(id).jpg"},"faces":[{"bbox_xyxy":[1,2,30,40],"attributes":{"subject_id":"\#(person)"}}]}"#
          + "\n"
      }
      try write(record("a", "F01") + record("b", "F02"), to: "\(folder)/train.jsonl")
      try write(record("c", "F02") + record("d", "F03"), to: "\(folder)/val.jsonl")
      #expect(
        try check(["train.jsonl", "val.jsonl"], in: folder) == ["subject-in-two-splits: c"])
      #expect(try check(["train.jsonl"], in: folder, exitCode: 0).isEmpty)
    }
  }

  @Test("an LMDB that was changed or cut short is told")
  func shard() throws {
    try SyntheticSet.with(count: 8) { set in
      #expect(try set.build("train").status == 0)
      var mean = try [UInt8](set.bytes("train_pose_mean.npy"))
      mean[mean.count - 2] ^= 1
      try Data(mean).write(to: URL(fileURLWithPath: "\(set.folder)/train_pose_mean.npy"))
      #expect(try check(["train.lmdb"], in: set.folder) == ["shard-statistics: "])
      let bytes = try set.bytes("train.lmdb")
      try bytes.prefix(bytes.count / 2)
        .write(to: URL(fileURLWithPath: "\(set.folder)/train.lmdb"))
      let run = try Program.run(["check", "train.lmdb"], in: set.folder)
      #expect(run.status == 65)
      #expect(
        run.errors
          == "error: train.lmdb: expected at least \(bytes.count) bytes, found \(bytes.count / 2); the file is truncated\n"
      )
    }
  }

  @Test("what decoding needs is asked for")
  func usage() throws {
    let images = try Program.run(["check", "a.jsonl", "--decode"])
    #expect(images.status == 64)
    #expect(images.errors.contains("'--decode' needs images: name their folder by '--images'."))
    let distance = try Program.run(["check", "a.lmdb", "--duplicate-distance", "16"])
    #expect(distance.errors.contains("'--duplicate-distance' must be from 0 to 15, not 16."))
    let mixed = try Program.run(["check", "a.jsonl", "biwi"])
    #expect(mixed.status == 64)
  }
}
