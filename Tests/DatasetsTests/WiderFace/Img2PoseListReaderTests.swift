import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

private let fivePoints = "[[1,2],[3,4],[5,6],[7,8],[9,10]]"

/// Reads a list that names `a.json` with this text.
private func read(json: String, list: String = "a.json\n") throws -> Reading {
  try Reading([("list.txt", Array(list.utf8))], beside: [("a.json", json)])
}

@Suite("img2pose's list of JSON files")
struct Img2PoseListReaderTests {
  @Test("reads boxes as corners and five points, from a list of one line")
  func oneImage() throws {
    let reading = try read(
      json:
        #"{"image_path": "0--Parade/x.jpg", "bboxes": [[10, 20, 40.5, 60]], "landmarks": [\#(fivePoints)]}"#
    )
    let record = try #require(reading.records.first)
    #expect(reading.records.count == 1)
    #expect(record.image.path == "0--Parade/x.jpg")
    #expect(record.source.line == 1)
    let face = try #require(record.faces.first)
    #expect(face.box == BoundingBox(left: 10, top: 20, right: 40.5, bottom: 60))
    #expect(face.attributes.score == nil)
    #expect(face.landmarks?.layout == .face5)
    #expect(face.landmarks?.position(4) == [9, 10])
    #expect(reading.issues.isEmpty)
  }

