import Codecs
import Datasets
import Geometry
import Schema
import Testing

private func read(_ text: String, named name: String = "label.txt") throws -> Reading {
  try Reading(text, named: name)
}

private func lefts(_ reading: Reading) -> [[Double]] {
  reading.records.map { $0.faces.map(\.box.left) }
}

@Suite("Images that a text lists more than once")
struct RepeatedEntryTests {
  @Test("entries with other faces are one record at the first, with one warning")
  func merged() throws {
    let reading = try read(
      "# a.jpg\n1 2 3 4\n# b.jpg\n5 2 3 4\n\n# a.jpg\n9 2 3 4\n# c.jpg\n7 2 3 4\n")
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg", "c.jpg"])
    #expect(lefts(reading) == [[1, 9], [5], [7]])
    #expect(reading.records.map(\.source.line) == [1, 3, 8])
    #expect(reading.records[0].faces.map(\.sourceLine) == [2, 7])
    #expect(
      reading.texts == [
        "warning: label.txt:6: image 'a.jpg': expected one entry, found 2; they are one record, with 1 face of later ones added, and 0 faces that it had already"
      ])
  }

  @Test("entries with the same faces are one record, and duplicate-record is told at the second")
  func equal() throws {
    let entry = "0--Parade/a.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n"
    let reading = try read(entry + entry + entry, named: "gt.txt")
    #expect(lefts(reading) == [[1]])
    #expect(reading.issues.map(\.code) == [.duplicateRecord])
    #expect(reading.issues.map(\.location.line) == [4])
  }

  @Test("one entry a face is one image with all faces")
  func oneEntryAFace() throws {
    let entries = (0..<5).map { "# a.jpg\n\($0 * 10) 2 3 4\n" }
    let reading = try read(entries.joined())
    #expect(lefts(reading) == [[0, 10, 20, 30, 40]])
    #expect(reading.issues.map(\.code) == [.mergedEntries])
  }

  @Test("what one entry lacks the other has, and what contradicts is told")
  func details() throws {
    let points = "11 12 0 13 14 0 15 16 0 17 18 0 19 20 0"
    let others = "11 12 0 13 14 0 15 16 0 17 18 0 21 22 0"
    let added = try read("# a.jpg\n1 2 3 4\n# a.jpg\n1 2 3 4 \(points) 0.5\n")
    #expect(added.records[0].faces.map { $0.landmarks?.position(4) } == [[19, 20]])
    let reading = try read("# a.jpg\n1 2 3 4 \(points) 0.5\n# a.jpg\n1 2 3 4 \(others) 0.7\n")
    #expect(reading.records[0].faces.map { $0.landmarks?.position(4) } == [[19, 20]])
    #expect(reading.issues.map(\.code) == [.mergedEntries])
    #expect(reading.texts[0].hasSuffix("where quality, landmarks differ, the first entry's stay"))
  }

  @Test("paths that are spelt in several ways are one image, with the source's line kept")
  func spellings() throws {
    let headers = ["a/b.jpg", "./a/b.jpg", #"a\b.jpg"#, "a//b.jpg", "/a/b.jpg"]
    let text = headers.enumerated().map { "# \($1)\n\($0) 2 3 4\n" }.joined()
    let reading = try read(text)
    #expect(reading.records.map(\.image.path) == ["a/b.jpg"])
    #expect(lefts(reading) == [[0, 1, 2, 3, 4]])
    for header in headers {
      let single = try read("# \(header)\n1 2 3 4\n")
      #expect(single.records.map(\.image.path) == ["a/b.jpg"])
      #expect(single.records.first?.sourceLines.first == "# \(header)")
    }
  }

  @Test("a list that names one image in two JSON files, or one file twice, gives it once")
  func lists() throws {
    func json(_ left: Int) -> String {
      #"{"bboxes": [[\#(left), 2, 30, 40]], "image_path": "x.jpg"}"#
    }
    let reading = try Reading(
      [("list.txt", Array("a.json\nb.json\na.json\nnone.json\n".utf8))],
      beside: [("a.json", json(1)), ("b.json", json(5))])
    #expect(lefts(reading) == [[1, 5]])
    #expect(reading.issues.map(\.code) == [.mergedEntries, .missingAnnotation])
  }

  @Test("entries that cannot be read keep their own issues")
  func unreadable() throws {
    let reading = try read("# ../a.jpg\n1 2 3 4\n# b.jpg\n1 2 3 4\n# ../a.jpg\n1 2 3 4\n")
    #expect(reading.issues.map(\.code) == [.unsafePath, .unsafePath])
    #expect(reading.issues.map(\.location.line) == [1, 5])
    #expect(reading.records.map(\.image.path) == ["b.jpg"])
  }
}
