import Datasets
import Schema
import TestSupport
import Testing

@Suite("Pascal VOC XML")
struct VOCTests {
  private func object(_ name: String, _ more: String = "") -> String {
    "<object><name>\(name)</name><bndbox><ymin>20</ymin><xmin>10</xmin><xmax>30.5</xmax><ymax>60</ymax></bndbox>\(more)</object>\n"
  }

  private func file(_ name: String, _ objects: String) -> String {
    "<annotation verified=\"yes\">\n<folder>images</folder><filename>\(name)</filename>\n<size><width>320</width><height>240</height></size>\n\(objects)</annotation>"
  }

  private func points(_ places: [(String, String)], hasLM: String = "1") -> String {
    let all = places.enumerated().map { i, point in
      "<x\(i + 1)>\(point.0)</x\(i + 1)><y\(i + 1)>\(point.1)</y\(i + 1)>"
    }
    return "<has_lm>\(hasLM)</has_lm><lm>\(all.joined())<visible>1</visible></lm>"
  }

  @Test(
    "pixels are counted from 0, or from 1 where it is said, which gives back what a tool had before"
  )
  func pixelOrigins() throws {
    // As a tool writes the box 9, 19, 30.5, 60 and the points (4, 5) and (6, 7): the first pixel is 1.
    let lines = object(
      "face", points([("5", "6"), ("7", "8"), ("-1", "-1"), ("8", "9"), ("9", "9")]))
    func face(_ origin: PixelOrigin?) throws -> Face {
      let reading = try FormReading("voc", ["a.xml": file("a.jpg", lines)]) {
        $0.pixelOrigin = origin
      }
      #expect(reading.issues.isEmpty, "\(reading.issues)")
      return try #require(reading.records.first?.faces.first)
    }
    let one = try face(.one)
    #expect(one.edges == [9, 19, 30.5, 60] && one.points[0] == [4, 5] && one.points[1] == [6, 7])
    #expect(one.points[2] == nil)
    for origin in [PixelOrigin.zero, nil] {
      let zero = try face(origin)
      #expect(zero.edges == [10, 20, 30.5, 60] && zero.points[0] == [5, 6])
    }
    let atZero = object("face").replacing("<xmin>10<", with: "<xmin>0<")
    let odd = try FormReading("voc", ["a.xml": file("a.jpg", atZero)]) { $0.pixelOrigin = .one }
    #expect(
      odd.issues.count == 1
        && odd.issues[0].contains("bndbox/xmin: expected pixels counted from 1, found 0"))
  }

  @Test(
    "boxes are kept as they stand, whatever the order of their sides, with flags and attributes")
  func boxes() throws {
    let more =
      "<pose>Left</pose><truncated>1</truncated><difficult>0</difficult><attributes><attribute><name>age</name><value>7</value></attribute></attributes>"
    let reading = try FormReading("voc", ["Annotations/a.xml": file("a.jpg", object("face", more))])
    let record = try #require(reading.records.first)
    let face = try #require(record.faces.first)
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(record.image.path == "a.jpg" && record.image.width == 320)
    #expect(face.edges == [10, 20, 30.5, 60])
    #expect(face.attribute("label") == .text("face") && face.attribute("age") == .text("7"))
    #expect(face.attribute("truncated") == .boolean(true) && face.attribute("difficult") == nil)
    #expect(face.pose == nil)
    guard case .object(let native)? = face.native else { Issue.record("no native"); return }
    #expect(native["pose"] == .text("Left"))
  }

  @Test("points go by number; has_lm of 0 and -1 say that there are none")
  func landmarks() throws {
    let five = [("11", "21"), ("12", "22"), ("-1", "-1"), ("14", "24"), ("15", "25")]
    let text = file(
      "a.jpg",
      object("face", points(five)) + object("face", points(five, hasLM: "0"))
        + object("face", points([("1", "2"), ("3", "4")])))
    let faces = try FormReading("voc", ["a.xml": text]).records[0].faces
    #expect(faces[0].points == [[11, 21], [12, 22], nil, [14, 24], [15, 25]])
    #expect(faces[1].landmarks == nil && faces[2].landmarks == nil)
  }

  @Test("the image is that of the file's stem, with the ending of one that is there")
  func imageNames() throws {
    func path(_ name: String, _ pictures: [String], at place: String = "Annotations/a.xml") throws
      -> String?
    {
      try FormReading("voc", [place: file(name, "")], pictures: pictures).records.first?.image.path
    }
    #expect(try path("a.png", []) == "a.png")
    #expect(try path("old.png", []) == "a.png")
    #expect(try path("a", []) == "a")
    #expect(try path("a", ["JPEGImages/a.jpg"]) == "JPEGImages/a.jpg")
    #expect(try path("old.png", ["Annotations/a.jpg"]) == "Annotations/a.jpg")
    #expect(try path("a.jpg", ["Annotations/a.jpg"]) == "Annotations/a.jpg")
    #expect(try path("b\\a.jpg", []) == "b/a.jpg")
    #expect(try path("", ["a.v2.jpg"], at: "a.v2.xml") == "a.v2.jpg")
  }

  @Test("sizes of 0 are none, and other things than faces are counted")
  func others() throws {
    let text = """
      <annotation><filename>a.jpg</filename><size><width>0</width><height>0</height></size>
      \(object("person", "<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>"))\(object("without_mask"))</annotation>
      """
    let reading = try FormReading("voc", ["a.xml": text])
    #expect(reading.records[0].image.width == nil)
    #expect(reading.records[0].faces.map { $0.attribute("label") } == [.text("without_mask")])
    #expect(reading.issues.count == 1 && reading.issues[0].contains("found 2 of 'part', 'person'"))
  }

  @Test("members of no meaning stay in native, and those with members of their own are counted")
  func unknownMembers() throws {
    let text = file(
      "a.jpg", object("face", "<id>7</id><keypoints><x1>1</x1><y1>2</y1></keypoints>"))
    let reading = try FormReading("voc", ["a.xml": text])
    #expect(
      reading.issues == [
        "a.xml: annotations: expected boxes and points of faces, found 1 of 'keypoints', which are left out"
      ])
    guard case .object(let native)? = reading.records[0].faces[0].native else {
      Issue.record("no native")
      return
    }
    #expect(native["id"] == .text("7"))
  }

  @Test("an element that is missing is named, with what stands in its place")
  func missingElements() throws {
    let text = file(
      "a.jpg",
      object("face").replacing("xmax>", with: "xmix>")
        + object("face").replacing("30.5", with: "wide") + object("face"))
    let reading = try FormReading("voc", ["a.xml": text])
    #expect(reading.records[0].faces.count == 1)
    #expect(
      reading.issues == [
        "a.xml:4: object 1: bndbox: expected 'xmax', found 'xmix'",
        "a.xml:5: object 2: bndbox/xmax: expected numbers under 1e9 in size, found 'wide'",
      ])
    let none = try FormReading(
      "voc", ["a.xml": file("a.jpg", "<object><name>face</name></object>")])
    #expect(
      none.issues == [
        "a.xml:4: object 1: bndbox: expected 'xmin', 'ymin', 'xmax', 'ymax', found none"
      ])
  }

  @Test("it is known by its root; a file that is cut is an issue; mutated ones never trap")
  func recognition() throws {
    #expect(FormReading.form(of: file("a.jpg", "")) == "voc")
    #expect(FormReading.form(of: "<annotation><other/></annotation>") == nil)
    #expect(FormReading.form(of: "<annotations><object/></annotations>") != "voc")
    let whole = file("a.jpg", object("face", points([("1", "2")])))
    let cut = try FormReading("voc", ["a.xml": String(whole.dropLast(40))])
    #expect(cut.records.isEmpty && cut.issues.count == 1 && cut.issues[0].contains("a.xml:4: XML"))
    #expect(try FormReading.mutate("voc", whole, named: "a.xml", seed: 9) == 300)
  }
}
