import Foundation
import Schema
import TestSupport
import Testing

@Suite("checks in the summary of build and convert")
struct CheckDigestTests {
  /// Exchanges left and right of all faces' eyes and mouth corners.
  private func exchangeSides(_ set: SyntheticSet) throws {
    try set.editLabel { lines in
      for i in lines.indices where !lines[i].hasPrefix("#") {
        var fields = lines[i].split(separator: " ").map(String.init)
        guard fields.count == 20 else { continue }
        for (left, right) in [(4, 7), (13, 16)] {
          for k in 0..<3 { fields.swapAt(left + k, right + k) }
        }
        lines[i] = fields.joined(separator: " ")
      }
    }
  }

  @Test("faces whose sides are exchanged are named, with the command that shows them")
  func exchangedSides() throws {
    try SyntheticSet.with(count: 20) { set in
      let clean = try set.build("clean")
      #expect(clean.status == 0 && !clean.errors.contains("mirrored-landmarks"))
      try exchangeSides(set)
      let build = try set.build("out/x")
      #expect(build.status == clean.status, "\(build.errors)")
      let line = try #require(
        build.errors.split(separator: "\n").first { $0.contains("(mirrored-landmarks)") })
      #expect(
        line.hasPrefix("  warning: in ") && line.contains("with landmarks: landmarks mirrored"))
      #expect(build.errors.contains("; 'sixdof check \(set.folder)/out/x.lmdb' shows them"))
      let shown = try Program.run(["check", "\(set.folder)/out/x.lmdb", "--progress", "none"])
      #expect(shown.output.contains("mirrored-landmarks"))
      let dry = try set.build("dry", ["--dry-run"])
      #expect(dry.errors.contains("(mirrored-landmarks)"))
      // Convert without images knows no sizes, and sees sides all the same.
      let convert = try Program.run(
        [
          "convert", "wider-face", "--annotations", set.label, "--output", "r.jsonl", "--progress",
          "none",
        ], in: set.folder)
      #expect(convert.status == 0)
      #expect(convert.errors.contains("(mirrored-landmarks)"))
      #expect(convert.errors.contains("; 'sixdof check r.jsonl' shows them"))
    }
  }

  @Test("a fault of every face is said to be of all faces")
  func allFaces() throws {
    try withTemporaryDirectory { folder in
      let row = "100 100 60 80 155 130 0 115 130 0 130 150 0 150 165 0 118 165 0 0.9"
      let rows = (1...4).map { "# \($0).jpg\n\(row)\n" }.joined()
      try write(rows, to: folder + "/label.txt")
      let outcome = try Program.run(
        ["convert", "wider-face", "--annotations", "label.txt", "--output", "r.jsonl"], in: folder)
      #expect(
        outcome.errors.contains(
          "  warning: in all 4 faces with landmarks: landmarks mirrored (mirrored-landmarks)\n"))
    }
  }
}
