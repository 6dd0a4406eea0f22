import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("forms of drawing tools, one by one")
struct ToolFormDetailTests {
  private typealias Fixture = ToolFormFixture

  // MARK: CVAT

  @Test("CVAT keeps attributes: text, and what records have members for")
  func attributes() throws {
    var face = Fixture.face()
    face.attributes.blur = 2
    face.attributes.invalid = true
    face.attributes.quality = 0.125
    face.attributes.others = [
      .init(name: "glasses", value: .text(" a < b & \"c\"\n")),
      .init(name: "occluded", value: .boolean(true)),
      .init(name: "bbox_from", value: .text("landmarks")),
    ]
    let record = Fixture.record("a.jpg", [face])
    #expect(try Fixture.losses(record, "cvat") == [])
    let back = try Fixture.roundTrip([record], "cvat", as: "cvat").records[0].faces[0]
    #expect(back.attributes == face.attributes)
  }

  @Test(
    "an attribute that CVAT gives back as another value is named",
    arguments: [JSONValue.text(""), .integer(3), .boolean(false), .text("a\u{1}b"), .array([])])
  func lostAttribute(value: JSONValue) throws {
    var face = Fixture.face()
    face.attributes.others = [.init(name: "hair", value: value)]
    let losses = try Fixture.losses(Fixture.record("a.jpg", [face]), "cvat")
    #expect(losses.count == 1 && losses[0].hasPrefix("attribute 'hair'"), "\(losses)")
  }

