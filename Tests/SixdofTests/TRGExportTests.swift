import Foundation
import TestSupport
import Testing

@Suite("export --format trg")
struct TRGExportTests {
  /// Synthetic sets of the three datasets with their records.
  private func withSets<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withTemporaryDirectory { folder in
      func run(_ arguments: [String]) throws {
        let outcome = try Program.run(arguments + ["--progress", "none"], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      for (name, size, root) in [
        ("arkitface", "160x160", "arkitface/trg"), ("biwi", "160x120", "biwi"),
        ("300w-lp", "450x450", "300w-lp"),
      ] {
        try run(["synth", name, "--count", "6", "--size", size, "--output", name])
        try run(["convert", name, "--input", root, "--output", name + ".jsonl"])
      }
      return try body(folder)
    }
  }

  private let inputs = ["arkitface.jsonl", "biwi.jsonl", "300w-lp.jsonl"]
  private let options = [
    "--format", "trg", "--images", "arkitface/trg", "--images", "biwi", "--images", "300w-lp",
    "--source", "arkitface/trg", "--source", "biwi", "--mesh-tables", "arkitface/tables",
    "--progress", "none",
  ]

  private func files(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      files[path] = FileManager.default.contents(atPath: "\(folder)/\(path)")
    }
    return files
  }

  @Test("one command makes the whole root, the same with any number of threads")
  func wholeRoot() throws {
    try withSets { folder in
      var roots: [[String: Data]] = []
      for jobs in ["1", "4"] {
        let outcome = try Program.run(
          ["export"] + inputs + options + ["--output", "root-\(jobs)", "--jobs", jobs], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
          outcome.errors.contains(
            "note      ARKitFace 6 train, 0 test; 300W_LP 6 of 300w-lp; BIWI 6 (points: 0 the records' own, 6 reprojected)\n"
          ), "\(outcome.errors)")
        #expect(
          outcome.errors.contains("note      TRG also needs ARKitFace's test images"))
        roots.append(try files("\(folder)/root-\(jobs)"))
      }
      #expect(roots[0] == roots[1])
      let names = Set(roots[0].keys)
      #expect(
        names.isSuperset(of: [
          "dataset.json", "ARKitFace/flip_index.npy",
          "ARKitFace/ARKitFace_list/list/ARKitFace_test.csv", "300W_LP/files.txt",
          "BIWI/download_from_official_site/kinect_head_pose_db/hpdb/annot_mtcnn_fan.pkl",
        ]))
      for (path, data) in try files(folder + "/300w-lp/300W_LP") where path.hasSuffix(".jpg") {
        #expect(roots[0]["300W_LP/" + path] == data)
      }
    }
  }

  @Test("one image that is missing is an issue, and the others are written")
  func missingImage() throws {
    try withSets { folder in
      try FileManager.default.removeItem(
        atPath: folder + "/300w-lp/300W_LP/AFW/AFW_1000000_1_0.jpg")
      let outcome = try Program.run(
        ["export"] + inputs + options + ["--output", "root"], in: folder)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("300W_LP 5 of 300w-lp"), "\(outcome.errors)")
      #expect(outcome.errors.contains("AFW_1000000_1_0.jpg': expected"), "\(outcome.errors)")
    }
  }

  @Test("calls that cannot be met say what to do")
  func refusals() throws {
    try withSets { folder in
      func errors(_ arguments: [String], _ status: Int32) throws -> String {
        let outcome = try Program.run(
          ["export"] + arguments + ["--output", "none", "--progress", "none"], in: folder)
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/none"))
        return outcome.errors
      }
      #expect(
        try errors(
          ["arkitface.jsonl", "--format", "trg", "--images", "arkitface/trg"]
            + ["--source", "arkitface/trg"], 65
        ).contains("found none named; name their folder with --mesh-tables"))
      #expect(
        try errors(inputs + ["--format", "trg", "--images", "biwi", "--images", "300w-lp"], 64)
          .contains("'--images' must be given once, or once for each of the 3 inputs, not 2 times.")
      )
      #expect(
        try errors(["biwi.jsonl", "--format", "trg"], 64).contains("name it by '--images'"))
      #expect(
        try errors(["biwi.jsonl", "--format", "biwi", "--points", "annotated"], 64)
          .contains("'--points' is for trg, not for 'biwi'."))
      try FileManager.default.createDirectory(
        atPath: folder + "/empty", withIntermediateDirectories: true)
      #expect(
        try errors(
          ["biwi.jsonl", "--format", "trg", "--images", "biwi", "--mesh-tables", "empty"], 65
        ).contains("empty/uv_coords_std_202109.npy: open: No such file"))
      let synth = try Program.run(
        ["synth", "biwi", "--count", "1", "--mesh-tables", "empty", "--output", "none"], in: folder)
      #expect(synth.status == 64)
      #expect(synth.errors.contains("'--mesh-tables' is for arkitface, not for 'biwi'."))
    }
  }
}
