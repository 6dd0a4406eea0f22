import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// Pitch, yaw and roll in degrees by the formula of Hopenet (FORMATS §11.1).
private func angles(_ record: ImageRecord) throws -> [Double] {
  let rows = try #require(record.faces.first?.pose).rotation.rows
  return [
    atan2(rows.1.z, rows.2.z), atan2(rows.0.z, hypot(rows.0.x, rows.0.y)),
    atan2(-rows.0.y, rows.0.x),
  ].map { ($0 * 180 / .pi * 100).rounded() / 100 }
}

@Suite("BIWI's reader")
struct BiwiReaderTests {
  @Test("the real frame 12/00003 has the published angles in both cameras")
  func realAngles() throws {
    try BiwiFixture.with { set in
      let colour = try set.read()
      let depth = try set.read(.depth)
      #expect(colour.issues.isEmpty && depth.issues.isEmpty)
      #expect(try angles(depth.records[0]) == [-0.40, 9.33, -6.39])
      #expect(try angles(colour.records[0]) == [0.42, 9.86, -6.65])
      let pose = try #require(depth.records[0].faces[0].pose)
      #expect(length(pose.place - [0.0434019, -0.0307038, 0.906864]) < 1e-12)
      #expect(pose.frame == .biwiHead && pose.scale == .measured && pose.provenance == .annotation)
      #expect(depth.records[0].camera?.intrinsics.focalLength == [575.816, 575.816])
      #expect(colour.records[0].camera?.intrinsics.principalPoint == [320, 240.5])
      #expect(colour.records[0].camera?.provenance == .calibrated)
      // The image is the colour camera's in both.
      #expect(colour.records[0].faces[0].box == depth.records[0].faces[0].box)
    }
  }

  @Test("records say who is seen, in which sequence and by which camera")
  func attributes() throws {
    try BiwiFixture.with { set in
      let record = try set.read().records[0]
      #expect(record.id == "biwi/hpdb/12/frame_00003_rgb")
      #expect(record.source.file == "hpdb/12/frame_00003_pose.txt")
      #expect(record.attribute("subject_id") == "M06")
      #expect(record.attribute("sequence") == "12")
      #expect(record.attribute("camera_frame") == "colour")
      #expect(try set.read(.depth).records[0].attribute("camera_frame") == "depth")
    }
  }

  @Test("24 sequences are of 20 persons")
  func subjects() {
    let subjects = (1...24).compactMap(Biwi.subject(ofSequence:))
    #expect(subjects.count == 24 && Set(subjects).count == 20)
    for (first, second) in [(15, 3), (18, 5), (21, 2), (22, 7)] {
      #expect(subjects[first - 1] == subjects[second - 1])
    }
    #expect(Biwi.subject(ofSequence: 0) == nil && Biwi.subject(ofSequence: 25) == nil)
  }

  @Test(
    "the mirrors' layouts are read like the original's",
    arguments: [("faces_0/12", "png"), ("12", "jpg"), ("a/b/hpdb/12", "png")])
  func layouts(folder: String, type: String) throws {
    let files: [String: String?] = [
      "\(folder)/frame_00003_pose.txt": BiwiFixture.realPose,
      "\(folder)/frame_00003_rgb.\(type)": "an image",
      "\(folder)/rgb.cal": BiwiFixture.realColour,
    ]
    try BiwiFixture.with(base: files) { set in
      let (records, issues) = try set.read()
      #expect(issues.isEmpty)
      #expect(records.map(\.image.path) == ["\(folder)/frame_00003_rgb.\(type)"])
      #expect(records.first?.attribute("subject_id") == "M06")
    }
  }

  @Test("files are paired by the number in their names")
  func pairs() throws {
    let changes: [String: String?] = [
      "hpdb/12/frame_00004_rgb.png": "an image", "hpdb/12/frame_00005_depth.bin": "",
      "hpdb/12/frame_00006_pose.txt": BiwiFixture.realPose,
      "hpdb/12/frame_00007_pose.txt": BiwiFixture.realPose,
      "hpdb/12/frame_00007_rgb.png": "an image", "hpdb/12/frame_00007_rgb.jpg": "another",
      "hpdb/12/._frame_00008_pose.txt": "", "hpdb/12.obj": "", "hpdb/12/frame_x_pose.txt": "",
      "db_annotations/12/frame_00003_pose.bin": "",
      "head_pose_masks/12/frame_00003_depth_mask.png": "",
    ]
    try BiwiFixture.with(changes) { set in
      let (records, issues) = try set.read()
      #expect(
        records.map(\.image.path) == [
          "hpdb/12/frame_00003_rgb.png", "hpdb/12/frame_00007_rgb.png",
        ])
      #expect(
        issues == [
          "warning missing-pose: hpdb/12/frame_00004_rgb.png: pose: expected 'frame_00004_pose.txt', found none; the frame is left out",
          "warning missing-pose: hpdb/12/frame_00005_depth.bin: pose: expected 'frame_00005_pose.txt', found none; the frame is left out",
          "error missing-image: hpdb/12/frame_00006_pose.txt: image: expected 'frame_00006_rgb.png' or .jpg, found none",
          "warning conflicting-annotation: hpdb/12/frame_00007_pose.txt: image: expected one, found 2; 'frame_00007_rgb.png' is used",
        ])
    }
  }

  @Test("the synthetic set is read as its truth, in both cameras")
  func synthetic() throws {
    try BiwiFixture.withSynthetic(count: 24) { set in
      for (frame, name) in [(Biwi.Frame.colour, "truth.jsonl"), (.depth, "truth_depth.jsonl")] {
        let (records, issues) = try set.read(frame, native: .none)
        let truth = try set.truth(name)
        #expect(records.count == 22 && truth.count == 22 && issues.count == 2)
        for record in records {
          var expected = try #require(truth[record.image.path])
          // Sizes are the image's own to tell.
          (expected.image.width, expected.image.height, expected.image.format) = (nil, nil, nil)
          #expect(record == expected)
        }
      }
    }
  }
}
