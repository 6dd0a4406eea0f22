import Codecs
import Foundation
import TestSupport
import Testing

@Suite("inspect --as")
struct TrainerViewTests {
  /// A synthetic 300W-LP with its records.
  private func withSet<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withTemporaryDirectory { folder in
      for arguments in [
        ["synth", "300w-lp", "--count", "2", "--output", "set"],
        ["convert", "300w-lp", "--input", "set/300W_LP", "--images", "set/300W_LP"]
          + ["--output", "r.jsonl"],
      ] {
        let outcome = try Program.run(arguments + ["--progress", "none"], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      return try body(folder)
    }
  }

  private func inspect(_ folder: String, _ words: [String]) throws -> Program.Outcome {
    try Program.run(["inspect", "r.jsonl"] + words, in: folder)
  }

  private let images = ["--images", "set/300W_LP"]

  @Test("prints and draws what a loader gives", arguments: ["trg", "hopenet", "img2pose"])
  func views(system: String) throws {
    try withSet { folder in
      let outcome = try inspect(
        folder, ["--index", "1", "--as", system, "--overlay", "x.png"] + images)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix("{\n  \"as\": \"\(system)\",\n"))
      #expect(outcome.errors.contains("wrote     x.png"))
      #expect(FileManager.default.fileExists(atPath: folder + "/x.png"))
    }
  }

  @Test("gives the reason in place of a picture, and writes none")
  func leftOut() throws {
    try withTemporaryDirectory { folder in
      try writeRecords([evaluationRecord("made/0", path: "0.png")], to: folder + "/r.jsonl")
      try FileManager.default.createDirectory(
        atPath: folder + "/images", withIntermediateDirectories: true)
      try Data(PixelImage(width: 64, height: 64).png()).write(
        to: URL(fileURLWithPath: folder + "/images/0.png"))
      let outcome = try inspect(
        folder,
        ["--index", "0", "--as", "hopenet", "--images", "images", "--overlay", "x.png"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("\"left_out\": \"images of 'made', which has no files"))
      #expect(outcome.errors.contains("x.png is not written"), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/x.png"))
    }
  }

  @Test("says what is missing")
  func refusals() throws {
    try withSet { folder throws in
      func errors(_ words: [String], _ status: Int32) throws -> String {
        let outcome = try inspect(folder, words)
        #expect(outcome.status == status, "\(outcome.errors)")
        return outcome.errors
      }
      #expect(
        try errors(["--as", "trg"], 64).contains(
          "'--as' shows one sample; name it with '--index'."))
      #expect(
        try errors(["--index", "0", "--source", "set"], 64).contains(
          "'--mesh-tables' and '--source' are for '--as'."))
      #expect(
        try errors(["--index", "0", "--as", "trg"], 65).contains("name it by '--images'"))
      #expect(
        try errors(["--index", "0", "--as", "perspnet"] + images, 64).contains(
          "found none named; name their folder with --mesh-tables"))
      #expect(try errors(["--index", "9", "--as", "trg"] + images, 65).contains("found 9"))
      #expect(try errors(["--index", "0", "--as", "nobody"], 64).contains("hopenet"))
    }
  }
}
