import Foundation
import Schema
import TestSupport
import Testing

@testable import Reporting
@testable import sixdof

@Suite("words on the screen")
struct ScreenTests {
  /// A name that clears the screen, ends a line, turns the writing round and begins a C1 sequence.
  private static let hostile = "a\u{1B}[2J\u{202E}b\u{9B}31m\u{200B}c"

  private func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n"
        || ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
          scalar.properties.generalCategory)
    }
  }

  /// One whose box has no area.
  private func record(_ id: String, left: Double) -> ImageRecord {
    var record = evaluationRecord(id, path: "\(id).jpg", box: [left, 10, left, 60])
    record.source.file = "\(id).txt"
    return record
  }

  @Test("diff, check, inspect and its page show a record's name and do not obey it")
  func records() throws {
    try withTemporaryDirectory { folder in
      let name = Self.hostile + "\nx"
      try writeRecords([record(name, left: 10)], to: folder + "/a.jsonl")
      try writeRecords([record(name, left: 12)], to: folder + "/b.jsonl")
      try writeRecords([], to: folder + "/none.jsonl")
      for arguments in [
        ["diff", "a.jsonl", "b.jsonl"], ["diff", "a.jsonl", "none.jsonl"],
        ["check", "a.jsonl", "--report", "page.html"], ["inspect", "a.jsonl"],
      ] {
        let outcome = try Program.run(arguments, in: folder)
        #expect(isPlain(outcome.output), "\(arguments): \(outcome.output)")
      }
      let changed = try Program.run(["diff", "a.jsonl", "b.jsonl"], in: folder).output
      #expect(changed.contains("'a\\u{1B}[2J\\u{202E}b\\u{9B}31m\\u{200B}c\\u{A}x.jpg'"))
      let page = try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
      #expect(isPlain(page))
      #expect(page.contains("\\\\u{202E}"))
    }
  }

  @Test("a file's name is shown so too")
  func files() throws {
    try withTemporaryDirectory { folder in
      let name = Self.hostile + ".jsonl"
      try writeRecords([evaluationRecord("x")], to: "\(folder)/\(name)")
      let inspected = try Program.run(["inspect", name], in: folder)
      #expect(inspected.status == 0 && isPlain(inspected.output))
      #expect(
        inspected.output.hasPrefix("a\\u{1B}[2J\\u{202E}b\\u{9B}31m\\u{200B}c.jsonl: records"))
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(Self.hostile)", withIntermediateDirectories: true)
      #expect(isPlain(try Program.run(["inspect", Self.hostile], in: folder).output))
      let checked = try Program.run(["check", name, "--report", "page.html"], in: folder)
      #expect(isPlain(checked.output))
      #expect(isPlain(try String(contentsOfFile: folder + "/page.html", encoding: .utf8)))
    }
  }
}

@Suite("colours of severities")
struct SeverityColourTests {
  @Test("only the word that begins a line is in colour, and nothing where they are off")
  func words() {
    let text = "error: a: expected b\n  warning: c\nno error: d\nnote: e\nnoted: f\n"
    #expect(
      SeverityColours(isOn: true).coloured(text)
        == "\u{1B}[1;31merror\u{1B}[0m: a: expected b\n  \u{1B}[33mwarning\u{1B}[0m: c\nno error: d\n\u{1B}[36mnote\u{1B}[0m: e\nnoted: f\n"
    )
    #expect(SeverityColours(isOn: false).coloured(text) == text)
  }
}
