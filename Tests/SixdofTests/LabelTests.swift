import Foundation
import Schema
import TestSupport
import Testing

@Suite("label in other cameras and by other solvers")
struct LabelTests {
  /// Records of three images, labelled as usual.
  private func withLabelled(_ body: (SyntheticSet) throws -> Void) throws {
    try SyntheticSet.with(count: 3) { set in
      let convert = [
        "convert", "wider-face", "--annotations", set.label, "--images", "images", "--output",
        "records.jsonl",
      ]
      #expect(try run(set, convert).status == 0)
      #expect(try run(set, ["label", "records.jsonl", "--output", "labelled.jsonl"]).status == 0)
      try body(set)
    }
  }

  private func run(_ set: SyntheticSet, _ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments + ["--progress", "none"], in: set.folder)
  }

  /// What label with these options writes.
  private func labelled(
    _ set: SyntheticSet, _ options: [String], from input: String = "labelled.jsonl"
  ) throws -> [JSONValue] {
    let outcome = try run(set, ["label", input, "--output", "new.jsonl"] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try set.text("new.jsonl").split(separator: "\n").map {
      try JSONParser.value(of: String($0))
    }
  }

  @Test("faces without landmarks are said, with what places them")
  func withoutLandmarks() throws {
    try withTemporaryDirectory { folder in
      var record = evaluationRecord("a", yaw: nil)
      (record.image.width, record.image.height) = (100, 100)
      try writeRecords([record], to: folder + "/boxes.jsonl")
      let outcome = try Program.run(
        ["label", "boxes.jsonl", "--output", "x.jsonl", "--progress", "none"], in: folder)
      #expect(outcome.status == 0)
      let note = "note: no face has landmarks, so no pose could be fitted; 'sixdof infer"
      #expect(outcome.errors.contains(note), "\(outcome.errors)")
    }
  }

  @Test("the same options on labelled records give the same records")
  func idempotent() throws {
    try withLabelled { set in
      _ = try labelled(set, ["--relabel"])
      #expect(try set.text("new.jsonl") == set.text("labelled.jsonl"))
    }
  }

  @Test("poses that were annotated orthographically are fitted anew in that projection")
  func orthographic() throws {
    try withTemporaryDirectory { folder in
      func run(_ arguments: String...) throws {
        let outcome = try Program.run(arguments + ["--progress", "none"], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      try run("synth", "aflw2000", "--count", "3", "--output", "set")
      try run("convert", "aflw2000", "--input", "set", "--output", "records.jsonl")
      for (options, factor) in [
        ([], 1.0), (["--relabel"], 100), (["--relabel", "--camera", "width-plus-height"], 1),
      ] {
        let outcome = try Program.run(
          ["label", "records.jsonl", "--output", "new.jsonl", "--progress", "none"] + options,
          in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = try String(contentsOfFile: folder + "/new.jsonl", encoding: .utf8)
          .split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
          let record = try JSONParser.value(of: String(line))
          let (width, height) = (
            record["image"]?["width"]?.number, record["image"]?["height"]?.number
          )
          #expect(record["camera"]?["fx"]?.number == factor * ((width ?? 0) + (height ?? 0)))
        }
      }
    }
  }

  @Test(
    "a camera that is named replaces the assumed one, and the record says so",
    arguments: [
      (["--focal", "700"], 700.0, "user"), (["--fov", "90"], 80.0, "user"),
      (["--camera", "weak-perspective"], 28_000.0, "weak-perspective"),
      (["--camera", "width-plus-height"], 280.0, "assumed-width-plus-height"),
    ])
  func cameras(options: [String], focal: Double, provenance: String) throws {
    try withLabelled { set in
      for record in try labelled(set, options) {
        let camera = try #require(record["camera"])
        #expect(abs((camera["fx"]?.number ?? 0) - focal) < 1e-9)
        #expect(camera["provenance"]?.text == provenance)
        for face in record["faces"]?.elements ?? [] {
          // The same pixels: with twice the focal length a face is about twice as far.
          let depth = try #require(face["pose"]?["translation"]?.elements?[2].number)
          let size = try #require(face["fit"]?["interocular_px"]?.number)
          #expect(abs(depth * size / focal / 0.0623 - 1) < 0.01)
          #expect(face["fit"]?["relative_rms"]?.number ?? 1 < 0.1)
        }
      }
    }
  }

  @Test("a calibrated camera and annotated poses stay, unless all is labelled anew")
  func ownCamera() throws {
    try withLabelled { set in
      let calibrated = try set.text("labelled.jsonl").replacingOccurrences(
        of: "assumed-width-plus-height", with: "calibrated")
      try write(calibrated, to: "\(set.folder)/calibrated.jsonl")
      for record in try labelled(set, ["--focal", "700"], from: "calibrated.jsonl") {
        #expect(record["camera"]?["fx"]?.number == 280)
      }
      for record in try labelled(set, ["--focal", "700", "--relabel"], from: "calibrated.jsonl") {
        #expect(record["camera"]?["fx"]?.number == 700)
      }
      let annotated = try set.text("labelled.jsonl").replacingOccurrences(
        of: "\"provenance\":\"pnp\"", with: "\"provenance\":\"annotation\"")
      try write(annotated, to: "\(set.folder)/annotated.jsonl")
      _ = try labelled(set, ["--focal", "700"], from: "annotated.jsonl")
      #expect(try set.text("new.jsonl") == annotated)
    }
  }

  @Test("cameras come from a file, and an image that it lacks is an error")
  func intrinsics() throws {
    try withLabelled { set in
      let paths = try set.text("records.jsonl").split(separator: "\n").compactMap {
        try JSONParser.value(of: String($0))["image"]?["path"]?.text
      }
      let lines = paths.dropLast().map {
        #"{"path": "\#($0)", "fx": 600, "fy": 610, "cx": 321, "cy": 239}"#
      }
      try write(lines.joined(separator: "\n"), to: "\(set.folder)/cameras.jsonl")
      let outcome = try run(
        set,
        ["label", "records.jsonl", "--output", "new.jsonl", "--intrinsics", "cameras.jsonl"])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("expected a camera in the file of cameras, found none"))
      let records = try set.text("new.jsonl").split(separator: "\n")
      #expect(records.count == 2)
      #expect(records.allSatisfy { $0.contains("\"fx\":600,\"fy\":610,\"cx\":321,\"cy\":239") })
    }
  }

  @Test("EPnP says so, and states no sigmas")
  func epnp() throws {
    try withLabelled { set in
      for record in try labelled(set, ["--solver", "epnp"]) {
        for face in record["faces"]?.elements ?? [] {
          #expect(face["fit"]?["solver"]?.text == "epnp")
          #expect(face["fit"]?["rotation_sigma_deg"] == nil)
        }
      }
    }
  }

  @Test("in img2pose's profile, label and pack give build's LMDB")
  func profile() throws {
    try withLabelled { set in
      let profile = ["--profile", "img2pose"]
      #expect(try set.build("built/train", profile).status == 0)
      _ = try labelled(set, profile, from: "records.jsonl")
      let pack = ["pack", "new.jsonl", "--images", "images", "--output", "packed/train.lmdb"]
      #expect(try run(set, pack + profile).status == 0)
      let (built, packed) = (try set.outputs("built/train"), try set.outputs("packed/train"))
      for suffix in [".lmdb", "_pose_mean.npy", "_pose_stddev.npy"] {
        #expect(built[suffix] == packed[suffix], "\(suffix)")
      }
      #expect(try set.text("built/train.manifest.json").contains("\"rotation_rule\": \"markley\""))
      #expect(try set.build("usual/train").status == 0)
      #expect(try set.outputs("usual/train")[".lmdb"] != built[".lmdb"])
    }
  }

  @Test("with the old rule the manifest says by how much conversions miss")
  func conversionError() throws {
    try withLabelled { set in
      #expect(try set.build("old", ["--rotation-rule", "markley"]).status == 0)
      let manifest = try JSONParser.value(of: set.text("old.manifest.json"))
      let error = try #require(manifest["pose"]?["local_to_global_error_deg"])
      let (mean, largest) = (error["mean"]?.number ?? -1, error["max"]?.number ?? -1)
      #expect(mean >= 0 && mean <= largest && largest < 40)
    }
  }
}