  @Test("a path that XML cannot hold is left out by name, and one with line ends is held")
  func paths() throws {
    let bad = Fixture.record("a\u{2}b.jpg")
    #expect(try Fixture.losses(bad, "cvat") == ["images with a control character in their path"])
    let text = try #require(try Fixture.files([bad], "cvat")["annotations.xml"])
    #expect(!text.contains("<image "))
    let odd = Fixture.record("a\n\tb.jpg")
    #expect(try Fixture.losses(odd, "cvat") == [])
    #expect(
      try Fixture.roundTrip([odd], "cvat", as: "cvat").records.map(\.image.path) == ["a\n\tb.jpg"])
  }

  @Test("the labels of a CVAT file are those that occur, each once")
  func labels() throws {
    var face = Fixture.face()
    face.attributes.others = [.init(name: "glasses", value: .text("no"))]
    let records = [Fixture.record("a.jpg", [face, face]), Fixture.record("b.jpg", [face])]
    let text = try #require(try Fixture.files(records, "cvat")["annotations.xml"])
    func count(_ part: String) -> Int { text.ranges(of: part).count }
    #expect(count("<label><name>face</name><type>rectangle</type>") == 1)
    #expect(count("<attribute><name>glasses</name>") == 1)
    #expect(count("<parent>face-5</parent>") == 5 && count("<parent>face-68</parent>") == 0)
    #expect(count("<size>2</size>") == 1 && count("<image ") == 2)
  }

  // MARK: LabelMe

  @Test(
    "LabelMe's places are those of the image turned upright, and come back to the stored ones",
    arguments: 2...8)
  func turned(orientation: Int) throws {
    let picture = try StoredImage(
      bytes: PixelImage(width: 60, height: 40, fill: [9, 9, 9]).jpeg(quality: 50)
        .withOrientation(orientation), with: ImageHeaderReader())
    #expect(picture.header.orientation == orientation)
    var record = Fixture.record("d/a.jpg", [])
    (record.image.width, record.image.height, record.image.orientation) = (60, 40, orientation)
    var face = Face(box: BoundingBox(left: 5, top: 6, right: 35, bottom: 30))
    var points = Landmarks(layout: .face5)
    for (i, place) in [(10, 10), (30, 11), (20, 18), (12, 25), (28, 26)].enumerated() {
      points[i] = Landmarks.Point(SIMD2(Double(place.0), Double(place.1)))
    }
    face.landmarks = points
    record.faces = [face]
    try withTemporaryDirectory { folder in
      var writer = LabelMeWriter(folder: folder)
      try writer.write(record, image: picture)
      #expect(writer.notes.contains { $0.contains("EXIF orientation") })
      let read = try FormReading("labelme", at: folder) { $0.namedSide = .image }
      let back = try #require(read.records.first)
      #expect(back.image.path == "d/a.jpg" && back.image.width == 60 && back.image.height == 40)
      #expect(back.faces[0].agrees(with: face), "\(back.faces[0])")
    }
    // Five and more exchange the sides.
    let text = try #require(try Fixture.files([record], "labelme")["d/a.json"])
    #expect(text.contains(orientation >= 5 ? "\"imageHeight\":60" : "\"imageHeight\":40"))
  }

  // MARK: YOLO

  @Test("YOLO's boxes and points are cut at the image's rim, and what is beyond is named")
  func rim() throws {
    var face = Fixture.face()
    face.box = BoundingBox(left: -20, top: 10, right: 460, bottom: 100)
    face.landmarks?[3] = Landmarks.Point(SIMD2(451, 20))
    var outside = Fixture.face(nil)
    outside.box = BoundingBox(left: 500, top: 0, right: 600, bottom: 10)
    let record = Fixture.record("a.jpg", [face, outside])
    #expect(
      try Fixture.losses(record, "yolo-pose") == [
        "faces whose box has no area in the image", "parts of boxes beyond the image",
        "points beyond the image",
      ])
    let back = try Fixture.roundTrip([record], "yolo-pose", as: "yolo").records[0].faces
    #expect(back.count == 1 && back[0].edges == [0, 10, 450, 100])
    #expect(back[0].visibilities[3] == .missing)
  }

  @Test("labels lie in 'labels' for the last 'images' of a path, and lists follow the splits")
  func places() throws {
    var records = ["train/images/a.jpg", "b/c.jpg", "images/x/images/d.jpg"].map {
      Fixture.record($0, [Fixture.face()])
    }
    records[1].source.split = "val"
    let files = try Fixture.files(records, "yolo-pose")
    #expect(
      files.keys.filter { $0.contains("labels/") }.sorted() == [
        "images/x/labels/d.txt", "labels/b/c.txt", "train/labels/a.txt",
      ])
    #expect(files["train.txt"] == "./train/images/a.jpg\n./images/x/images/d.jpg\n")
    #expect(files["val.txt"] == "./images/b/c.jpg\n")
    let yaml = try #require(files["data.yaml"])
    for line in [
      "train: train.txt", "val: val.txt", "kpt_shape: [5, 3]", "flip_idx: [1, 0, 2, 4, 3]",
      "  0: [left_eye, right_eye, nose, left_mouth, right_mouth]",
    ] {
      #expect(yaml.split(separator: "\n").map(String.init).contains(line), "\(line)")
    }
  }

  @Test(
    "an image without a size is left out where places are shares of it",
    arguments: ["yolo-pose", "label-studio"])
  func unknownSize(form: String) throws {
    var record = Fixture.record("a.jpg", [Fixture.face()])
    record.image.width = nil
    try withTemporaryDirectory { folder in
      var writer = try #require(ExportForm.named(form)).makeWriter(.init(folder: folder))
      let written = try writer.write(record, image: nil)
      #expect(!written.isWritten && written.leftOut == ["images whose size is not known"])
    }
  }

  // MARK: .pts

  @Test(".pts files count from 1, a face a file, and come back")
  func points() throws {
    var one = Fixture.face(.ibug68)
    for i in 0..<68 { one.landmarks?[i].visibility = .visible }
    one.box = try #require(BoundingBox(around: one.points.compactMap { $0 }))
    one.attributes.others = [.init(name: "bbox_from", value: .text("landmarks"))]
    let two = one
    let records = [Fixture.record("x/a.jpg", [one]), Fixture.record("b.jpg", [one, two])]
    #expect(try Fixture.losses(records[0], "pts") == [])
    #expect(try Fixture.losses(records[1], "pts") == ["that several faces are of one image"])
    let text = try #require(try Fixture.files(records, "pts")["x/a.pts"])
    let first = try #require(one.points[0])
    #expect(text.hasPrefix("version: 1\nn_points: 68\n{\n\(first.x + 1) \(first.y + 1)\n"))
    let read = try Fixture.roundTrip(records, "pts", as: "pts")
    #expect(read.records.map(\.image.path).sorted() == ["b_1.jpg", "b_2.jpg", "x/a.jpg"])
    for record in read.records {
      #expect(record.faces[0].agrees(with: one), "\(record.faces[0])")
      #expect(record.faces[0].attributes == one.attributes)
    }
  }

  @Test("what readers of .pts take for something else is named")
  func ambiguousPoints() throws {
    var face = Fixture.face(.ibug68)
    for i in 0..<68 { face.landmarks?[i].visibility = .visible }
    let named = try Fixture.losses(Fixture.record("image00042_2.jpg", [face]), "pts")
    #expect(named.contains { $0.contains("AFLW") }, "\(named)")
    face.landmarks?[5] = Landmarks.Point(SIMD2(-9, -8))
    let signed = try Fixture.losses(Fixture.record("a.jpg", [face]), "pts")
    #expect(signed.contains { $0.contains("MERL-RAV") } && signed.contains("boxes"), "\(signed)")
    face.landmarks?[6].visibility = .occluded
    face.landmarks?[7] = .missing
    let hidden = try Fixture.losses(Fixture.record("a.jpg", [face]), "pts")
    #expect(hidden.contains("that points are occluded"))
    #expect(hidden.contains("faces without all of iBUG's 68 points"))
  }

  // MARK: Tables

  @Test("a table has the columns that were chosen, with quotes where RFC 4180 wants them")
  func columns() throws {
    var face = Fixture.face(nil)
    face.attributes.blur = 1
    face.pose = HeadPose(rotationVector: SIMD3(0.25, 0, 0), translation: nil)
    face.attributes.others = [.init(name: "who", value: .text("a,\"b\""))]
    let record = Fixture.record("x, y.jpg", [face])
    let columns: (inout ExportOptions) -> Void = {
      $0.columns = ["split", "size", "rotation", "translation", "attribute:blur", "attribute:who"]
        .compactMap { TableColumn($0) }
    }
    #expect(
      try Fixture.files([record], "csv", columns)["faces.csv"] == """
        image,split,image_width,image_height,rx_rad,ry_rad,rz_rad,tx_m,ty_m,tz_m,blur,who
        "x, y.jpg",,450,450,0.25,0,0,,,,1,"a,""b"\""

        """)
    #expect(try Fixture.losses(record, "csv", columns) == ["boxes"])
  }

  @Test("a table's angles are read as the pose")
  func angles() throws {
    var face = Fixture.face()
    face.pose = HeadPose(rotationVector: SIMD3(0.3, -0.6, 0.2), translation: nil)
    let record = Fixture.record("a.jpg", [face])
    #expect(try Fixture.losses(record, "csv") == [])
    let pose = try #require(
      try Fixture.roundTrip([record], "csv", as: "csv").records[0].faces[0].pose)
    #expect(length(pose.rotationVector - SIMD3(0.3, -0.6, 0.2)) < 1e-12)
  }

  @Test("a table's translations are read back in metres, beside angles and rotation vectors")
  func tablePlaces() throws {
    var face = Fixture.face()
    let motion = Extrinsics(
      rotation: Rotation(rotationVector: SIMD3(0.3, -0.6, 0.2)), translation: SIMD3(0.1, -0.2, 1.5))
    face.pose = HeadPose(
      rotationVector: SIMD3(0.3, -0.6, 0.2), translation: motion.translation)
    var turned = Fixture.face()
    turned.pose = HeadPose(rotationVector: SIMD3(0, 0.5, 0), translation: nil)
    let records = [Fixture.record("a.jpg", [face]), Fixture.record("b.jpg", [turned])]
    for column in [TableColumn.angles, .rotation] {
      let columns: (inout ExportOptions) -> Void = {
        $0.columns = [.image, .box, column, .translation]
      }
      let read = try Fixture.roundTrip(records, "csv", as: "csv", columns)
      #expect(read.issues.isEmpty, "\(read.issues)")
      let poses = read.records.compactMap { $0.faces[0].pose }
      #expect(poses.count == 2)
      let pose = try #require(poses.first?.extrinsics)
      #expect(pose.translation == motion.translation)
      #expect(pose.rotation.angle(to: motion.rotation) < 1e-12)
      #expect(poses.last?.translation == nil)
    }
  }

  @Test(
    "names of columns are known, and no others",
    arguments: ["", "Box", "attribute:", "attribute:a,b", "attribute:a\"b"])
  func unknownColumn(name: String) {
    #expect(TableColumn(name) == nil)
    #expect(TableColumn.usual.allSatisfy { TableColumn($0.name) == $0 })
  }

  // MARK: COCO

  @Test("COCO's categories have the lines that viewers draw, counted from 1")
  func cocoSkeletons() throws {
    let text = try #require(
      try Fixture.files([Fixture.record("a.jpg", [Fixture.face()])], "coco")["annotations.json"])
    let value = try Array(text.utf8).withUnsafeBytes { try JSONParser.value(of: $0) }
    let pairs = (value["categories"]?.elements ?? []).map { category in
      (category["skeleton"]?.elements ?? []).map { $0.elements?.compactMap(\.number) ?? [] }
    }
    #expect(pairs.map(\.count) == [6, 63, 0])
    #expect(pairs[0] == [[1, 2], [1, 3], [2, 3], [3, 4], [3, 5], [4, 5]])
    // The eyes and lips are closed, and no line leads from one contour to another.
    for line in [[42, 37], [48, 43], [60, 49], [68, 61]] as [[Double]] {
      #expect(pairs[1].contains(line))
    }
    #expect(
      !pairs[1].contains([17, 18]) && Set(pairs[1].joined()) == Set((1...68).map(Double.init)))
  }

  @Test("COCO's euler_angles are aflw's degrees as DirectMHP has them, and are read as the pose")
  func eulerAngles() throws {
    // A head that looks back, whose usual triple has a pitch and roll beyond 90 degrees.
    let given = EulerAngles(pitch: 10, yaw: 150, roll: -20)
    var face = Fixture.face()
    face.pose = HeadPose(
      rotationVector: EulerConvention.aflw.rotation(of: given.inRadians).rotationVector,
      translation: nil)
    let record = Fixture.record("a.jpg", [face])
    let angles: (inout ExportOptions) -> Void = { $0.euler = [.aflw] }
    #expect(try Fixture.losses(record, "coco") == ["poses"])
    #expect(try Fixture.losses(record, "coco", angles) == [])
    let text = try #require(try Fixture.files([record], "coco", angles)["annotations.json"])
    let written = try #require(
      try JSONParser.value(of: text)["annotations"]?.elements?[0]["euler_angles"]?.elements)
    for (number, expected) in zip(written, [10, 150, -20.0]) {
      #expect(abs((number.number ?? .nan) - expected) < 1e-9)
    }
    let back = try #require(
      try Fixture.roundTrip([record], "coco", as: "coco", angles).records[0].faces[0].pose)
    #expect(length(back.rotationVector - (face.pose?.rotationVector ?? .zero)) < 1e-9)
    face.pose = HeadPose(rotationVector: SIMD3(0, 0, 2.5), translation: SIMD3(0, 0, 1))
    #expect(
      Set(try Fixture.losses(Fixture.record("a.jpg", [face]), "coco", angles)) == [
        "translations of poses", "poses with a pitch or roll beyond 90 degrees",
      ])
  }
}

