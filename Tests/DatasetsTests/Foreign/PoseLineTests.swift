import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("JSON Lines of poses, and AFLW's text")
struct PoseLineTests {
  private static let rotation = EulerConvention.aflw.rotation(
    of: EulerAngles(pitch: 10, yaw: -25, roll: 5).inRadians)

  private func reading(
    _ lines: [String], _ notation: PoseNotation? = nil, _ unit: AngleUnit? = nil
  ) throws -> FormReading {
    try FormReading("pose-jsonl", ["p.jsonl": lines.joined(separator: "\n")]) {
      ($0.notation, $0.angleUnit) = (notation, unit)
    }
  }

  private func isTrue(_ line: String, _ notation: PoseNotation? = nil) throws -> Bool {
    let found = try reading([line], notation)
    let pose = try #require(found.records.first?.faces.first?.pose, "\(line): \(found.issues)")
    #expect(FormReading.form(of: line + "\n", named: "p.jsonl") == "pose-jsonl")
    return pose.rotation.angle(to: Self.rotation) < 1e-6
  }

  @Test(
    "angles are found by flat and nested names, and lists whose names tell the order",
    arguments: [
      #"{"image":"a.jpg","pitch":10,"yaw":-25,"roll":5}"#,
      #"{"file_name":"a.jpg","pose":{"Yaw":-25,"Pitch":10,"Roll":5.0}}"#,
      #"{"image":"a.jpg","pred_pitch":10,"pred_yaw":-25,"pred_roll":5,"bbox":[1,2,3,4]}"#,
      #"{"image":"a.jpg","yaw_pitch_roll":[-25,10,5]}"#,
      #"{"image":"a.jpg","pose":{"angles_deg":{"pitch_deg":10,"yaw_deg":-25,"roll_deg":5}}}"#,
      #"{"image":"a.jpg","pitch_rad":0.17453292519943295,"yaw_rad":-0.4363323129985824,"roll_rad":0.08726646259971647}"#,
      #"{"image":"a.jpg","faces":[{"pitch":10,"yaw":-25,"roll":5}]}"#,
    ])
  func angles(line: String) throws { #expect(try isTrue(line)) }

  @Test("a translation in metres goes with angles; one of unknown unit and axes is told")
  func places() throws {
    let angles = #"{"image":"a.jpg","pitch":10,"yaw":-25,"roll":5,"#
    let known = try reading([angles + #""tx_m":0.1,"ty_m":-0.2,"tz_m":1.5}"#])
    #expect(known.issues.isEmpty, "\(known.issues)")
    #expect(known.records.first?.faces.first?.pose?.translation == SIMD3(0.1, -0.2, 1.5))
    for (text, name) in [
      (#""translation":[1,2,900]}"#, "'translation'"),
      (#""tx":1,"ty":2,"tz":900}"#, "'tx', 'ty', 'tz'"),
    ] {
      let found = try reading([angles + text])
      #expect(found.records.first?.faces.first?.pose?.translation == nil)
      #expect(
        found.issues.contains { $0.contains("translation in \(name): expected 'tx_m'") },
        "\(found.issues)")
    }
    let few = try reading([angles + #""tx_m":0.1,"tz_m":1.5}"#])
    #expect(few.issues.contains { $0.contains("'tx_m', 'ty_m', 'tz_m', found 2") }, "\(few.issues)")
  }

  @Test("a unit that stands beside the angles is theirs")
  func statedUnit() throws {
    let line =
      #"{"image":"a.jpg","unit":"UNIT","pitch":0.17453292519943295,"yaw":-0.4363323129985824,"roll":0.08726646259971647}"#
    #expect(try isTrue(line.replacingOccurrences(of: "UNIT", with: "radians")))
    let found = try reading([line.replacingOccurrences(of: "UNIT", with: "grad")])
    #expect(found.issues.contains { $0.contains("degrees or radians as 'unit', found 'grad'") })
  }

  @Test(
    "a JSON list, one over several lines, and objects over several lines are read as their lines would be",
    arguments: [false, true])
  func values(isSpread: Bool) throws {
    let faces = [
      #"{"image":"a.jpg","pitch":10,"yaw":-25,"roll":5,"bbox":[1,2,30,40]}"#,
      #"{"image":"b.jpg","pitch":1,"yaw":2,"roll":3,"bbox":[1,2,30,40]}"#,
      #"{"image":"a.jpg","pitch":-3,"yaw":7,"roll":0,"bbox":[50,2,30,40]}"#,
    ]
    let spread = faces.map {
      isSpread ? $0.replacingOccurrences(of: ",\"", with: ",\n  \"") : $0
    }
    let lines = try reading(faces)
    #expect(lines.records.map(\.faces.count) == [2, 1])
    for text in ["[" + spread.joined(separator: ",\n") + "]", spread.joined(separator: "\n")] {
      let found = try FormReading("pose-jsonl", ["p.json": text])
      #expect(found.issues == lines.issues, "\(found.issues)")
      #expect(found.records.map(\.image.path) == lines.records.map(\.image.path))
      #expect(
        found.records.flatMap(\.faces).map(\.pose) == lines.records.flatMap(\.faces).map(\.pose))
      #expect(FormReading.form(of: text, named: "p.json") == "pose-jsonl")
    }
  }

  @Test("a list that breaks off is an issue, and what is before it is read")
  func brokenList() throws {
    let text =
      "[{\"image\":\"a.jpg\",\"pitch\":1,\"yaw\":2,\"roll\":3},\n{\"image\":\"b.jpg\",\"pit"
    let found = try FormReading("pose-jsonl", ["p.json": text])
    #expect(found.records.map(\.image.path) == ["a.jpg"] && found.issues.count == 1)
    #expect(found.issues.first?.hasPrefix("p.json:2: JSON, character ") == true, "\(found.issues)")
  }

  @Test("rotations are read as the named convention has them, and refused without one")
  func rotations() throws {
    let (vector, n) = (Self.rotation.rotationVector, Self.rotation.rowMajor)
    let half = length(vector) / 2
    let (w, axis) = (Foundation.cos(half), (Foundation.sin(half) / (2 * half)) * vector)
    let rows = "[[\(n[0]),\(n[1]),\(n[2])],[\(n[3]),\(n[4]),\(n[5])],[\(n[6]),\(n[7]),\(n[8])]]"
    let list = "[\(vector.x),\(vector.y),\(vector.z)]"
    for (members, layout) in [
      (#""rotation_matrix":\#(rows)"#, PoseNotation.Layout.matrix),
      (#""pose":{"matrix":\#(rows)}"#, .matrix),
      (#""quaternion_xyzw":[\#(axis.x),\#(axis.y),\#(axis.z),\#(w)]"#, .matrix),
      (#""quat_wxyz":[\#(-w),\#(-axis.x),\#(-axis.y),\#(-axis.z)]"#, .matrix),
      (#""quaternion":{"x":\#(axis.x),"y":\#(axis.y),"z":\#(axis.z),"w":\#(w)}"#, .matrix),
      (#""rotation_vector":\#(list)"#, .rotationVector),
      (#""pose":{"rotvec":\#(list),"translation":[0.5,-0.25,6]}"#, .record),
    ] {
      let line = #"{"image":"a.jpg",\#(members)}"#
      #expect(try isTrue(line, .numbers(layout)), "\(members)")
      let refused = try reading([line])
      #expect(refused.records.isEmpty && refused.issues.count == 1)
      #expect(refused.issues.first?.contains("numbers alone do not tell it") == true)
    }
    let line = #"{"image":"a.jpg","rvec":\#(list),"tvec":[5,-2.5,60]}"#
    let placed = try reading([line], .numbers(.img2pose))
    let place = try #require(placed.records[0].faces[0].pose?.translation)
    #expect(length(place - SIMD3(0.5, -0.25, 6)) < 1e-12)
  }

  @Test("bad lines are issues of their own place, and do not touch the others")
  func badLines() throws {
    let good = #"{"image":"b.jpg","pitch":1,"yaw":2,"roll":3,"score":0.5}"#
    let bad = [
      #"{"image":"a.jpg","pitch":1,"yaw":2"#, #"{"image":"a.jpg","pitch":1,"roll":3}"#,
      #"{"image":"a.jpg","yaw":"left","pitch":1,"roll":3}"#,
      #"{"image":"a.jpg","yaw":NaN,"pitch":1,"roll":3}"#,
      #"{"image":"a.jpg","gt":{"pitch":1,"yaw":2,"roll":3},"prediction":{"pitch":1,"yaw":2,"roll":3}}"#,
      #"{"image":"a.jpg","euler":[1,2,3]}"#, #"{"image":"a.jpg","quaternion":[1,0,0,0]}"#,
      #"{"image":"a.jpg","rotation_matrix":[1,0,0,0]}"#, #"{"image":"a.jpg","box":[1,2,3,4]}"#,
      #"{"image":"a.jpg","yow":2,"pich":3,"rol":1}"#, #"{"pitch":1,"yaw":2,"roll":3}"#, "7",
    ]
    let found = try reading([good] + bad, .numbers(.matrix))
    #expect(found.records.map(\.image.path) == ["b.jpg"])
    #expect(found.records[0].faces.map(\.attributes.score) == [0.5])
    let places = found.issues.map { String($0.prefix { $0 != " " }) }
    #expect(Set(places) == Set(bad.indices.map { "p.jsonl:\($0 + 2):" }), "\(found.issues)")
    #expect(found.issues.contains { $0.contains("'yow' (yaw?)") })
    #expect(found.issues.contains { $0.contains("'gt.pitch', 'prediction.pitch'") })
  }

  @Test("an image alone, or with nulls, has no face; lines of an image are its faces")
  func images() throws {
    let found = try reading([
      #"{"image":"a \"1\".jpg","pitch":1,"yaw":2,"roll":3,"bbox":[1,2,30,40]}"#,
      #"{"image":"b.jpg"}"#, #"{"image":"c.jpg","pitch":null,"yaw":null,"roll":null}"#,
      #"{"image":"a \"1\".jpg","pitch":1,"yaw":2,"roll":3,"bbox_xyxy":[1,2,30,40]}"#,
      #"{"frame":12,"box":{"left":1,"top":2,"width":3,"height":4}}"#,
    ])
    #expect(found.issues.isEmpty, "\(found.issues)")
    #expect(found.records.map(\.image.path) == ["a \"1\".jpg", "b.jpg", "c.jpg", "frame 12"])
    #expect(found.records.map(\.faces.count) == [2, 0, 0, 1])
    #expect(found.records[0].faces.map(\.edges) == [[1, 2, 31, 42], [1, 2, 30, 40]])
    #expect(found.records[3].faces.map(\.edges) == [[1, 2, 4, 6]])
  }

  @Test("angles none of which is beyond pi are asked for their unit, and read as it says")
  func units() throws {
    let lines = (0..<5).map { #"{"image":"\#($0).jpg","pitch":0.5,"yaw":-1,"roll":0.25}"# }
    let doubt = try reading(lines)
    #expect(doubt.issues.count == 1 && doubt.issues[0].contains("'--angle-unit radians'"))
    #expect(try reading(lines, nil, .degrees).issues.isEmpty)
    let radians = try reading(lines, nil, .radians)
    #expect(radians.issues.isEmpty)
    let yaw = radians.records[0].faces[0].attribute("euler_aflw")?["yaw"]?.number
    #expect(abs((yaw ?? 0) + 180 / .pi) < 1e-12)
    let rows = (0..<5).map { "\($0).jpg,0.5,-1,0.25" }.joined(separator: "\n")
    for (header, unit, count) in [
      ("pitch,yaw,roll", nil, 1), ("pitch,yaw,roll", AngleUnit.radians, 0),
      ("pitch_deg,yaw_deg,roll_deg", nil, 0), ("pitch_rad,yaw_rad,roll_rad", nil, 0),
    ] {
      let table = try FormReading("csv", ["t.csv": "image,\(header)\n\(rows)\n"]) {
        $0.angleUnit = unit
      }
      #expect(table.issues.count == count, "\(header) \(table.issues)")
    }
    let text = (0..<5).map { "\($0) 0.5 -1.0 0.25\n" }.joined()
    let video = try FormReading("angle-text", ["v.txt": text]) { $0.notation = .euler(.hopenet) }
    #expect(video.issues.count == 1 && video.issues[0].contains("found none beyond pi in 5 faces"))
  }

  @Test("AFLW's text is yaw, pitch and roll in radians, in the order of turns of its database")
  func aflwText() throws {
    let files = [
      "image00002.txt": "image00002 0.35 -0.2 0.1\n",
      "image00004.txt": "image00004.jpg -1.2 0.3 0.4\n",
    ]
    let reading = try FormReading("aflw-text", files, pictures: ["image00002.jpg"])
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(reading.records.map(\.image.path) == ["image00002.jpg", "image00004.jpg"])
    let face = reading.records[0].faces[0]
    // R = Ry(yaw) Rx(-pitch) Rz(-roll)
    let turn =
      Rotation(rotationVector: [0, 0.35, 0]) * Rotation(rotationVector: [0.2, 0, 0])
      * Rotation(rotationVector: [0, 0, -0.1])
    #expect(try #require(face.pose).rotation.angle(to: turn) < 1e-9)
    #expect(face.edges == [0, 0, 320, 240])
    #expect(
      abs(
        (face.attribute(FaceAttributes.eulerName(.aflwDatabase))?["yaw"]?.number ?? 0) - 0.35 * 180
          / .pi) < 1e-9)
    for text in Array(files.values) + ["0/image00013.jpg,0.1,0.2,0.3\n"] {
      #expect(FormReading.form(of: text, named: "x.txt") == "aflw-text", "\(text)")
    }
    for text in ["image00002.jpg 20.5 3 4\n", "photo1.jpg 0.1 0.2 0.3\n", "image00002 0.1 0.2\n"] {
      #expect(FormReading.form(of: text, named: "x.txt") != "aflw-text", "\(text)")
    }
    let list = "image00002 0.35 -0.2 0.1\nimage00004 20 3 4\nother 1 2 3\n"
    let mixed = try FormReading(
      "aflw-text", ["a.txt": "image00001 0.1 0.1 0.1\n", "b.txt": list], named: ["a.txt"])
    #expect(mixed.records.count == 1)
    let degrees = try FormReading("aflw-text", ["a.txt": "image00001 1 2 3\n"]) {
      $0.angleUnit = .degrees
    }
    #expect(
      abs(
        (degrees.records[0].faces[0].attribute(FaceAttributes.eulerName(.aflwDatabase))?["yaw"]?
          .number ?? 0) - 1)
        < 1e-9)
  }
}
