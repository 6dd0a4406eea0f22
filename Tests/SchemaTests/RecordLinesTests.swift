import Codecs
import Geometry
import Glibc
import Schema
import TestSupport
import Testing

@Suite("Record lines")
struct RecordLinesTests {
  private func line(_ id: String) -> String {
    ImageRecord(
      id: id, source: RecordSource(dataset: "d", file: "label.txt", line: 99),
      image: ImageReference(path: "a.jpg"),
      faces: [Face(box: .init(x: 1, y: 2, width: 3, height: 4))]
    ).jsonLine
  }

  /// All that a file of this text gives: each record's id and place, or each issue's text.
  private func reading(_ text: String) throws -> [String] {
    try withTemporaryDirectory { folder in
      try write(text, to: "\(folder)/records.jsonl")
      var lines = RecordLines(file: try MappedFile(path: "\(folder)/records.jsonl"))
      var found: [String] = []
      while let outcome = lines.next() {
        if let record = outcome.record {
          let location = record.location
          found.append("\(record.id) at \(location.file):\(location.line ?? 0)")
          #expect(record.location(ofFace: 0) == location)
          #expect(outcome.issues.isEmpty)
        }
        found += outcome.issues.map { "\($0.severity) \($0.code): \($0)" }
      }
      #expect(lines.position >= text.utf8.count)
      #expect(lines.next() == nil)
      return found
    }
  }

  @Test("a mark leads back to its line and number")
  func marks() throws {
    try withTemporaryDirectory { folder in
      try write(line("a") + "\n" + line("b") + line("c"), to: "\(folder)/r.jsonl")
      var lines = RecordLines(file: try MappedFile(path: "\(folder)/r.jsonl"))
      _ = lines.next()
      let mark = lines.mark
      let second = lines.next()?.record
      #expect(second?.id == "b" && lines.next()?.record?.id == "c")
      lines.move(to: mark)
      let again = lines.next()?.record
      #expect(again == second && again?.location.line == 3)
    }
  }

  @Test("texts put together are the file, one text a record with the blank lines before it")
  func texts() throws {
    try withTemporaryDirectory { folder in
      let text = "\u{FEFF}\n" + line("a") + " \r\n" + line("b") + "{\n\n"
      try write(text, to: "\(folder)/r.jsonl")
      var lines = RecordLines(file: try MappedFile(path: "\(folder)/r.jsonl"))
      var texts: [[UInt8]] = []
      while let next = lines.nextText() { texts.append(next) }
      #expect(texts.count == 4)
      #expect(texts.joined().elementsEqual(text.utf8))
      let second = try ImageRecord(jsonLine: String(decoding: texts[1], as: UTF8.self))
      #expect(second.id == "b")
    }
  }

  @Test("a byte order mark and lines of blanks are skipped")
  func byteOrderMark() throws {
    #expect(try reading("\u{FEFF}" + line("a") + " \t\r\n") == ["a at records.jsonl:1"])
  }

  @Test("each line is a record with its place, the last one with or without a line feed")
  func records() throws {
    let text = line("a") + line("b")
    let expected = ["a at records.jsonl:1", "b at records.jsonl:2"]
    #expect(try reading(text) == expected)
    #expect(try reading(String(text.dropLast())) == expected)
  }

  @Test("blank lines are skipped and counted, Windows line ends are read")
  func blankLines() throws {
    let text = "\n" + line("a") + "  \n\r\n" + line("b").replacing("\n", with: "\r\n") + "\n\n"
    #expect(try reading(text) == ["a at records.jsonl:2", "b at records.jsonl:5"])
    #expect(try reading("") == [])
    #expect(try reading("\n\n") == [])
  }

  @Test("a bad line is an issue at its place, and reading goes on")
  func badLines() throws {
    let foreign = line("x").replacing("image/1", with: "image/9")
    let leaving = line("x").replacing("a.jpg", with: "../a.jpg")
    let text = line("a") + "{\"id\":\n" + foreign + line("b") + "\n" + leaving + line("c") + "7"
    #expect(
      try reading(text) == [
        "a at records.jsonl:1",
        "error malformedRecord: records.jsonl:2: "
          + "JSON, character 7: expected a JSON value, found the end",
        "error malformedRecord: records.jsonl:3: "
          + "record.schema: expected 'sixdof.image/1', found 'sixdof.image/9'",
        "b at records.jsonl:4",
        "error malformedRecord: records.jsonl:6: "
          + "image path: expected a path without '..', found '../a.jpg'",
        "c at records.jsonl:7",
        "error malformedRecord: records.jsonl:8: record: expected an object, found a number",
      ])
  }
}

@Suite("Image paths in several spellings")
struct PlainImagePathTests {
  @Test(
    "other spellings become the records'",
    arguments: [
      ("a/b.jpg", "a/b.jpg"), ("./a/b.jpg", "a/b.jpg"), (#"a\b.jpg"#, "a/b.jpg"),
      ("a//b.jpg", "a/b.jpg"), ("/a/b.jpg", "a/b.jpg"), ("a/./b.jpg", "a/b.jpg"),
      (#".\a\b.jpg"#, "a/b.jpg"),
      (#"a\ b.jpg"#, #"a\ b.jpg"#), ("../a.jpg", "../a.jpg"), ("a/..b/.c.jpg", "a/..b/.c.jpg"),
      ("", ""), ("/", ""),
    ])
  func spelling(path: String, plain: String) { #expect(path.plainImagePath == plain) }

  @Test("a file of records in UTF-16, with old line ends or packed is one issue")
  func encodings() throws {
    let files: [([UInt8], String)] = [
      ([0xFF, 0xFE, 0x7B, 0], "UTF-16"), (Array("{}\r{}\r".utf8), "CR alone"),
      ([0x1F, 0x8B, 8], "gzip"),
    ]
    for (bytes, found) in files {
      try withTemporaryDirectory { folder in
        try write("", to: "\(folder)/r.jsonl")
        try bytes.withUnsafeBytes { buffer in
          let handle = try #require(fopen("\(folder)/r.jsonl", "w"))
          fwrite(buffer.baseAddress, 1, buffer.count, handle)
          fclose(handle)
        }
        var lines = RecordLines(file: try MappedFile(path: "\(folder)/r.jsonl"))
        let first = lines.next()
        let issues = try #require(first).issues
        #expect(issues.count == 1 && "\(issues)".contains(found))
        let second = lines.next()
        #expect(second?.issues == nil)
      }
    }
  }
}
