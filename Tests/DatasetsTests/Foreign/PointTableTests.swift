import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("HRNet's tables and HELEN's points")
struct PointTableTests {
  /// A table of this many points, the one of number i at (i, 100 + i).
  private func table(
    _ count: Int, _ lead: [String] = ["image", "scale", "center_w", "center_h"],
    _ change: (Int) -> String? = { _ in nil }
  ) -> String {
    let names = lead + (0..<count).flatMap { ["x\($0)", "y\($0)"] }
    let points = (0..<count).map { change($0) ?? "\($0),\(100 + $0)" }
    let values = ["a b.jpg"] + Array(repeating: "1.5", count: lead.count - 1) + points
    return names.joined(separator: ",") + "\n" + values.joined(separator: ",") + "\n"
  }

  private func face(_ text: String) throws -> Face {
    let reading = try FormReading("hrnet", ["train.csv": text])
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(reading.records.map(\.image.path) == ["a b.jpg"])
    return try #require(reading.records.first?.faces.first)
  }

  @Test("the number of points tells which layout they make")
  func layouts() throws {
    let sixtyEight = try face(table(68))
    #expect(sixtyEight.landmarks?.layout == .ibug68 && sixtyEight.points[67] == [67, 167])
    #expect(sixtyEight.edges == [0, 100, 67, 167])
    guard case .object(let native)? = sixtyEight.native else { Issue.record("no native"); return }
    #expect(native["scale"]?.number == 1.5 && native["points"] == nil)
    #expect(try face(table(98)).points[17] == [33, 133])
    let cofw = try face(table(29))
    #expect(cofw.points == [16, 17, 20, 22, 23].map { SIMD2(Double($0), Double(100 + $0)) })
    let aflw = try face(table(19, ["image_path", "scale", "box_size", "center_w", "center_h"]))
    #expect(aflw.landmarks?.layout == .aflw21)
    #expect(
      aflw.points[11] == [11, 111] && aflw.points[12] == nil && aflw.points[13] == [12, 112])
    #expect(aflw.points[16] == nil && aflw.points[20] == [18, 118])
    #expect(try face(table(7)).landmarks == nil)
  }

  @Test("-1, -1 is missing; broken rows and headers are issues")
  func broken() throws {
    let some = try face(table(68) { $0 == 3 ? "-1,-1" : nil })
    #expect(some.points[3] == nil && some.points[4] == [4, 104])
    let reading = try FormReading(
      "hrnet", ["t.csv": table(5) + "b.jpg,1,2\nc.jpg,1,2,3,x,1,1,1,1,1,1,1,1,1\n"])
    #expect(reading.records.count == 1 && reading.issues.count == 2)
    #expect(reading.issues[0].contains("t.csv:3: row: expected an image and 13 numbers"))
    #expect(FormReading.form(of: table(68), named: "x") == "hrnet")
    #expect(FormReading.form(of: "image,center_w,center_h,x0,y0\na.jpg,1,2,3,4\n") == "csv")
    #expect(try FormReading.mutate("hrnet", table(5), named: "t.csv", seed: 17) == 300)
  }

  private func helen(_ count: Int) -> String {
    "232194_1\r\n" + (0..<count).map { "\($0).5 , \(200 + $0)\r\n" }.joined()
  }

  @Test("HELEN's 194 points stay in native, and their bounds are the box")
  func helenPoints() throws {
    let reading = try FormReading("helen", ["annotation/1.txt": helen(194)])
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(reading.records.map(\.image.path) == ["232194_1.jpg"])
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.edges == [0.5, 200, 193.5, 393] && face.landmarks == nil)
    guard case .object(let native)? = face.native else { Issue.record("no native"); return }
    #expect(native["points"]?.elements?.count == 194)
    let short = try FormReading("helen", ["1.txt": helen(20) + "7\n"])
    #expect(
      short.issues == [
        "1.txt:22: point 21: expected 'x , y', found '7'", "1.txt: points: expected 194, found 20",
      ])
    #expect(FormReading.form(of: helen(194), named: "1.txt") == "helen")
    #expect(FormReading.form(of: "a,b\n" + helen(20), named: "1.txt") != "helen")
    #expect(try FormReading.mutate("helen", helen(30), named: "1.txt", seed: 18) == 300)
  }
}
