import Foundation
import Schema
import TestSupport
import Testing

@Suite("sample")
struct SampleTests {
  @Test("as many records as asked for, in their order, the same for the same seed")
  func count() throws {
    try RecordFiles.with { files in
      let all = try files.lines("records.jsonl")
      let arguments = ["sample", "records.jsonl", "--count", "9", "--by", "yaw", "--output"]
      let outcome = try files.run(arguments + ["small.jsonl"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let drawn = try files.lines("small.jsonl")
      #expect(drawn.count == 9 && all.filter(Set(drawn).contains) == drawn)
      #expect(outcome.errors.contains("wrote     small.jsonl: 9 records"))
      let piped = try files.run(
        ["sample", "-"] + arguments[2...] + ["-"], input: all.map { $0 + "\n" }.joined())
      #expect(piped.output == (try files.text("small.jsonl")))
      #expect(try files.run(arguments + ["other.jsonl", "--seed", "2"]).status == 0)
      #expect(try files.lines("other.jsonl") != drawn)
    }
  }

  @Test("too few records are a warning; bins are counted by their edges")
  func tooFew() throws {
    try RecordFiles.with { files in
      let all = try files.lines("records.jsonl").count
      let outcome = try files.run([
        "sample", "records.jsonl", "--count", "500", "--bins=-90,0,90", "--output", "s.jsonl",
      ])
      #expect(outcome.status == 0)
      #expect(
        outcome.errors.contains(
          "warning: records.jsonl: records: expected 500 with a yaw in the bins, found \(all)"))
      #expect(outcome.errors.contains("yaw       -90 to 0: ") && !outcome.errors.contains("left"))
      #expect(try files.lines("s.jsonl").count == all)
      for options in [
        ["--count", "0"], ["--count", "1", "--bins=0,0"], ["--count", "1", "--bins=0"],
      ] {
        let outcome = try files.run(["sample", "records.jsonl", "--output", "q"] + options)
        #expect(outcome.status == 64, "\(options)")
      }
    }
  }
}

@Suite("merge")
struct MergeTests {
  /// The records in two files that share the 4th and 5th, the 5th with another box.
  private func withOverlap(_ body: (RecordFiles, [String], String) throws -> Void) throws {
    try RecordFiles.with(count: 12) { files in
      let all = try files.lines("records.jsonl")
      let other = all[4].replacing(/"bbox_xyxy":\[[^,]*/, with: "\"bbox_xyxy\":[-7")
      #expect(other != all[4])
      try files.write(Array(all[..<5]), to: "a.jsonl")
      try files.write([all[3], other] + all[5...], to: "b.jsonl")
      try body(files, all, other)
    }
  }

  private func merge(_ files: RecordFiles, _ options: [String]) throws -> Program.Outcome {
    try files.run(["merge", "a.jsonl", "b.jsonl", "--output", "all.jsonl"] + options)
  }

  @Test("an id that comes again ends the run with both places, and nothing is written")
  func duplicate() throws {
    try withOverlap { files, all, _ in
      let outcome = try merge(files, [])
      #expect(outcome.status == 65)
      let id = try #require(try files.records("a.jsonl")[3]["id"]?.text)
      #expect(
        outcome.errors
          == "error: b.jsonl:1: id '\(id)': expected one that no record before has, found that of a.jsonl:4; --on-duplicate keeps the first or the last\n"
      )
      #expect(try files.others() == ["a.jsonl", "b.jsonl"])
    }
  }

  @Test("the first or the last is kept where it stands; a contradiction is a warning")
  func kept() throws {
    try withOverlap { files, all, other in
      let first = try merge(files, ["--on-duplicate", "first"])
      #expect(first.status == 0)
      #expect(try files.lines("all.jsonl") == all)
      #expect(first.errors.contains("left out  2 records whose id another one has"))
      let issues = try files.records("all.issues.jsonl")
      #expect(issues.map { $0["code"]?.text } == ["conflicting-annotation"])
      #expect(issues.map { $0["line"]?.number } == [2])
      let last = try merge(files, ["--on-duplicate", "last"])
      #expect(last.status == 0)
      #expect(try files.lines("all.jsonl") == all[..<3] + [all[3], other] + all[5...])
      #expect(try merge(files, ["--on-duplicate", "last", "--strict"]).status == 65)
    }
  }

