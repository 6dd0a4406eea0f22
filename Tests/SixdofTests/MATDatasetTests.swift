import Foundation
import Schema
import TestSupport
import Testing

@Suite("300W-LP and AFLW2000-3D on the command line")
struct MATDatasetTests {
  @Test("synth, convert and truth agree; the protocol leaves a face out and says so")
  func chain() throws {
    try withTemporaryDirectory { folder in
      let made = try Program.run([
        "synth", "aflw2000", "--count", "14", "--output", folder, "--progress", "none",
      ])
      #expect(made.status == 0, "\(made.errors)")
      let convert = ["convert", "aflw2000", "--input", "\(folder)/AFLW2000", "--native", "none"]
      let all = try Program.run(convert + ["--output", "-"])
      #expect(all.status == 0, "\(all.errors)")
      #expect(all.output == (try String(contentsOfFile: folder + "/truth.jsonl", encoding: .utf8)))
      let kept = try Program.run(convert + ["--output", "-", "--protocol", "img2pose"])
      #expect(kept.status == 0)
      #expect(kept.output.split(separator: "\n").count == 13)
      #expect(kept.errors.contains("left out  1 image outside the protocol"))
    }
  }

  @Test("img2pose's JSON of it has the same poses and landmarks, and comes back byte for byte")
  func img2PoseForm() throws {
    try withTemporaryDirectory { folder in
      func run(_ arguments: [String]) throws {
        let run = try Program.run(arguments + ["--progress", "none"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
      }
      let form = ["--format", "img2pose-300w-lp"]
      try run(["synth", "300w-lp", "--count", "4", "--output", "set"])
      try run(["convert", "300w-lp", "--input", "set", "--output", "a.jsonl"])
      try run(["export", "a.jsonl", "--output", "json", "--allow-lossy"] + form)
      try run([
        "convert", "300w-lp", "--annotations", "json/300W_LP_annotations.txt", "--images", "set",
        "--output", "b.jsonl",
      ])
      func faces(_ file: String) throws -> [[String]] {
        try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).split(separator: "\n")
          .map { line in
            let face = try JSONParser.value(of: String(line))["faces"]?.elements?.first
            return ["bbox_xyxy", "landmarks", "pose"].map { face?[$0]?.messageText ?? "none" }
          }
      }
      #expect(try faces("a.jsonl") == (try faces("b.jsonl")))
      try run(["export", "b.jsonl", "--output", "again"] + form)
      try Program.system("/usr/bin/diff", ["-r", "json", "again"], in: folder)
    }
  }

  @Test("a .mat without its image is a located issue")
  func missingImage() throws {
    try withTemporaryDirectory { folder in
      _ = try Program.run([
        "synth", "300w-lp", "--count", "4", "--output", folder, "--progress", "none",
      ])
      try FileManager.default.removeItem(atPath: folder + "/300W_LP/AFW/AFW_1000000_1_1.jpg")
      let run = try Program.run(["convert", "300w-lp", "--input", folder, "--output", "-"])
      #expect(run.status == 2)
      #expect(run.output.split(separator: "\n").count == 3)
      #expect(
        run.errors.contains(
          "error: 300W_LP/AFW/AFW_1000000_1_1.mat: image '300W_LP/AFW/AFW_1000000_1_1.jpg': expected a file among the images, found none"
        ))
    }
  }

  @Test("build packs the annotated poses", arguments: ["aflw2000", "300w-lp"])
  func build(dataset: String) throws {
    try withTemporaryDirectory { folder in
      _ = try Program.run([
        "synth", dataset, "--count", "5", "--output", folder + "/set", "--progress", "none",
      ])
      let run = try Program.run([
        "build", dataset, "--input", folder + "/set", "--output", folder + "/out", "--progress",
        "none",
      ])
      #expect(run.status == 0, "\(run.errors)")
      #expect(FileManager.default.fileExists(atPath: folder + "/out.lmdb"))
    }
  }

  @Test("the manifest says how rotations were read, where not as usual")
  func manifest() throws {
    try withTemporaryDirectory { folder in
      _ = try Program.run([
        "synth", "aflw2000", "--count", "3", "--output", folder + "/set", "--progress", "none",
      ])
      for (name, options) in [
        ("plain", []), ("turned", ["--egocentric", "--protocol", "img2pose"]),
      ] {
        let run = try Program.run(
          ["build", "aflw2000", "--input", folder + "/set", "--output", "\(folder)/\(name)"]
            + ["--progress", "none"] + options)
        #expect(run.status == 0, "\(run.errors)")
        let manifest = try String(
          contentsOfFile: "\(folder)/\(name).manifest.json", encoding: .utf8)
        let said = manifest.contains("\"protocol\": \"img2pose\",\n    \"egocentric\": true,")
        #expect(said == (name == "turned"))
      }
    }
  }

  @Test("img2pose's list of 300W-LP has the annotation's rotations, and turned ones on request")
  func egocentricList() throws {
    try withTemporaryDirectory { folder in
      func run(_ arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      func poses(_ name: String) throws -> [String] {
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        return text.split(separator: "\n").map { line in
          String(line.split(separator: "\"pose\":")[1].split(separator: "}")[0])
        }
      }
      try run(["synth", "300w-lp", "--count", "4", "--output", folder, "--progress", "none"])
      let convert = ["convert", "300w-lp", "--output"]
      try run(
        convert + ["\(folder)/a.jsonl", "--input", "\(folder)/300W_LP", "--egocentric"])
      try run([
        "export", "\(folder)/a.jsonl", "--format", "img2pose-300w-lp", "--allow-lossy",
        "--output", "\(folder)/list",
      ])
      let list = "\(folder)/list/300W_LP_annotations.txt"
      try run(
        convert + ["\(folder)/b.jsonl", "--annotations", list, "--egocentric"])
      #expect(try poses("a.jsonl") == poses("b.jsonl"))
      try run(convert + ["\(folder)/c.jsonl", "--annotations", list])
      try run(convert + ["\(folder)/d.jsonl", "--input", "\(folder)/300W_LP"])
      #expect(try poses("c.jsonl") == poses("d.jsonl"))
      #expect(try poses("c.jsonl") != poses("b.jsonl"))
    }
  }
}
