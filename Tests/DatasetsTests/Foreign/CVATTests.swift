import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("CVAT for images XML")
struct CVATTests {
  private static func document(_ images: String) -> String {
    "<?xml version=\"1.0\"?>\n<annotations><version>1.1</version><meta/>\n\(images)\n</annotations>\n"
  }

  private static func image(_ shapes: String, _ attributes: String = "") -> String {
    document(
      "<image id=\"0\" name=\"a.jpg\" width=\"320\" height=\"240\" \(attributes)>\n\(shapes)\n</image>"
    )
  }

  private static func box(_ x: Int = 10, group: Int = 0, _ more: String = "") -> String {
    "<box label=\"face\" occluded=\"0\" xtl=\"\(x)\" ytl=\"20\" xbr=\"\(x + 40)\" ybr=\"60\" group_id=\"\(group)\" \(more)></box>"
  }

  private static func skeleton(_ names: [String], group: Int = 0, _ more: [Int: String] = [:])
    -> String
  {
    let points = names.enumerated().map { i, name in
      "<points label=\"\(name)\" \(more[i] ?? "outside=\"0\" occluded=\"0\"") points=\"\(12 + i * 5).5,\(30 + i)\"/>"
    }
    return "<skeleton label=\"l\" group_id=\"\(group)\">\(points.joined())</skeleton>"
  }

  private static let five = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"]

  private func read(
    _ text: some Sequence<UInt8>, _ change: (inout ReadingOptions) -> Void = { _ in }
  ) throws -> FormReading {
    try FormReading(
      "cvat", ["annotations.xml": Array(text)], named: ["annotations.xml"], change)
  }

  private func faces(_ shapes: String) throws -> (faces: [Face], issues: [String]) {
    let found = try read(Self.image(shapes).utf8)
    return (try #require(found.records.first).faces, found.issues)
  }

  @Test("a box, its attributes and the image's size are taken as they stand")
  func box() throws {
    let found = try read(
      Self.image(
        "<box label=\"face\" occluded=\"1\" xtl=\"1.25\" ytl=\"2\" xbr=\"11.5\" ybr=\"22\"><attribute name=\"glasses\">a &lt; b</attribute></box>",
        "subset=\"Train\""
      ).utf8)
    let record = try #require(found.records.first)
    #expect(found.issues.isEmpty)
    #expect(record.image.width == 320 && record.image.height == 240)
    #expect(record.source.split == "train" && record.source.line == 3)
    #expect(record.faces[0].box == BoundingBox(left: 1.25, top: 2, right: 11.5, bottom: 22))
    let others = record.faces[0].attributes.others
    #expect(others.first { $0.name == "glasses" }?.value == .text("a < b"))
    #expect(others.first { $0.name == "occluded" }?.value == .boolean(true))
  }

  @Test("a turned box has the bounds of the rectangle turned about its centre")
  func rotation() throws {
    let (faces, _) = try faces(
      "<box label=\"face\" xtl=\"10\" ytl=\"20\" xbr=\"50\" ybr=\"40\" rotation=\"90\"/>")
    let box = faces[0].box
    #expect(abs(box.left - 20) < 1e-9 && abs(box.right - 40) < 1e-9)
    #expect(abs(box.top - 10) < 1e-9 && abs(box.bottom - 50) < 1e-9)
    #expect(faces[0].attributes.others.contains { $0.value == .text("rotated") })
  }

  @Test("a skeleton belongs to the box of its group, whatever the order")
  func groups() throws {
    let (faces, issues) = try faces(
      Self.skeleton(Self.five, group: 2) + Self.box(0, group: 1) + Self.box(10, group: 2))
    #expect(issues.isEmpty, "\(issues)")
    #expect(faces.map { $0.landmarks != nil } == [false, true])
  }

  @Test("a skeleton without a group belongs to the smallest box around its mean")
  func contained() throws {
    let wide = "<box label=\"face\" xtl=\"0\" ytl=\"0\" xbr=\"200\" ybr=\"200\"/>"
    let (faces, _) = try faces(wide + Self.box() + Self.skeleton(Self.five))
    #expect(faces.map { $0.landmarks != nil } == [false, true])
  }

  @Test("outside is missing and occluded is occluded")
  func visibility() throws {
    let (faces, _) = try faces(
      Self.box()
        + Self.skeleton(Self.five, [1: "outside=\"0\" occluded=\"1\"", 3: "outside=\"1\""]))
    let landmarks = try #require(faces[0].landmarks)
    #expect(
      (0..<5).map { landmarks[$0].visibility }
        == [.visible, .occluded, .visible, .missing, .visible])
  }

  @Test("left means the person's left where most faces show it")
  func sides() throws {
    let (faces, _) = try faces(
      Self.box() + Self.skeleton(["right_eye", "left_eye", "nose", "mouth_right", "mouth_left"]))
    #expect(faces[0].landmarks?.position(0) == SIMD2(12.5, 30))
    #expect(faces[0].landmarks?.position(4) == SIMD2(32.5, 34))
  }

  @Test("points of one shape go by their order, and single ones by their labels")
  func points() throws {
    let ordered = "<points label=\"l\" points=\"12,30;20,30;16,35;13,40;19,40\"/>"
    #expect(try faces(Self.box() + ordered).faces[0].landmarks?.position(3) == SIMD2(13, 40))
    let singles = Self.five.enumerated().map { i, name in
      "<points label=\"\(name)\" group_id=\"4\" points=\"\(12 + i),\(30 + i)\"/>"
    }
    let (faces, _) = try faces(Self.box(10, group: 4) + singles.joined())
    #expect(faces.count == 1 && faces[0].landmarks?.position(4) == SIMD2(16, 34))
  }

  @Test("68 points are sorted by their numbers, in any order")
  func numbered() throws {
    let names = (1...68).reversed().map(String.init)
    let (faces, _) = try faces(Self.skeleton(names))
    #expect(faces[0].landmarks?.layout == .ibug68)
    #expect(faces[0].landmarks?.position(67) == SIMD2(12.5, 30))
    #expect(faces[0].attributes.others.contains { $0.value == .text("landmarks") })
  }

  @Test("shapes that are no faces, unknown points and tracks are counted once")
  func losses() throws {
    let found = try read(
      Self.document(
        "<track id=\"0\"><box frame=\"1\"/></track><image name=\"a.jpg\">" + Self.box()
          + "<polygon label=\"x\" points=\"1,2\"/><tag label=\"y\"/><box label=\"car\" xtl=\"1\" ytl=\"1\" xbr=\"2\" ybr=\"2\"/>"
          + Self.skeleton(["chin", "ear"]) + "</image>"
      ).utf8)
    let texts = found.issues.joined(separator: "\n")
    for part in ["'polygon'", "'tag'", "boxes of 'car'", "'chin'", "1 tracks"] {
      #expect(texts.contains(part), "\(part) in \(texts)")
    }
    #expect(found.records[0].faces.count == 1)
  }

  @Test("a broken shape is a located issue, and the rest is read")
  func broken() throws {
    let (faces, issues) = try faces(
      "<box label=\"face\" xtl=\"x\" ytl=\"1\" xbr=\"2\" ybr=\"3\"/>\n<box label=\"face\" xmix=\"1\"/>\n"
        + "<points label=\"l\" points=\"1;2\"/>\n"
        + "<box label=\"face\" xtl=\"0\" ytl=\"1\" xbr=\"2\" ybr=\"3\" rotation=\"x\"/>\n"
        + Self.box())
    #expect(faces.count == 2)
    #expect(
      issues.contains { $0.contains(":7: box: expected degrees as 'rotation', found 'x'") },
      "\(issues)")
    #expect(issues.contains { $0.contains(":4:") && $0.contains("'xtl', found 'x'") }, "\(issues)")
    #expect(issues.contains { $0.contains(":5:") && $0.contains("'xtl', found none") }, "\(issues)")
    #expect(issues.contains { $0.contains(":6:") && $0.contains("pairs of numbers") }, "\(issues)")
  }

  @Test("a document type is refused, and a cut file gives the images before the cut")
  func refused() throws {
    let entity = "<!DOCTYPE a [<!ENTITY x SYSTEM \"/etc/passwd\">]>" + Self.image(Self.box())
    let found = try? read(entity.utf8)
    #expect(found?.records.isEmpty ?? true)
    let text = Self.document(
      "<image name=\"a.jpg\">" + Self.box() + "</image><image name=\"b.jpg\">" + Self.box()
        + "</image>")
    let cut = try read(text.utf8.prefix(text.utf8.count - 40))
    #expect(cut.records.map(\.image.path) == ["a.jpg"])
    #expect(cut.issues.count == 1)
  }

  @Test("no change of bytes is a crash")
  func mutations() throws {
    let text = Self.image(Self.box() + Self.skeleton(Self.five, [1: "occluded=\"1\""]))
    #expect(try FormReading.mutate("cvat", text, named: "annotations.xml") == 300)
  }

  @Test("only its own root is recognised")
  func recognition() {
    func dataset(_ text: String) -> String? { FormReading.form(of: text, named: "a.xml") }
    #expect(dataset(Self.image("")) == "cvat")
    #expect(dataset("<annotation><object/></annotation>") != "cvat")
    #expect(dataset("<dataset><images/></dataset>") != "cvat")
    #expect(dataset("<annotations/>") != "cvat")
  }
}
