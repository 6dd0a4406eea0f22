import ArgumentParser
import Foundation
import Inference
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("validate and annotate on the command line")
struct ValidateTests {
  @Test(
    "what makes no sense is refused before any work",
    arguments: [
      (["a.jsonl"], "Records name their images; '--images' says where these are."),
      (
        ["a.lmdb", "--images", "b"], "'--images' is for records; an LMDB has its images in it."
      ),
    ])
  func refusals(arguments: [String], message: String) {
    let error = #expect(throws: (any Error).self) { try Validate.parse(arguments) }
    #expect(error.map { Validate.message(for: $0) } == message)
  }

  @Test("without the networks both say what is missing and write nothing")
  func unavailable() throws {
    try withTemporaryDirectory { folder in
      try write("", to: folder + "/images/a.jpg")
      try write("", to: folder + "/records.jsonl")
      for arguments in [
        ["validate", folder + "/records.jsonl", "--images", folder + "/images"],
        ["annotate", folder + "/images", "--output", folder + "/out"],
      ] {
        let run = try Run(
          "/usr/bin/env", ["SIXDOF_INFERENCE=/nowhere", Program.path] + arguments
        ).wait()
        #expect(run.status == 69)
        #expect(run.errors.hasPrefix("error: inference is not available: expected OpenVINO"))
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == ["images", "records.jsonl"])
    }
  }
}

@Suite(
  "validate and annotate with the networks",
  .enabled(if: hasNetworks, "needs OpenVINO; run Scripts/setup"),
  .enabled(if: sharedData != nil, "needs ../shared/data"))
struct ValidateRunTests {
  /// A folder with one photo of six faces, and what annotate makes of it.
  private func withAnnotated(_ body: (_ folder: String, _ images: String) throws -> Void) throws {
    let photos = try #require(sharedData) + "/photos/images/1--Groups"
    try withTemporaryDirectory { folder in
      let images = folder + "/images"
      try FileManager.default.createDirectory(
        atPath: images, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: photos + "/1_Groups_sitcom.jpg", toPath: images + "/sitcom.jpg")
      let made = try Program.run([
        "annotate", images, "--output", folder + "/out", "--progress", "none",
      ])
      #expect(made.status == 0, "\(made.errors)")
      try body(folder, images)
    }
  }

  private func validate(_ input: String, _ options: String...) throws -> Program.Outcome {
    try Program.run(["validate", input, "--progress", "none"] + options)
  }

  @Test("annotate writes all that build does, records, and lists that read back the same")
  func annotates() throws {
    try withAnnotated { folder, images in
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(
        names == [
          "images", "out.hashes.npy", "out.issues.jsonl", "out.jsonl", "out.lmdb",
          "out.manifest.json", "out_img2pose", "out_pose_mean.npy", "out_pose_stddev.npy",
        ])
      let back = try Program.run([
        "convert", "wider-face", "--annotations",
        folder + "/out_img2pose/WIDER_train_annotations.txt", "--output", "-",
      ])
      let points = #/"points":\[(\[[^\]]*\],?)*\]/#
      let records = try String(contentsOfFile: folder + "/out.jsonl", encoding: .utf8)
      #expect(records.matches(of: points).count == 6)
      #expect(
        back.output.matches(of: points).map(\.output.0)
          == records.matches(of: points).map(\.output.0))
      let again = try Program.run(["annotate", images, "--output", folder + "/out"])
      #expect(again.status == 64)
      #expect(
        again.errors.contains(
          "out.lmdb: expected no such file, found one; name another output, or give --overwrite"))
      for input in ["out.lmdb", "out.jsonl"] {
        let options = input == "out.jsonl" ? ["--images", images] : []
        let run = try Program.run(
          ["validate", "\(folder)/\(input)", "--progress", "none"] + options)
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.hasSuffix("findings   none\n"))
      }
    }
  }

  @Test("annotate that was killed leaves nothing under a final name and resumes to equal bytes")
  func annotateResumes() throws {
    try withAnnotated { folder, images in
      for i in 0..<8 {
        try FileManager.default.copyItem(
          atPath: images + "/sitcom.jpg", toPath: images + "/copy\(i).jpg")
      }
      let options = ["annotate", images, "--progress", "none", "--output"]
      #expect(try Program.run(options + [folder + "/whole/out"]).status == 0)
      let run = try Run(Program.path, options + [folder + "/killed/out"])
      #expect(
        run.waits {
          FileManager.default.fileExists(atPath: folder + "/killed/out.partial/out.lmdb")
        })
      run.send(SIGKILL)
      #expect(run.wait().status == 128 + SIGKILL)
      let files = FileManager.default
      #expect(try files.contentsOfDirectory(atPath: folder + "/killed") == ["out.partial"])
      #expect(try Program.run(options + [folder + "/killed/out", "--resume"]).status == 0)
      // Folders are compared with all that is in them.
      for name in try files.contentsOfDirectory(atPath: folder + "/whole") {
        #expect(
          files.contentsEqual(
            atPath: "\(folder)/whole/\(name)", andPath: "\(folder)/killed/\(name)"), "\(name)")
      }
      #expect(try files.contentsOfDirectory(atPath: folder + "/killed").count == 8)
    }
  }

  @Test("a fault ends with 2, a line, JSON, and the same table of faces for any number of jobs")
  func faults() throws {
    try withAnnotated { folder, images in
      let path = folder + "/out.jsonl"
      var record = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
          as? [String: Any])
      var faces = try #require(record["faces"] as? [[String: Any]])
      for i in faces.indices {
        var landmarks = try #require(faces[i]["landmarks"] as? [String: Any])
        let points = try #require(landmarks["points"] as? [[Double]])
        landmarks["points"] = [1, 0, 2, 4, 3].map { points[$0] }
        faces[i]["landmarks"] = landmarks
      }
      record["faces"] = faces
      let wrong = folder + "/wrong.jsonl"
      try write(
        String(decoding: JSONSerialization.data(withJSONObject: record), as: UTF8.self) + "\n",
        to: wrong)
      var tables: [String] = []
      for jobs in ["1", "3"] {
        let run = try validate(
          wrong, "--images", images, "--json", folder + "/report.json", "--faces",
          folder + "/faces.jsonl", "--jobs", jobs)
        #expect(run.status == 2, "\(run.errors)")
        #expect(run.output.contains("\nfinding    landmarks-sides-exchanged  6 faces  "))
        tables.append(try String(contentsOfFile: folder + "/faces.jsonl", encoding: .utf8))
      }
      #expect(tables[0] == tables[1])
      #expect(tables[0].split(separator: "\n").count == 6)
      #expect(tables[0].contains("\"findings\":[\"landmarks-sides-exchanged\"]"))
      let report = try String(contentsOfFile: folder + "/report.json", encoding: .utf8)
      #expect(report.contains("\"id\": \"landmarks-sides-exchanged\""))
      #expect(report.contains("\"schema\": \"sixdof.validation/1\""))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!left.contains { $0.hasSuffix(".partial") })
    }
  }
}

/// Whether Scripts/setup has fetched OpenVINO and the networks.
private let hasNetworks =
  OpenVINO.isThere(in: .standard()) && DefaultModel.all.allSatisfy { $0.isThere(in: .standard()) }
