import Foundation
import TestSupport
import Testing

@Suite("Inputs that change or cannot be read")
struct ChangingInputTests {
  /// Records so many that a run is still reading them when it was seen to have begun.
  private func writeRecords(_ path: String, of set: SyntheticSet, times: Int) throws {
    let few = set.folder + "/few.jsonl"
    let options = ["--annotations", set.label, "--images", set.images, "--output", few]
    #expect(try Program.run(["convert", "wider-face"] + options).status == 0)
    let lines = try String(contentsOfFile: few, encoding: .utf8)
    let whole = (0..<times).map { lines.replacingOccurrences(of: "synthetic_", with: "copy\($0)_") }
    try write(whole.joined(), to: path)
  }

  @Test(
    "a file of a folder that cannot be looked at is named",
    .enabled(if: Unprivileged.isPossible, "root may read it, and setpriv cannot change that"))
  func unreadableInFolder() throws {
    try withTemporaryDirectory { folder in
      try write("image,yaw,pitch,roll\na.jpg,1,2,3\n", to: folder + "/in/a.csv")
      try write("image,yaw,pitch,roll\nb.jpg,1,2,3\n", to: folder + "/in/b.csv")
      #expect(chmod(folder + "/in/b.csv", 0) == 0)
      let outcome = try Unprivileged.run(
        ["convert", "auto", "--input", "in", "--output", "x.jsonl", "--progress", "none"],
        in: folder)
      #expect(outcome.errors.contains("not read  b.csv, which is a file that cannot be read"))
      #expect(outcome.errors.contains("Permission denied"), "\(outcome.errors)")
    }
  }

  @Test(
    "a file that is cut, or written over, while it is read gives no output",
    arguments: ["cut", "written over"])
  func changed(how: String) throws {
    try SyntheticSet.with(count: 12, options: ["--size", "96x64"]) { set in
      let input = set.folder + "/many.jsonl"
      try writeRecords(input, of: set, times: 2000)
      let output = set.folder + "/labelled.jsonl"
      try write("old", to: output)
      let run = try Run(
        Program.path, ["label", input, "--output", output, "--progress", "none", "--jobs", "1"])
      let unfinished = set.folder + "/labelled.partial/labelled.jsonl"
      #expect(run.waits { FileManager.default.contents(atPath: unfinished)?.isEmpty == false })
      if how == "cut" {
        #expect(truncate(input, 5000) == 0)
      } else {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: input))
        try handle.write(contentsOf: Data(repeating: 32, count: 4096))
        try handle.close()
      }
      let outcome = run.wait()
      #expect(outcome.status == 74, "\(outcome.status) \(outcome.errors.suffix(500))")
      #expect(
        outcome.errors.contains("many.jsonl: changed while it was read: expected"),
        "\(outcome.errors.suffix(500))")
      #expect(try String(contentsOfFile: output, encoding: .utf8) == "old")
      #expect(!FileManager.default.fileExists(atPath: set.folder + "/labelled.partial"))
    }
  }

  @Test(
    "files that are there and cannot be read are errors of their own, not absent",
    .enabled(if: Unprivileged.isPossible, "root may read it, and setpriv cannot change that"))
  func unreadable() throws {
    try withTemporaryDirectory { folder in
      let made = try Program.run(["synth", "biwi", "--count", "3", "--output", folder + "/set"])
      #expect(made.status == 0, "\(made.errors)")
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder + "/set")
      func convert() throws -> (outcome: Program.Outcome, issues: String) {
        let output = folder + "/biwi.jsonl"
        let outcome = try Unprivileged.run(
          [
            "convert", "biwi", "--input", folder + "/set", "--output", output,
          ], in: folder)
        let issues = (try? String(contentsOfFile: folder + "/biwi.issues.jsonl", encoding: .utf8))
        return (outcome, issues ?? "")
      }
      for (ending, code) in [("depth.cal", "unreadable-file"), (".png", "unreadable-image")] {
        let name = try #require(names.sorted().first { $0.hasSuffix(ending) })
        #expect(chmod(folder + "/set/" + name, 0) == 0)
        let (outcome, issues) = try convert()
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(issues.contains(code), "\(ending): \(issues) \(outcome.errors)")
        #expect(issues.contains("Permission denied"), "\(issues)")
        #expect(chmod(folder + "/set/" + name, 0o644) == 0)
      }
      #expect(try convert().outcome.status == 0)
    }
  }
}
