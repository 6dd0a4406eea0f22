import Datasets
import Foundation
import Schema
import TestSupport
import Testing

private let pose = "hpdb/12/frame_00003_pose.txt"

@Suite("Faults in BIWI")
struct BiwiFaultTests {
  @Test(
    "a pose that is none is an error with its line",
    arguments: [
      ("", ": rotation: expected a row, found the end of the file"),
      ("1 0 0 \n0 1 0 \n", ": rotation: expected a row, found the end of the file"),
      ("1 0 0 \n0 1 \n", ":2: rotation: expected 3 numbers, found 2"),
      ("1 0 0 \n0 one 0 \n", ":2: rotation: expected 3 numbers, found 'one'"),
      ("1 0 0 \n0 nan 0 \n", ":2: rotation: expected numbers below 1000000, found nan"),
      (
        "1 0 0 \n0 1 0 \n0 0 1 \n\n0 0 -900 \n",
        ":5: head centre: expected one before the camera, found z = -900"
      ),
      (
        "1 0 0 \n0 1 0 \n0 0 1 \n\n0 0 1e300 \n",
        ":5: head centre: expected numbers below 1000000, found 1e+300"
      ),
      (
        "1 0 0 \n0 1 0 \n0 0 1.1 \n\n0 0 900 \n",
        ":1: rotation: expected orthonormal rows, found some that are 0.2100000000000002 off"
      ),
      (
        "1 0 0 \n0 1 0 \n0 0 -1 \n\n0 0 900 \n",
        ":1: rotation: expected a determinant of 1, found -1"
      ),
      (
        "1 0 0 \n0 1 0 \n0 0 1 \n\n0 0 900 \nmore", ":6: expected the end of the file, found 'more'"
      ),
    ])
  func poses(text: String, issue: String) throws {
    try BiwiFixture.with([pose: text]) { set in
      let (records, issues) = try set.read()
      #expect(records.isEmpty)
      #expect(issues == ["error malformed-line: \(pose)\(issue)"])
    }
  }

  @Test("Windows' line ends and byte order marks are read over and flagged")
  func windows() throws {
    let text = "\u{FEFF}" + BiwiFixture.realPose.replacingOccurrences(of: "\n", with: "\r\n")
    try BiwiFixture.with([pose: text]) { set in
      let (records, issues) = try set.read()
      #expect(records.count == 1)
      #expect(
        issues == [
          "warning byte-order-mark: \(pose):1: text: expected numbers, found a byte order mark before them",
          "warning windows-line-ends: \(pose): line ends: expected line feeds, found carriage returns before them",
        ])
    }
  }

  @Test("a sequence without rgb.cal is an error, and the others go on")
  func missingCalibration() throws {
    let changes: [String: String?] = [
      "hpdb/12/rgb.cal": nil, "hpdb/13/rgb.cal": BiwiFixture.realColour,
      "hpdb/13/frame_00001_pose.txt": BiwiFixture.realPose, "hpdb/13/frame_00001_rgb.png": "",
    ]
    try BiwiFixture.with(changes) { set in
      let (records, issues) = try set.read()
      #expect(records.map(\.image.path) == ["hpdb/13/frame_00001_rgb.png"])
      #expect(
        issues == [
          "error missing-camera: hpdb/12/rgb.cal: calibration: expected a file, found none; no frame of the sequence can be used",
          "error missing-camera: \(pose): camera: expected the sequence's 'rgb.cal', found none that can be used",
        ])
    }
  }

  @Test("depth.cal is needed in the depth camera alone")
  func missingDepthCalibration() throws {
    try BiwiFixture.with(["hpdb/12/depth.cal": nil]) { set in
      #expect(try set.read().issues.isEmpty)
      let (records, issues) = try set.read(.depth)
      #expect(records.isEmpty)
      #expect(issues.count == 2)
    }
  }

  @Test(
    "a calibration that is none is an error with its line",
    arguments: [
      (
        "517.679 0 320", "0 0 320",
        ":1: intrinsics: expected 'fx 0 cx', '0 fy cy', '0 0 1', found other rows"
      ),
      ("640 480", "640 0", ":13: image size: expected width and height, found 640 0"),
      ("640 480", "", ": image size: expected a row, found the end of the file"),
      ("0 0 0 0", "0 0 0", ":5: distortion: expected 4 numbers, found 3"),
    ])
  func calibrations(part: String, change: String, issue: String) throws {
    let text = BiwiFixture.realColour.replacingOccurrences(of: part, with: change)
    try BiwiFixture.with(["hpdb/12/rgb.cal": text]) { set in
      let (records, issues) = try set.read()
      #expect(records.isEmpty)
      #expect(issues.first == "error malformed-line: hpdb/12/rgb.cal\(issue)")
    }
  }

  @Test("a file too large for the dataset is refused")
  func large() throws {
    try BiwiFixture.with([pose: String(repeating: "\n", count: 70_000)]) { set in
      let (records, issues) = try set.read()
      #expect(records.isEmpty)
      #expect(
        issues.first?.hasPrefix("error malformed-record: \(pose): expected a readable") == true)
    }
  }

  @Test("a folder without frames is an error, and links that lead nowhere or back are counted")
  func nothing() throws {
    try BiwiFixture.with(base: ["readme.txt": ""]) { set in
      try FileManager.default.createSymbolicLink(
        atPath: set.folder + "/out", withDestinationPath: "/nowhere/at/all")
      try FileManager.default.createSymbolicLink(
        atPath: set.folder + "/back", withDestinationPath: ".")
      let (records, issues) = try set.read()
      #expect(records.isEmpty)
      #expect(
        issues.map { $0.split(separator: ":")[0] } == [
          "error missing-annotation", "error broken-link", "warning link-cycle",
        ])
    }
  }
}
