import Codecs
import Foundation
import TestSupport
import Testing

/// One input of each kind, made in a folder.
private struct Inputs {
  let folder: String

  static func with(_ body: (Inputs) throws -> Void) throws {
    try SyntheticSet.with(count: 6) { set in
      try body(Inputs(set: set))
    }
  }

  private init(set: SyntheticSet) throws {
    folder = set.folder
    #expect(try set.build("train", ["--records"]).status == 0)
    #expect(try set.build("whole", ["--layout", "records"]).status == 0)
    try FileManager.default.copyItem(atPath: path("train.jsonl"), toPath: path("records.txt"))
    try FileManager.default.createDirectory(
      atPath: path("py"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: path("whole.lmdb"), toPath: path("py/data.mdb"))
    try foreign("pickle.lmdb", [0x80, 4, 0x95, 10, 0, 0, 0, 0, 0, 0, 0, 0x5D, 0x2E])
    try foreign("json.lmdb", Array(#"{"label": 1}"#.utf8))
    try Data().write(to: URL(fileURLWithPath: path("zero.lmdb")))
    try write("{\"images\": [], \"annotations\": [], \"categories\": []}\n", to: path("coco.json"))
    try Data([0xFF, 0xFE, 0x61, 0, 0x0A, 0]).write(to: URL(fileURLWithPath: path("utf16.txt")))
    try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]).write(to: URL(fileURLWithPath: path("r.gz")))
  }

  func path(_ name: String) -> String { folder + "/" + name }

  private func foreign(_ name: String, _ value: [UInt8]) throws {
    let writer = try LMDBWriter(path: path(name), append: true, resume: false)
    _ = try writer.put(
      key: Array("0".utf8), count: value.count, fill: { try $0.write(value, at: 0) },
      isSame: { _ in false })
    try writer.finish()
  }
}

@Suite("Inputs of another kind")
struct WrongInputTests {
  /// A command with `IN` for its input and `OUT` for its output.
  private static let commands: [(name: String, arguments: [String])] = [
    ("label", ["IN", "--output", "OUT.jsonl"]), ("stats", ["IN", "--output", "OUT"]),
    ("split", ["IN", "--output-dir", "OUT"]), ("merge", ["IN", "--output", "OUT.jsonl"]),
    ("sample", ["IN", "--count", "2", "--output", "OUT.jsonl"]), ("diff", ["IN", "IN"]),
    ("export", ["IN", "--format", "coco", "--output", "OUT"]),
    ("pack", ["IN", "--images", "IMAGES", "--output", "OUT.lmdb"]), ("check", ["IN"]),
    ("validate", ["IN", "--images", "IMAGES"]),
    ("sheet", ["IN", "--images", "IMAGES", "--output", "OUT.png"]),
    ("evaluate", ["IN", "--truth", "IN", "--protocol", "trg"]),
  ]
  private static let wrong: [(name: String, found: String)] = [
    ("retinaface/train/label.txt", "RetinaFace label.txt"), ("images", "a folder of"),
    ("pickle.lmdb", "Python pickles"), ("json.lmdb", "JSON"), ("zero.lmdb", "0 bytes"),
    ("utf16.txt", "UTF-16"), ("r.gz", "packed by gzip"),
  ]

  @Test("is refused in one line that says what it is, by every command that takes records")
  func everyCommand() throws {
    try Inputs.with { inputs in
      for (input, found) in Self.wrong {
        for command in Self.commands {
          let outcome = try run(command, on: inputs.path(input), in: inputs)
          let place = "\(command.name) \(input): \(outcome.errors)"
          // An LMDB has its images in it, and so these are refused as options are.
          if outcome.status == 64, input.hasSuffix(".lmdb") { continue }
          #expect(outcome.status != 0 && outcome.status != 2, "\(place)")
          #expect(outcome.errors.contains(": expected "), "\(place)")
          #expect(outcome.errors.contains(found), "\(place)")
          #expect(outcome.errors.split(separator: "\n").count == 1, "\(place)")
          #expect(outcome.output.isEmpty, "\(place)")
        }
      }
    }
  }

