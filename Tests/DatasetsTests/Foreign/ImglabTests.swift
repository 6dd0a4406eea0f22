import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("dlib's imglab XML")
struct ImglabTests {
  private static let head = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<dataset>\n<images>\n"
  private static let tail = "</images>\n</dataset>\n"

  private func file(_ images: String) -> String { Self.head + images + Self.tail }

  private func reading(
    _ images: String, _ change: (inout ReadingOptions) throws -> Void = { _ in }
  ) throws -> FormReading {
    try FormReading("imglab", ["x/a.xml": file(images)], change)
  }

  /// Parts of these numbers, each at (its number, twice its number) from a first one.
  private func parts(_ numbers: some Sequence<Int>, padded: Bool = true, first: Int = 0) -> String {
    numbers.map { number in
      let name = padded && number < 10 ? "0\(number)" : "\(number)"
      return "<part name='\(name)' x='\(number - first)' y='\(2 * (number - first))'/>"
    }.joined()
  }

  private func image(_ name: String, _ content: String) -> String {
    "<image file='\(name)'>\(content)</image>\n"
  }

  private func box(_ content: String, _ attributes: String = "") -> String {
    "<box top='48' left='57' width='104' height='108' \(attributes)>\(content)</box>"
  }

  @Test("the right edge is left + width; ignored boxes say so")
  func boxes() throws {
    let reading = try reading(
      "<image file='a.jpg' width='320' height='240'>\(box("", "ignore='1' occluded='1' difficult='0' gender='female' pose='3' angle='0.5' detection_score='0.75'"))</image>"
    )
    let record = try #require(reading.records.first)
    let face = try #require(record.faces.first)
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(record.image.width == 320 && record.image.height == 240)
    #expect(face.edges == [57, 48, 161, 156])
    #expect(face.attributes.ignore == true && face.attributes.score == 0.75)
    #expect(face.attribute("occluded") == .boolean(true) && face.attribute("difficult") == nil)
    guard case .object(let native)? = face.native else { Issue.record("no native"); return }
    #expect(native["gender"] == .text("female") && native["pose"]?.number == 3)
    #expect(native["angle"]?.number == 0.5)
  }

  @Test("parts go by their numbers, padded or not, in any order; absent ones are missing")
  func partsByNumber() throws {
    let byText = (0..<68).map(String.init).sorted().compactMap(Int.init)
    for padded in [true, false] {
      let some = byText.filter { $0 != 3 && $0 != 67 }
      let reading = try reading(
        image("a.jpg", box(parts(byText, padded: padded)) + box(parts(some, padded: padded))))
      let faces = try #require(reading.records.first?.faces)
      var expected = (0..<68).map { SIMD2<Double>?(SIMD2(Double($0), Double(2 * $0))) }
      #expect(faces[0].points == expected)
      (expected[3], expected[67]) = (nil, nil)
      #expect(faces[1].points == expected)
    }
  }

  @Test("numbers from 1 are known by the whole file, not by each face")
  func partsFromOne() throws {
    let reading = try reading(
      image("a.jpg", box(parts(1...67, first: 1))) + image("b.jpg", box(parts(1...68, first: 1))))
    let faces = reading.records.flatMap(\.faces)
    #expect(faces[0].points[0] == [0, 0] && faces[0].points[67] == nil)
    #expect(faces[1].points[67] == [67, 134])
  }

  @Test("five parts are eyes, nose and mouth, or dlib's corners of eyes, which are kept apart")
  func fiveParts() throws {
    func five(_ places: [(Int, Int)]) -> String {
      var parts = ""
      for (i, place) in places.enumerated() {
        parts += "<part name='\(i)' x='\(place.0)' y='\(place.1)'/>"
      }
      return image("a.jpg", box(parts))
    }
    let usual = try reading(five([(70, 80), (110, 80), (90, 100), (75, 120), (105, 120)]))
    #expect(usual.records[0].faces[0].points.count == 5)
    let corners = try reading(five([(120, 80), (100, 80), (60, 80), (80, 80), (90, 110)]))
    #expect(corners.records[0].faces[0].landmarks == nil)
    #expect(corners.issues.count == 1 && corners.issues[0].contains("names of points"))
  }

