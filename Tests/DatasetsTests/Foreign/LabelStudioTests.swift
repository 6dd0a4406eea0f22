import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Label Studio JSON")
struct LabelStudioTests {
  private static let names = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"]
  private static let places = [(30, 30), (50, 30), (40, 40), (32, 50), (48, 50)]

  /// A result of per cent values, of an image of 400 x 200 pixels.
  private func result(
    _ id: String, _ kind: String, _ value: String, label: String, further: String = ""
  ) -> String {
    #"{"id":"\#(id)","type":"\#(kind)","original_width":400,"original_height":200,"image_rotation":0,"value":{\#(value),"\#(kind)":["\#(label)"]}\#(further)}"#
  }

  private func point(_ id: String, _ label: String, _ x: Int, _ y: Int, further: String = "")
    -> String
  {
    let value = #""x":\#(Double(x) / 4),"y":\#(Double(y) / 2),"width":0.3"#
    return result(id, "keypointlabels", value, label: label, further: further)
  }

  private func box(
    _ id: String, _ x: Int, _ y: Int, _ width: Int, _ height: Int, rotation: Int = 0,
    label: String = "face", further: String = ""
  ) -> String {
    let value =
      #""x":\#(Double(x) / 4),"y":\#(Double(y) / 2),"width":\#(Double(width) / 4),"height":\#(Double(height) / 2),"rotation":\#(rotation)"#
    return result(id, "rectanglelabels", value, label: label, further: further)
  }

  private func face(shift: Int = 0, further: String = "", names: [String] = Self.names) -> String {
    zip(names, Self.places).map { name, place in
      point("\(name)\(shift)", name, place.0 + shift, place.1, further: further)
    }.joined(separator: ",")
  }

  private func task(_ image: String, _ results: String..., further: String = "") -> String {
    #"{"id":7,"data":{"image":"\#(image)"},"annotations":[{"id":1,"was_cancelled":false,"result":[\#(results.joined(separator: ","))]}]\#(further)}"#
  }

  private func read(_ tasks: String...) throws -> FormReading {
    try FormReading("label-studio", "[\(tasks.joined(separator: ",\n"))]")
  }

