import Datasets
import Schema
import TestSupport
import Testing

@Suite("LabelMe JSON")
struct LabelMeTests {
  private func shape(
    _ label: String, _ points: String, _ type: String, group: String = "null", flags: String = "{}"
  ) -> String {
    #"{"label":"\#(label)","points":\#(points),"group_id":\#(group),"description":"","shape_type":"\#(type)","flags":\#(flags),"mask":null}"#
  }

  private func file(_ shapes: String..., path: String = "a.jpg") -> String {
    #"{"version":"5.4.1","flags":{},"shapes":[\#(shapes.joined(separator: ","))],"imagePath":"\#(path)","imageData":"AAAA","imageHeight":200,"imageWidth":400}"#
  }

  private func five(shift: Int = 0, group: String = "null") -> String {
    let names = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"]
    return zip(names, [(30, 30), (50, 30), (40, 40), (32, 50), (48, 50)]).map { name, place in
      shape(name, "[[\(place.0 + shift),\(place.1)]]", "point", group: group)
    }.joined(separator: ",")
  }

  @Test("corners come in any order, and a group, 0 too, makes a face")
  func groups() throws {
    let reading = try FormReading(
      "labelme",
      file(
        shape("face", "[[70,70],[20,20]]", "rectangle", group: "0"),
        shape("face", "[[0,300],[300,0]]", "rectangle", group: "1"), five(group: "1"),
        five(shift: 5, group: "0")))
    let faces = try #require(reading.records.first).faces
    #expect(reading.issues.isEmpty)
    #expect(faces.map(\.edges) == [[20, 20, 70, 70], [0, 0, 300, 300]])
    #expect(faces.map { $0.points.first.flatMap { $0?.x } } == [35, 30])
    #expect(reading.records[0].image.width == 400 && reading.records[0].image.height == 200)
  }

  @Test("without groups, points belong to the box that they lie in")
  func inside() throws {
    let reading = try FormReading(
      "labelme",
      file(
        five(), five(shift: 100), shape("face", "[[120,20],[170,70]]", "rectangle"),
        shape("face", "[[20,20],[70,20],[70,70],[20,70]]", "rectangle")))
    #expect(reading.records[0].faces.map { $0.points.first.flatMap { $0?.x } } == [130, 30])
    #expect(reading.records[0].faces.allSatisfy { $0.attribute("bbox_from") == nil })
  }

  @Test("points of a group without a box belong to the box that holds their mean")
  func mean() throws {
    let reading = try FormReading(
      "labelme", file(shape("face", "[[32,32],[48,48]]", "rectangle"), five(group: "4")))
    #expect(reading.records[0].faces.count == 1)
    #expect(reading.records[0].faces[0].landmarks?.presentCount == 5)
  }

  @Test("a flag or a suffix makes a point occluded")
  func occlusion() throws {
    let reading = try FormReading(
      "labelme",
      file(
        shape("left_eye", "[[1,1]]", "point", flags: #"{"occluded":true}"#),
        shape("right_eye_occluded", "[[9,1]]", "point"), shape("nose", "[[5,5]]", "point"),
        shape("mouth_left", "[[2,9]]", "point", flags: #"{"occluded":false}"#)))
    #expect(
      reading.records[0].faces[0].visibilities == [
        .occluded, .occluded, .visible, .visible, .missing,
      ])
  }

  @Test("a turned rectangle has its bounds, other shapes and other things are named")
  func losses() throws {
    let reading = try FormReading(
      "labelme",
      file(
        shape("face", "[[20,10],[30,20],[20,30],[10,20]]", "rotation"),
        shape("face", "[[0,0],[1,0],[1,1]]", "polygon"), shape("car", "[[0,0],[9,9]]", "rectangle"))
    )
    #expect(reading.records[0].faces.map(\.edges) == [[10, 10, 30, 30]])
    #expect(reading.records[0].faces[0].attribute("bbox_from") == .text("rotated"))
    #expect(
      reading.issues == [
        "a.json: annotations: expected boxes and points of faces, found 2 of 'car', 'polygon', which are left out"
      ])
  }

  @Test(
    "the image's path is relative to the file",
    arguments: [
      ("..\\\\pictures\\\\a.jpg", "pictures/a.jpg"), ("a.jpg", "a.jpg"), ("b.jpg", "ann/b.jpg"),
    ])
  func paths(stated: String, path: String) throws {
    let reading = try FormReading(
      "labelme", file(path: stated), named: "ann/a.json",
      beside: [("ann/b.jpg", "x"), ("pictures/a.jpg", "x")])
    #expect(reading.records.map(\.image.path) == [path])
  }

  @Test("what leads out of the tree is refused")
  func outside() throws {
    let reading = try FormReading("labelme", file(path: "../../etc/a.jpg"))
    #expect(reading.records.isEmpty && reading.issues.count == 1)
  }

  @Test("bad shapes are issues, and the rest is read")
  func broken() throws {
    let reading = try FormReading(
      "labelme",
      file(
        shape("face", "[[1,1]]", "rectangle"), shape("nose", #"[["a",1]]"#, "point"),
        shape("nose", "[[1e300,1]]", "point"), "7", shape("face", "[[1,1],[5,6]]", "rectangle")))
    #expect(reading.records[0].faces.map(\.edges) == [[1, 1, 5, 6]])
    #expect(
      reading.issues == [
        "a.json: shape 1: expected 2 or 4 corners, found [[1,1]]",
        #"a.json: shape 2: expected points of two numbers, found [["a",1]]"#,
        "a.json: shape 3: expected points of two numbers, found [[1e+300,1]]",
        "a.json: shape 4: expected 'points', found 7",
      ])
  }

  @Test("its files are recognised, others are not")
  func recognition() {
    #expect(FormReading.form(of: file()) == "labelme")
    #expect(FormReading.form(of: "\u{FEFF}\(file())\r\n") == "labelme")
    #expect(FormReading.form(of: #"{"shapes":[]}"#) == nil)
  }

  @Test("bytes that are changed or cut never stop it")
  func mutations() throws {
    let text = file(five(), shape("face", "[[20,20],[70,70]]", "rectangle", group: "1"))
    #expect(try FormReading.mutate("labelme", text) == 300)
  }
}
