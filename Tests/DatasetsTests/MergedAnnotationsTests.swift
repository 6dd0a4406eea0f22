import Datasets
import Geometry
import Schema
import Testing

private let points = "11 12 0 13 14 0 15 16 0 17 18 0 19 20 0"

private func merged(_ text: String, _ label: String) throws -> Reading {
  try Reading([
    ("wider_face_val_bbx_gt.txt", Array(text.utf8)), ("label.txt", Array(label.utf8)),
  ])
}

@Suite("Merged annotation files")
struct MergedAnnotationsTests {
  @Test("a later file adds what the first one lacks")
  func complements() throws {
    let reading = try merged(
      "a/b.jpg\n1\n1 2 3 4 2 0 0 0 0 0 \n", "# a/b.jpg\n1 2 3 4 \(points) 0.5\n")
    let face = try #require(reading.records.first?.faces.first)
    #expect(reading.records.count == 1)
    #expect(face.attributes.blur == 2)
    #expect(face.attributes.quality == 0.5)
    #expect(face.landmarks?.position(2) == [15, 16])
    #expect(reading.records.first?.source.file == "wider_face_val_bbx_gt.txt")
    #expect(reading.issues.isEmpty)
  }

  @Test("faces of equal boxes belong together in another order too")
  func otherOrder() throws {
    let reading = try merged(
      "a/b.jpg\n2\n1 2 3 4 1 0 0 0 0 0 \n5 6 7 8 2 0 0 0 0 0 \n",
      "# a/b.jpg\n5 6 7 8 \(points) 0.8\n1 2 3 4 \(points) 0.4\n")
    let faces = try #require(reading.records.first?.faces)
    #expect(faces.map(\.box.left) == [1, 5])
    #expect(faces.map(\.attributes.blur) == [1, 2])
    #expect(faces.map(\.attributes.quality) == [0.4, 0.8])
    #expect(reading.issues.isEmpty)
  }

  @Test("two faces of the same box keep their places")
  func sameBoxes() throws {
    let reading = try merged(
      "a/b.jpg\n2\n1 2 3 4 1 0 0 0 0 0 \n1 2 3 4 2 0 0 0 0 0 \n",
      "# a/b.jpg\n1 2 3 4 \(points) 0.1\n1 2 3 4 \(points) 0.2\n")
    #expect(reading.records.first?.faces.map(\.attributes.quality) == [0.1, 0.2])
    #expect(reading.issues.isEmpty)
  }

  @Test("two faces of the same box in another order find a partner each")
  func sameBoxesOtherOrder() throws {
    let reading = try merged(
      "a/b.jpg\n3\n1 2 3 4 1 0 0 0 0 0 \n1 2 3 4 2 0 0 0 0 0 \n5 6 7 8 0 0 0 0 0 0 \n",
      "# a/b.jpg\n5 6 7 8 \(points) 0.3\n1 2 3 4 \(points) 0.1\n1 2 3 4 \(points) 0.2\n")
    #expect(reading.records.first?.faces.map(\.attributes.quality) == [0.1, 0.2, 0.3])
  }

  @Test("a face that only the later file has is added with a warning")
  func extraFace() throws {
    let reading = try merged(
      "a/b.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n",
      "# a/b.jpg\n1 2 3 4 \(points) 0.5\n9 9 9 9 \(points) 0.6\n")
    #expect(reading.records.first?.faces.map(\.box.left) == [1, 9])
    #expect(
      reading.texts == [
        "warning: label.txt:3: image 'a/b.jpg', face 2: expected a face with an equal box in wider_face_val_bbx_gt.txt, found none; it was added"
      ])
  }

  @Test("a face that only the first file has stays as it is")
  func missingFace() throws {
    let reading = try merged(
      "a/b.jpg\n2\n1 2 3 4 0 0 0 0 0 0 \n5 6 7 8 0 0 0 0 0 0 \n",
      "# a/b.jpg\n5 6 7 8 \(points) 0.5\n")
    #expect(reading.records.first?.faces.map { $0.landmarks != nil } == [false, true])
    #expect(reading.issues.isEmpty)
  }

  @Test("images that only the later file has follow in its order")
  func extraImages() throws {
    let reading = try merged(
      "a/b.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n",
      "# z.jpg\n1 2 3 4\n# a/b.jpg\n1 2 3 4\n# c.jpg\n5 6 7 8\n")
    #expect(reading.records.map(\.image.path) == ["a/b.jpg", "z.jpg", "c.jpg"])
    #expect(reading.records.last?.faces.map(\.box.left) == [5])
  }

  @Test("where values differ the first file's stay, with a warning that names them")
  func conflicts() throws {
    let reading = try Reading([
      ("first.txt", Array("a/b.jpg\n1\n1 2 3 4 2 0 0 0 1 0 \n".utf8)),
      ("second.txt", Array("a/b.jpg\n1\n1 2 3 4 0 0 0 0 2 0 \n".utf8)),
    ])
    let attributes = try #require(reading.records.first?.faces.first?.attributes)
    #expect(attributes.blur == 2)
    #expect(attributes.occlusion == 1)
    #expect(
      reading.texts == [
        "warning: second.txt:3: image 'a/b.jpg', face 1: expected equal blur, occlusion, found other values; the first file's stay"
      ])
  }

  @Test("issues of a later file are kept, even where the first file has no image")
  func issuesOfLaterFiles() throws {
    let reading = try Reading([
      ("first.txt", Array("../a.jpg\n0\n".utf8)), ("second.txt", Array("# a.jpg\n1 2\n".utf8)),
    ])
    #expect(
      reading.texts.sorted() == [
        "error: first.txt:1: image path: expected a path without '..', found '../a.jpg'",
        "error: second.txt:2: face 1: expected 20, 19, 15, 14, 5 or 4 numbers, found 2",
      ])
    #expect(reading.records.map(\.image.path) == ["a.jpg"])
  }

  @Test("three files merge into one record an image")
  func threeFiles() throws {
    let json = #"{"image_path": "c.jpg", "bboxes": [[1,2,4,6,0.9]]}"#
    let reading = try Reading(
      [
        ("gt.txt", Array("a.jpg\n1\n1 2 3 4 1 0 0 0 0 0 \n".utf8)),
        ("label.txt", Array("# c.jpg\n1 2 3 4 \(points) 0.5\n".utf8)),
        ("list.txt", Array("c.json\n".utf8)),
      ], beside: [("c.json", json)])
    #expect(reading.records.map(\.image.path) == ["a.jpg", "c.jpg"])
    #expect(reading.records.last?.faces.map(\.attributes.quality) == [0.5])
    #expect(reading.records.last?.faces.map(\.attributes.score) == [0.9])
  }

  @Test("an image that a later file names twice loses nothing in silence")
  func imageTwiceInLaterFile() throws {
    let reading = try merged(
      "a/b.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n",
      "# c.jpg\n1 2 3 4\n# c.jpg\n5 6 7 8\n")
    let lefts = Set(reading.records.flatMap { $0.faces.map(\.box.left) })
    #expect(lefts.contains(5))
    #expect(lefts.contains(1) && (reading.records.count == 3 || !reading.issues.isEmpty))
  }
}
