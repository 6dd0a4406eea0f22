import ArgumentParser
import Codecs
import Foundation
import Geometry
import Inference
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("infer on the command line")
struct InferTests {
  @Test("without the networks it says what is missing, ends with 69 and writes nothing")
  func unavailable() throws {
    try withTemporaryDirectory { folder in
      try write("", to: folder + "/images/a.jpg")
      let run = try Run(
        "/usr/bin/env",
        [
          "SIXDOF_INFERENCE=/nowhere", Program.path, "infer", folder + "/images", "--output",
          folder + "/out.jsonl",
        ]
      ).wait()
      #expect(run.status == 69)
      #expect(
        run.errors
          == "error: inference is not available: expected OpenVINO 2026.4.1 in /nowhere/openvino, found none; run Scripts/setup\n"
      )
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["images"])
    }
  }

  @Test("--list-models names each network with its licence, and says that it is missing")
  func models() throws {
    let run = try Run(
      "/usr/bin/env", ["SIXDOF_INFERENCE=/nowhere", Program.path, "infer", "--list-models"]
    ).wait()
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("OpenVINO 2026.4.1, Apache-2.0: missing; run Scripts/setup\n"))
    for model in DefaultModel.all {
      #expect(run.output.contains("\(model.file), \(model.licence): missing; run Scripts/setup\n"))
      #expect(run.output.contains("  SHA-256 \(model.sha256)\n"))
    }
  }

  @Test(
    "what makes no sense is refused before any work",
    arguments: [
      ([], "'infer' needs images, records or an LMDB, or '--list-models'."),
      (["photos"], "'infer' needs '--output'."),
      (["a.jsonl", "-o", "b"], "Records name their images; '--images' says where these are."),
      (
        ["photos", "-o", "b", "--images", "c"],
        "'--images' is for records; this input is the images."
      ),
      (
        ["photos", "-o", "b", "--threshold", "1"],
        "'--threshold' must be at least 0 and less than 1, not 1.0."
      ),
      (
        ["photos", "-o", "b", "--faces", "annotated"],
        "'--faces annotated' is for records or an LMDB; images have no boxes."
      ),
      (["photos", "-o", "b", "--fuse"], "'--fuse' needs '--model', the manifest of 3DDFA_V2."),
      (
        ["photos", "-o", "b", "--landmarker", "o-net", "--points", "ibug-68"],
        "'--points ibug-68' is for '--landmarker face-mesh'; O-Net has five."
      ),
      (["photos", "-o", "b", "--size", "32"], "'--size' must be from 64 to 8192, not 32."),
      (
        ["photos", "-o", "b", "--model", "m.json", "--solver", "epnp"],
        "'--solver' is for our fit; '--model' gives the poses."
      ),
      (
        ["photos", "-o", "b", "--model", "m.json", "--landmark-sigma", "0.1"],
        "'--landmark-sigma' is for our fit; '--model' gives the poses."
      ),
      (
        ["photos", "-o", "b", "--model", "m.json", "--face-model", "bfm"],
        "'--face-model' is for our fit; '--model' gives the poses."
      ),
      (
        ["photos", "-o", "b", "--detector", "m.json", "--size", "320"],
        "'--size' is for CenterFace; '--detector' finds the faces."
      ),
      (
        ["photos", "-o", "b", "--detector", "m.json", "--small-faces", "auto"],
        "'--small-faces' is for CenterFace; '--detector' finds the faces."
      ),
    ])
  func refusals(arguments: [String], message: String) {
    let error = #expect(throws: (any Error).self) { try Infer.parse(arguments) }
    #expect(error.map { Infer.message(for: $0) } == message)
  }
}

@Suite(
  "infer with the networks", .enabled(if: canInfer, "needs OpenVINO; run Scripts/setup"))
