import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("YOLO labels")
struct YOLOTests {
  private static let five = "0  0.5 0.5 0.25 0.5 0.1 0.2 0.3 0.4 0.5 0.6 -0.003125 -0.004 0.9 1"
  private static let images = "images/train/a.jpg"
  private static let labels = "labels/train/a.txt"

  @Test("a row's fractions become pixels, and any negative point is missing")
  func yolov5Face() throws {
    let reading = try FormReading("yolo", [Self.labels: Self.five], pictures: [Self.images])
    let record = try #require(reading.records.first)
    #expect(record.image.path == Self.images)
    #expect(record.source.split == "train")
    #expect(record.image.width == 320 && record.image.height == 240)
    let face = try #require(record.faces.first)
    #expect(face.edges == [120, 60, 200, 180])
    #expect(face.points == [[32, 48], [96, 96], [160, 144], nil, [288, 240]])
    #expect(face.attribute("bbox_from") == nil)
    #expect(reading.issues.isEmpty)
  }

  @Test("an image without a label file or with an empty one shows no face")
  func background() throws {
    let reading = try FormReading(
      "yolo", [Self.labels: Self.five, "labels/train/b.txt": "", "images/README.txt": "x"],
      pictures: [Self.images, "images/train/b.jpg", "images/train/c.jpg", "plot.jpg"])
    #expect(reading.records.map(\.faces.count) == [1, 0, 0])
    #expect(reading.issues.isEmpty)
  }

  @Test("kpt_shape of three numbers gives visibility; the score of a prediction is kept")
  func pose() throws {
    let row = "0 0.5 0.5 0.25 0.5 0.1 0.2 2 0.3 0.4 1 0.5 0.6 0 0.7 0.8 0.9 0.9 1 2"
    let yaml =
      "train: images/train\nkpt_shape: [5, 3] # five\nflip_idx: [1, 0, 2, 4, 3]\nnames:\n  0: face\n"
    let reading = try FormReading(
      "yolo", [Self.labels: row + "\n" + row + " 0.75\n", "data.yaml": yaml],
      pictures: [Self.images])
    let faces = try #require(reading.records.first).faces
    #expect(faces.count == 2 && faces[1].attributes.score == 0.75)
    let marks = (0..<5).map { faces[0].landmarks?[$0].visibility }
    #expect(marks == [.visible, .occluded, .missing, .visible, .visible])
  }