  @Test("named parts have sides that the faces' majority tells")
  func namedParts() throws {
    let reading = try reading(
      image(
        "a.jpg",
        box(
          "<part name='left_eye' x='110' y='80'/><part name='right_eye' x='70' y='80'/><part name='nose' x='90' y='100'/><part name='mouth_left' x='105' y='120'/>"
        )))
    let points = reading.records[0].faces[0].points
    #expect(points == [[70, 80], [110, 80], [90, 100], nil, [105, 120]])
  }

  @Test("names are unescaped, in any quotes, relative to the file")
  func names() throws {
    let text = file(
      "<image file='b & c/d.jpg'><box top=\"1\" left=\"2\" width=\"3\" height=\"4\"/></image>\n"
        + image("e&amp;f.jpg", "") + image("..\\up.jpg", ""))
    let reading = try FormReading(
      "imglab", ["x/a.xml": text], pictures: ["x/b & c/d.jpg"], { $0.images = nil })
    #expect(
      reading.records.map(\.image.path) == ["x/b & c/d.jpg", "e&f.jpg", "up.jpg"],
      "\(reading.issues)")
    #expect(reading.records[0].faces[0].edges == [2, 1, 5, 5])
  }

  @Test("mirrored copies and their photo are of one group")
  func mirrors() throws {
    let reading = try reading(
      image("afw/1.jpg", box("")) + image("afw/1_mirror.jpg", box("")))
    let photos = reading.records.map { $0.faces[0].attribute("source_photo") }
    #expect(photos == [.text("afw/1"), .text("afw/1")])
    #expect(try self.reading(image("1.jpg", box(""))).records[0].faces[0].attributes.others == [])
  }

  @Test("a label of another thing is left out where some boxes are of faces")
  func labels() throws {
    let car = box("<label>car</label>")
    let mixed = try reading(image("a.jpg", car + box("<label>face</label>") + box("")))
    #expect(mixed.records[0].faces.count == 2)
    #expect(mixed.issues.count == 1 && mixed.issues[0].contains("1 of 'box of car'"))
    let alone = try reading(image("a.jpg", car))
    #expect(alone.records[0].faces.map { $0.attribute("label") } == [.text("car")])
  }

  @Test("what is broken is an issue at its line, and the other images are read")
  func broken() throws {
    let reading = try reading(
      image("a.jpg", "\n<box top='1' left='x' width='3' height='4'/>\n" + box(""))
        + image("", box(""))
        + image("it's.jpg", box(""))
        + image("b.jpg", box("<part name='00' x='1'/><part name='01' x='1e300' y='2'/>")))
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg"])
    #expect(reading.records.map(\.faces.count) == [1, 1])
    let expected = [
      "a.xml:5: box 1: expected a number as 'left', found 'x'",
      "a.xml:7: image: expected a 'file', found none",
      "a.xml:9: box 1, part '00': expected 'x' and 'y' under 1e9 in size, found '1' and ''",
      "a.xml:9: box 1, part '01': expected 'x' and 'y' under 1e9 in size, found '1e300' and '2'",
      "a.xml:8: XML: expected an attribute, found 's.jpg'><box top=''",
    ]
    #expect(reading.issues == expected)
  }

  @Test("a document type is refused, and a file that is cut is read as far as it goes")
  func refused() throws {
    let entity = try FormReading(
      "imglab", "<!DOCTYPE dataset [<!ENTITY e 'x'>]>" + file(image("a.jpg", "")), named: "a.xml")
    #expect(entity.records.isEmpty)
    let cut = try FormReading(
      "imglab", Self.head + image("a.jpg", box("")) + "<image file='b.jpg'><box top='1'",
      named: "a.xml")
    #expect(cut.records.map(\.image.path) == ["a.jpg"])
    #expect(cut.issues.count == 1 && cut.issues[0].contains("a.xml:5: XML: expected"))
  }

  @Test("it is known by its root, and mutated files never trap")
  func recognition() throws {
    #expect(FormReading.form(of: file(image("a.jpg", ""))) == "imglab")
    for root in ["annotations", "annotation", "data"] {
      #expect(FormReading.form(of: "<\(root)><images/></\(root)>") != "imglab")
    }
    #expect(FormReading.form(of: "<dataset><row/></dataset>") == nil)
    let text = file(image("a.jpg", box("<label>face</label>" + parts(0..<6))) + image("b.jpg", ""))
    #expect(try FormReading.mutate("imglab", text, named: "a.xml", seed: 8) == 300)
  }
}
