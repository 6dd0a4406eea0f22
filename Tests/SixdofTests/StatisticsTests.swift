import Foundation
import TestSupport
import Testing

/// Poses that `stats` cannot count.
@Suite("stats of what does not train")
struct StatisticsTests {
  @Test("poses of faces without landmarks are counted as left out, and not said to be none")
  func withoutLandmarks() throws {
    try withTemporaryDirectory { folder in
      func run(_ arguments: [String]) throws -> Program.Outcome {
        try Program.run(arguments, in: folder)
      }
      let synth = try run(
        ["synth", "biwi", "--count", "2", "--output", "biwi", "--progress", "none"])
      #expect(synth.status == 0, "\(synth.errors)")
      #expect(try run(["convert", "biwi", "--input", "biwi", "-o", "b.jsonl"]).status == 0)
      let stats = try run(["stats", "b.jsonl", "--output", "s"])
      #expect(stats.status == 65, "\(stats.errors)")
      #expect(stats.errors.contains("left out  2 poses without landmarks"), "\(stats.errors)")
      #expect(
        stats.errors.contains(
          "b.jsonl: expected faces with a pose, found poses of faces without landmarks, which img2pose does not train on; 'sixdof infer --faces annotated' places them in the boxes"
        ), "\(stats.errors)")
      #expect(!stats.errors.contains("run label first"))
    }
  }

  @Test("poses of images whose camera is not known are counted as left out beside others")
  func someWithoutCamera() throws {
    try withTemporaryDirectory { folder in
      func run(_ arguments: [String]) throws -> Program.Outcome {
        try Program.run(arguments, in: folder)
      }
      let synth = try run(
        ["synth", "wider-face", "--count", "4", "--output", "set", "--progress", "none"])
      #expect(synth.status == 0, "\(synth.errors)")
      let label = try run(["label", "set/truth.jsonl", "--relabel", "--output", "all.jsonl"])
      #expect(label.status == 0, "\(label.errors)")
      let all = try String(contentsOfFile: folder + "/all.jsonl", encoding: .utf8)
      let lines = all.split(separator: "\n").map(String.init)
      let camera = #/"camera":\{[^}]*\}/#
      let text = lines.enumerated().map { i, line in
        i == 0 ? line : line.replacing(camera, with: "\"camera\":null")
      }
      try write(text.joined(separator: "\n") + "\n", to: folder + "/some.jsonl")
      let poses = lines.dropFirst().map { $0.matches(of: #/"rotation_vector"/#).count }.reduce(0, +)
      let stats = try run(["stats", "some.jsonl", "--output", "s"])
      #expect(stats.errors.contains("left out  \(poses) poses without a camera"), "\(stats.errors)")
    }
  }

  @Test("poses without a camera, and faces without a pose, are told apart")
  func withoutCamera() throws {
    try withTemporaryDirectory { folder in
      for (columns, row, message) in [
        ("x1,y1,x2,y2,yaw,pitch,roll", "1,2,30,40,1,2,3", "found poses without a camera; convert"),
        ("x1,y1,x2,y2", "1,2,30,40", "found none; run label first"),
      ] {
        try write("image,\(columns)\na.jpg,\(row)\n", to: folder + "/t.csv")
        let records = try Program.run(
          ["convert", "csv", "--annotations", "t.csv", "--output", "-"], in: folder)
        let stats = try Program.run(
          ["stats", "-", "--output", "s"], input: records.output, in: folder)
        #expect(stats.status == 65 && stats.errors.contains(message), "\(stats.errors)")
      }
    }
  }
}
