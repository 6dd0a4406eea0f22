import Datasets
import Geometry
import Schema
import Testing

private let zeroRow = "0 0 0 0 0 0 0 0 0 0 \n"

private func read(_ text: String) throws -> Reading {
  try Reading(text, named: "wider_face_val_bbx_gt.txt")
}

@Suite("WIDER FACE text")
struct WiderFaceTextReaderTests {
  @Test("reads the box as corner and size, and six flags in their order")
  func row() throws {
    let reading = try read("0--Parade/0_Parade_1.jpg\n1\n449 330 122 149 2 1 0 1 2 1 \n")
    let record = try #require(reading.records.first)
    let face = try #require(record.faces.first)
    #expect(face.box == BoundingBox(left: 449, top: 330, right: 571, bottom: 479))
    #expect(face.attributes.blur == 2)
    #expect(face.attributes.expression == 1)
    #expect(face.attributes.illumination == 0)
    #expect(face.attributes.invalid == true)
    #expect(face.attributes.occlusion == 2)
    #expect(face.attributes.pose == 1)
    #expect(face.landmarks == nil)
    #expect(record.id == "wider-face/val/0--Parade/0_Parade_1")
    #expect(
      record.source
        == RecordSource(
          dataset: "wider-face", split: "val", file: "wider_face_val_bbx_gt.txt", line: 1))
    #expect(reading.issues.isEmpty)
  }

  @Test("tells a face whose flags differ one by one", arguments: 0..<6)
  func flag(index: Int) throws {
    var flags = Array(repeating: "0", count: 6)
    flags[index] = "1"
    let reading = try read("a/b.jpg\n1\n1 2 3 4 \(flags.joined(separator: " ")) \n")
    let attributes = try #require(reading.records.first?.faces.first?.attributes)
    let found: [Bool?] = [
      attributes.blur.map { $0 == 1 }, attributes.expression.map { $0 == 1 },
      attributes.illumination.map { $0 == 1 }, attributes.invalid,
      attributes.occlusion.map { $0 == 1 }, attributes.pose.map { $0 == 1 },
    ]
    #expect(found == (0..<6).map { $0 == index })
  }

  @Test(
    "an image without a face has none, however it is written, and the next one is whole",
    arguments: ["0\n" + zeroRow, "0\n", "1\n" + zeroRow])
  func imageWithoutAFace(rest: String) throws {
    let reading = try read("a/b.jpg\n\(rest)a/c.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n")
    #expect(reading.issues.isEmpty)
    #expect(reading.records.map(\.image.path) == ["a/b.jpg", "a/c.jpg"])
    #expect(reading.records.map(\.faces.count) == [0, 1])
    #expect(
      reading.records.first?.sourceLines
        == ("a/b.jpg\n" + rest).split(separator: "\n").map(String.init))
  }

  @Test("keeps a box without area as it stands, flags it and warns of it")
  func degenerateBoxes() throws {
    let reading = try read(
      """
      a/b.jpg
      3
      1026 474 -2 23 2 0 0 0 2 0 
      706 94 0 1 2 0 0 0 0 0 
      1 2 3 4 0 0 0 0 0 0 

      """)
    let faces = try #require(reading.records.first?.faces)
    #expect(faces.map(\.box.width) == [-2, 0, 3])
    #expect(faces.map(\.attributes.degenerate) == [true, true, nil])
    #expect(
      reading.texts == [
        "warning: wider_face_val_bbx_gt.txt:3: box 1: expected a width and height above 0, found -2 x 23",
        "warning: wider_face_val_bbx_gt.txt:4: box 2: expected a width and height above 0, found 0 x 1",
      ])
    #expect(reading.issues.map(\.code) == [.degenerateBox, .degenerateBox])
  }

  @Test("warns once of a file with Windows line ends and reads all of it")
  func windowsLineEnds() throws {
    let reading = try read(
      "a/b.jpg\r\n1\r\n1 2 3 4 0 0 0 0 0 0 \r\na/c.jpg\r\n0\r\n0 0 0 0 0 0 0 0 0 0 \r\n")
    #expect(
      reading.texts == [
        "warning: wider_face_val_bbx_gt.txt:1: text: expected lines that end with LF, found CR LF; they were read all the same"
      ])
    #expect(reading.records.map(\.image.path) == ["a/b.jpg", "a/c.jpg"])
    #expect(reading.records.map(\.faces.count) == [1, 0])
    #expect(
      reading.records.first?.sourceLines == ["a/b.jpg\r", "1\r", "1 2 3 4 0 0 0 0 0 0 \r"])
  }

  @Test("skips a byte order mark with one warning")
  func byteOrderMark() throws {
    let reading = try read("\u{FEFF}a/b.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n")
    #expect(reading.records.map(\.image.path) == ["a/b.jpg"])
    #expect(
      reading.texts == [
        "warning: wider_face_val_bbx_gt.txt:1: text: expected no byte order mark, found one; it was skipped"
      ])
  }

  @Test("reads a last row without a line feed")
  func missingFinalNewline() throws {
    let reading = try read("a/b.jpg\n1\n1 2 3 4 0 0 0 0 0 2")
    #expect(reading.issues.isEmpty)
    #expect(reading.records.first?.faces.map(\.attributes.pose) == [2])
  }

  @Test("gives the source text back from its native lines")
  func nativeLines() throws {
    let text =
      "a/b.jpg\n2\n1 2 3 4 0 0 0 0 0 0 \n5  6 7 8 0 0 0 0 0 0\na/c.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \n"
    let reading = try read(text)
    let lines = reading.records.flatMap(\.sourceLines)
    #expect(lines.map { $0 + "\n" }.joined() == text)
  }

  @Test("keeps no source text where none is wanted")
  func withoutNative() throws {
    var options = ReadingOptions.wider
    options.native = .none
    let reading = try Reading(
      "a/b.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n", named: "x.txt", options: options)
    #expect(reading.records.map(\.native) == [nil])
    #expect(reading.records.first?.faces.map(\.native) == [nil])
  }
}
