import Foundation
import Schema
import TestSupport
import Testing

@Suite("diff")
struct DiffTests {
  /// Two files: in the second one image is gone, one is new, one face has moved, and one has another person.
  private func withPair(_ body: (RecordFiles, [String]) throws -> Void) throws {
    try RecordFiles.with(count: 12) { files in
      var lines = try files.lines("records.jsonl")
      let paths = try files.records("records.jsonl").compactMap(\.path)
      lines[4] = lines[4].replacing(/"translation":\[[^,]*/, with: "\"translation\":[9")
      lines[6] = lines[6].replacingOccurrences(of: "\"F0", with: "\"F9")
      let gone = lines.removeFirst()
      let new = gone.replacingOccurrences(of: "frame_0", with: "frame_9")
      try files.write([new] + lines.reversed(), to: "changed.jsonl")
      try body(files, paths)
    }
  }

  @Test("equal files, in any order, are equal")
  func equal() throws {
    try RecordFiles.with(count: 12) { files in
      try files.write(files.lines("records.jsonl").reversed(), to: "turned.jsonl")
      let outcome = try files.run(
        ["diff", "-", "turned.jsonl", "--pixels", "0", "--degrees", "0", "--metres", "0"],
        input: files.text("records.jsonl"))
      #expect(outcome.status == 0)
      let count = try files.lines("records.jsonl").count
      #expect(
        outcome.output == """
          images    \(count) the same, 0 changed, 0 only in the first, 0 only in the second
          faces     \(count) the same, 0 changed, 0 only in the first, 0 only in the second, of images in both

          """)
      #expect(try files.others() == ["turned.jsonl"])
    }
  }

  @Test("differences are named with their places, and counted")
  func text() throws {
    try withPair { files, paths in
      let outcome = try files.run(["diff", "records.jsonl", "changed.jsonl"])
      #expect(outcome.status == 2)
      let same = paths.count - 3
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines[0] == "records.jsonl:1: image '\(paths[0])': only in the first, with 1 face")
      #expect(
        lines[1]
          == "records.jsonl:5, changed.jsonl:\(paths.count - 3): image '\(paths[4])': changed")
      #expect(lines[2].hasPrefix("  face 1: translation ") && lines[2].hasSuffix(" m"))
      #expect(lines[4] == "  face 1: attributes (subject_id)")
      #expect(lines[5].hasPrefix("changed.jsonl:1: image '") && lines[5].contains("frame_9"))
      #expect(
        lines[6]
          == "images    \(same) the same, 2 changed, 1 only in the first, 1 only in the second"
      )
      #expect(lines[8].hasPrefix("  translation: 1 changed, by "))
      #expect(lines[9] == "  attributes: 1 changed")
      let fewer = try files.run(["diff", "records.jsonl", "changed.jsonl", "--limit", "1"])
      #expect(fewer.output.contains("\nand 3 more images\n"))
    }
  }

  @Test("fields and tolerances say what counts")
  func tolerances() throws {
    try withPair { files, _ in
      let diff = ["diff", "records.jsonl", "changed.jsonl", "--json"]
      for (options, changed) in [
        (["--fields", "box", "rotation"], 0), (["--fields", "box,rotation"], 0),
        (["--fields", "box rotation"], 0), (["--fields", " box,  translation "], 1),
        (["--fields", "box,translation"], 1), (["--fields", "translation"], 1),
        (["--fields", "translation", "--metres", "1000"], 0), ([], 2),
        (["--fields", "translation", "--degrees", "1000"], 1), (["--fields", "pose"], 1),
      ] {
        let outcome = try files.run(diff + options)
        #expect(outcome.status == 2)
        let objects = try outcome.output.split(separator: "\n").map {
          try JSONParser.value(of: String($0))
        }
        #expect(objects.count == changed + 3)
        let summary = try #require(objects.last?["summary"])
        #expect(summary["images"]?["changed"]?.number == Double(changed), "\(options)")
        #expect(summary["images"]?["only_in_first"]?.number == 1)
        #expect(objects[0]["status"]?.text == "only-in-first")
      }
    }
  }

  @Test("an image that comes again, and a bad line, are errors with their places")
  func faults() throws {
    try RecordFiles.with(count: 6) { files in
      let lines = try files.lines("records.jsonl")
      try files.write(lines + [lines[1], "{}"], to: "twice.jsonl")
      for pair in [["records.jsonl", "twice.jsonl"], ["twice.jsonl", "records.jsonl"]] {
        let outcome = try files.run(["diff"] + pair)
        #expect(outcome.status == 2)
        let place = "error: twice.jsonl:\(lines.count + 1): path '"
        #expect(outcome.errors.contains(place))
        #expect(outcome.errors.contains("found it in line 2 too; that is compared"))
        #expect(outcome.errors.contains("error: twice.jsonl:\(lines.count + 2): "))
        #expect(outcome.output.contains("images    \(lines.count) the same, 0 changed, 0 only"))
      }
      #expect(try files.run(["diff", "records.jsonl", "none.jsonl"]).status == 65)
      #expect(try files.run(["diff", "-", "-"]).status == 64)
      #expect(try files.run(["diff", "a", "b", "--iou", "0"]).status == 64)
    }
  }
}
