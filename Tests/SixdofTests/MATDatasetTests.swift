import Foundation
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

  @Test("build packs AFLW2000-3D's annotated poses as they are")
  func build() throws {
    try withTemporaryDirectory { folder in
      _ = try Program.run([
        "synth", "aflw2000", "--count", "5", "--output", folder, "--progress", "none",
      ])
      let run = try Program.run([
        "build", "aflw2000", "--input", folder, "--output", folder + "/out", "--progress", "none",
      ])
      #expect(run.status == 0, "\(run.errors)")
      #expect(FileManager.default.fileExists(atPath: folder + "/out.lmdb"))
    }
  }
}
