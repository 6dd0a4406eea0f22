import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("WFLW, FDDB and labelv2")
struct FaceListTests {
  /// 98 points, the one of number i at (i, 1000 + i).
  private static let points = (0..<98).map { "\($0).5 \(1000 + $0)" }.joined(separator: " ")
  private static let details = "10 20 30 40 1 0 1 0 1 0"
  private static let row = "\(points) \(details) 0--Parade/a b.jpg\n"

  @Test("WFLW's rows of one photo are one record, with the name last, blanks and all")
  func wflw() throws {
    let text = Self.row + Self.row.replacing("a b", with: "c") + Self.row
    let reading = try FormReading("wflw", ["list_98pt_rect_attr_test.txt": text])
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(reading.records.map(\.image.path) == ["0--Parade/a b.jpg", "0--Parade/c.jpg"])
    #expect(reading.records.map(\.faces.count) == [2, 1])
    #expect(reading.records.map(\.source.split) == ["test", "test"])
    let face = reading.records[0].faces[0]
    #expect(face.edges == [10, 20, 30, 40])
    let attributes = face.attributes
    #expect(attributes.pose == 1 && attributes.expression == 0 && attributes.illumination == 1)
    #expect(attributes.occlusion == 1 && attributes.blur == 0)
    #expect(face.attribute("make_up") == .integer(0))
    #expect(face.attribute("landmarks_from") == .text("wflw-98"))
  }

  @Test("98 points become the 68 of equal meaning, and all stay in native")
  func sixtyEight() throws {
    let face = try FormReading("wflw", ["a.txt": Self.row]).records[0].faces[0]
    // The numbers of WFLW's points at the ends of iBUG's parts.
    for (ibug, own) in [
      (0, 0), (8, 16), (16, 32), (17, 33), (21, 37), (22, 42), (26, 46), (27, 51), (30, 54),
      (35, 59), (36, 60), (39, 64), (41, 67), (42, 68), (45, 72), (47, 75), (48, 76), (54, 82),
      (67, 95),
    ] {
      #expect(face.points[ibug] == SIMD2(Double(own) + 0.5, Double(1000 + own)), "\(ibug)")
    }
    guard case .object(let native)? = face.native else { Issue.record("no native"); return }
    #expect(native["points"]?.elements?.count == 98)
  }

  @Test("the list of points alone has their bounds as box")
  func pointsAlone() throws {
    let text = "\(Self.points) 0--Parade/a.jpg\n\(Self.points) 7--X/1 2.jpg\n"
    let reading = try FormReading("wflw", ["list_98pt_test.txt": text])
    #expect(reading.records.map(\.image.path) == ["0--Parade/a.jpg", "7--X/1 2.jpg"])
    let face = reading.records[0].faces[0]
    #expect(face.edges == [0.5, 1000, 97.5, 1097])
    #expect(face.attribute("bbox_from") == .text("landmarks"))
  }

