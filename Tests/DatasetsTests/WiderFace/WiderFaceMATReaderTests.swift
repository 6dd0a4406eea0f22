import Codecs
import Datasets
import Geometry
import Schema
import TestSupport
import Testing

/// Writes a file and reads it.
private func read(
  _ events: [(name: String, images: [MATImage])], named name: String = "wider_face_val.mat",
  withFlags: Bool = true
) throws -> Reading {
  try withTemporaryDirectory { folder in
    let path = "\(folder)/\(name)"
    try writeMAT(events, to: path, withFlags: withFlags)
    return try Reading(at: [path], in: folder)
  }
}

@Suite("WIDER FACE .mat")
struct WiderFaceMATReaderTests {
  @Test("reads names, boxes and flags of every event, column by column")
  func wholeFile() throws {
    let reading = try read([
      (
        "0--Parade",
        [
          MATImage(
            stem: "0_Parade_1", boxes: [[449, 330, 122, 149], [1, 2, 3, 4]],
            flags: [[2, 1, 0, 1, 2, 0], [0, 0, 1, 0, 1, 1]]),
          MATImage(stem: "0_Parade_2", boxes: [[5, 6, 7, 8]]),
        ]
      ),
      ("10--People", [MATImage(stem: "10_People_1", boxes: [[9, 10, 11, 12]])]),
    ])
    #expect(reading.issues.isEmpty)
    #expect(
      reading.records.map(\.image.path) == [
        "0--Parade/0_Parade_1.jpg", "0--Parade/0_Parade_2.jpg", "10--People/10_People_1.jpg",
      ])
    let faces = try #require(reading.records.first?.faces)
    #expect(
      faces.map(\.box) == [
        BoundingBox(left: 449, top: 330, right: 571, bottom: 479),
        BoundingBox(left: 1, top: 2, right: 4, bottom: 6),
      ])
    #expect(faces.map(\.attributes.blur) == [2, 0])
    #expect(faces.map(\.attributes.expression) == [1, 0])
    #expect(faces.map(\.attributes.illumination) == [0, 1])
    #expect(faces.map(\.attributes.invalid) == [true, false])
    #expect(faces.map(\.attributes.occlusion) == [2, 1])
    #expect(faces.map(\.attributes.pose) == [0, 1])
    #expect(reading.records.last?.id == "wider-face/val/10--People/10_People_1")
    #expect(reading.records.last?.faces.map(\.box.left) == [9])
  }

  @Test("the dummy row of an image without a face is no face")
  func dummyRow() throws {
    let reading = try read([("a", [MATImage(stem: "b", boxes: [[0, 0, 0, 0]])])])
    #expect(reading.records.map(\.faces.count) == [0])
    #expect(reading.issues.isEmpty)
  }

  @Test("an empty list of boxes is an image without a face")
  func emptyBoxes() throws {
    let reading = try read([("a", [MATImage(stem: "b", boxes: []), MATImage(stem: "c")])])
    #expect(reading.records.map(\.faces.count) == [0, 1])
    #expect(reading.issues.isEmpty)
  }

  @Test("keeps and flags a box without area, located by its image")
  func degenerateBox() throws {
    let reading = try read([
      ("a", [MATImage(stem: "b", boxes: [[1, 2, 3, 4], [1026, 474, -2, 23]])])
    ])
    #expect(reading.records.first?.faces.map(\.attributes.degenerate) == [nil, true])
    #expect(
      reading.texts == [
        "warning: wider_face_val.mat: image 'a/b.jpg', box 2: expected a width and height above 0, found -2 x 23"
      ])
  }

  @Test("the list of kept faces counts from 1")
  func keptFacesCountFromOne() throws {
    let boxes: [[Int32]] = [[1, 1, 9, 9], [2, 2, 9, 9], [3, 3, 9, 9]]
    let reading = try read(
      [("a", [MATImage(stem: "b", boxes: boxes, kept: .uint8([1, 3], rows: 2, columns: 1))])],
      named: "wider_hard_val.mat")
    #expect(reading.records.first?.faces.map(\.attributes.hard) == [true, false, true])
    #expect(reading.records.first?.faces.map(\.attributes.easy) == [nil, nil, nil])
  }

  @Test("reads 16-bit numbers of kept faces above 255")
  func keptFacesAbove255() throws {
    let boxes = (0..<300).map { [Int32($0), 0, 9, 9] }
    let reading = try read(
      [("a", [MATImage(stem: "b", boxes: boxes, kept: .uint16([300], rows: 1, columns: 1))])],
      named: "wider_easy_val.mat")
    let faces = try #require(reading.records.first?.faces)
    #expect(faces.indices.filter { faces[$0].attributes.easy == true } == [299])
  }

  @Test(
    "an empty list keeps no face, whatever its shape",
    arguments: [(0, 1), (0, 0)])
  func emptyKept(rows: Int, columns: Int) throws {
    let reading = try read(
      [
        (
          "a",
          [
            MATImage(stem: "b", kept: .uint8([], rows: rows, columns: columns)),
            MATImage(stem: "c", kept: .uint8([1], rows: 1, columns: 1)),
          ]
        )
      ],
      named: "wider_medium_val.mat")
    #expect(reading.records.map { $0.faces.map(\.attributes.medium) } == [[false], [true]])
  }

  @Test("the file's name says which level it is of", arguments: ["easy", "medium", "hard"])
  func level(name: String) throws {
    let reading = try read(
      [("a", [MATImage(stem: "b", kept: .uint8([1], rows: 1, columns: 1))])],
      named: "wider_\(name)_val.mat")
    let attributes = try #require(reading.records.first?.faces.first?.attributes)
    let found = [attributes.easy, attributes.medium, attributes.hard]
    #expect(found == ["easy", "medium", "hard"].map { $0 == name ? true : nil })
  }

  @Test("a kept face that is not there is a warning")
  func keptStranger() throws {
    let reading = try read(
      [("a", [MATImage(stem: "b", kept: .uint8([1, 2], rows: 2, columns: 1))])],
      named: "wider_easy_val.mat")
    #expect(
      reading.texts == [
        "warning: wider_easy_val.mat: image 'a/b.jpg', gt_list: expected face numbers from 1 to 1, found 2"
      ])
    #expect(reading.records.first?.faces.map(\.attributes.easy) == [true])
  }

  @Test("flags that are fewer than the boxes are a fault of that image alone")
  func missingFlags() throws {
    let reading = try read([
      ("a", [MATImage(stem: "b", flags: []), MATImage(stem: "c")])
    ])
    #expect(reading.records.map(\.image.path) == ["a/c.jpg"])
    #expect(reading.issues.map(\.code) == [.malformedRecord])
    #expect(
      reading.texts.first
        == "error: wider_face_val.mat: image 'a/b.jpg', pose_label_list: expected 1 values, found 0"
    )
  }

  @Test("a file without flags, as the test split's, gives boxes alone")
  func withoutFlags() throws {
    let reading = try read(
      [("a", [MATImage(stem: "b")])], named: "wider_face_test.mat", withFlags: false)
    #expect(reading.records.first?.faces.map(\.attributes.blur) == [nil])
    #expect(reading.records.map(\.source.split) == ["test"])
  }

  @Test("refuses a name that leaves the folder of images")
  func unsafePath() throws {
    let reading = try read([("..", [MATImage(stem: "b")]), ("a", [MATImage(stem: "c")])])
    #expect(
      reading.texts == [
        "error: wider_face_val.mat: image '../b.jpg', image path: expected a path without '..', found '../b.jpg'"
      ])
    #expect(reading.records.map(\.image.path) == ["a/c.jpg"])
  }

  @Test("a truncated file is an error that names it", arguments: [128, 200, 700])
  func truncated(length: Int) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/wider_face_val.mat"
      try writeMAT([("a", [MATImage(stem: "b")])], to: path)
      let bytes = try MappedFile(path: path).withBytes { Array($0.prefix(length)) }
      let shorter = "\(folder)/short.mat"
      let file = try OutputFile(path: shorter)
      try file.write(bytes)
      try file.finish()
      let error = #expect(throws: MATError.self) { try Reading(at: [shorter]) }
      #expect(error?.path == shorter)
    }
  }
}
