import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Lists with broken rows")
struct BrokenRowTests {
  /// A form of rows, rows of it with `#` for a number from 1, and a broken one.
  private static let lists: [(form: String, row: String, broken: String)] = [
    ("mtcnn", "a/#.jpg 10 20 30 40", "a/x.jpg 10 20 3o 40"),
    ("mtcnn", "a/#.jpg 10 20 30 40", "a/x.jpg 10 20 30"),
    (
      "mtcnn", "a/#.jpg 10 20 50 60 15 25 35 25 25 35 16 45 34 45",
      "a/x.jpg 10 20 50 60 15 25 35 25 25 35 16 45 34"
    ),
    ("panoptic", "s/00_00_0000000#.jpg,10,20,30", "s/00_00_00000099.jpg,10,20"),
    ("angle-text", "# 1.5 2.5 3.5", "7 1.5 x 3.5"),
    ("aflw-text", "image0000# 0.1 0.2 0.3", "image00099 0.1 9.2 0.3"),
    ("afw-text", "100410930# 15 5 -3 100 80 200 180", "1004109399 15 5 -3 100 80 200"),
    (
      "pose-jsonl", ##"{"image":"#.jpg","pitch":1,"yaw":20,"roll":3}"##,
      #"{"image":"x.jpg","pitch":"#
    ),
    ("csv", "#.jpg,1,2,3,4", "x.jpg,1,2,3"),
    (
      "wflw", String(repeating: "5.5 6.5 25.5 36.5 ", count: 49) + "#.jpg", "5.5 6.5 x.jpg"
    ),
    ("labelv2", "# e/#.jpg 100 100\n10 20 50 60", "garbage"),
    ("fddb", "2002/img_#\n1\n10 20 0.5 50 60 1", "10 20 0.5 50"),
  ]

  private static func rows(_ list: (form: String, row: String, broken: String), _ count: Int)
    -> [String]
  {
    let head = list.form == "csv" ? ["image,x1,y1,x2,y2"] : []
    // A mark at the beginning is the form's own.
    let isHeader = list.row.hasPrefix("# e")
    return head
      + (1...count).map { number in
        let row = list.row.dropFirst(isHeader ? 1 : 0).replacing("#", with: "\(number)")
        return (isHeader ? "#" : "") + row
      }
  }

  private func reading(_ form: String, _ text: String) throws -> FormReading {
    let name = form == "fddb" ? "FDDB-fold-01-ellipseList.txt" : "a.txt"
    return try FormReading(form, [name: text], named: [name]) {
      if form == "angle-text" { $0.notation = .euler(.hopenet) }
    }
  }

  @Test("one broken row, wherever it is, leaves the form recognised and is told", arguments: lists)
  func oneBroken(list: (form: String, row: String, broken: String)) throws {
    let whole = Self.rows(list, 9)
    let expected = try reading(list.form, whole.joined(separator: "\n") + "\n")
    #expect(expected.issues.isEmpty && expected.records.count == 9, "\(expected.issues)")
    for place in [list.form == "csv" ? 1 : 0, 3, whole.count] {
      var rows = whole
      rows.insert(list.broken, at: place)
      let text = rows.joined(separator: "\n") + "\n"
      #expect(FormReading.form(of: text, named: "a.txt") == list.form, "row \(place)")
      let found = try reading(list.form, text)
      #expect(found.records.count == 9, "\(list.form), row \(place): \(found.issues)")
      #expect(!found.issues.isEmpty && found.issues.allSatisfy { $0.contains(":") })
    }
  }

  @Test("a form that is named is read if one row is of it; unnamed it is not", arguments: lists)
  func oneWhole(list: (form: String, row: String, broken: String)) throws {
    let broken = Array(repeating: list.broken, count: 12)
    let text = (Self.rows(list, 1) + broken).joined(separator: "\n") + "\n"
    let found = try reading(list.form, text)
    #expect(found.records.count == 1, "\(found.issues)")
    #expect(found.issues.count { $0.contains("expected") } >= 1)
    // Its rows are told one by one, none is passed over.
    if list.form != "labelv2" { #expect(found.issues.count >= 12, "\(found.issues)") }
  }

  @Test(
    "what fits no row of a named form is refused", arguments: lists.filter { $0.form != "csv" })
  func none(list: (form: String, row: String, broken: String)) throws {
    #expect(throws: UnrecognisedAnnotations.self) {
      try reading(list.form, "Dear diary,\nnothing of note\n")
    }
    #expect(FormReading.form(of: "Dear diary,\nnothing of note\n", named: "a.txt") == nil)
  }