  @Test("a fifth number of a box is its score, a third of a point is dropped")
  func scores() throws {
    let points = "[[1,2,0.9],[3,4,0.9],[5,6,0.9],[7,8,0.9],[9,10,0.9]]"
    let reading = try read(
      json: #"{"image_path": "x.jpg", "bboxes": [[1,2,3,4,0.75]], "landmarks": [\#(points)]}"#)
    #expect(reading.records.first?.faces.map(\.attributes.score) == [0.75])
    #expect(reading.records.first?.faces.first?.landmarks?.position(1) == [3, 4])
  }

  @Test("reads 68 points")
  func sixtyEightPoints() throws {
    let points = (0..<68).map { "[\($0), \($0 + 100)]" }.joined(separator: ",")
    let reading = try read(
      json: #"{"image_path": "x.jpg", "bboxes": [[1,2,3,4]], "landmarks": [[\#(points)]]}"#)
    let landmarks = try #require(reading.records.first?.faces.first?.landmarks)
    #expect(landmarks.layout == .ibug68)
    #expect(landmarks.position(67) == [67, 167])
  }

  @Test("-1, -1 is a missing point; a face of such points has none")
  func missingPoints() throws {
    let some = "[[1,2],[-1,-1],[-1,6],[7,8],[9,10]]"
    let none = "[[-1,-1],[-1,-1],[-1.0,-1.0],[-1,-1],[-1,-1]]"
    let reading = try read(
      json:
        #"{"image_path": "x.jpg", "bboxes": [[1,2,3,4],[5,6,7,8]], "landmarks": [\#(some),\#(none)]}"#
    )
    let faces = try #require(reading.records.first?.faces)
    #expect(faces.first?.landmarks?[1] == .missing)
    #expect(faces.first?.landmarks?.position(2) == [-1, 6])
    #expect(faces.last?.landmarks == nil)
    #expect(reading.issues.isEmpty)
  }

  @Test(
    "names of JSON files are relative to the list's folder where they are not to the working one")
  func relativeToList() throws {
    let json = #"{"image_path": "x.jpg", "bboxes": []}"#
    let reading = try Reading(
      [("lists/list.txt", Array("json/x.json\n".utf8))], beside: [("lists/json/x.json", json)])
    #expect(reading.records.map(\.image.path) == ["x.jpg"])
    #expect(reading.records.map(\.faces.count) == [0])
  }

  @Test("reads a single JSON file, with a byte order mark too", arguments: ["", "\u{FEFF}"])
  func singleFile(mark: String) throws {
    let reading = try Reading(
      mark + #"{"image_path": "x.jpg", "bboxes": [[1,2,3,4]]}"#, named: "x.json")
    #expect(reading.records.first?.faces.map(\.box.right) == [3])
    #expect(reading.issues.map(\.code) == (mark.isEmpty ? [] : [.byteOrderMark]))
  }

  @Test("of 300W-LP, pose_para is the annotation's pose before a camera of f = w + h")
  func poseParameters() throws {
    let json = #"""
      {"image_path": "AFW_Flip/AFW_1_2_3.jpg", "bboxes": [[1,2,3,4]],
       "pose_para": [[0.1, 1.8, -0.3, 226, 200, -90, 0.001]]}
      """#
    let record = try #require(try Reading(json, named: "x.json").records.first)
    #expect(record.camera?.intrinsics == .widthPlusHeight(450, 450))
    let pose = try #require(record.faces[0].pose)
    // The origin is seen at (226 - 1, 450 - 200) and the centre is at 225, 225; f U / scale is 0.9 m.
    #expect(length(pose.place - SIMD3(0, 25 * 0.9 / 900, 0.9)) < 1e-12)
    let row = pose.rotation.rows.0
    #expect(abs(row.z - sin(1.8)) < 1e-12)
    let others = record.faces[0].attributes.others.map { "\($0.name) \($0.value.messageText)" }
    #expect(
      others == [#"source_photo "AFW_1_2""#, "flip true", "within_99_degrees false"])
  }

  @Test(
    "a pose_para that is none is a warning, and the face stays",
    arguments: ["[0.1, 0.2, 0.3]", "[0,0,0,0,0,0,0]", "[0,0,0,0,0,0,1e999]", "null"])
  func badPoseParameters(numbers: String) throws {
    let json = #"{"image_path": "a.jpg", "bboxes": [[1,2,3,4]], "pose_para": [\#(numbers)]}"#
    let reading = try Reading(json, named: "x.json")
    #expect(reading.records.first?.faces.count == 1)
    #expect(reading.records.first?.faces.first?.pose == nil)
    #expect(reading.issues.map(\.code) == [.missingPose])
  }

  @Test("keeps the JSON under native, unless told otherwise")
  func native() throws {
    let json = #"{"image_path": "x.jpg", "bboxes": [], "more": [0.5]}"#
    let kept = try Reading(json, named: "x.json")
    #expect(kept.records.map(\.native) == [.object(.object([("text", .text(json))]))])
    var options = ReadingOptions.wider
    options.native = .none
    #expect(try Reading(json, named: "x.json", options: options).records.map(\.native) == [nil])
  }
}

@Suite("Faults of img2pose's list")
struct Img2PoseListFaultTests {
  @Test("a JSON file that is not there is an error; the others are read")
  func missingFile() throws {
    let reading = try read(
      json: #"{"image_path": "x.jpg", "bboxes": []}"#, list: "\nnone.json\na.json")
    #expect(reading.texts == ["error: list.txt:2: JSON file: expected 'none.json', found none"])
    #expect(reading.issues.map(\.code) == [.missingAnnotation])
    #expect(reading.records.map(\.source.line) == [3])
  }

  @Test(
    "a JSON file that cannot be used is an error that says why",
    arguments: [
      (#"{"image_path": "x.jpg""#, "JSON, character 23: expected ',' or '}'"),
      (#"{"bboxes": []}"#, "image_path: expected text, found none"),
      (#"{"image_path": 5, "bboxes": []}"#, "image_path: expected text, found a number"),
      (#"{"image_path": "x.jpg"}"#, "bboxes: expected an array, found none"),
      (
        #"{"image_path": "x.jpg", "bboxes": [[1,2,3,4]], "landmarks": []}"#,
        "landmarks: expected 1, as many as bboxes, found 0"
      ),
    ])
  func brokenFile(json: String, problem: String) throws {
    let reading = try read(json: json)
    #expect(reading.records.isEmpty)
    #expect(reading.issues.map(\.code) == [.malformedRecord])
    let text = try #require(reading.texts.first)
    #expect(text.hasPrefix("error: list.txt:1: 'a.json', \(problem)"), "\(text)")
  }

  @Test(
    "a box that is no four or five finite numbers is left out, other faces stay",
    arguments: ["[1,2,3]", "[1,2,3,NaN]", #"[1,2,"x",4,5]"#, "[1,2,3,4,5,6]", "null"])
  func badBox(box: String) throws {
    let reading = try read(
      json: #"{"image_path": "x.jpg", "bboxes": [\#(box), [5,6,7,8]]}"#)
    #expect(reading.records.first?.faces.map(\.box.left) == [5])
    #expect(reading.issues.map(\.code) == [.malformedLine])
    #expect(reading.issues.map(\.location.line) == [1])
  }

  @Test(
    "a point that is no pair of finite numbers is missing, with a warning",
    arguments: ["[NaN, 2]", "[1, Infinity]", "[1]", "null", #"["x", 1, 2]"#])
  func badPoint(point: String) throws {
    let reading = try read(
      json:
        #"{"image_path": "x.jpg", "bboxes": [[1,2,3,4]], "landmarks": [[[1,2],[3,4],\#(point),[7,8],[9,10]]]}"#
    )
    #expect(reading.records.first?.faces.first?.landmarks?[2] == .missing)
    #expect(reading.records.first?.faces.first?.landmarks?.presentCount == 4)
    #expect(reading.issues.map(\.code) == [.badLandmark])
  }

  @Test("another number of points is a warning, and the face has none")
  func wrongCount() throws {
    let reading = try read(
      json: #"{"image_path": "x.jpg", "bboxes": [[1,2,3,4]], "landmarks": [[[1,2],[3,4]]]}"#)
    #expect(
      reading.texts == ["warning: list.txt:1: face 1, landmarks: expected 5 or 68 points, found 2"])
    #expect(reading.records.first?.faces.map(\.landmarks) == [nil])
  }

  @Test("keeps and flags a box without area")
  func degenerateBox() throws {
    let reading = try read(json: #"{"image_path": "x.jpg", "bboxes": [[5,6,5,8]]}"#)
    #expect(reading.records.first?.faces.map(\.attributes.degenerate) == [true])
    #expect(reading.issues.map(\.code) == [.degenerateBox])
  }

  @Test("refuses an image path that leaves its folder")
  func unsafePath() throws {
    let reading = try read(json: #"{"image_path": "../x.jpg", "bboxes": []}"#)
    #expect(
      reading.texts == [
        "error: list.txt:1: image path: expected a path without '..', found '../x.jpg'"
      ])
  }

  @Test("warns once of a list with Windows line ends")
  func windowsLineEnds() throws {
    let reading = try read(
      json: #"{"image_path": "x.jpg", "bboxes": []}"#, list: "a.json\r\na.json\r\n")
    #expect(reading.issues.map(\.code) == [.windowsLineEnds, .duplicateRecord])
    #expect(reading.records.count == 1)
  }
}
