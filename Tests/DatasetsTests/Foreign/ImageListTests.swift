import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Lists of images: CelebA, Panoptic, MTCNN")
struct ImageListTests {
  private static let head =
    "2\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n"
  private static let points =
    head + "000001.jpg  1 2  3 4  5 6  7 8  9 10\n000002.jpg  11 12  13 14  15 16  17 18  19 20\n"
  private static let celeba = [
    "Anno/list_landmarks_celeba.txt": points,
    "Anno/list_bbox_celeba.txt":
      "2\nimage_id x_1 y_1 width height\n000001.jpg 10 20 30 40\n000002.jpg 0 0 0 0\n",
    "Anno/identity_CelebA.txt": "000002.jpg 17\n000001.jpg 2880\n",
    "Anno/list_attr_celeba.txt": "2\nBald Young\n000001.jpg -1 1\n000002.jpg 1 -1\n",
    "Eval/list_eval_partition.txt": "000001.jpg 0\n000002.jpg 2\n",
  ]

  @Test("CelebA's lists are joined by name, whatever their order")
  func celebA() throws {
    let reading = try FormReading("celeba", Self.celeba)
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(reading.records.map(\.image.path) == ["000001.jpg", "000002.jpg"])
    #expect(reading.records.map(\.source.split) == ["train", "test"])
    let faces = reading.records.flatMap(\.faces)
    #expect(faces[0].edges == [10, 20, 40, 60])
    // A box of zeros is none.
    #expect(faces[1].edges == [11, 12, 19, 20])
    #expect(faces.map { $0.attribute("subject_id") } == [.text("2880"), .text("17")])
    #expect(faces[0].points == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]])
  }

  @Test("points of aligned images are not joined to boxes of the originals")
  func alignedCelebA() throws {
    var files = Self.celeba
    files["Anno/list_landmarks_celeba.txt"] = nil
    files["Anno/list_landmarks_align_celeba.txt"] = Self.points
    let reading = try FormReading("celeba", files)
    #expect(reading.records[0].faces[0].edges == [1, 2, 9, 10])
    #expect(reading.issues.count == 1 && reading.issues[0].contains("list_bbox_celeba"))
  }

  @Test("Kaggle's tables and boxes alone are read")
  func kaggle() throws {
    let table = Self.points.split(separator: "\n").dropFirst().map { line in
      line.split(separator: " ").joined(separator: ",")
    }
    let text = "image_id," + table.joined(separator: "\n") + "\n"
    let reading = try FormReading(
      "celeba",
      [
        "list_landmarks_align_celeba.csv": text,
        "list_eval_partition.csv": "image_id,partition\n000001.jpg,1\n000002.jpg,0\n",
      ])
    #expect(reading.records.map(\.source.split) == ["val", "train"])
    #expect(reading.records[1].faces[0].points[4] == [19, 20])
    #expect(FormReading.form(of: text, named: "x.csv") == "celeba")
    let boxes = ["b.txt": Self.celeba["Anno/list_bbox_celeba.txt"] ?? ""]
    #expect(
      try FormReading("celeba", boxes, named: ["b.txt"]).records[0].faces[0].edges == [
        10, 20, 40, 60,
      ])
  }

  @Test("broken rows of CelebA are issues")
  func brokenCelebA() throws {
    let text = Self.head + "000001.jpg 1 2 3\n000002.jpg 1 2 3 4 5 6 7 8 9 x\n"
    let reading = try FormReading("celeba", ["list_landmarks_celeba.txt": text])
    #expect(
      reading.issues.count == 2 && reading.issues[0].contains("celeba.txt:3: row: expected 10"))
    #expect(
      try FormReading.mutate(
        "celeba", Self.points, named: "list_landmarks_celeba.txt",
        beside: ["list_bbox_celeba.txt": Self.celeba["Anno/list_bbox_celeba.txt"] ?? ""], seed: 5)
        == 300)
  }

  @Test("Panoptic's rows are yaw, pitch and roll; a repeated one is left out")
  func panoptic() throws {
    let row = "171204_pose3/05_0_00001234.jpg,-150.25,10.5,-3.25\n"
    let text = row + "b/06_1_7.jpg,1,2,3\n" + row + "b/06_1_7.jpg,9,2,3\nc/1_1_1.jpg,1,2\n"
    let reading = try FormReading("panoptic", ["t.txt": row])
    let face = try #require(reading.records.first?.faces.first)
    let angles = try #require(face.attribute(FaceAttributes.eulerName(.aflw)))
    #expect(angles["yaw"]?.number == -150.25 && angles["pitch"]?.number == 10.5)
    #expect(angles["roll"]?.number == -3.25)
    #expect(face.attribute("sequence") == .text("171204_pose3"))
    #expect(FormReading.form(of: row, named: "x.csv") == "panoptic")
    #expect(FormReading.form(of: "a.jpg,1,2,3,4\n", named: "x") == nil)
    // The rows after the first 64 do not decide what a list is.
    let many = (0..<64).map { "d/\($0).jpg,1,2,3\n" }.joined()
    let broken = try FormReading("panoptic", ["t.txt": many + text], named: ["t.txt"])
    #expect(broken.records.count == 66)
    #expect(broken.issues.contains { $0.contains("found 1 repeated row") })
    #expect(broken.issues.contains { $0.contains("t.txt:68: row: expected one row for a crop") })
    #expect(broken.issues.contains { $0.contains("t.txt:69: row: expected yaw, pitch and roll") })
  }

  @Test("the reading of MTCNN's boxes is the one by which the points lie in them")
  func mtcnn() throws {
    let points = "15 25 25 25 20 30 15 35 25 35"
    for (box, words) in [
      ("10 30 20 40", "left, right"), ("10 20 30 40", "left, top"), ("10 20 20 20", "x, y"),
    ] {
      let reading = try FormReading("mtcnn", ["t.txt": "lfw\\a.jpg \(box) \(points)\n"])
      let record = try #require(reading.records.first)
      #expect(record.image.path == "lfw/a.jpg")
      #expect(record.faces[0].edges == [10, 20, 30, 40], "\(words)")
      #expect(record.faces[0].points[0] == [15, 25])
    }
  }

  @Test("several boxes a line, with and without their number, and MTFL's order of points")
  func mtcnnOthers() throws {
    let boxes = try FormReading("mtcnn", ["t.txt": "0--Parade/a 1 2 3 4 5 6 7 8\n"]).records[0]
    #expect(boxes.image.path == "0--Parade/a.jpg")
    #expect(boxes.faces.map(\.edges) == [[1, 2, 3, 4], [5, 6, 7, 8]])
    let counted = try FormReading("mtcnn", ["t.txt": "x/a.jpg 2 1 2 3 4 5 6 7 8\n"]).records[0]
    #expect(counted.faces.map(\.edges) == [[1, 2, 4, 6], [5, 6, 12, 14]])
    let tasks = try FormReading(
      "mtcnn", ["t.txt": "x\\a.jpg 11 12 13 14 15 21 22 23 24 25 1 2 2 3\n"]
    ).records[0].faces[0]
    #expect(tasks.points == [[11, 21], [12, 22], [13, 23], [14, 24], [15, 25]])
    #expect(tasks.attribute("bbox_from") == .text("landmarks"))
  }

  @Test("MTCNN's lists are recognised by a path and their numbers; mutated ones never trap")
  func mtcnnRecognition() throws {
    let row = "lfw_5590\\a.jpg 57 161 48 156 93 84 128 88 108 108 92 123 122 126\n"
    #expect(FormReading.form(of: row, named: "x") == "mtcnn")
    for text in ["a.jpg\n", "a.jpg 1 2 3\n", "1 2 3 4 5\n", "# a.jpg\n1 2 3 4\n"] {
      #expect(FormReading.form(of: text, named: "x") != "mtcnn", "\(text)")
    }
    let reading = try FormReading("mtcnn", ["t.txt": row + row], named: ["t.txt"])
    #expect(reading.records[0].faces.count == 2)
    #expect(
      try FormReading.mutate("mtcnn", row + row, named: "t.txt", seed: 6) == 300)
    #expect(
      try FormReading.mutate("panoptic", "a/1_2_3.jpg,1,2,3\n", named: "t.txt", seed: 7) == 300)
  }
}