  private static let wflw = String(repeating: "5.5 6.5 25.5 36.5 ", count: 49)

  /// A form, a whole row, a broken one, and what is said of it.
  private static let numbers: [(form: String, row: String, broken: String, issue: String)] = [
    ("aflw-text", "image00001 0.1 0.2 0.3", "image00002 0.1 0.2x 0.3", "as 'pitch', found '0.2x'"),
    ("aflw-text", "image00001,0.1,0.2,0.3", "image00002,nan,0.2,0.3", "as 'yaw', found 'nan'"),
    (
      "aflw-text", "image00001 0.1 0.2 0.3", "image00002 0.1 0.2",
      "roll after the image's name, found 2"
    ),
    (
      "afw-text", "1004109301 1 5 3 10 8 20 18", "1004109302 1 5 3o 10 8 20 18",
      "'roll', found '3o'"
    ),
    (
      "afw-text", "1004109301 1 5 3 10 8 20 18", "1004109302 1 5 3 10 8 2O 18",
      "as 'x2', found '2O'"
    ),
    (
      "afw-text", "1004109301 1 5 3 10 8 20 18", "1004109302 1 500 3 10 8 20 18",
      "as 'pitch', found '500'"
    ),
    ("afw-text", "1004109301 1 5 3 10 8 20 18", "1004109302 1 5 3 30 8 20 18", "box with x1 < x2"),
    ("angle-text", "1 1.5 2.5 3.5", "2 1.5 2,5 3.5", "as field 3, found '2,5'"),
    ("angle-text", "a 1.jpg 1.5 2.5 3.5", "a 2.jpg 1.5 2.5 l", "as field 5, found 'l'"),
    ("panoptic", "s/1.jpg,1,2,3", "s/2.jpg,1,2..,3", "as 'pitch', found '2..'"),
    (
      "wflw", wflw + "1.jpg", wflw.replacing("36.5 ", with: "3G.5 ") + "2.jpg",
      "as 'y of point 1', found '3G.5'"
    ),
    ("wflw", wflw + "1.jpg", wflw.dropLast(5) + "2.jpg", "196 numbers before a name, found 195"),
    (
      "wflw", wflw + "1 2 30 40 0 0 0 0 0 0 1.jpg", wflw + "1 2 3O 40 0 0 0 0 0 0 2.jpg",
      "as 'x_max', found '3O'"
    ),
    (
      "wflw", wflw + "1 2 30 40 0 0 0 0 0 0 1.jpg", wflw + "1 2 30 40 0 0 x 0 0 0 2.jpg",
      "as 'illumination', found 'x'"
    ),
    (
      "pose-jsonl", ##"{"image":"1.jpg","pitch":1,"yaw":20,"roll":3}"##,
      ##"{"image":"2.jpg","pitch":1,"yaw":2O,"roll":3}"##,
      "broken JSON (JSON, character 35: expected"
    ),
    (
      "pose-jsonl", ##"{"image":"1.jpg","pitch":1,"yaw":20,"roll":3}"##,
      ##"{"image":"2.jpg","pitch":1,"yaw":"2O","roll":3}"##, "a number as 'yaw', found \"2O\""
    ),
    ("fddb", "a\n1\n10 20 0.5 50 60 1", "b\n1\n10 20 0.5 5O 60 1", "as field 4, found '5O'"),
    ("labelv2", "# e/1.jpg 99 99\n10 20 50 60", "10 20 5O 60", "as field 3, found '5O'"),
  ]

  @Test("the number that is broken is named, and not the image", arguments: numbers)
  func brokenNumber(list: (form: String, row: String, broken: String, issue: String)) throws {
    let found = try reading(list.form, list.row + "\n" + list.broken + "\n")
    #expect(found.records.map(\.faces.count).filter { $0 > 0 } == [1], "\(found.issues)")
    let issues = found.issues.filter { $0.contains(": row: expected") }
    #expect(issues.count == 1, "\(found.issues)")
    #expect(issues.allSatisfy { $0.contains(list.issue) }, "\(issues)")
  }

