import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Predictions: rotations in tables, text of angles, DAD-3DNet's JSON")
struct PredictionFormTests {
  private static let rotation = EulerConvention.aflw.rotation(
    of: EulerAngles(pitch: 10, yaw: -25, roll: 5).inRadians)

  private func row(_ numbers: [Double]) -> String {
    numbers.map { "\($0)" }.joined(separator: ",")
  }

  private func reading(
    _ header: String, _ rows: [String], _ notation: PoseNotation.Layout?
  ) throws -> FormReading {
    let lines = ["image,\(header)"] + rows.map { "a.jpg,\($0)" }
    return try FormReading("csv", ["t.csv": lines.joined(separator: "\n")]) {
      $0.notation = notation.map { .numbers($0) }
    }
  }

  private func isTrue(_ reading: FormReading) throws -> Bool {
    let pose = try #require(reading.records.first?.faces.first?.pose)
    return pose.rotation.angle(to: Self.rotation) < 1e-6
  }

  @Test("a rotation vector has its translation in the unit of the named convention")
  func vectors() throws {
    let vector = Self.rotation.rotationVector
    let text = row([vector.x, vector.y, vector.z, 0.5, -0.25, 6])
    for (notation, place) in [
      (PoseNotation.Layout.img2pose, SIMD3(0.05, -0.025, 0.6)), (.record, SIMD3(0.5, -0.25, 6)),
    ] {
      let found = try reading("rx,ry,rz,tx,ty,tz", [text], notation)
      #expect(try isTrue(found))
      let translation = try #require(found.records[0].faces[0].pose?.translation)
      #expect(length(translation - place) < 1e-12)
    }
    let alone = try reading("rx,ry,rz,tx,ty,tz", [text], .rotationVector)
    #expect(try isTrue(alone) && alone.records[0].faces[0].pose?.translation == nil)
    let short = try reading(
      "rotvec_x,rotvec_y,rotvec_z", [row([vector.x, vector.y, vector.z])], .img2pose)
    #expect(try isTrue(short))
  }