  @Test("broken rows of WFLW are issues, and the others are read")
  func brokenWFLW() throws {
    let text =
      Self.row + Self.row.replacing("3.5 1003", with: "x 1003")
      + Self.row.replacing("1 0 1 0 1 0", with: "1 0 1 0 2 0") + Self.row
      + "1 2 a.jpg\n" + Self.points + "\n"
    let reading = try FormReading("wflw", ["a.txt": text])
    #expect(reading.records.map(\.faces.count) == [2])
    #expect(reading.issues.count == 4, "\(reading.issues)")
    #expect(
      reading.issues.contains { $0 == "a.txt:3: row: expected 'occlusion' as 0 or 1, found '2'" })
    #expect(
      reading.issues.contains {
        $0.contains("a.txt:2: row: expected a number as") && $0.contains("found 'x'")
      })
    #expect(try FormReading.mutate("wflw", Self.row + Self.row, named: "a.txt", seed: 11) == 300)
  }

  private static let ellipses =
    "2002/08/11/big/img_591\n1\n40 30 0.5 100 120  1\n2002/b\n0\n2003/c.x\n2\n40 30 1.5707963267948966 200 100  1\n40 30 0 200 100 1\n"

  @Test("FDDB's boxes are the bounds of ellipses")
  func fddb() throws {
    let reading = try FormReading("fddb", ["FDDB-fold-01-ellipseList.txt": Self.ellipses])
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(
      reading.records.map(\.image.path) == [
        "2002/08/11/big/img_591.jpg", "2002/b.jpg", "2003/c.x.jpg",
      ])
    #expect(reading.records.map(\.faces.count) == [1, 0, 2])
    #expect(reading.records.map(\.source.line) == [1, 4, 6])
    // The bounds of many points of the ellipse.
    let points = (0..<100_000).map { i -> SIMD2<Double> in
      let t = 2 * Double.pi * Double(i) / 100_000
      let (x, y) = (40 * cos(t), 30 * sin(t))
      return SIMD2(100 + x * cos(0.5) - y * sin(0.5), 120 + x * sin(0.5) + y * cos(0.5))
    }
    let bounds = try #require(BoundingBox(around: points))
    let box = reading.records[0].faces[0].box
    #expect(abs(box.left - bounds.left) < 1e-6 && abs(box.top - bounds.top) < 1e-6)
    #expect(abs(box.right - bounds.right) < 1e-6 && abs(box.bottom - bounds.bottom) < 1e-6)
    let upright = reading.records[2].faces[0]
    #expect(abs(upright.box.left - 170) < 1e-9 && abs(upright.box.top - 60) < 1e-9)
    #expect(upright.attribute("bbox_from") == .text("ellipse"))
    #expect(reading.records[2].faces[1].edges == [160, 70, 240, 130])
  }

  @Test("broken rows and counts of FDDB are issues at their lines")
  func brokenFDDB() throws {
    let text =
      "2002/a\n2\n40 30 0 100 100 1\n2002/b\n1\n40 30 0 x 100 1\n2002/c\n1\n-1 30 0 1 1 1\n2002/d\n40 30 0 1 1 1\n2002/e\n1\n40 30 0 9 9 1\n2002/f\n1\n"
    let reading = try FormReading("fddb", ["a.txt": text])
    #expect(reading.records.map(\.faces.count) == [1, 0, 0, 1, 1, 0])
    #expect(
      reading.issues == [
        "a.txt:1: rows: expected 2 as announced, found 1",
        "a.txt:6: row: expected a number as field 4, found 'x'",
        "a.txt:9: row: expected radii above 0, found -1.0 and 30.0",
        "a.txt:10: rows: expected their number before them, found 1",
        "a.txt:15: rows: expected 1 as announced, found 0",
      ])
    #expect(try FormReading.mutate("fddb", Self.ellipses, named: "a.txt", seed: 12) == 300)
  }

  @Test("each is recognised by its rows, and no other list is")
  func recognition() {
    #expect(FormReading.form(of: Self.row, named: "x") == "wflw")
    #expect(FormReading.form(of: "\(Self.points) a.jpg\n", named: "x") == "wflw")
    #expect(FormReading.form(of: Self.points + "\n", named: "x") != "wflw")
    #expect(FormReading.form(of: Self.ellipses, named: "x") == "fddb")
    // WIDER FACE's rows have four to eleven numbers, and its names an ending.
    for text in [
      "a/b.jpg\n1\n1 2 3 4 5 6\n", "a/b\n1\n1 2 3 4\n", "a/b\n1\n1 2 3 4 5 6 7\n",
      "# a/b\n1 2 3 4 5 6\n", "a/b\n",
    ] {
      #expect(FormReading.form(of: text, named: "x") != "fddb", "\(text)")
    }
  }

  private static let labelV2 =
    "# 0--Parade/a b.jpg 1024 768\n10 20 30 40 11 21 0.5 12 22 0 -1 -1 -1 14 24 0.0 15 25 1\n50 60 70 80\n# c.jpg 100 100\n"

  @Test("labelv2 has corners, the image's size and weights of points")
  func labelV2() throws {
    let reading = try FormReading("labelv2", ["labelv2.txt": Self.labelV2])
    #expect(reading.issues.isEmpty, "\(reading.issues)")
    #expect(reading.records.map(\.image.path) == ["0--Parade/a b.jpg", "c.jpg"])
    #expect(reading.records[0].image.width == 1024 && reading.records[0].image.height == 768)
    #expect(reading.records.map(\.faces.count) == [2, 0])
    #expect(reading.records.map(\.source.line) == [1, 4])
    let faces = reading.records[0].faces
    #expect(faces.map(\.edges) == [[10, 20, 30, 40], [50, 60, 70, 80]])
    #expect(faces[0].points == [[11, 21], [12, 22], nil, [14, 24], [15, 25]])
    #expect(faces[1].landmarks == nil)
    guard case .object(let native)? = faces[0].native else { Issue.record("no native"); return }
    #expect(native["weights"]?.elements?.map(\.number) == [0.5, 0, -1, 0, 1])
    // A third number below the first is no x2.
    let sizes = try FormReading(
      "labelv2", ["a.txt": Self.labelV2 + "100 100 20 30\n"], named: ["a.txt"])
    #expect(sizes.records[0].faces[0].edges == [10, 20, 40, 60])
  }

  @Test("labelv2 is told from RetinaFace's label.txt, which has other boxes, by its headers")
  func labelV2Recognition() throws {
    #expect(FormReading.form(of: Self.labelV2, named: "label.txt") == "labelv2")
    for other in ["# a/b.jpg\n1 2 3 4\n", "# a/1 2.jpg\n1 2 3 4\n", "# a.jpg 5\n1 2 3 4\n"] {
      #expect(FormReading.form(of: other, named: "labelv2.txt") != "labelv2", "\(other)")
    }
    // A header without a usable size is said, and does not make another form of the file.
    let sizeless = try FormReading(
      "labelv2", ["a.txt": Self.labelV2 + "# d e.jpg 0 1e99\n1 2 3 4\n"])
    #expect(sizeless.records.last?.image.path == "d e.jpg" && sizeless.issues.count == 1)
    #expect(sizeless.issues[0].contains("a.txt:5: header: expected a path, width and height"))
    #expect(throws: UnrecognisedAnnotations.self) {
      try withTemporaryDirectory { folder in
        try TestSupport.write(Self.labelV2, to: "\(folder)/a.txt")
        _ = try WiderFace.annotations(
          at: ["\(folder)/a.txt"], options: ReadingOptions(dataset: "wider-face"))
      }
    }
    let broken = try FormReading(
      "labelv2", ["a.txt": Self.labelV2 + "1 2 3\n1 2 3 x\n1 2 3 4 5\n1 2 9 9\n"])
    #expect(broken.records[1].faces.count == 1 && broken.issues.count == 3)
    #expect(broken.issues[0].contains("a.txt:5: row: expected 4 numbers of a box"))
    #expect(try FormReading.mutate("labelv2", Self.labelV2, named: "a.txt", seed: 16) == 300)
  }
}