@Suite(
  "The samples of forms of text", .enabled(if: sharedData != nil, "needs ../shared/data"))
struct TextFormSampleTests {
  @Test(
    "agree with what an independent reader computed",
    arguments: [
      ("yolo-face", "yolo"), ("yolo-pose", "yolo"), ("pts", "pts"), ("pts-real", "pts"),
      ("merl-rav", "pts"), ("csv-mapping", "csv"), ("celeba", "celeba"),
      ("whenet-list", "panoptic"), ("mtcnn-list", "mtcnn"), ("dlib-xml", "imglab"),
      ("dlib-xml-real", "imglab"), ("wflw", "wflw"), ("voc-xml", "voc"),
      ("openface-csv", "openface"), ("fddb", "fddb"),
    ])
  func sample(name: String, form: String) throws {
    let folder = try #require(sharedData) + "/foreign/" + name
    let reading = try FormReading(form, at: folder)
    let text = try String(contentsOfFile: folder + "/expected.json", encoding: .utf8)
    let expected = try #require(try JSONParser.value(of: text).elements)
    #expect(reading.records.count == expected.count)
    for image in expected {
      let record = try #require(reading.records.first { $0.image.path == image["image"]?.text })
      let faces = image["faces"]?.elements ?? []
      #expect(record.faces.count == faces.count)
      for (face, truth) in zip(record.faces, faces) { compare(face, truth) }
    }
  }

  private func compare(_ face: Face, _ truth: JSONValue) {
    func near(_ numbers: [Double], _ others: [JSONValue], _ tolerance: Double) -> Bool {
      numbers.count == others.count
        && zip(numbers, others).allSatisfy { abs($0 - ($1.number ?? .infinity)) <= tolerance }
    }
    if let box = truth["bbox_xyxy"]?.elements { #expect(near(face.edges, box, 0.02)) }
    let points = truth["landmarks"]?["points"]?.elements ?? []
    #expect(face.points.count == points.count)
    for (point, other) in zip(face.points, points) {
      #expect(
        point.map { near([$0.x, $0.y], other.elements ?? [], 0.02) } ?? (other.elements == nil))
    }
    let seen = truth["visibility"]?.elements?.map { $0.text ?? "" } ?? []
    #expect((0..<points.count).map { face.landmarks?[$0].visibility.rawValue ?? "" } == seen)
    if let angles = truth["pose"]?["aflw_deg"]?.elements {
      let found = face.pose.map { EulerConvention.aflw.angles(of: $0.rotation).inDegrees }
      #expect(near([found?.pitch, found?.yaw, found?.roll].compactMap { $0 }, angles, 0.01))
    }
    if let pitch = truth["pose"]?["pitch_deg"] {
      let angles = face.attribute(FaceAttributes.eulerName(.aflw))
      let found = ["pitch", "yaw", "roll"].compactMap { angles?[$0]?.number }
      let others = [pitch] + ["yaw_deg", "roll_deg"].compactMap { truth["pose"]?[$0] }
      #expect(near(found, others, 0.01))
    }
    if let subject = truth["subject_id"] { #expect(face.attribute("subject_id") == subject) }
  }
}