  @Test("a quaternion goes by its columns' names, w first or last, and either sign")
  func quaternions() throws {
    let vector = Self.rotation.rotationVector
    let half = length(vector) / 2
    let w = Foundation.cos(half)
    let axis: SIMD3<Double> = (Foundation.sin(half) / (2 * half)) * vector
    #expect(try isTrue(reading("qw,qx,qy,qz", [row([w, axis.x, axis.y, axis.z])], .matrix)))
    #expect(try isTrue(reading("qx,qy,qz,qw", [row([-axis.x, -axis.y, -axis.z, -w])], .matrix)))
    let long = try reading("qw,qx,qy,qz", [row([2 * w, axis.x, axis.y, axis.z])], .matrix)
    #expect(long.records.isEmpty)
    #expect(
      long.issues.count == 1 && long.issues[0].contains("t.csv:2: row: expected a quaternion"))
  }

  @Test(
    "a matrix is read as the named convention has it, whatever its columns are called",
    arguments: [
      "r00,r01,r02,r10,r11,r12,r20,r21,r22", "m11,m12,m13,m21,m22,m23,m31,m32,m33",
      "R[0][0],R[0][1],R[0][2],R[1][0],R[1][1],R[1][2],R[2][0],R[2][1],R[2][2]",
      "r1,r2,r3,r4,r5,r6,r7,r8,r9",
    ])
  func matrices(header: String) throws {
    let r = Self.rotation
    for (notation, numbers) in [
      (PoseNotation.Layout.matrix, r.rowMajor), (.bfm, r.inYUpAxes.rowMajor),
      (.sixDRepNet, r.transposedInYUpAxes.rowMajor),
    ] {
      #expect(try isTrue(reading(header, [row(numbers)], notation)))
    }
  }

  @Test("numbers without a named convention are refused, and what is no rotation is an issue")
  func refusals() throws {
    let none = try reading("rx,ry,rz", ["1,0,0"], nil)
    #expect(none.records.isEmpty)
    #expect(
      none.issues == [
        "t.csv:1: rotation vector in 'rx', 'ry', 'rz': expected its convention to be named, one of record, img2pose, rotation-vector, found none; numbers alone do not tell it"
      ])
    #expect(try reading("rx,ry,rz", ["1,0,0"], .matrix).records.isEmpty)
    let sheared = try reading("r1,r2,r3,r4,r5,r6,r7,r8,r9", ["1,0,0.1,0,1,0,0,0,1"], .matrix)
    #expect(sheared.records.isEmpty && sheared.issues.count == 1)
    // An empty cell is no prediction.
    let empty = try reading("rx,ry,rz", ["1,,0", "nan,0,0"], .rotationVector)
    #expect(empty.records.map(\.faces.count) == [0] && empty.issues.isEmpty)
    // Beside a box, the box is read.
    let box = try reading("x1,y1,x2,y2,rx,ry,rz", ["1,2,3,4,1,0,0"], nil)
    #expect(box.records[0].faces.map(\.edges) == [[1, 2, 3, 4]])
    #expect(box.issues.count == 1 && box.issues[0].contains("numbers alone do not tell it"))
    guard case .object(let native)? = box.records[0].faces[0].native else {
      Issue.record("no native")
      return
    }
    #expect(native["rx"] == .text("1"))
  }

  @Test("a user's map names the columns of a rotation")
  func columnMaps() throws {
    let text = "who;a;b;c;d;e;f\nx.jpg;0;0;0;1;2;3\n"
    let map = "image=who,rotation_vector=a:b:c,translation=d:e:f"
    let reading = try FormReading("csv", ["t.csv": text], named: ["t.csv"]) {
      $0.columns = try ColumnMap(map)
      $0.notation = .numbers(.record)
    }
    #expect(reading.records[0].faces[0].pose?.translation == SIMD3(1, 2, 3))
    for bad in ["image=a,quaternion=b:c", "image=a,translation=b:c:d", "image=a,matrix=b"] {
      #expect(throws: ColumnMapError.self) { try ColumnMap(bad) }
    }
  }

  @Test("Hopenet's text is yaw, pitch, roll of a frame, once the convention is named")
  func hopenet() throws {
    let text =
      "1 10.500000 -3.250000 2.000000\n2 1.000000 2.000000 3.000000\n2 4.000000 5.000000 6.000000\n"
    func angles(_ convention: EulerConvention) throws -> [Double?] {
      let reading = try FormReading("angle-text", ["v.txt": text]) {
        $0.notation = .euler(convention)
      }
      #expect(reading.records.map(\.image.path) == ["frame 1", "frame 2"])
      #expect(reading.records.map(\.faces.count) == [1, 2])
      let face = reading.records[0].faces[0]
      #expect(face.pose?.provenance == .prediction)
      let given = face.attribute(FaceAttributes.eulerName(convention))
      return ["yaw", "pitch", "roll"].map { given?[$0]?.number }
    }
    #expect(try angles(.hopenet) == [10.5, -3.25, 2])
    #expect(try angles(.aflw) == [10.5, -3.25, 2])
    // 6DRepNet's own order begins with pitch.
    #expect(try angles(.sixDRepNet) == [-3.25, 10.5, 2])
    let list = try FormReading(
      "angle-text", ["l.txt": "a b.jpg 10 -3 2\nc.jpg 1 2 3\n"], pictures: ["a b.jpg"]
    ) { $0.notation = .euler(.sixDRepNet) }
    #expect(list.records.map(\.image.path) == ["a b.jpg", "c.jpg"])
    let first = list.records[0].faces[0]
    #expect(first.edges == [0, 0, 320, 240] && first.pose?.provenance == .annotation)
    #expect(first.attribute("euler_6drepnet")?["pitch"]?.number == 10)
    let unnamed = try FormReading("angle-text", ["v.txt": text])
    #expect(unnamed.records.isEmpty)
    #expect(unnamed.issues.count == 1 && unnamed.issues[0].contains("numbers alone do not tell it"))
  }

  @Test("broken lines of Hopenet's text are issues; boxes of whole numbers are none of it")
  func brokenAngles() throws {
    let text =
      "1 1.0 2.0 3.0\nx 1.0 2.0 3.0\n3 1.0 2.0\n4 1.0 nan 3.0\n5 1.0 2.0 3.0\n6 1.0 2.0 3.0\n7 1.0 2.0 3.0\n"
    let reading = try FormReading("angle-text", ["v.txt": text]) { $0.notation = .euler(.aflw) }
    #expect(reading.records.map(\.image.path) == [1, 5, 6, 7].map { "frame \($0)" })
    #expect(
      Set(reading.issues.map { $0.prefix(8) }) == ["v.txt:2:", "v.txt:3:", "v.txt:4:"])
    #expect(FormReading.form(of: "1 1.0 2.0 3.0\n", named: "x") == "angle-text")
    #expect(FormReading.form(of: "a/b c.jpg 1 2 3\n", named: "x") == "angle-text")
    for other in ["57 48 104 108\n", "1 1.0 2.0\n", "1 0.5 0.5 0.1 0.1\n", "1.5 1.0 2.0 3.0\n"] {
      #expect(FormReading.form(of: other, named: "x") != "angle-text", "\(other)")
    }
  }

  private static func dad(_ matrix: String) -> String {
    let points = (0..<68).map { "[\($0),\(2 * $0)]" }.joined(separator: ",")
    return
      #"{"id 0":{"7_landmarks_3d":[[1,2,3]],"68_landmarks_2d":[\#(points)],"rotation_matrix":\#(matrix)}}"#
  }

  @Test("DAD-3DNet's matrix is the canonical rotation times diag(1, -1, -1)")
  func dadPredictions() throws {
    let flip = Rotation(rows: [1, 0, 0], [0, -1, 0], [0, 0, -1])
    let n = (Self.rotation * flip).rowMajor
    let matrix = "[[\(n[0]),\(n[1]),\(n[2])],[\(n[3]),\(n[4]),\(n[5])],[\(n[6]),\(n[7]),\(n[8])]]"
    let reading = try FormReading("dad-predictions", Self.dad(matrix))
    #expect(reading.issues.isEmpty && reading.records.map(\.image.path) == ["id 0"])
    #expect(try isTrue(reading))
    let face = reading.records[0].faces[0]
    #expect(face.pose?.translation == nil && face.pose?.provenance == .prediction)
    #expect(face.points[67] == [67, 134] && face.edges == [0, 0, 67, 134])
  }

  @Test("broken heads of DAD-3DNet are issues")
  func dadBroken() throws {
    for matrix in ["[1,2]", "null", "[[1,0,0],[0,1,0],[0,0,-1]]", #""x""#] {
      let reading = try FormReading("dad-predictions", Self.dad(matrix))
      #expect(reading.records[0].faces.map(\.pose) == [nil])
      #expect(
        reading.issues.count == 1 && reading.issues[0].contains("rotation_matrix: expected 9"))
    }
    let text = #"{"a":{"rotation_matrix":[1,0,0,0,1,0,0,0,1],"68_landmarks_2d":[1]},"b":5,"c":{}}"#
    let reading = try FormReading("dad-predictions", text)
    #expect(reading.records.map(\.faces.count) == [1, 0])
    #expect(reading.issues.count == 3, "\(reading.issues)")
    #expect(FormReading.form(of: text) == "dad-predictions")
    #expect(FormReading.form(of: #"{"a":{"pose":[1]}}"#) == nil)
    #expect(FormReading.form(of: #"[{"rotation_matrix":[1]}]"#) == nil)
  }

  @Test("mutated files never trap")
  func mutations() throws {
    let rows = "1 1.0 2.0 3.0\n2 1.0 2.0 3.0\n"
    #expect(
      try FormReading.mutate("angle-text", rows, named: "v.txt", seed: 13) {
        $0.notation = .euler(.hopenet)
      } == 300)
    let dad = Self.dad("[[1,0,0],[0,1,0],[0,0,1]]")
    #expect(try FormReading.mutate("dad-predictions", dad, seed: 14) == 300)
    let table = "image,qw,qx,qy,qz,tx,ty,tz\na.jpg,1,0,0,0,1,2,3\nb.jpg,0,1,0,0,1,2,3\n"
    #expect(
      try FormReading.mutate("csv", table, named: "t.csv", seed: 15) {
        $0.notation = .numbers(.matrix)
      } == 300)
  }
}