  @Test("per cent become pixels, and points belong to the box that is their parent")
  func parents() throws {
    let reading = try read(
      task(
        "a.jpg", face(further: #","parentID":"r2""#), box("r1", 20, 20, 200, 100),
        box("r2", 25, 25, 40, 30)))
    let faces = try #require(reading.records.first).faces
    #expect(reading.issues.isEmpty)
    #expect(faces.map(\.edges) == [[20, 20, 220, 120], [25, 25, 65, 55]])
    #expect(faces[0].landmarks == nil)
    #expect(faces[1].points == Self.places.map { SIMD2(Double($0.0), Double($0.1)) })
    #expect(reading.records[0].image.width == 400 && reading.records[0].image.height == 200)
  }

  @Test("points without a parent belong to the smallest box around them, or are a face alone")
  func inside() throws {
    let reading = try read(
      task("a.jpg", face(), face(shift: 200), box("r", 0, 0, 390, 190), box("s", 20, 20, 50, 50)),
      task("b.jpg", face()))
    let faces = reading.records[0].faces
    #expect(faces.map { $0.points.first.flatMap { $0?.x } } == [230, 30])
    #expect(reading.records[1].faces[0].edges == [30, 30, 50, 50])
    #expect(reading.records[1].faces[0].attribute("bbox_from") == .text("landmarks"))
  }

  @Test("a box turns about its top left corner, in pixels and not in per cent")
  func rotation() throws {
    let reading = try read(task("a.jpg", box("r", 50, 50, 40, 20, rotation: 90)))
    let face = reading.records[0].faces[0]
    #expect(zip(face.edges, [30, 50, 50, 90]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(face.attribute("bbox_from") == .text("rotated"))
  }

  @Test("a relation joins a point to a box that it lies outside of")
  func relations() throws {
    let relations = Self.names.map {
      #"{"type":"relation","from_id":"\#($0)0","to_id":"r","direction":"right"}"#
    }.joined(separator: ",")
    let reading = try read(task("a.jpg", face(), box("r", 200, 100, 20, 20), relations))
    #expect(reading.records[0].faces.count == 1)
    #expect(reading.records[0].faces[0].landmarks?.presentCount == 5)
  }

  @Test(
    "names of images lose what the tool put around them",
    arguments: [
      ("/data/upload/1/0a1b2c3d-a.jpg", "a.jpg"), ("/data/upload/0a1b2c3d-a%20b.jpg", "a b.jpg"),
      ("/data/local-files/?d=x/y%2Fb.jpg", "x/y/b.jpg"), ("s3://bucket/x/c.png", "x/c.png"),
      ("https://host:80/x/d.jpg?size=1#top", "x/d.jpg"), ("0a1b2c3d-a.jpg", "0a1b2c3d-a.jpg"),
      ("http://host/data/upload/3/0a1b2c3d-e.jpg", "e.jpg"), ("x/50%25.jpg", "x/50%25.jpg"),
    ])
  func names(address: String, path: String) throws {
    #expect(try read(task(address)).records.map(\.image.path) == [path])
  }

  @Test("a picture inside the file is named by its upload, or is an issue")
  func inline() throws {
    let reading = try read(
      task("data:image/png;base64,AA"),
      task("data:image/png;base64,AA", further: #","file_upload":"0a1b2c3d-g.jpg""#))
    #expect(reading.records.map(\.image.path) == ["g.jpg"])
    #expect(
      reading.issues == ["a.json:1: task: expected the address of an image, found none"])
  }

  @Test("suffixes, flags, meta texts and choices say that a point is occluded or missing")
  func visibility() throws {
    let labels = [
      "left_eye_occluded", "right_eye flag:0", "nose", "mouth_left_hidden", "mouth_right",
    ]
    let choice = #"{"id":"nose0","type":"choices","value":{"choices":["Occluded"]}}"#
    let reading = try read(task("a.jpg", box("r", 20, 20, 50, 50), face(names: labels), choice))
    #expect(
      reading.records[0].faces[0].visibilities == [
        .occluded, .missing, .occluded, .occluded, .visible,
      ])
    let meta = try read(
      task("a.jpg", face(further: #","meta":{"text":["occluded"]}"#), box("r", 20, 20, 50, 50)))
    #expect(meta.records[0].faces[0].visibilities.allSatisfy { $0 == .occluded })
  }

  @Test("ground truth is taken before the first annotation that was not skipped")
  func annotators() throws {
    func annotation(_ x: Int, _ further: String) -> String {
      #"{"result":[\#(box("r", x, 1, 9, 9))]\#(further)}"#
    }
    let lists = [
      annotation(1, #","was_cancelled":true"#), annotation(2, ""),
      annotation(3, #","ground_truth":true"#),
    ].joined(separator: ",")
    let reading = try read(
      #"{"data":{"image":"a.jpg"},"annotations":[\#(lists)]}"#,
      #"{"data":{"image":"b.jpg"},"completions":[\#(annotation(4, ""))]}"#,
      #"{"data":{"image":"c.jpg"},"annotations":[],"predictions":[\#(annotation(5, ""))]}"#,
      #"{"data":{"image":"d.jpg"},"annotations":[\#(annotation(6, #","was_cancelled":true"#))]}"#)
    #expect(reading.records.map { $0.faces.first?.box.left } == [3, 4, 5, nil])
    #expect(
      reading.issues == [
        "a.json: annotations: expected one a task, found 1 of further annotators, which are left out",
        "a.json: tasks: expected an annotation, found 1 skipped or not annotated; their records have no faces",
      ])
  }

  @Test("what is no box or point of a face is counted once, and unknown names are named")
  func losses() throws {
    let brush = #"{"id":"z","type":"brushlabels","value":{"rle":[1],"brushlabels":["face"]}}"#
    let reading = try read(
      task("a.jpg", box("c", 200, 100, 20, 20, label: "car"), brush, box("r", 20, 20, 50, 50)),
      task(
        "b.jpg", face(), point("e", "left_ear", 25, 30), box("r", 20, 20, 50, 50), brush,
        #"{"id":"v","type":"videorectangle","value":{"sequence":[]}}"#))
    #expect(reading.records.map(\.faces.count) == [1, 1])
    #expect(
      reading.issues == [
        "a.json: annotations: expected boxes and points of faces, found 4 of 'brushlabels', 'car', 'videorectangle', which are left out",
        "a.json: names of points: expected those of 5 or 68 points such as left_eye, right_eye, nose, left_mouth, right_mouth, found 'left_ear'",
      ])
  }

  @Test("names that mean the person's sides are exchanged, by the vote of the faces")
  func sides() throws {
    let names = ["right_eye", "left_eye", "nose", "mouth_right", "mouth_left"]
    let reading = try read(task("a.jpg", face(names: names)))
    #expect(reading.records[0].faces[0].points.first == SIMD2(30, 30))
  }

  @Test("68 points go by their numbers, whatever their order")
  func sixtyEight() throws {
    let points = (0..<68).reversed().map { point("p\($0)", "\($0 + 1)", 10 + $0, 20 + $0 % 7) }
    let reading = try read(task("a.jpg", points.joined(separator: ",")))
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.landmarks?.layout == .ibug68)
    #expect(face.points.map { $0?.x } == (0..<68).map { Double(10 + $0) })
  }

  @Test("JSON-MIN is read, and one task alone")
  func short() throws {
    let value = #""original_width":400,"original_height":200"#
    let min =
      #"[{"image":"/data/upload/1/0a1b2c3d-a.jpg","id":1,"label":[{"x":5,"y":10,"width":10,"height":20,"rotation":0,"rectanglelabels":["face"],\#(value)}],"annotator":1}]"#
    let reading = try FormReading("label-studio", min)
    #expect(reading.records.map(\.image.path) == ["a.jpg"])
    #expect(reading.records[0].faces.map(\.edges) == [[20, 20, 60, 60]])
    let one = try FormReading("label-studio", task("b.jpg", box("r", 1, 2, 3, 4)))
    #expect(one.records[0].faces.map(\.edges) == [[1, 2, 4, 6]])
  }

  @Test("a turned image, numbers that are none and a cut are located issues, and the rest is read")
  func broken() throws {
    let turned = box("r", 1, 1, 9, 9).replacing(
      "\"image_rotation\":0", with: "\"image_rotation\":90")
    let noNumber = box("r", 1, 1, 9, 9).replacing("\"x\":0.25", with: "\"x\":NaN")
    let text =
      "["
      + [task("a.jpg", turned), task("b.jpg", noNumber, "3"), task("c.jpg")].joined(
        separator: ",\n") + ",\n{\"id\":"
    let reading = try FormReading("label-studio", text)
    #expect(reading.records.map(\.image.path) == ["b.jpg", "c.jpg"])
    #expect(reading.issues.count == 4, "\(reading.issues)")
    #expect(reading.issues[0].hasPrefix("a.json:1: image_rotation: expected 0, found 90"))
    #expect(reading.issues[1].hasPrefix("a.json:2: region 'r': expected numbers in per cent"))
    #expect(
      reading.issues[2] == "a.json:2: result: expected an object with a 'value', found a number")
    #expect(reading.issues[3].hasPrefix("a.json:4: JSON, character "))
  }

  @Test("its files are recognised, others are not")
  func recognition() {
    #expect(FormReading.form(of: "[\(task("a.jpg"))]") == "label-studio")
    #expect(FormReading.form(of: task("a.jpg")) == "label-studio")
    #expect(FormReading.form(of: #"[{"image_id":1,"bbox":[1,2,3,4],"score":1}]"#) == "coco-results")
    #expect(FormReading.form(of: #"{"images":[],"annotations":[]}"#) == "coco")
  }

  @Test("bytes that are changed or cut never stop it")
  func mutations() throws {
    let text = "[\(task("a.jpg", face(), box("r", 20, 20, 50, 50))),\(task("b.jpg", face()))]"
    #expect(try FormReading.mutate("label-studio", text) == 300)
  }
}
