import Datasets
import Geometry
import Schema
import Testing

private func read(_ text: String) throws -> Reading {
  try Reading(text, named: "gt.txt")
}

private let row = "1 2 3 4 0 0 0 0 0 0 \n"

@Suite("Faults of WIDER FACE text")
struct WiderFaceTextFaultTests {
  @Test("keeps an image whose path has spaces, with a warning")
  func pathWithSpaces() throws {
    let reading = try read("1--A B/c d.jpg\n1\n\(row)")
    #expect(reading.records.map(\.image.path) == ["1--A B/c d.jpg"])
    #expect(
      reading.texts == [
        "warning: gt.txt:1: image path: expected no spaces, which img2pose's lists cannot hold, found '1--A B/c d.jpg'"
      ])
  }

  @Test(
    "refuses a path that leaves the folder of images and goes on with the next",
    arguments: [
      ("../b.jpg", "expected a path without '..', found '../b.jpg'"),
      ("a/../../b.jpg", "expected a path without '..', found 'a/../../b.jpg'"),
      ("/../etc/b.jpg", "expected a path without '..', found '../etc/b.jpg'"),
    ])
  func unsafePath(path: String, problem: String) throws {
    let reading = try read("\(path)\n1\n\(row)a/c.jpg\n1\n\(row)")
    #expect(reading.texts == ["error: gt.txt:1: image path: \(problem)"])
    #expect(reading.issues.map(\.code) == [.unsafePath])
    #expect(reading.records.map(\.image.path) == ["a/c.jpg"])
  }

  @Test("a last row that was cut to a box is told and left out")
  func cutRow() throws {
    let reading = try read("a.jpg\n2\n\(row)5 6 7 8")
    #expect(reading.records.map(\.faces.count) == [1])
    #expect(
      reading.texts == [
        "error: gt.txt:4: face 2: expected 10 numbers, as in the row before, found 4 at the file's end, which may be cut off"
      ])
    #expect(try read("a.jpg\n2\n\(row)5 6 7 8\n").records.map(\.faces.count) == [2])
  }

  @Test("takes two dots inside a name for what they are")
  func dotsInAName() throws {
    let reading = try read("a/b..c.jpg\n1\n\(row)")
    #expect(reading.issues.isEmpty)
    #expect(reading.records.map(\.image.path) == ["a/b..c.jpg"])
  }

  @Test("refuses a path that is not UTF-8 and goes on with the next")
  func latin1Path() throws {
    let bytes = Array("a/caf".utf8) + [0xE9] + Array(".jpg\n1\n\(row)a/c.jpg\n1\n\(row)".utf8)
    let reading = try Reading(bytes, named: "gt.txt")
    #expect(reading.texts == ["error: gt.txt:1: image path: expected UTF-8, found other bytes"])
    #expect(reading.issues.map(\.code) == [.pathNotUTF8])
    #expect(reading.records.map(\.image.path) == ["a/c.jpg"])
  }

  @Test("says where count and rows differ and keeps the rows", arguments: [(1, 2), (2, 1), (3, 0)])
  func countMismatch(count: Int, rows: Int) throws {
    let reading = try read(
      "a/b.jpg\n\(count)\n\(String(repeating: row, count: rows))a/c.jpg\n1\n\(row)")
    #expect(
      reading.texts == [
        "error: gt.txt:2: number of faces: expected \(count) rows, found \(rows)"
      ])
    #expect(reading.records.map(\.faces.count) == [rows, 1])
  }

  @Test(
    "leaves out a malformed row and keeps the image's other faces",
    arguments: [
      ("1 2 3", "3"), ("1 2 3 4 0 0 0 0 0 0 0", "11"), ("1 2 x 4 0 0 0 0 0 0", "'x'"),
      ("1 2 3.5 4 0 0 0 0 0 0.5", "0.5"), ("nan 2 3 4 0 0 0 0 0 0", "nan"),
      ("inf 2 3 4 0 0 0 0 0 0", "inf"), ("1 2 3 4 0 0 0 0 0 1e30", "1e+30"),
      ("0x10 2 3 4 0 0 0 0 0 0", "'0x10'"),
      ("1,2 3 4 5 0 0 0 0 0 0", "decimal commas, as in '1,2'; write decimal points"),
      ("1 2 3 4 - 0 0 0 0", "9"), ("- 2 3 4 0 0 0 0 0 0", "'-'"),
      (Array(repeating: "1", count: 21).joined(separator: " "), "21"),
    ])
  func malformedRow(text: String, found: String) throws {
    let reading = try read("a/b.jpg\n3\n\(row)\(text)\n5 6 7 8 0 0 0 0 0 0 \n")
    #expect(
      reading.texts == ["error: gt.txt:4: face 2: expected 10, 4 or 15 numbers, found \(found)"])
    #expect(reading.issues.map(\.code) == [.malformedLine])
    #expect(reading.records.first?.faces.map(\.box.left) == [1, 5])
    #expect(reading.records.first?.faces.map(\.sourceLine) == [3, 5])
  }

  @Test("reports a count that is no number, and finds the next image")
  func malformedCount() throws {
    let reading = try read("a/b.jpg\nmany\n\(row)a/c.jpg\n1\n\(row)")
    #expect(
      reading.texts == ["error: gt.txt:2: number of faces: expected one, found 'many'"])
    #expect(reading.records.last?.image.path == "a/c.jpg")
    #expect(reading.records.last?.faces.count == 1)
  }

  @Test("reports a path that is followed by another one")
  func missingCount() throws {
    let reading = try read("a/b.jpg\na/c.jpg\n1\n\(row)")
    #expect(
      reading.texts == [
        "error: gt.txt:1: number of faces: expected one after the path, found none"
      ])
    #expect(reading.records.last?.faces.count == 1)
  }

  @Test("a text that ends after a path is a fault of that image")
  func endsAfterPath() throws {
    let reading = try read("a/c.jpg\n1\n\(row)a/b.jpg")
    #expect(
      reading.texts == [
        "error: gt.txt:4: number of faces: expected one after the path, found none"
      ])
    #expect(reading.records.first?.faces.count == 1)
  }

  @Test("takes a flag beyond its range without a crash", arguments: ["300", "-300", "99999999"])
  func flagOutOfRange(flag: String) throws {
    let reading = try read("a/b.jpg\n2\n1 2 3 4 \(flag) 0 0 0 0 0 \n\(row)")
    #expect(reading.records.first?.faces.last?.box.left == 1)
  }
}