struct InferRunTests {
  @Test("a broken image is a located issue, and the others are searched")
  func broken() throws {
    try SyntheticSet.with(count: 3) { set in
      try write("no image", to: set.images + "/broken.jpg")
      try write("not read", to: set.images + "/notes.txt")
      let run = try Program.run([
        "infer", set.images, "--output", set.folder + "/out.jsonl", "--progress", "none",
      ])
      #expect(run.status == 2)
      #expect(
        run.errors.contains(
          "error: photos/broken: image 'broken.jpg': expected a JPEG, PNG, WebP or BMP image, found a file that starts with bytes 6e 6f 20 69"
        ))
      let records = try String(contentsOfFile: set.folder + "/out.jsonl", encoding: .utf8)
      #expect(records.split(separator: "\n").count == 3)
    }
  }

  @Test("a network of one's own that is another than its manifest means is an error of one line")
  func wrongModel() throws {
    try SyntheticSet.with(count: 1) { set in
      let zeros = String(repeating: "0", count: 64)
      let digest = SmallTDDFA().network.bytes.withUnsafeBytes(sha256(of:))
      let model = try SmallTDDFA().write(to: set.folder, changes: [(digest, zeros)])
      let run = try Program.run([
        "infer", set.images, "--model", model, "--output", set.folder + "/out.jsonl",
      ])
      #expect(run.status == 65)
      #expect(run.errors == "error: small.onnx: expected SHA-256 \(zeros), found \(digest)\n")
      #expect(!FileManager.default.fileExists(atPath: set.folder + "/out.jsonl"))
    }
  }

  @Test(
    "a network of one's own gives the poses of the same faces",
    .enabled(if: sharedData != nil, "needs ../shared/data"))
  func ownModel() throws {
    let photo =
      try #require(sharedData) + "/photos/images/0--Portraits/0_Portraits_prnet_1.jpg"
    try withTemporaryDirectory { folder in
      let model = try SmallTDDFA().write(to: folder)
      func faces(_ options: String...) throws -> [Face] {
        let run = try Program.run(["infer", photo, "--output", "-"] + options)
        #expect(run.status == 0, "\(run.errors)")
        return try ImageRecord(JSONParser.value(of: run.output)).faces
      }
      let ours = try #require(faces().first)
      let found = try faces("--model", model)
      #expect(found.count == 1)
      let theirs = try #require(found.first)
      #expect(theirs.box == ours.box && theirs.landmarks == ours.landmarks)
      #expect(theirs.fit == nil && ours.fit != nil)
      let pose = try #require(theirs.pose)
      #expect(pose.provenance == .prediction && pose.frame == .bfm && pose.scale == .assumed)
      #expect(pose != ours.pose && pose.place.z > 0)
      guard case .object(let native) = theirs.native else {
        Issue.record("no native member")
        return
      }
      #expect(native["3ddfa_v2"]?["parameters"]?.elements?.count == 62)
      // The mean of both; this network's rotation is in the camera only to the angle between it and the line of sight.
      let fused = try #require(faces("--model", model, "--fuse").first)
      #expect(fused.landmarks == ours.landmarks && fused.native == theirs.native)
      let fit = try #require(ours.pose).rotation
      let whole = pose.rotation.angle(to: fit)
      #expect(abs(try #require(fused.pose).rotation.angle(to: fit) - whole / 2) < 0.15)
      #expect(fused.fit?.flags.contains(.networksDisagree) == (whole > 15 * Double.pi / 180))
    }
  }

  @Test("a mean is taken with 3DDFA_V2 alone")
  func fusedOther() throws {
    try SyntheticSet.with(count: 1) { set in
      let model = try SmallPerspNet(count: 100).write(to: set.folder)
      let run = try Program.run([
        "infer", set.images, "--model", model, "--fuse", "--output", set.folder + "/out.jsonl",
      ])
      #expect(run.status == 65)
      #expect(run.errors.contains("expected '3ddfa-v2' for '--fuse', found 'perspnet'"))
    }
  }

  @Test("img2pose's network gives boxes and poses in its own camera, and no landmarks")
  func img2pose() throws {
    try SyntheticSet.with(count: 1) { set in
      let model = try SmallNetwork.img2pose().write(to: set.folder)
      func run(_ options: [String]) throws -> Program.Outcome {
        try Program.run(["infer", set.images, "--model", model, "--output", "-"] + options)
      }
      let done = try run(["--threshold", "0.1"])
      #expect(done.status == 0, "\(done.errors)")
      let record = try ImageRecord(JSONParser.value(of: done.output))
      #expect(record.camera?.provenance == .assumedWidthPlusHeight)
      #expect(!record.faces.isEmpty)
      for face in record.faces {
        #expect(face.landmarks == nil && face.fit == nil && face.attributes.score != nil)
        #expect(face.pose?.provenance == .prediction && face.pose?.frame == .bfm)
      }
      for (options, option) in [
        (["--focal", "500"], "--focal"), (["--size", "320"], "--size"),
        (["--detector", model], "--detector"),
      ] {
        let refused = try run(options)
        #expect(refused.status == 65)
        #expect(
          refused.errors
            == "error: small.json: 'img2pose' finds faces by itself, in a camera of its own; leave '\(option)' out\n"
        )
      }
    }
  }

  @Test("a detector of one's own finds the faces, and the rest is as ever")
  func ownDetector() throws {
    try SyntheticSet.with(count: 1) { set in
      let detector = try SmallNetwork.rfb().write(to: set.folder)
      let run = try Program.run([
        "infer", set.images, "--detector", detector, "--output", "-", "--threshold", "0.6",
      ])
      #expect(run.status == 0, "\(run.errors)")
      let record = try ImageRecord(JSONParser.value(of: run.output))
      #expect(record.faces.count > 2)
      #expect(record.faces.contains { $0.landmarks?.layout == .face5 && $0.fit != nil })
      #expect(record.faces.allSatisfy { $0.attributes.score.map { $0 > 0.6 } == true })
    }
  }

  @Test("a folder without images is a failure")
  func empty() throws {
    try withTemporaryDirectory { folder in
      let photos = folder + "/photos"
      try FileManager.default.createDirectory(atPath: photos, withIntermediateDirectories: false)
      let run = try Program.run(["infer", photos, "--output", folder + "/out.jsonl"])
      #expect(run.status == 65)
      #expect(
        run.errors
          == "error: \(photos): expected images (.jpg, .jpeg, .png, .webp or .bmp), found none\n")
    }
  }

  @Test(
    "folder, zip, records, both LMDB layouts and any number of jobs give the same faces",
    .enabled(if: sharedData != nil, "needs ../shared/data"),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zip"), "needs zip"))
  func inputs() throws {
    let photos = try #require(sharedData) + "/photos"
    try withTemporaryDirectory { folder in
      let images = folder + "/images"
      for name in ["prnet_1", "prnet_5", "cpp_test2"] {
        let path = "0--Portraits/0_Portraits_\(name).jpg"
        try FileManager.default.createDirectory(
          atPath: images + "/0--Portraits", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          atPath: "\(photos)/images/\(path)", toPath: "\(images)/\(path)")
      }
      func faces(_ input: String, _ options: String...) throws -> [String] {
        let run = try Program.run(["infer", input, "--output", "-"] + options)
        #expect(run.status == 0, "\(run.errors)")
        // What comes after the camera is the same whatever names the image had.
        return run.output.split(separator: "\n").map { line in
          line.range(of: "\"faces\":").map { String(line[$0.lowerBound...]) } ?? ""
        }
      }
      let expected = try faces(images, "--jobs", "1")
      #expect(expected.map { $0 == "\"faces\":[]}" } == [false, false, true])
      #expect(expected[0].contains("\"provenance\":\"prediction\""))
      #expect(try faces(images, "--jobs", "3") == expected)
      try Program.system("/usr/bin/zip", ["-q", "-r", "../images.zip", "."], in: images)
      #expect(try faces(folder + "/images.zip") == expected)
      // Annotated faces are left out, also where records are read.
      let records = folder + "/records.jsonl"
      _ = try Program.run(["infer", images, "--output", records])
      #expect(try faces(records, "--images", images) == expected)
      _ = try Program.run([
        "pack", records, "--images", images, "--layout", "records", "--output",
        folder + "/records.lmdb",
      ])
      #expect(try faces(folder + "/records.lmdb") == expected)
      // img2pose's layout leaves images without a face out.
      _ = try Program.run([
        "pack", records, "--images", images, "--output", folder + "/img2pose.lmdb",
      ])
      #expect(try faces(folder + "/img2pose.lmdb") == Array(expected.prefix(2)))
      let single = images + "/0--Portraits/0_Portraits_prnet_1.jpg"
      #expect(try faces(single) == [expected[1]])
    }
  }
}

/// Whether Scripts/setup has fetched OpenVINO and the networks.
let canInfer =
  OpenVINO.isThere(in: .standard()) && DefaultModel.all.allSatisfy { $0.isThere(in: .standard()) }