  @Test("a row that was cut is no row of angles or fewer numbers where kpt_shape says how many")
  func cutRow() throws {
    let row = "0 0.5 0.5 0.25 0.5 0.1 0.2 2 0.3 0.4 1 0.5 0.6 0 0.7 0.8 0.9 0.9 1 2"
    for count in [8, 15] {
      let cut = row.split(separator: " ").prefix(count).joined(separator: " ")
      func reading(_ yaml: String) throws -> FormReading {
        try FormReading(
          "yolo", [Self.labels: row + "\n" + cut, "data.yaml": yaml], pictures: [Self.images])
      }
      let told = try reading("kpt_shape: [5, 3]\n")
      #expect(told.records.map(\.faces.count) == [1])
      #expect(
        told.issues.contains {
          $0.contains("a.txt:2:")
            && $0.contains("expected 20 fields as kpt_shape says, or 5 or 6, found \(count)")
        }, "\(told.issues)")
      #expect(try reading("names: [face]\n").records.map(\.faces.count) == [2])
    }
  }

  @Test("zeros are padding only where data.yaml says that points have two numbers")
  func padding() throws {
    let row = "0 0.5 0.5 0.25 0.5 0.1 0.2 0.3 0.4 0.5 0.6 0 0 0.9 1"
    let plain = try FormReading("yolo", [Self.labels: row], pictures: [Self.images])
    #expect(plain.records[0].faces[0].points[3] == [0, 0])
    let shaped = try FormReading(
      "yolo", [Self.labels: row, "data.yaml": "kpt_shape:\n- 5\n- 2\n"], pictures: [Self.images])
    #expect(shaped.records[0].faces[0].points[3] == nil)
  }

  @Test("points of another order are not taken for a face's")
  func otherOrder() throws {
    let yaml = "kpt_shape: [5, 2]\nflip_idx: [0, 2, 1, 4, 3]\n"
    let row = "0 0.5 0.5 0.25 0.5 0.1 0.2 0.3 0.4 0.5 0.6 0.2 0.3 0.9 1"
    let reading = try FormReading(
      "yolo", [Self.labels: row, "data.yaml": yaml], pictures: [Self.images])
    #expect(reading.records[0].faces[0].landmarks == nil)
    #expect(reading.issues.count == 1 && reading.issues[0].contains("stay under 'native'"))
  }

  @Test("names of points decide, with sides by a vote")
  func pointNames() throws {
    let yaml = """
      kpt_shape: [5, 2]
      kpt_names:
        0:
        - nose
        - right_eye
        - left_eye
        - right_mouth
        - left_mouth
      """
    // The eye named right is on the image's left, so names mean the person.
    let row = "0 0.5 0.5 0.5 0.5 0.5 0.5 0.4 0.4 0.6 0.4 0.4 0.7 0.6 0.7"
    let reading = try FormReading(
      "yolo", [Self.labels: row, "data.yaml": yaml], pictures: [Self.images])
    let points = try #require(reading.records.first?.faces.first).points
    #expect(points.map { $0?[0] } == [128, 192, 160, 128, 192])
  }

  @Test("classes that are no faces are left out and counted")
  func classes() throws {
    let yaml = "nc: 2\nnames: ['person', \"face\"]\nval: images/train\n"
    let reading = try FormReading(
      "yolo", [Self.labels: "0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.2 0.2\n", "data.yaml": yaml],
      pictures: [Self.images])
    #expect(reading.records[0].faces.count == 1)
    #expect(reading.records[0].source.split == "val")
    #expect(reading.issues.count == 1 && reading.issues[0].contains("found 1 of other classes"))
  }

  @Test("six columns are a track or a score, eight are angles")
  func columns() throws {
    let text = "0 0.5 0.5 0.1 0.1 7\n0 0.5 0.5 0.1 0.1 0.5\n0 0.5 0.5 0.1 0.1 0.6 0.25 0.5\n"
    let faces = try FormReading("yolo", [Self.labels: text], pictures: [Self.images]).records[0]
      .faces
    #expect(faces[0].attribute("track_id") == .integer(7))
    #expect(faces[1].attributes.score == 0.5)
    let angles = try #require(faces[2].attribute(FaceAttributes.eulerName(.aflw)))
    #expect(abs((angles["pitch"]?.number ?? 0) - 18) < 1e-9)
    #expect(angles["yaw"]?.number == -90 && angles["roll"]?.number == 0)
    #expect(faces[2].pose?.translation == nil && faces[2].pose != nil)
  }

  @Test("outlines, broken rows and labels without an image are issues with their place")
  func broken() throws {
    let text =
      "0 0.5 0.5 0.1 0.1\nx 1 2\n0 0.1 0.1 0.2 0.1 0.2 0.2\n0 0.5 0.5 0.1\n-1 0.5 0.5 0.1 0.1\n0 0.5 nan 0.1 0.1\n"
    let reading = try FormReading(
      "yolo", [Self.labels: text, "labels/train/z.txt": "0 0.5 0.5 0.1 0.1"],
      pictures: [Self.images])
    #expect(reading.records.count == 1 && reading.records[0].faces.count == 1)
    for (i, words) in [
      "a.txt:2: row: expected numbers, found 'x'", "a.txt:4: row: expected 5, 6",
      "a.txt:5: row: expected a class from 0, found -1", "a.txt:6: box",
      "found 1 outline", "z.txt",
    ].enumerated() {
      #expect(reading.issues.contains { $0.contains(words) }, "\(i): \(reading.issues)")
    }
  }

  @Test("a label file is recognised by its numbers")
  func recognition() {
    #expect(FormReading.form(of: Self.five, named: "x.txt") == "yolo")
    #expect(FormReading.form(of: "\u{FEFF}0 0.5 0.5 0.1 0.1\r\n", named: "x.txt") == "yolo")
    #expect(FormReading.form(of: "", named: "set/labels/x.txt") == "yolo")
    for text in ["", "0 12 30 40 50\n", "0.5 0.5 0.5 0.1 0.1\n", "1 0 0 1\n", "0 0.5\n"] {
      #expect(FormReading.form(of: text, named: "x.txt") == nil, "\(text)")
    }
  }

  @Test("mutated label files never trap")
  func mutations() throws {
    #expect(
      try FormReading.mutate(
        "yolo", Self.five + "\n0 0.5 0.5 0.1 0.1\n", named: Self.labels, pictures: [Self.images],
        seed: 1) == 300)
    #expect(
      try FormReading.mutate(
        "yolo",
        "kpt_shape: [5, 3]\nflip_idx: [1, 0]\nnames: {0: a, 1: [b]}\nkpt_names:\n  0:\n  - x\n",
        named: "data.yaml", beside: [Self.labels: Self.five], pictures: [Self.images], seed: 2)
        == 300)
  }
}
