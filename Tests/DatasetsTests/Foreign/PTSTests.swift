import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite(".pts points")
struct PTSTests {
  private static func text(_ rows: [String], count: Int? = nil, end: String = "\n") -> String {
    (["version: 1", "n_points:  \(count ?? rows.count)", "{"] + rows + ["}"]).joined(separator: end)
  }

  private static let rows = (1...68).map { "\($0).5 \(2 * $0)" }

  @Test("68 points are 1-based, and their bounds are the box")
  func points() throws {
    for end in ["\n", "\r\n"] {
      let reading = try FormReading(
        "pts", ["lfpw/trainset/a.pts": Self.text(Self.rows, end: end)],
        pictures: ["lfpw/trainset/a.jpg"])
      let record = try #require(reading.records.first)
      #expect(record.image.path == "lfpw/trainset/a.jpg")
      #expect(record.source.split == "train")
      let face = try #require(record.faces.first)
      #expect(face.landmarks?.layout == .ibug68)
      #expect(face.points[0] == [0.5, 1] && face.points[67] == [67.5, 135])
      #expect(face.edges == [0.5, 1, 67.5, 135])
      #expect(face.attribute("bbox_from") == .text("landmarks"))
      #expect(reading.issues.isEmpty)
    }
  }

  @Test("an image is found elsewhere by the file's stem, else the stem stands for it")
  func images() throws {
    let text = Self.text(Self.rows)
    let found = try FormReading(
      "pts", ["points/a.pts": text], pictures: ["pictures/points/a.jpg"])
    #expect(found.records.map(\.image.path) == ["pictures/points/a.jpg"])
    #expect(try FormReading("pts", ["a.pts": text]).records.map(\.image.path) == ["a"])
  }

  @Test("MERL-RAV's signs are visibility, 0-based, and its file names are of AFLW's images")
  func merlRAV() throws {
    var rows = Self.rows
    rows[0] = "-1 -1"
    rows[1] = "-2.5 -4"
    let name = "merl_rav_labels/left/testset/labels/image00042_2.pts"
    let reading = try FormReading("pts", [name: Self.text(rows)])
    let record = try #require(reading.records.first)
    #expect(record.image.path == "image00042.jpg")
    #expect(record.source.split == "test")
    let face = try #require(record.faces.first)
    #expect(face.points[0] == nil && face.points[1] == [2.5, 4] && face.points[2] == [3.5, 6])
    #expect(face.landmarks?[1].visibility == .occluded)
    // Also where all points are visible.
    let plain = try FormReading("pts", ["image00042.pts": Self.text(Self.rows)])
    #expect(plain.records[0].faces[0].points[0] == [1.5, 2])
  }

  @Test("other numbers of points stay native, with one issue")
  func otherCounts() throws {
    let reading = try FormReading("pts", ["a.pts": Self.text(Array(Self.rows[0..<29]))])
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.landmarks == nil && face.edges == [0.5, 1, 28.5, 57])
    #expect(reading.issues.count == 1 && reading.issues[0].contains("found 29"))
  }

  @Test("five points are eyes, nose and mouth in the layout's order")
  func fivePoints() throws {
    let rows = ["31 41", "71 41", "51 61", "36 81", "66 81"]
    let reading = try FormReading("pts", ["a.pts": Self.text(rows)])
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.landmarks?.layout == .face5 && reading.issues.isEmpty)
    #expect(face.points == [[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]])
  }

  @Test("a broken point is missing, and the others keep their numbers")
  func broken() throws {
    var rows = Self.rows
    rows[3] = "x 4"
    rows[4] = "1e300 4"
    let reading = try FormReading("pts", ["a.pts": Self.text(rows, count: 70)])
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.points[3] == nil && face.points[4] == nil && face.points[5] == [5.5, 11])
    #expect(reading.issues.count == 3)
    #expect(reading.issues[0].contains("a.pts:7: point 4: expected x and y, found 'x 4'"))
    #expect(reading.issues[2].contains("expected 70 as n_points says, found 68"))
  }

  @Test("a file without points is an image without faces")
  func empty() throws {
    let reading = try FormReading("pts", ["a.pts": "version: 1\nn_points: 0\n{\n}\n"])
    #expect(reading.records.map(\.faces.count) == [0] && reading.issues.isEmpty)
  }

  @Test("it is recognised by its first two lines")
  func recognition() {
    #expect(FormReading.form(of: Self.text(Self.rows), named: "x.txt") == "pts")
    #expect(FormReading.form(of: "version: 1\n", named: "x.pts") == nil)
    #expect(FormReading.form(of: "n_points: 1\nversion: 1\n", named: "x.pts") == nil)
  }

  @Test("mutated files never trap")
  func mutations() throws {
    #expect(
      try FormReading.mutate("pts", Self.text(Self.rows), named: "a.pts", seed: 3) == 300)
  }
}
