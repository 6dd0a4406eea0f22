import Foundation
import TestSupport
import Testing

@Suite("BIWI from the command line")
struct BiwiCommandTests {
  /// A small synthetic set.
  private func withSet<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withTemporaryDirectory { folder in
      let made = try Program.run([
        "synth", "biwi", "--count", "12", "--size", "160x120", "--output", folder + "/set",
        "--progress", "none",
      ])
      #expect(made.status == 0, "\(made.errors)")
      return try body(folder)
    }
  }

  private func convert(_ input: String, _ options: [String] = []) throws -> Program.Outcome {
    try Program.run(
      ["convert", "biwi", "--input", input, "--output", "-", "--progress", "none"] + options)
  }

  @Test("frames become records with the images' sizes; a frame without a pose is a warning")
  func conversion() throws {
    try withSet { folder in
      let outcome = try convert(folder + "/set", ["--native", "none"])
      #expect(outcome.status == 0)
      // The truth is in the order of making, records in that of the folders.
      let truth = try String(contentsOfFile: folder + "/set/truth.jsonl", encoding: .utf8)
      let lines = outcome.output.split(separator: "\n").sorted()
      #expect(lines.count == 11 && lines == truth.split(separator: "\n").sorted())
      #expect(outcome.errors.contains("warning: hpdb/02/frame_00006_rgb.png: pose: expected"))
    }
  }

  @Test("--frame depth gives the depth camera's poses, and is for biwi alone")
  func depthCamera() throws {
    try withSet { folder in
      let outcome = try convert(folder + "/set", ["--native", "none", "--frame", "depth"])
      let truth = try String(contentsOfFile: folder + "/set/truth_depth.jsonl", encoding: .utf8)
      #expect(
        outcome.output.split(separator: "\n").sorted() == truth.split(separator: "\n").sorted())
    }
    let other = try Program.run([
      "convert", "aflw2000", "--input", ".", "--frame", "depth", "--output", "-",
    ])
    #expect(other.status == 64)
    #expect(other.errors.contains("'--frame' is for biwi, not for 'aflw2000'."))
  }

  @Test(
    "a zip gives the same poses as the folder, with any number of threads",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zip"), "needs zip"))
  func archive() throws {
    try withSet { folder in
      try Program.system("/usr/bin/zip", ["-q", "-r", "set.zip", "hpdb"], in: folder + "/set")
      let plain = try convert(folder + "/set")
      for jobs in ["1", "3"] {
        let zipped = try convert(folder + "/set/set.zip", ["--jobs", jobs])
        #expect(
          zipped.output.replacingOccurrences(of: #""archive":"set.zip""#, with: #""archive":null"#)
            == plain.output)
      }
    }
  }

  @Test("inspect prints and draws a depth image")
  func depthImage() throws {
    try withSet { folder in
      let file = folder + "/set/hpdb/01/frame_00003_depth.bin"
      let outcome = try Program.run(["inspect", file, "--overlay", folder + "/depth.png"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix("\(file): depth image, 160 x 120, "))
      #expect(outcome.output.contains("of 19200 pixels measured, "))
      #expect(FileManager.default.fileExists(atPath: folder + "/depth.png"))
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder + "/short.bin"))
      let short = try Program.run(["inspect", folder + "/short.bin"])
      #expect(short.status == 65)
      #expect(short.errors.contains("short.bin: width: expected 4 bytes, found 3"))
    }
  }

  @Test("build packs the annotated poses")
  func build() throws {
    try withSet { folder in
      let outcome = try Program.run([
        "build", "biwi", "--input", folder + "/set", "--output", folder + "/train", "--layout",
        "records", "--progress", "none",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let shard = try Program.run(["inspect", folder + "/train.lmdb"])
      #expect(shard.output.contains("11 samples"))
    }
  }
}
