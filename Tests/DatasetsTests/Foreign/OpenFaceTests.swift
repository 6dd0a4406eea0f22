import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("OpenFace CSV")
struct OpenFaceTests {
  private static let pose = ["Tx", "Ty", "Tz", "Rx", "Ry", "Rz"].map { "pose_\($0)" }
  private static let xs = (0..<68).map { "x_\($0)" }
  private static let ys = (0..<68).map { "y_\($0)" }

  private func row(_ first: [String], pose: [Double], x: Double, after: [String] = []) -> String {
    let places = (0..<68).map { "\(x + Double($0))" } + (0..<68).map { "\(2 * $0)" }
    return (first + pose.map { "\($0)" } + places + after).joined(separator: ", ")
  }

  private func video(_ rows: [String], mark: String = ", ") -> String {
    let names =
      ["frame", "face_id", "timestamp", "confidence", "success"] + Self.pose + Self.xs + Self.ys
      + ["AU01_r"]
    return ([names.joined(separator: mark)] + rows).joined(separator: "\n") + "\n"
  }

  @Test("a video's rows are frames; success of 0 is no face; several faces are one record")
  func frames() throws {
    let text = video([
      row(["1", "0", "0.0", "0.98", "1"], pose: [1, 2, 3, 0, 0, 0], x: 5, after: ["0.5"]),
      row(["1", "1", "0.0", "0.5", "1"], pose: [1, 2, 3, 0, 0, 0], x: 100, after: ["0.5"]),
      row(["2", "0", "0.1", "0.1", "0"], pose: [0, 0, 0, 0, 0, 0], x: 0, after: ["0"]),
    ])
    let reading = try FormReading("openface", ["v/clip.csv": text])
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(reading.records.map(\.image.path) == ["clip/frame_000001", "clip/frame_000002"])
    #expect(reading.records.map(\.faces.count) == [2, 0])
    let face = reading.records[0].faces[0]
    #expect(face.attributes.score == 0.98 && face.attribute("face_id") == .integer(0))
    #expect(face.attribute("sequence") == .text("clip"))
    #expect(face.points[67] == [72, 134] && face.edges == [5, 0, 72, 134])
    guard case .object(let native)? = face.native else { Issue.record("no native"); return }
    #expect(native["AU01_r"]?.number == 0.5 && native["frame"] == .integer(1))
  }

  @Test("the rotation is the product of turns about x, y and z; millimetres become metres")
  func pose() throws {
    let text = video([
      row(["7", "0", "0", "1", "1"], pose: [10, -20, 700, 0.3, -0.4, 0.2], x: 0, after: ["0"])
    ])
    let pose = try #require(
      try FormReading("openface", ["c.csv": text]).records[0].faces[0].pose)
    let product =
      Rotation(about: .x, by: 0.3) * Rotation(about: .y, by: -0.4) * Rotation(about: .z, by: 0.2)
    #expect(product.angle(to: pose.rotation) < 1e-9)
    #expect(pose.translation == SIMD3(0.01, -0.02, 0.7))
    #expect(pose.scale == .assumed && pose.provenance == .prediction)
  }

  @Test("a table of one image has its name from the details beside it, or from an image")
  func oneImage() throws {
    let text =
      "face,confidence," + (Self.pose + Self.xs + Self.ys).joined(separator: ",") + "\n"
      + row(["0", "0.9"], pose: [1, 2, 3, 0, 0, 0], x: 5) + "\n"
      + row(["1", "0.8"], pose: [1, 2, 3, 0, 0, 0], x: 50) + "\n"
    let details = "Input:C:\\in\\photo 1.png\nCamera parameters:600.5, 601,320,240\n"
    let named = try FormReading(
      "openface", ["p.csv": text, "p_of_details.txt": details], named: ["p.csv"])
    #expect(named.records.map(\.image.path) == ["photo 1.png"])
    #expect(named.records[0].faces.count == 2)
    let intrinsics = named.records[0].camera?.intrinsics
    #expect(intrinsics?.focalLength == [600.5, 601] && intrinsics?.principalPoint == [320, 240])
    let found = try FormReading("openface", ["p.csv": text], pictures: ["img/p.jpg"])
    #expect(found.records.map(\.image.path) == ["img/p.jpg"])
    // 500 pixels at 640 x 480, half of that at 320 x 240.
    #expect(found.records[0].camera?.intrinsics.focalLength == [250, 250])
  }

  @Test("a block that is absent leaves the rest; a table without points and pose has no faces")
  func blocks() throws {
    let poses =
      "frame,confidence,success,\(Self.pose.joined(separator: ","))\n1,1,1,1,2,3,0,0,0\n"
    let face = try FormReading("openface", ["c.csv": poses]).records[0].faces[0]
    #expect(face.pose != nil && face.landmarks == nil)
    let units = try FormReading(
      "openface", ["c.csv": "frame,face_id,confidence,success,AU01_r\n1,0,1,1,2\n"])
    #expect(units.records.isEmpty)
    #expect(units.issues == ["c.csv:2: row: expected columns of points or a pose, found neither"])
  }

  @Test("broken rows are issues at their line, and the others are read")
  func broken() throws {
    let good = row(["3", "0", "0", "1", "1"], pose: [1, 2, 3, 0, 0, 0], x: 5, after: ["0"])
    let text = video(
      [
        "1,0,0,1,1,2", good.replacing("3, 0, 0, 1, 1", with: "2, 0, 0, 1, yes"), good,
        row(["4", "0", "0", "1", "1"], pose: [1, 2, 3e12, 0, 0, 0], x: 5, after: ["0"]),
      ], mark: ",")
    let reading = try FormReading("openface", ["c.csv": text])
    #expect(reading.records.map(\.image.path) == ["c/frame_000003", "c/frame_000004"])
    #expect(reading.records[1].faces[0].pose == nil)
    #expect(reading.issues.count == 3, "\(reading.issues)")
    #expect(reading.issues[0].contains("c.csv:2: row: expected at least"))
    #expect(
      reading.issues[1] == "c.csv:3: row: expected a number in column 5, found 'yes'")
    #expect(reading.issues[2].contains("c.csv:5: pose: expected numbers under 1e6 in size"))
  }

  @Test("a pose that cannot be used is said once")
  func posesAlone() throws {
    let text =
      "frame,confidence,success,\(Self.pose.joined(separator: ","))\n1,1,1,1,2,3e12,0,0,0\n"
    let reading = try FormReading("openface", ["c.csv": text])
    #expect(reading.records.map(\.faces.count) == [0] && reading.issues.count == 1)
  }

  @Test("it is known by its columns, and mutated files never trap")
  func recognition() throws {
    #expect(FormReading.form(of: video([]), named: "x.csv") == "openface")
    #expect(FormReading.form(of: "frame,confidence,success,x\n1,1,1,1\n") == nil)
    #expect(FormReading.form(of: "image,yaw,pitch,roll\na.jpg,1,2,3\n") == "csv")
    let text =
      "frame, confidence, success, \(Self.pose.joined(separator: ", "))\n1, 1, 1, 1, 2, 3, 0, 0, 0\n"
    #expect(try FormReading.mutate("openface", text, named: "c.csv", seed: 10) == 300)
  }
}
