import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// All .mat files below a folder, by their relative path.
private func matFiles(_ root: String) throws -> [String: [MATArray]] {
  var files: [String: [MATArray]] = [:]
  for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init()
  where name.hasSuffix(".mat") {
    files[name] = try matArrays(at: "\(root)/\(name)")
  }
  return files
}

/// A record after it was written to JSON and read again.
private func throughJSON(_ record: ImageRecord) throws -> ImageRecord {
  var writer = JSONWriter()
  record.write(to: &writer)
  return try ImageRecord(line: String(decoding: try writer.bytes.dropLast(), as: UTF8.self))
}

@Suite("Writing 300W-LP and AFLW2000-3D")
struct MATFaceWritingTests {
  @Test("native arrays come back bit for bit, through JSON", arguments: MATFaceSet.Form.allCases)
  func roundTrip(form: MATFaceSet.Form) throws {
    try MATFaceSet.with(form) { set in
      var writer = form.writer(to: set.folder + "/again")
      for record in try set.read().records {
        #expect(writer.losses(of: record) == [])
        try writer.write(throughJSON(record), image: nil)
      }
      try writer.finish()
      #expect(try matFiles(set.folder + "/again") == matFiles(set.root))
    }
  }

  @Test(
    "the real samples come back bit for bit",
    .enabled(if: sharedData != nil, "needs ../shared/data"), arguments: MATFaceSet.Form.allCases)
  func realSamples(form: MATFaceSet.Form) throws {
    let root = (sharedData ?? "") + (form == .aflw2000 ? "/aflw2000" : "/300w_lp")
    try withTemporaryDirectory { folder in
      let reading = try MATFaceReading(form, at: root)
      #expect(reading.texts == [])
      #expect(reading.records.count == (form == .aflw2000 ? 6 : 1))
      var writer = form.writer(to: folder)
      for record in reading.records {
        #expect(writer.losses(of: record) == [])
        try writer.write(throughJSON(record), image: nil)
      }
      let (written, originals) = try (matFiles(folder), matFiles(root))
      #expect(written == originals)
      #expect(written.values.allSatisfy { $0.count == (form == .aflw2000 ? 9 : 8) })
    }
  }

