import Codecs
import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("forms of drawing tools")
struct ToolFormTests {
  /// A form, the reader of what it writes, and the layouts that it holds beside each other.
  private static let forms: [(form: String, reader: String, layouts: [Landmarks.Layout])] = [
    ("cvat", "cvat", [.face5, .ibug68]), ("label-studio", "label-studio", [.face5, .ibug68]),
    ("labelme", "labelme", [.face5, .ibug68]), ("coco", "coco", [.face5, .ibug68]),
    ("csv", "csv", [.face5]), ("yolo-pose", "yolo", [.face5]),
  ]

  @Test(
    "what is written comes back: boxes, points, visibilities, images without faces, names",
    arguments: forms)
  func roundTrip(form: String, reader: String, layouts: [Landmarks.Layout]) throws {
    let records = ToolFormFixture.records(layouts)
    for record in records { #expect(try ToolFormFixture.losses(record, form) == []) }
    let read = try ToolFormFixture.roundTrip(records, form, as: reader)
    #expect(read.issues.isEmpty, "\(read.issues)")
    let prefix = form == "yolo-pose" ? "images/" : ""
    #expect(
      read.records.map(\.image.path).sorted() == records.map { prefix + $0.image.path }.sorted())
    for record in records {
      let back = try #require(read.records.first { $0.image.path == prefix + record.image.path })
      #expect(back.faces.count == record.faces.count)
      for (face, other) in zip(record.faces, back.faces) {
        #expect(face.agrees(with: other), "\(record.image.path): \(face) became \(other)")
      }
    }
  }

