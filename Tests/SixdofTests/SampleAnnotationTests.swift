import Foundation
import TestSupport
import Testing

@Suite("The samples in Annotations")
struct SampleAnnotationTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Annotations")
    .path

  @Test(
    "are read as their truth",
    arguments: [
      ("300w-lp", "300w-lp/300W_LP", []), ("aflw2000", "aflw2000/AFLW2000", []),
      ("biwi", "biwi", []), ("biwi", "biwi", ["--frame", "depth"]),
      ("arkitface", "arkitface/perspnet", ["--split", "train"]),
    ])
  func truth(dataset: String, folder: String, options: [String]) throws {
    let run = try Program.run(
      ["convert", dataset, "--input", "\(Self.root)/\(folder)", "--output", "-"]
        + ["--native", "none"] + options)
    #expect(run.status == 0, "\(run.errors)")
    let file = options == ["--frame", "depth"] ? "truth_depth.jsonl" : "truth.jsonl"
    let truth = try String(contentsOfFile: "\(Self.root)/\(dataset)/\(file)", encoding: .utf8)
    #expect(lines(run.output) == lines(truth))
    #expect(lines(truth).count == 2)
  }

  private func lines(_ text: String) -> [Substring] { text.split(separator: "\n").sorted() }
}