  @Test(
    "without native arrays the pose and landmarks are written, to float32",
    arguments: MATFaceSet.Form.allCases)
  func withoutNative(form: MATFaceSet.Form) throws {
    try MATFaceSet.with(form) { set in
      var writer = form.writer(to: set.folder + "/again")
      let records = try set.read(native: .none).records
      for record in records {
        #expect(writer.losses(of: record) == [])
        try writer.write(record, image: nil)
      }
      let again = try set.read(native: .none, at: set.folder + "/again").records
      #expect(again.count == records.count)
      for (left, right) in zip(records, again) {
        let (a, b) = (left.faces[0], right.faces[0])
        let (one, other) = try (#require(a.pose), #require(b.pose))
        #expect(one.rotation.angle(to: other.rotation) < 1e-6)
        #expect(length(one.place - other.place) < 1e-6 * length(one.place))
        for i in 0..<68 {
          let gap = try #require(a.landmarks)[i].position - #require(b.landmarks)[i].position
          #expect(abs(gap.x) + abs(gap.y) < 1e-4)
        }
        #expect(a.attributes == b.attributes)
      }
    }
  }

  @Test("a pose made anew replaces the source's, and nothing else")
  func newPose() throws {
    try MATFaceSet.with(.aflw2000, count: 1) { set in
      var record = try set.read().records[0]
      let old = try #require(record.faces[0].pose)
      record.faces[0].pose = HeadPose(
        rotationVector: [0.1, 0.2, 0.3], translation: old.place)
      var writer = AFLW2000.writer(to: set.folder + "/again")
      try writer.write(record, image: nil)
      let again = try set.read(at: set.folder + "/again").records[0]
      let (one, other) = try (#require(record.faces[0].pose), #require(again.faces[0].pose))
      #expect(one.rotation.angle(to: other.rotation) < 1e-6)
      let (before, after) = try (
        matArrays(at: set.root + "/image00002.mat"),
        matArrays(at: set.folder + "/again/image00002.mat")
      )
      #expect(before.map(\.name) == after.map(\.name))
      #expect(zip(before, after).filter { $0 != $1 }.map { $0.0.name } == ["Pose_Para"])
    }
  }

  @Test("one form is written as the other, and what is lost is said")
  func otherForm() throws {
    try MATFaceSet.with(.aflw2000, count: 2) { set in
      var writer = ThreeHundredWLP.writer(to: set.folder + "/again")
      for var record in try set.read().records {
        record.image.path = "AFLW/" + record.image.path
        #expect(writer.losses(of: record) == ["the other form's pt2d", "the other form's pt3d_68"])
        try writer.write(record, image: nil)
      }
      let again = try MATFaceReading(.threeHundredWLP, at: set.folder + "/again")
      #expect(again.texts == [])
      for (left, right) in zip(try set.read().records, again.records) {
        #expect(left.faces[0].landmarks == right.faces[0].landmarks)
        #expect(left.faces[0].pose == right.faces[0].pose)
      }
    }
  }

  @Test("what a form cannot hold is named")
  func losses() throws {
    try MATFaceSet.with(.aflw2000, count: 1) { set in
      var record = try set.read().records[0]
      record.faces[0].attributes.blur = 1
      record.faces[0].box.left -= 10
      record.faces.append(record.faces[0])
      let writer = AFLW2000.writer(to: set.folder + "/again")
      #expect(
        writer.losses(of: record) == [
          "faces beyond an image's first", "boxes other than the landmarks'", "attributes",
        ])
      record.faces[0].landmarks = nil
      record.faces.removeLast()
      #expect(writer.losses(of: record) == ["faces without 68 landmarks"])
      record.faces[0].pose = nil
      #expect(writer.losses(of: record) == ["faces without a pose"])
      record.faces = []
      #expect(writer.losses(of: record) == ["images without a face"])
    }
  }

  @Test("img2pose's JSON has box, landmarks and the annotation's seven numbers, and is listed")
  func img2Pose() throws {
    try MATFaceSet.with(.threeHundredWLP, count: 2) { set in
      var writer = ThreeHundredWLP.img2PoseWriter(to: set.folder + "/json-form")
      let records = try set.read().records
      for record in records { try writer.write(record, image: nil) }
      try writer.finish()
      let list = try String(
        contentsOfFile: set.folder + "/json-form/300W_LP_annotations.txt", encoding: .utf8)
      #expect(
        list == "json/AFW/AFW_1000000_1_0.json\njson/AFW_Flip/AFW_1000000_1_0.json\n")
      for (record, name) in zip(records, list.split(separator: "\n")) {
        let bytes = try [UInt8](
          Data(contentsOf: URL(fileURLWithPath: set.folder + "/json-form/\(name)")))
        let json = try bytes.withUnsafeBytes { try JSONParser.value(of: $0) }
        #expect(json["image_path"]?.text == record.image.path)
        let stored = try matArrays(at: set.root + "/" + (record.source.file ?? ""))
        let pose = json["pose_para"]?.elements?.first?.elements?.compactMap(\.number)
        #expect(pose == stored.first { $0.name == "Pose_Para" }?.doubles)
        let points = try #require(json["landmarks"]?.elements?.first?.elements)
        let last = try #require(record.faces[0].landmarks)[67].position
        #expect(points.count == 68)
        #expect(points[67].elements?.compactMap(\.number) == [last.x, last.y])
        let box = record.faces[0].box
        #expect(
          json["bboxes"]?.elements?.first?.elements?.compactMap(\.number) == [
            box.left, box.top, box.right, box.bottom,
          ])
      }
    }
  }
}