  @Test("a table holds all of iBUG's points where they are chosen")
  func tableOf68() throws {
    let records = ToolFormFixture.records([.ibug68])
    let columns: (inout ExportOptions) -> Void = { $0.columns = [.image, .box, .landmarks] }
    for record in records { #expect(try ToolFormFixture.losses(record, "csv", columns) == []) }
    let read = try ToolFormFixture.roundTrip(records, "csv", as: "csv", columns)
    #expect(read.issues.isEmpty, "\(read.issues)")
    for (record, back) in zip(records, read.records) {
      #expect(zip(record.faces, back.faces).allSatisfy { $0.agrees(with: $1) })
    }
  }

  @Test(
    "what a form cannot hold is named",
    arguments: ["cvat", "label-studio", "labelme", "coco", "yolo-pose", "csv", "pts"])
  func losses(form: String) throws {
    var record = ToolFormFixture.record("a.jpg", [ToolFormFixture.face()])
    record.faces[0].pose = HeadPose(
      rotationVector: SIMD3(0.1, 0.2, 0.3), translation: SIMD3(0, 0, 1), frame: .biwiHead)
    record.faces[0].attributes.others = [.init(name: "glasses", value: .integer(1))]
    record.faces.append(ToolFormFixture.face(nil))
    record.faces[1].landmarks = Landmarks(layout: .aflw21)
    record.camera = Camera(
      intrinsics: Intrinsics(focalLength: SIMD2(500, 500), principalPoint: SIMD2(225, 225)),
      provenance: .user)
    let losses = try ToolFormFixture.losses(record, form)
    var expected = ["cameras"]
    expected.append(form == "csv" ? "the head's axes of poses" : "poses")
    expected.append(
      form == "cvat" ? "attribute 'glasses' as other than text" : "attribute 'glasses'")
    if form != "coco" { expected.append("landmarks of layout aflw-21") }
    if form == "pts" {
      expected += [
        "landmarks of layout face-5", "faces without all of iBUG's 68 points",
        "that several faces are of one image",
      ]
    }
    #expect(Set(losses) == Set(expected), "\(losses)")
  }

  @Test(
    "a tool that turns images by EXIF shows places elsewhere, which is named",
    arguments: [("cvat", true), ("label-studio", true), ("yolo-pose", true), ("labelme", false)])
  func orientation(form: String, isLost: Bool) throws {
    var record = ToolFormFixture.record("a.jpg", [ToolFormFixture.face()])
    record.image.orientation = 6
    let losses = try ToolFormFixture.losses(record, form)
    #expect(losses.contains { $0.contains("EXIF orientation") } == isLost, "\(losses)")
  }

  @Test(
    "where most faces are upside down, how to read the points back is said",
    arguments: ["cvat", "label-studio", "labelme", "yolo-pose", "csv"])
  func sides(form: String) throws {
    func notes(_ records: [ImageRecord]) throws -> [String] {
      try withTemporaryDirectory { folder in
        var writer = try #require(ExportForm.named(form)).makeWriter(.init(folder: folder))
        for record in records { try writer.write(record, image: nil) }
        try writer.finish()
        return writer.notes
      }
    }
    let upright = ToolFormFixture.record("a.jpg", [ToolFormFixture.face()])
    var turned = ToolFormFixture.record("b.jpg", [ToolFormFixture.face(), ToolFormFixture.face()])
    for i in 0..<2 {
      turned.faces[i].landmarks = turned.faces[i].landmarks?.withSidesExchanged
    }
    #expect(try !notes([upright]).contains { $0.contains("--sides image") })
    #expect(try notes([upright, turned]).contains { $0.contains("--sides image") })
  }

  @Test(
    "remarks are labels of faces and of images",
    arguments: [
      (
        "cvat", "annotations.xml", "<attribute name=\"finding\">tiny blurred</attribute>",
        "<tag label=\"dark\" "
      ),
      (
        "label-studio", "tasks.json", "\"choices\":[\"tiny\",\"blurred\"]",
        "\"from_name\":\"image_finding\""
      ),
      (
        "labelme", "a.json", "\"flags\":{\"tiny\":true,\"blurred\":true}",
        "\"flags\":{\"dark\":true}"
      ),
      (
        "coco", "annotations.json", "\"attributes\":{\"finding\":\"tiny blurred\"}",
        "\"findings\":[\"dark\"]"
      ),
      ("csv", "faces.csv", ",tiny blurred,dark\n", "finding,image_finding\n"),
    ])
  func remarks(form: String, file: String, ofFace: String, ofImage: String) throws {
    var remarks = ImageRemarks()
    for word in ["tiny", "blurred", "tiny"] { remarks.add(word, face: 1) }
    remarks.add("dark", face: nil)
    let record = ToolFormFixture.record(
      "a.jpg", [ToolFormFixture.face(), ToolFormFixture.face(nil, x: 200)])
    let files = try ToolFormFixture.files([record], form, remarks: [remarks])
    let text = try #require(files[file])
    #expect(text.contains(ofFace) && text.contains(ofImage), "\(text)")
    // Without remarks none of it is there.
    let plain = try #require(try ToolFormFixture.files([record], form)[file])
    #expect(!plain.contains("finding") && !plain.contains("tiny"))
  }

  @Test(
    "remarks on faces come back when the task is read again",
    arguments: ["cvat", "label-studio", "labelme", "coco", "csv"])
  func remarksRead(form: String) throws {
    var remarks = ImageRemarks()
    for word in ["tiny", "blurred"] { remarks.add(word, face: 1) }
    remarks.add("dark", face: nil)
    let record = ToolFormFixture.record(
      "a.jpg", [ToolFormFixture.face(), ToolFormFixture.face(nil, x: 200)])
    let files = try ToolFormFixture.files([record], form, remarks: [remarks])
    let read = try #require(try FormReading(form, files).records.first)
    #expect(read.faces.count == 2)
    var json = JSONWriter()
    read.write(to: &json)
    let text = String(decoding: try json.bytes, as: UTF8.self)
    #expect(text.contains("tiny") && text.contains("blurred"), "\(text)")
    guard ["cvat", "label-studio"].contains(form) else { return }
    #expect(read.faces.map { $0.attribute("finding") } == [nil, .text("tiny blurred")])
    guard form == "label-studio" else { return }
    guard case .object(let native)? = read.native else {
      Issue.record("the image's remark is lost")
      return
    }
    #expect(native["image_finding"] == .text("dark"))
  }

  @Test(
    "faces all of which are mirrored keep their points, as our files say which side is meant",
    arguments: ["cvat", "label-studio", "labelme", "coco", "csv", "yolo-pose"])
  func mirrored(form: String) throws {
    let records = ["a.jpg", "b.jpg", "c.jpg"].map { name in
      var record = ToolFormFixture.record(name, [ToolFormFixture.face()])
      record.faces[0].landmarks = record.faces[0].landmarks?.withSidesExchanged
      return record
    }
    let files = try ToolFormFixture.files(records, form)
    let reader = form == "yolo-pose" ? "yolo" : form
    let pictures = form == "yolo-pose" ? ["a", "b", "c"].map { "images/\($0).jpg" } : []
    func read(_ change: (inout ReadingOptions) throws -> Void = { _ in }) throws -> FormReading {
      try FormReading(reader, files, pictures: pictures, change)
    }
    func areOnSide(_ reading: FormReading, _ isMirrored: Bool) -> Bool {
      reading.records.count == 3
        && reading.records.allSatisfy { record in
          guard let points = record.faces.first?.points, let left = points[0], let right = points[1]
          else { return false }
          return (left.x > right.x) == isMirrored
        }
    }
    let found = try read()
    #expect(areOnSide(found, true), "\(form)")
    #expect(!found.issues.contains { $0.contains("sides") }, "\(found.issues)")
    // The user's word counts before the file's.
    #expect(areOnSide(try read { $0.namedSide = .subject }, false), "\(form)")
    // A file that does not say it asks its faces.
    guard form != "csv" else { return }
    let silent = files.mapValues { $0.replacing("named_sides", with: "other") }
    let asked = try FormReading(reader, silent, pictures: pictures)
    #expect(areOnSide(asked, false), "\(form)")
  }
}