  @Test("of a tree's files, those with a broken row are read, and those of other forms are not")
  func tree() throws {
    let rows = (1...9).map { "a/\($0).jpg 10 20 30 40" } + ["a/x.jpg 1 2 3"]
    let found = try FormReading(
      "mtcnn",
      [
        "list.txt": rows.joined(separator: "\n"),
        "angles.txt": (1...9).map { "a/\($0).jpg 1.5 2.5 3.5" }.joined(separator: "\n"),
      ])
    #expect(found.records.count == 9)
    #expect(found.issues == ["list.txt:10: row: expected 4 numbers for each box, found 3"])
  }

  @Test("AFW's text has angles and a box in one row, and names without an ending")
  func afw() throws {
    let rows = [
      "1004109301_1 15 5 -3 100 80 200 180", "1004109301_2 -30 0 2.5 20 30 60 70",
      "134212.jpg 0 0 0 1 2 3 4",
    ]
    let text = rows.joined(separator: "\n")
    #expect(FormReading.form(of: text, named: "AFW.txt") == "afw-text")
    let found = try FormReading(
      "afw-text", ["AFW.txt": text], pictures: ["1004109301.jpg", "134212.jpg"])
    #expect(found.issues.isEmpty, "\(found.issues)")
    #expect(found.records.map(\.image.path) == ["1004109301.jpg", "134212.jpg"])
    let face = try #require(found.records.first?.faces.first)
    #expect(face.edges == [100, 80, 200, 180])
    let expected = EulerConvention.aflw.rotation(
      of: EulerAngles(pitch: 5, yaw: 15, roll: -3).inRadians)
    #expect(try #require(face.pose).rotation.angle(to: expected) < 1e-9)
    // A class or a frame before seven numbers is none.
    #expect(FormReading.form(of: "12 15 5 -3 100 80 200 180\n", named: "a.txt") == nil)
  }
}

/// Files that look like annotations and are none.
@Suite("What is no annotation")
struct NoAnnotationTests {
  @Test("the tables of crops that are exported, and a map of columns, are of no form")
  func none() throws {
    let names =
      "image,source,dataset,split,face,box_left,box_top,box_right,box_bottom,affine_00,affine_01,crop_rotation_00,crop_rotation_01,euler_aflw_pitch,euler_aflw_yaw,euler_aflw_roll,x1,y1,x2,y2"
    let numbers = (0..<16).map { "\($0)" }.joined(separator: ",")
    let table = names + "\nimages/a_0.jpg,a.jpg,wider-face,," + numbers + "\n"
    #expect(FormReading.form(of: table, named: "crops.csv") == nil)
    let plain = table.replacing("crop_rotation", with: "other")
    #expect(FormReading.form(of: plain, named: "crops.csv") == "csv")
    let line =
      #"{"image":"a_0.jpg","source":"a.jpg","face":0,"box":[1,2,3,4],"affine":[[1,0,0],[0,1,0]],"crop_rotation":null,"pitch":1,"yaw":20,"roll":3}"#
    #expect(FormReading.form(of: line, named: "crops.jsonl") == nil)
    let other = line.replacing("crop_rotation", with: "other")
    #expect(FormReading.form(of: other, named: "crops.jsonl") == "pose-jsonl")
    let map =
      #"{"file": "faces.csv", "image": "file", "angles": {"pitch": "p", "yaw": "y", "roll": "r"}}"#
    #expect(FormReading.form(of: map, named: "mapping.json") == nil)
    try withTemporaryDirectory { folder in
      try TestSupport.write(table, to: folder + "/crops.csv")
      try TestSupport.write(line, to: folder + "/crops.jsonl")
      for name in ["crops.csv", "crops.jsonl"] {
        let kind = try InputKind(path: "\(folder)/\(name)")
        #expect(kind.description.contains("table of crops"), "\(kind)")
      }
      #expect(throws: UnrecognisedAnnotations.self) {
        try FormReading("csv", at: folder, named: ["crops.csv"])
      }
    }
  }
}
