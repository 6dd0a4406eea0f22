import Foundation
import Schema
import TestSupport
import Testing

@Suite("split")
struct SplitTests {
  @Test("parts hold each record once, unchanged and in order, and share no person")
  func ratios() throws {
    try RecordFiles.with { files in
      let split = ["split", "records.jsonl", "--ratios", "0.5,0.5", "--output-dir"]
      let outcome = try files.run(split + ["parts"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let all = try files.lines("records.jsonl")
      let parts = try ["train", "test"].map { try files.lines("parts/\($0).jsonl") }
      #expect(parts.joined().sorted() == all.sorted() && parts.allSatisfy { !$0.isEmpty })
      for part in parts { #expect(all.filter(Set(part).contains) == part) }
      let persons = try ["train", "test"].map {
        Set(try files.records("parts/\($0).jsonl").map(\.subject))
      }
      #expect(persons[0].isDisjoint(with: persons[1]))
      #expect(outcome.errors.contains("wrote     parts/train.jsonl: \(parts[0].count) images ("))
      let report = try JSONParser.value(of: files.text("parts/split.json"))
      for (i, part) in (report["parts"]?.elements ?? []).enumerated() {
        #expect(part["images"]?.number == Double(parts[i].count))
        #expect(part["groups"]?.number == 1)
        let yaws = part["yaw_histogram"]?.elements?.compactMap(\.number) ?? []
        #expect(yaws.count == 14 && yaws.reduce(0, +) == Double(parts[i].count))
      }
      // Neither the order of the records nor standard input changes the parts.
      let reversed = all.reversed().map { $0 + "\n" }.joined()
      #expect(try files.run(["split", "-"] + split[2...] + ["again"], input: reversed).status == 0)
      #expect(try files.lines("again/train.jsonl") == parts[0].reversed())
    }
  }

  @Test("an attribute that no face has is refused, with those that there are and the nearest")
  func wrongAttribute() throws {
    try RecordFiles.with { files in
      let outcome = try files.run([
        "split", "records.jsonl", "--by", "subject", "--output-dir", "parts",
      ])
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("expected faces with the attribute 'subject', found none"))
      #expect(outcome.errors.contains("subject_id"))
    }
  }

  @Test("lists that are written give the same parts when read", arguments: ["paths", "stems"])
  func listsAgain(form: String) throws {
    try RecordFiles.with { files in
      let written = try files.run([
        "split", "records.jsonl", "--ratios", "a=1,b=1", "--write-lists", "--list-form", form,
        "--output-dir", "parts",
      ])
      #expect(written.status == 0)
      let read = try files.run([
        "split", "records.jsonl", "--list", "a=parts/a.txt", "--list", "b=parts/b.txt",
        "--output-dir", "again",
      ])
      #expect(read.status == 0, "\(read.errors)")
      for part in ["a", "b"] {
        #expect(try files.text("parts/\(part).jsonl") == files.text("again/\(part).jsonl"))
      }
    }
  }

  @Test("lists: no list, two lists, no image and a crossing person are findings with their places")
  func listFindings() throws {
    try RecordFiles.with { files in
      let paths = try files.records("records.jsonl").compactMap(\.path)
      try files.write(Array(paths[1..<6]) + ["none.png"], to: "one.txt")
      try files.write(Array(paths[5...]), to: "two.txt")
      let outcome = try files.run([
        "split", "records.jsonl", "--list", "train=one.txt", "--list", "test=two.txt",
        "--output-dir", "parts",
      ])
      #expect(outcome.status == 2)
      let issues = try files.records("parts/split.issues.jsonl").map {
        "\($0["code"]?.text ?? "") \($0["file"]?.text ?? ""):\(Int($0["line"]?.number ?? 0))"
      }
      #expect(
        issues == [
          "conflicting-list two.txt:1", "unlisted-image records.jsonl:1",
          "missing-annotation one.txt:6", "crossing-group two.txt:2",
        ])
      #expect(
        outcome.errors.contains(
          "error: records.jsonl:1: image '\(paths[0])': expected it in one of the lists, found it in none"
        ))
      #expect(
        outcome.errors.contains(
          "error: two.txt:2: group 'biwi/subject_id=F01': expected it in one part, found it in test, and by one.txt:1 in train"
        ))
      #expect(try files.records("parts/train.jsonl").compactMap(\.path) == Array(paths[1..<6]))
      #expect(try files.records("parts/test.jsonl").compactMap(\.path) == Array(paths[6...]))
    }
  }

  @Test("too few groups, a folder that is there, and --strict leave nothing")
  func refusals() throws {
    try RecordFiles.with(count: 8) { files in
      let few = try files.run(["split", "records.jsonl", "--output-dir", "parts"])
      #expect(few.status == 65)
      #expect(
        few.errors == "error: records.jsonl: expected at least 3 groups of records that share no "
          + "person and no photo, found 2\n")
      try files.write(["{"] + files.lines("records.jsonl"), to: "bad.jsonl")
      let strict = try files.run(
        ["split", "bad.jsonl", "--ratios", "1,1", "--strict", "--output-dir", "parts"])
      #expect(strict.status == 65 && strict.errors.hasPrefix("bad.jsonl:1: "))
      #expect(try files.others() == ["bad.jsonl"])
      let there = try files.run(["split", "records.jsonl", "--output-dir", "set"])
      #expect(there.status == 64)
      #expect(there.errors.hasPrefix("error: set: expected no such folder, found one"))
      let bad = try files.run(["split", "bad.jsonl", "--ratios", "1,1", "--output-dir", "parts"])
      #expect(bad.status == 2)
      #expect(try files.lines("parts/split.issues.jsonl").count == 1)
      for options in [
        ["--ratios", "1,0"], ["--ratios", "a=1,a=1"], ["--ratios", "../x=1"], ["--list", "x"],
        ["--ratios", "1,1", "--list", "a=b"], ["--list", "a=-", "--list", "b=-"],
      ] {
        let outcome = try files.run(["split", "records.jsonl", "--output-dir", "q"] + options)
        #expect(outcome.status == 64, "\(options)")
      }
    }
  }

  @Test("SIGINT ends it with 130, also where a library has threads of its own", arguments: 0..<4)
  func interruption(attempt: Int) throws {
    try withTemporaryDirectory { folder in
      let run = try Run(
        Program.path, ["split", "-", "--output-dir", "\(folder)/parts"], holdsInput: true)
      let status = "/proc/\(run.identifier)/status"
      #expect(
        run.waits {
          let text = (try? String(contentsOfFile: status, encoding: .utf8)) ?? ""
          let caught = text.firstMatch(of: /SigCgt:\t([0-9a-f]+)/).flatMap {
            UInt64($0.1, radix: 16)
          }
          return (caught ?? 0) >> UInt64(SIGINT - 1) & 1 == 1
        }, "it is to catch the signal")
      run.send(SIGINT)
      #expect(run.wait().status == 130)
      run.endInput()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }
}