  @Test("records without .jsonl, and an LMDB of them in a folder, are read by those that take them")
  func otherNames() throws {
    try Inputs.with { inputs in
      for command in Self.commands where command.name != "evaluate" && command.name != "validate" {
        let outcome = try run(command, on: inputs.path("records.txt"), in: inputs)
        #expect([0, 2].contains(outcome.status), "\(command.name): \(outcome.errors)")
      }
      for name in ["stats", "split", "merge", "sample", "diff", "export", "check"] {
        for file in ["py", "py/data.mdb", "whole.lmdb"] {
          guard let command = Self.commands.first(where: { $0.name == name }) else { continue }
          let outcome = try run(command, on: inputs.path(file), in: inputs)
          #expect([0, 2].contains(outcome.status), "\(name) \(file): \(outcome.errors)")
        }
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: inputs.path("py"))
      #expect(names == ["data.mdb"])
    }
  }

  @Test("the statistics of an img2pose LMDB are those beside it; paths it has none of")
  func img2pose() throws {
    try Inputs.with { inputs in
      let stats = try Program.run(["stats", inputs.path("train.lmdb"), "-o", inputs.path("stats")])
      #expect(stats.status == 0, "\(stats.errors)")
      func bytes(_ name: String) -> Data? {
        FileManager.default.contents(atPath: inputs.path(name))
      }
      #expect(bytes("stats/train_pose_mean.npy") == bytes("train_pose_mean.npy"))
      for command in Self.commands where ["split", "merge", "export"].contains(command.name) {
        let outcome = try run(command, on: inputs.path("train.lmdb"), in: inputs)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("which keeps no image's path"), "\(outcome.errors)")
      }
    }
  }

  @Test("another dataset's folder is refused with the command that reads it")
  func otherDatasets() throws {
    try withTemporaryDirectory { folder in
      let names = ["300w-lp", "aflw2000", "biwi", "arkitface"]
      for name in names {
        let made = try Program.run([
          "synth", name, "--count", "2", "--output", "\(folder)/\(name)", "--progress", "none",
        ])
        #expect(made.status == 0)
      }
      for name in names {
        for other in names where other != name {
          let outcome = try Program.run([
            "convert", name, "--input", "\(folder)/\(other)", "--output", "\(folder)/x.jsonl",
          ])
          #expect(outcome.status != 0 && outcome.status != 2, "\(name) \(other)")
          #expect(
            outcome.errors.contains("sixdof convert \(other) --input \(folder)/\(other)"),
            "\(outcome.errors)")
          #expect(!FileManager.default.fileExists(atPath: "\(folder)/x.jsonl"))
        }
      }
    }
  }

  @Test("a root one level off is named once, and so is what differs in case")
  func roots() throws {
    try SyntheticSet.with(count: 6) { set in
      // To standard output, for an output in the folder of images would be refused.
      let above = try Program.run([
        "convert", "wider-face", "--annotations", set.label, "--images", set.folder, "--output",
        "-",
      ])
      #expect(above.status != 0 && above.status != 2)
      #expect(above.errors.contains("they would be found in '\(set.folder)/images'"))
      let line = try #require(
        try set.text("retinaface/train/label.txt").split(separator: "\n").first)
      let name = String(line.dropFirst(2))
      let parts = name.split(separator: "/")
      let below = try set.build("b", ["--images", "\(set.images)/\(parts[0])"])
      #expect(below.errors.contains("they would be found in '\(set.images)'"), "\(below.errors)")
      try set.editLabel { $0[0] = "# " + name.uppercased() }
      let cased = try set.build("c")
      #expect(cased.status == 2)
      #expect(cased.errors.contains("there is '\(name)', which differs in case"))
      try set.editLabel { $0[0] = "# ./" + name.replacingOccurrences(of: "/", with: "\\") }
      #expect(try set.build("d").status == 0)
    }
  }

  private func run(
    _ command: (name: String, arguments: [String]), on input: String, in inputs: Inputs
  ) throws -> Program.Outcome {
    let out = inputs.path("out-" + UUID().uuidString)
    var arguments = command.arguments.map {
      $0.replacingOccurrences(of: "IN", with: input, options: .anchored)
        .replacingOccurrences(of: "OUT", with: out)
        .replacingOccurrences(of: "IMAGES", with: inputs.path("images"))
    }
    if ["export"].contains(command.name) { arguments.append("--allow-lossy") }
    return try Program.run([command.name] + arguments)
  }
}