/// Labels of a task that a file came from.
@Suite("CVAT's own labels")
struct CVATLabelTests {
  @Test("a face goes back to its task under the labels that it had there")
  func labels() throws {
    let names = ["eye_left", "eye_right", "nose_tip", "mouth_left", "mouth_right"]
    let places: [SIMD2<Double>] = [[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]]
    let points = zip(names, places).map {
      "<points label='\($0)' outside='0' occluded='0' points='\($1.x),\($1.y)'/>"
    }
    let box = "<box label='human face' xtl='20' ytl='20' xbr='80' ybr='100' group_id='1'></box>"
    let text =
      "<annotations><image id='0' name='a.jpg' width='320' height='240'>\(box)<skeleton label='landmarks' group_id='1'>\(points.joined())</skeleton></image></annotations>"
    let read = try FormReading("cvat", ["a.xml": text])
    #expect(read.issues.isEmpty && read.records.count == 1, "\(read.issues)")
    try withTemporaryDirectory { folder in
      var writer = try CVATWriter(folder: folder)
      for record in read.records { try writer.write(record, image: nil, remarks: ImageRemarks()) }
      try writer.finish()
      let written = try String(contentsOfFile: folder + "/annotations.xml", encoding: .utf8)
      for label in ["human face", "landmarks"] + names {
        #expect(written.contains("label=\"\(label)\""), "\(label): \(written)")
        #expect(written.contains("<name>\(label)</name>"), "\(label)")
      }
      #expect(!written.contains("face-5") && !written.contains("left_eye"))
      #expect(writer.notes[0].contains("'human face' and 'landmarks' (eye_left"))
      let again = try FormReading("cvat", ["a.xml": written])
      #expect(
        again.records.map { $0.faces.map(\.points) } == read.records.map { $0.faces.map(\.points) })
    }
  }

  @Test("faces that come from elsewhere get our own labels, and the note says which")
  func own() throws {
    try withTemporaryDirectory { folder in
      var writer = try CVATWriter(folder: folder)
      let record = ToolFormFixture.record("a.jpg", [ToolFormFixture.face()])
      try writer.write(record, image: nil, remarks: ImageRemarks())
      try writer.finish()
      #expect(writer.notes[0].contains("lists, 'face' and 'face-5' (left_eye, right_eye, nose"))
    }
  }
}
