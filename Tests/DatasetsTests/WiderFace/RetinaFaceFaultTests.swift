import Datasets
import Geometry
import Schema
import Testing

private func read(_ text: String) throws -> Reading {
  try Reading(text, named: "label.txt")
}

private func face(noseTip: String) -> String {
  "10 20 30 40 11 12 0 13 14 0 \(noseTip) 15 16 0 17 18 0 0.5"
}

@Suite("Faults of RetinaFace label.txt")
struct RetinaFaceFaultTests {
  @Test(
    "a landmark that is no finite number is missing, with a warning",
    arguments: [
      ("nan 6 0", "nan, 6.0"), ("5 NaN 0", "5.0, nan"), ("inf 6 0", "inf, 6.0"),
      ("5 -inf 1", "5.0, -inf"),
    ])
  func badLandmark(text: String, found: String) throws {
    let reading = try read("# a.jpg\n\(face(noseTip: text))\n")
    let landmarks = try #require(reading.records.first?.faces.first?.landmarks)
    #expect(landmarks[2] == .missing)
    #expect(landmarks.presentCount == 4)
    #expect(
      reading.texts == [
        "warning: label.txt:2: face 1, point 3: expected numbers under 1e9 in size, found \(found)"
      ])
    #expect(reading.issues.map(\.code) == [.badLandmark])
  }

  @Test("a last row that was cut to another kind's numbers is told and left out")
  func cutRow() throws {
    let row = face(noseTip: "5 6 0")
    for count in [4, 5, 14, 15, 19] {
      let cut = row.split(separator: " ").prefix(count).joined(separator: " ")
      let reading = try read("# a.jpg\n\(row)\n\(cut)")
      #expect(reading.records.map(\.faces.count) == [1])
      #expect(
        reading.texts == [
          "error: label.txt:3: face 2: expected 20 numbers, as in the row before, found \(count) at the file's end, which may be cut off"
        ])
      // With its line feed it is a row like others, and so is the only one.
      #expect(try read("# a.jpg\n\(row)\n\(cut)\n").records.map(\.faces.count) == [2])
      #expect(try read("# a.jpg\n\(cut)").records.map(\.faces.count) == [1])
    }
  }

  @Test("a quality that is no number is none")
  func badQuality() throws {
    let text = "10 20 30 40 11 12 0 13 14 0 5 6 0 15 16 0 17 18 0 nan"
    let reading = try read("# a.jpg\n\(text)\n")
    #expect(reading.records.first?.faces.map(\.attributes.quality) == [nil])
    #expect(reading.records.first?.faces.first?.landmarks?.presentCount == 5)
  }

  @Test(
    "leaves out a malformed row and keeps the image's other faces",
    arguments: [
      ("1 2 3", "face 2: expected 20, 19, 15, 14, 5 or 4 numbers, found 3"),
      ("1 2 3 4 5 6", "face 2: expected 20, 19, 15, 14, 5 or 4 numbers, found 6"),
      (
        face(noseTip: "5 6 0") + " 1 1", "face 2: expected 20, 19, 15, 14, 5 or 4 numbers, found 22"
      ),
      ("1 2 three 4", "face 2: expected 20, 19, 15, 14, 5 or 4 numbers, found 'three'"),
      ("nan 2 3 4", "box 2: expected numbers under 1e9 in size, found nan x 4 at nan, 2.0"),
      ("1 2 3 inf", "box 2: expected numbers under 1e9 in size, found 3 x inf at 1.0, 2.0"),
    ])
  func malformedRow(text: String, detail: String) throws {
    let reading = try read("# a.jpg\n1 2 3 4\n\(text)\n5 6 7 8\n")
    #expect(reading.texts == ["error: label.txt:3: \(detail)"])
    #expect(reading.issues.map(\.code) == [.malformedLine])
    #expect(reading.records.first?.faces.map(\.box.left) == [1, 5])
  }

  @Test("a box whose far corner is beyond any number is a fault, for no record can hold it")
  func overflowingBox() throws {
    let reading = try read("# a.jpg\n1 2 3 4\n1e308 0 1e308 4\n")
    #expect(reading.issues.map(\.code) == [.malformedLine])
    #expect(reading.records.first?.faces.map(\.box.left) == [1])
  }

  @Test("keeps and flags a box without area", arguments: ["0 149", "-2 23", "12.5 0"])
  func degenerateBox(size: String) throws {
    let reading = try read("# a.jpg\n1 2 \(size)\n")
    #expect(reading.records.first?.faces.map(\.attributes.degenerate) == [true])
    let found = size.split(separator: " ").joined(separator: " x ")
    #expect(
      reading.texts == [
        "warning: label.txt:2: box 1: expected a width and height above 0, found \(found)"
      ])
  }

  @Test("keeps an image whose path has spaces, with a warning")
  func pathWithSpaces() throws {
    let reading = try read("# Kamran_Khan/Kamran Khan_img_21.jpg\n1 2 3 4\n")
    #expect(reading.records.map(\.image.path) == ["Kamran_Khan/Kamran Khan_img_21.jpg"])
    #expect(reading.issues.map(\.code) == [.pathWithSpace])
    #expect(reading.issues.map(\.severity) == [.warning])
  }

  @Test(
    "refuses a path that leaves the folder of images, and an empty one",
    arguments: [
      ("# ../b.jpg", "expected a path without '..', found '../b.jpg'"),
      ("# /../b.jpg", "expected a path without '..', found '../b.jpg'"),
      ("#", "expected a path, found an empty one"),
    ])
  func unsafePath(header: String, problem: String) throws {
    let reading = try read("# a.jpg\n\(header)\n1 2 3 4\n# c.jpg\n")
    #expect(reading.texts == ["error: label.txt:2: image path: \(problem)"])
    #expect(reading.records.map(\.image.path) == ["a.jpg", "c.jpg"])
  }

  @Test("refuses a path that is not UTF-8 and goes on with the next")
  func latin1Path() throws {
    let bytes = Array("# caf".utf8) + [0xE9] + Array(".jpg\n1 2 3 4\n# c.jpg\n1 2 3 4\n".utf8)
    let reading = try Reading(bytes, named: "label.txt")
    #expect(reading.texts == ["error: label.txt:1: image path: expected UTF-8, found other bytes"])
    #expect(reading.records.map(\.image.path) == ["c.jpg"])
  }

  @Test("warns once each of Windows line ends and a byte order mark")
  func preamble() throws {
    let reading = try read("\u{FEFF}# a.jpg\r\n1 2 3 4\r\n# b.jpg\r\n5 6 7 8 1\r\n")
    #expect(reading.issues.map(\.code) == [.byteOrderMark, .windowsLineEnds])
    #expect(reading.issues.map(\.location.line) == [1, 1])
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg"])
    #expect(reading.records.map { $0.faces.map(\.attributes.ignore) } == [[nil], [true]])
  }
}
