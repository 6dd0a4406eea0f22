import Codecs
import Geometry
import Schema
import TestSupport
import Testing

@testable import Datasets

private let example =
  "449 330 122 149 488.906 373.643 0.0 542.089 376.442 0.0 515.031 412.83 0.0 "
  + "485.174 425.893 0.0 538.357 431.491 0.0 0.82"

private func read(_ text: String) throws -> Reading {
  try Reading(text, named: "label.txt")
}

/// A face whose third point is written as given.
private func face(noseTip: String, quality: String = "0.5") -> String {
  "10 20 30 40 11 12 0 13 14 0 \(noseTip) 15 16 0 17 18 0 \(quality)"
}

@Suite("RetinaFace label.txt")
struct RetinaFaceReaderTests {
  @Test("reads box, five points and quality of the format's own example")
  func example20() throws {
    let reading = try read("# 0--Parade/a.jpg\n\(example)\n")
    let record = try #require(reading.records.first)
    let face = try #require(record.faces.first)
    #expect(record.image.path == "0--Parade/a.jpg")
    #expect(face.box == BoundingBox(left: 449, top: 330, right: 571, bottom: 479))
    let points: [SIMD2<Double>] = [
      [488.906, 373.643], [542.089, 376.442], [515.031, 412.83], [485.174, 425.893],
      [538.357, 431.491],
    ]
    #expect(
      face.landmarks
        == Landmarks(layout: .face5, points: points.map { Landmarks.Point($0, .visible) }))
    #expect(face.attributes.quality == 0.82)
    #expect(reading.issues.isEmpty)
  }

  @Test(
    "tells visible, occluded and missing points",
    arguments: [
      ("5 6 0.0", Landmarks.Visibility.visible), ("5 6 1.0", .occluded), ("5 6 1", .occluded),
      ("-1.0 -1.0 -1.0", .missing), ("5 6 -1.0", .missing), ("-1 -1 0.0", .missing),
    ])
  func visibility(text: String, expected: Landmarks.Visibility) throws {
    let reading = try read("# a.jpg\n\(face(noseTip: text))\n")
    let landmarks = try #require(reading.records.first?.faces.first?.landmarks)
    #expect(landmarks[2].visibility == expected)
    #expect(landmarks[1] == Landmarks.Point([13, 14]))
    #expect(reading.issues.isEmpty)
  }

  @Test("a single coordinate of -1 is a place and not a missing point")
  func genuineMinusOne() throws {
    let reading = try read("# a.jpg\n\(face(noseTip: "-1 33 0"))\n")
    #expect(reading.records.first?.faces.first?.landmarks?.position(2) == [-1, 33])
  }

  @Test("a face whose points are all missing has no landmarks, and is kept")
  func allMissing() throws {
    let points = Array(repeating: "-1.0 -1.0 -1.0", count: 5).joined(separator: " ")
    let reading = try read("# a.jpg\n10 20 30 40 \(points) -1\n")
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.landmarks == nil)
    #expect(face.attributes.quality == nil)
    #expect(reading.issues.isEmpty)
  }

  @Test(
    "a negative quality means none",
    arguments: [("-1", nil), ("-0.5", nil), ("0", 0), ("0.3", 0.3)] as [(String, Double?)])
  func quality(text: String, expected: Double?) throws {
    let reading = try read("# a.jpg\n\(face(noseTip: "5 6 0", quality: text))\n")
    #expect(reading.records.first?.faces.first?.attributes.quality == expected)
  }

  @Test(
    "reads rows of four numbers, and of five with a flag to ignore the face",
    arguments: [("1 2 3 4", nil), ("1 2 3 4 0", false), ("1 2 3 4 1", true)] as [(String, Bool?)])
  func shortRows(text: String, ignore: Bool?) throws {
    let reading = try read("# a.jpg\n\(text)\n")
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.box == BoundingBox(left: 1, top: 2, right: 4, bottom: 6))
    #expect(face.attributes.ignore == ignore)
    #expect(face.landmarks == nil)
  }

  @Test("an image header without rows is an image without a face")
  func headerWithoutRows() throws {
    let reading = try read("# a.jpg\n# b.jpg\n\(example)\n# c.jpg\n")
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg", "c.jpg"])
    #expect(reading.records.map(\.faces.count) == [0, 1, 0])
    #expect(reading.records.map(\.source.line) == [1, 2, 4])
    #expect(reading.issues.isEmpty)
  }

  @Test("reads trailing spaces, blank lines and a last row without a line feed")
  func looseSpacing() throws {
    let reading = try read("\n#  a.jpg \n\n\(example) \n\n# b.jpg\n1 2 3 4")
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg"])
    #expect(reading.records.map(\.faces.count) == [1, 1])
    #expect(reading.records.first?.faces.map(\.sourceLine) == [4])
    #expect(reading.issues.isEmpty)
  }

  @Test("gives the source text back from its native lines")
  func nativeLines() throws {
    let text = "# a.jpg\n\(example)\n\(face(noseTip: "5 6 1.0")) \n# b.jpg\n# c.jpg\n1 2 0 4\n"
    let reading = try read(text)
    #expect(reading.records.flatMap(\.sourceLines).map { $0 + "\n" }.joined() == text)
  }

  @Test("reports lines before the first header once, with the first of them")
  func strayLines() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/label.txt"
      try TestSupport.write("1 2 3 4\n5 6 7 8\n# a.jpg\n1 2 3 4\n", to: path)
      // Opened directly: by its content this file would not be taken for a label.txt.
      var reader = RetinaFaceReader(file: try MappedFile(path: path), options: .wider)
      let first = reader.next()
      let end = reader.next()
      let outcome = try #require(first)
      #expect(outcome.record?.faces.count == 1)
      #expect(
        outcome.issues.map(\.description) == [
          "label.txt:1: image: expected '# path', found '1 2 3 4'"
        ])
      #expect(end == nil)
    }
  }
}
