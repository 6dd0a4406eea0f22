import Codecs
import Foundation
import Schema
import TestSupport
import Testing

@Suite("export for networks of angles")
struct ExportAngleTests {
  private func run(_ folder: String, _ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments + ["--progress", "none"], in: folder)
  }

  private func with(_ dataset: String, _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let synth = ["synth", dataset, "--count", "8", "--output", "set"]
      #expect(try run(folder, synth).status == 0)
      try convert(folder, dataset)
      try body(folder)
    }
  }

  private func convert(_ folder: String, _ dataset: String) throws {
    let outcome = try run(
      folder, ["convert", dataset, "--input", "set", "--output", "r.jsonl"])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  private func export(
    _ folder: String, _ format: String, _ options: [String] = []
  ) throws -> Program.Outcome {
    try run(folder, ["export", "r.jsonl", "--format", format, "--output", "out"] + options)
  }

  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
  }

  private func manifest(_ folder: String) throws -> JSONValue {
    try JSONParser.value(
      of: String(contentsOfFile: folder + "/out.export.json", encoding: .utf8))
  }

  @Test(
    "records that no such loader can use are refused by their dataset's name",
    arguments: ["hopenet", "6drepnet", "fsa-net", "6drepnet-biwi"])
  func refused(format: String) throws {
    try withTemporaryDirectory { folder in
      try write("# a.jpg\n10 10 50 60\n", to: folder + "/label.txt")
      let convert = ["convert", "wider-face", "--annotations", "label.txt", "--output", "r.jsonl"]
      #expect(try run(folder, convert).status == 0)
      let image = Data(PixelImage(width: 100, height: 90).jpeg(quality: 90))
      try FileManager.default.createDirectory(
        atPath: folder + "/images", withIntermediateDirectories: false)
      try image.write(to: URL(fileURLWithPath: folder + "/images/a.jpg"))
      let images = ["--images", "images"]
      for options in [images, images + ["--allow-lossy"]] {
        let outcome = try export(folder, format, options)
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("'wider-face'"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/out.export.json"))
      }
    }
  }

  @Test("Hopenet's folder of BIWI has what its loader opens, JPEG as PNG and plain text")
  func biwi() throws {
    try with("biwi") { folder in
      let frames = try files(folder + "/set").filter { $0.hasSuffix("_rgb.png") }
      for frame in frames {
        let path = folder + "/set/" + frame
        let image = try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes {
          try PixelImage(decoding: $0)
        }
        try Data(image.jpeg(quality: 90)).write(
          to: URL(fileURLWithPath: path.replacingOccurrences(of: ".png", with: ".jpg")))
        try FileManager.default.removeItem(atPath: path)
        let pose = path.replacingOccurrences(of: "_rgb.png", with: "_pose.txt")
        // Some frames have none, as in the dataset.
        guard FileManager.default.fileExists(atPath: pose) else { continue }
        let text = try String(contentsOfFile: pose, encoding: .utf8)
        try write(text.replacingOccurrences(of: "\n", with: "\r\n"), to: pose)
      }
      try convert(folder, "biwi")
      #expect(try export(folder, "hopenet", ["--images", "set"]).status == 0)
      let lines = try String(contentsOfFile: folder + "/out/files.txt", encoding: .utf8)
        .split(separator: "\n")
      #expect(!lines.isEmpty)
      for line in lines {
        let png = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/\(line)_rgb.png"))
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let pose = try String(contentsOfFile: "\(folder)/out/\(line)_pose.txt", encoding: .utf8)
        #expect(!pose.contains("\r") && pose.split(separator: "\n").count == 4)
        let box = line.replacingOccurrences(of: "/", with: "/dockerface-") + "_rgb.txt"
        let words = try String(contentsOfFile: "\(folder)/out/\(box)", encoding: .utf8)
          .split(separator: " ", omittingEmptySubsequences: false)
        #expect(words.count == 6 && words[1...4].allSatisfy { Double($0) != nil })
      }
      // Three files a frame, the list, and the sequences' folders.
      let sequences = Set(lines.map { $0.prefix(2) }).count
      #expect(try files(folder + "/out").count == 3 * lines.count + 1 + sequences)
    }
  }

  @Test("records of two datasets are not put into one list")
  func mixed() throws {
    try with("biwi") { folder in
      let synth = ["synth", "aflw2000", "--count", "3", "--output", "other"]
      #expect(try run(folder, synth).status == 0)
      let convert = ["convert", "aflw2000", "--input", "other", "--output", "b.jsonl"]
      #expect(try run(folder, convert).status == 0)
      #expect(
        try run(folder, ["merge", "b.jsonl", "r.jsonl", "--output", "m.jsonl"]).status == 0)
      let outcome = try run(
        folder, ["export", "m.jsonl", "--format", "hopenet", "--output", "out"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("images of another dataset than the first's"))
    }
  }

  @Test("records' splits decide BIWI's files; the draw of the others follows the seed")
  func splits() throws {
    try with("biwi") { folder in
      let images = ["--images", "set"]
      #expect(try export(folder, "6drepnet-biwi", images).status == 0)
      #expect(try files(folder + "/out") == ["BIWI_noTrack.npz"])
      #expect(try export(folder, "fsa-net", images + ["--overwrite"]).status == 0)
      #expect(try files(folder + "/out") == ["BIWI_test.npz", "BIWI_train.npz"])
      let trains = try (1...8).map { seed in
        let options = images + ["--overwrite", "--seed", "\(seed)"]
        #expect(try export(folder, "fsa-net", options).status == 0)
        return try Data(contentsOf: URL(fileURLWithPath: folder + "/out/BIWI_train.npz"))
      }
      #expect(Set(trains).count == 2)
      let text = try String(contentsOfFile: folder + "/r.jsonl", encoding: .utf8)
      try write(
        text.replacingOccurrences(
          of: "\"source\":{\"dataset\":\"biwi\"",
          with: "\"source\":{\"dataset\":\"biwi\",\"split\":\"test\""), to: folder + "/r.jsonl")
      for form in ["6drepnet-biwi", "fsa-net"] {
        #expect(try export(folder, form, images + ["--overwrite"]).status == 0)
        #expect(try files(folder + "/out") == ["BIWI_test.npz"])
      }
    }
  }

  @Test("a seed is refused for a form that draws nothing")
  func seed() throws {
    try with("aflw2000") { folder in
      let outcome = try export(folder, "hopenet", ["--seed", "3"])
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("'--seed' is for "))
      #expect(outcome.errors.contains("not for 'hopenet'"))
    }
  }

  @Test("DirectMHP's sets follow the records' splits, and its configuration names both")
  func directMHP() throws {
    try with("aflw2000") { folder in
      var lines = try String(contentsOfFile: folder + "/r.jsonl", encoding: .utf8)
        .split(separator: "\n").map(String.init)
      for i in 0..<3 {
        lines[i] = lines[i].replacingOccurrences(
          of: "\"dataset\":\"aflw2000\"", with: "\"dataset\":\"aflw2000\",\"split\":\"val\"")
      }
      try write(lines.joined(separator: "\n") + "\n", to: folder + "/r.jsonl")
      let images = ["--images", "set"]
      #expect(try export(folder, "directmhp", images).status == 0)
      let found = try files(folder + "/out").filter { $0.contains(".") }
      #expect(found.filter { $0.hasPrefix("images/validation/") }.count == 3)
      #expect(found.filter { $0.hasPrefix("labels/train/") }.count == 5)
      let text = try String(contentsOfFile: folder + "/out/data.yaml", encoding: .utf8)
      #expect(text.contains("\nval: validation.txt\n"))
      let json = try JSONParser.value(
        of: String(contentsOfFile: folder + "/out/annotations/validation.json", encoding: .utf8))
      #expect(json["annotations"]?.elements?.count == 3)
    }
  }

  @Test("the manifest lies beside the folder and counts; it does not outlive the folder's absence")
  func manifests() throws {
    try with("aflw2000") { folder in
      #expect(try export(folder, "hopenet").status == 0)
      #expect(try files(folder + "/out") == ["files.txt"])
      let found = try manifest(folder)
      #expect(found["schema"]?.text == "sixdof.export/1")
      #expect(found["form"]?.text == "hopenet")
      let written = try #require(found["counts"]?["images_written"]?.number)
      let left = found["left_out"]?.elements?.compactMap { $0["count"]?.number }.reduce(0, +)
      #expect(written + (left ?? 0) == 8)
      #expect(found["notes"]?.elements?.first?.text == "files.txt has \(Int(written)) lines")
      #expect(try export(folder, "hopenet").status == 64)
      try FileManager.default.removeItem(atPath: folder + "/out")
      #expect(try export(folder, "6drepnet").status == 0)
      #expect(try manifest(folder)["form"]?.text == "6drepnet")
      try FileManager.default.removeItem(atPath: folder + "/out")
      try write("mine\n", to: folder + "/out.export.json")
      #expect(try export(folder, "hopenet").status == 64)
      #expect(try String(contentsOfFile: folder + "/out.export.json", encoding: .utf8) == "mine\n")
    }
  }

  /// The records with a change to the first original's line.
  private func change(_ folder: String, _ body: (String) -> String) throws {
    var lines = try String(contentsOfFile: folder + "/r.jsonl", encoding: .utf8)
      .split(separator: "\n").map(String.init)
    let first = try #require(lines.firstIndex { !$0.contains("_Flip/") })
    let changed = body(lines[first])
    #expect(changed != lines[first])
    lines[first] = changed
    try write(lines.map { $0 + "\n" }.joined(), to: folder + "/r.jsonl")
  }

  @Test("landmarks that were changed in an image and not in its mirrored copy leave the copy out")
  func changedLandmarks() throws {
    try with("300w-lp") { folder in
      try change(folder) {
        $0.replacing(/"points":\[\[[^\]]*\]/, with: "\"points\":[[101.5,202.5]")
      }
      let images = ["--images", "set"]
      let refused = try export(folder, "300w-lp", images)
      #expect(refused.status == 65)
      #expect(refused.errors.contains("visible contour in pt2d"), "\(refused.errors)")
      let outcome = try export(folder, "300w-lp", images + ["--allow-lossy"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("1 image whose mirrored copy has other landmarks")
          || outcome.errors.contains("images whose mirrored copy has other landmarks"),
        "\(outcome.errors)")
      let back = try run(
        folder, ["convert", "300w-lp", "--input", "out", "--output", "back.jsonl"])
      #expect(back.status == 0, "\(back.errors)")
      let text = try String(contentsOfFile: folder + "/back.jsonl", encoding: .utf8)
      #expect(text.contains("\"points\":[[101.5,202.5]"))
    }
  }

  @Test("FSA-Net's angles are the record's, also where its pose was changed")
  func changedPose() throws {
    try with("300w-lp") { folder in
      try change(folder) {
        $0.replacing(
          /"rotation_vector":\[[^\]]*\]/, with: "\"rotation_vector\":[0,0.25,0]")
      }
      let images = ["--images", "set", "--allow-lossy"]
      let outcome = try export(folder, "fsa-net", images)
      #expect(outcome.status == 0, "\(outcome.errors)")
      var yaws: [Double] = []
      for file in try files(folder + "/out") where file.hasSuffix(".npz") {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/out/" + file))
        yaws += try bytes.withUnsafeBytes { bytes in
          try NPZFile(bytes).withArray("pose", limit: 1 << 20) { array in
            stride(from: 0, to: array.doubles.count, by: 3).map { array.doubles[$0] }
          }
        }
      }
      let expected = 0.25 * 180 / Double.pi
      #expect(yaws.contains { abs($0.magnitude - expected) < 0.5 }, "\(yaws)")
    }
  }
}