  @Test(
    "what rotations are relative to, and their frames, are told of the records that are written")
  func leftOutPoses() throws {
    func record(_ id: String, _ camera: String, _ frame: String, _ isEgocentric: Bool) -> String {
      #"{"schema":"sixdof.image/1","id":"\#(id)","source":{"dataset":"x","file":"f","line":1},"image":{"path":"\#(id).jpg","archive":null,"width":640,"height":480,"format":null},"camera":{"fx":1120,"fy":1120,"cx":320,"cy":240,"provenance":"\#(camera)"},"faces":[{"bbox_xyxy":[10,20,110,140],"pose":{"rotation_vector":[0,0,0],"translation":[0,0,1],"frame":"\#(frame)","scale":"assumed","provenance":"annotation"},"attributes":{"egocentric":\#(isEgocentric)}}]}"#
    }
    try RecordFiles.with(count: 1) { files in
      let weak = "weak-perspective"
      try files.write(
        [record("a", weak, "bfm", true), record("b", weak, "bfm", true)], to: "a.jsonl")
      try files.write([record("a", weak, "arkit", false)], to: "b.jsonl")
      let first = try merge(files, ["--on-duplicate", "first"])
      #expect(first.status == 0 && first.errors.contains("3 faces"), "\(first.errors)")
      #expect(!first.errors.contains("sight "), "\(first.errors)")
      #expect(!first.errors.contains("frames "), "\(first.errors)")
      let last = try merge(files, ["--on-duplicate", "last"])
      #expect(last.errors.contains("sight     1 rotation relative to the camera's axis, 1 to"))
      #expect(last.errors.contains("expected one object frame"), "\(last.errors)")
    }
  }

  @Test("records of several ids that name one image are told, for each may be of another folder")
  func sharedPaths() throws {
    try RecordFiles.with(count: 4) { files in
      let all = try files.lines("records.jsonl")
      let path = try #require(try files.records("records.jsonl")[0].path)
      let other = try #require(try files.records("records.jsonl")[1].path)
      try files.write([all[0]], to: "a.jsonl")
      try files.write([all[1].replacingOccurrences(of: other, with: path)], to: "b.jsonl")
      let outcome = try merge(files, [])
      #expect(outcome.status == 0)
      #expect(
        outcome.errors.contains(
          "b.jsonl:1: 1 record: expected image paths that no record of another id has, found that of a.jsonl:1 first"
        ), "\(outcome.errors)")
      #expect(
        try files.records("all.issues.jsonl").map { $0["code"]?.text } == ["shared-image-path"])
      try files.write([all[1]], to: "b.jsonl")
      #expect(try merge(files, []).errors.contains("0 warnings"))
    }
  }

  @Test(
    "an output that is called as what a run has of its own is refused, and not lost",
    arguments: ["old", "lock", "current"])
  func ownNames(name: String) throws {
    try RecordFiles.with { files in
      for arguments in [
        ["merge", "records.jsonl", "--output", name],
        ["split", "records.jsonl", "--output-dir", name],
      ] {
        let refused = try files.run(arguments)
        #expect(refused.status == 64)
        #expect(refused.errors.contains("\(name): expected another name"), "\(refused.errors)")
      }
      #expect(try files.others().isEmpty)
    }
  }

  @Test("the parts of a split give the records back, from files or standard input")
  func parts() throws {
    try RecordFiles.with(count: 12) { files in
      let all = try files.text("records.jsonl")
      #expect(
        try files.run(["split", "records.jsonl", "--ratios", "1,1", "--output-dir", "p"]).status
          == 0)
      let outcome = try files.run(
        ["merge", "p/train.jsonl", "-", "--output", "-"], input: files.text("p/test.jsonl"))
      #expect(outcome.status == 0)
      #expect(
        outcome.output.split(separator: "\n").sorted() == all.split(separator: "\n").sorted())
      #expect(try files.run(["merge", "-", "-", "--output", "-"]).status == 64)
    }
  }
}
