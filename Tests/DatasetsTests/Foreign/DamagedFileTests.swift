import Codecs
import Datasets
import Foundation
import Schema
import TestSupport
import Testing

/// Files of a folder that are of a form and cannot be recognised, beside a whole one.
@Suite("Damaged files of folders")
struct DamagedFileTests {
  private static let labelMe =
    #"{"version":"5","shapes":[{"label":"face","points":[[10,10],[90,90]],"shape_type":"rectangle"}],"imagePath":"a.jpg"}"#
  private static let whole: [(form: String, text: String)] = [
    (
      "coco",
      #"{"info":{},"images":[{"id":1,"file_name":"a.jpg","width":99,"height":99}],"annotations":[{"id":1,"image_id":1,"bbox":[1,2,30,40]}]}"#
    ),
    ("labelme", labelMe),
    (
      "label-studio",
      #"[{"id":1,"data":{"image":"a.jpg"},"annotations":[{"id":1,"result":[{"id":"r","type":"rectanglelabels","original_width":99,"original_height":99,"value":{"x":1,"y":2,"width":30,"height":40,"rotation":0,"rectanglelabels":["face"]}}]}]}]"#
    ),
    (
      "datumaro",
      #"{"categories":{"label":{"labels":[{"name":"face"}]}},"items":[{"id":"a","annotations":[{"id":0,"type":"bbox","bbox":[1,2,30,40],"label_id":0,"group":0}],"image":{"path":"a.jpg","size":[99,99]}}]}"#
    ),
  ]

  /// JSON files that are whole and mean something else.
  private static let others = [
    "expected.json": #"{"faces": [1, 2.5, -1e3, null, true, NaN], "name": "x\"}"}"#,
    "package.json": #"{"name": "viewer", "shapes": {}}"#,
    "settings.json": "{\n  // sizes\n  \"a\": 1,\n  \"b\": 2, /* more */\n}\n",
    "numbers.json": "[1, 2, [3]]\n", "lines.json": "{\"a\":1}\n{\"a\":2}\n", "word.json": "true",
    "notes.txt": "mine", "README.md": "# Images\n",
  ]

  @Test("JSON that was cut off is told, and whole JSON of other purposes is not", arguments: whole)
  func json(form: String, text: String) throws {
    for cut in [5, 12, 25] {
      var files = Self.others
      files["a.json"] = text
      // Cut off before what would show the form.
      files["b.json"] = "\n" + text.prefix(cut)
      let reading = try FormReading(form, files)
      #expect(reading.records.map(\.faces.count) == [1], "\(form), \(cut): \(reading.issues)")
      #expect(reading.issues.count == 1, "\(form), \(cut): \(reading.issues)")
      let issue = try #require(reading.issues.first)
      #expect(issue.hasPrefix("b.json:2: JSON, character "))
      #expect(issue.contains("found the end") || issue.contains("a text with an end"))
      #expect(issue.contains("the file is left out"), "\(issue)")
    }
    // A folder with whole files alone says nothing.
    let quiet = try FormReading(form, Self.others.merging(["a.json": text]) { $1 })
    #expect(quiet.issues.isEmpty, "\(quiet.issues)")
  }

  @Test(
    "JSON that is broken before its end, or empty, is told",
    arguments: [
      (#"{"shapes" [], "imagePath": "b.jpg"}"#, "expected ':'"),
      (#"{"version": 5 "shapes": [], "imagePath": "b.jpg"}"#, "expected ','"),
      (#"{"version": nil, "x": []}"#, "expected a JSON value, found 'nil"),
      ("", "found an empty file"), ("<html>not found</html>", "found '<html>not fo'"),
    ])
  func broken(text: String, expected: String) throws {
    let reading = try FormReading("labelme", ["a.json": Self.labelMe, "b.json": text])
    #expect(reading.records.count == 1)
    #expect(reading.issues.count == 1 && reading.issues.allSatisfy { $0.contains(expected) })
  }

  @Test(
    "what follows a file's one value is told, and blanks and line ends are not", arguments: whole)
  func surplus(form: String, text: String) throws {
    for (rest, found) in [
      ("\n" + text, String(text.prefix(20))), (" ]}", "]}"), ("\nxx\n", "xx"),
    ] {
      let reading = try FormReading(form, ["a.json": text + rest])
      #expect(reading.records.count == 1, "\(reading.issues)")
      let line = rest.hasPrefix("\n") ? 2 : 1
      #expect(
        reading.issues.contains {
          $0.hasPrefix("a.json:\(line): file: expected its end, found '\(found)'")
        }, "\(form): \(reading.issues)")
    }
    #expect(try FormReading(form, ["a.json": "\n " + text + " \r\n\t\n"]).issues.isEmpty)
  }

  @Test("a second XML document in a file is told")
  func secondDocument() throws {
    let first =
      "<?xml version=\"1.0\"?>\n<annotation><filename>a?.jpg</filename><size><width>99</width><height>99</height></size></annotation>\n"
    #expect(try FormReading("voc", ["a.xml": first]).issues.isEmpty)
    for (rest, found) in [(first, "<?xml version=\"1.0\"?"), ("rest", "rest")] {
      let reading = try FormReading("voc", ["a.xml": first + rest])
      #expect(
        reading.issues.contains {
          $0.hasPrefix("a.xml:3: file: expected its end, found '\(found)")
        }, "\(reading.issues)")
    }
  }

  @Test("a list with zeros in it, or in UTF-16, is told beside a whole one")
  func zeros() throws {
    let rows = (1...30).map { "a/\($0).jpg 10 20 30 40\n" }.joined()
    var holed = Array(rows.utf8)
    for i in 200..<300 { holed[i] = 0 }
    let wide: [UInt8] = [0xFF, 0xFE] + rows.utf8.flatMap { [$0, 0] }
    let reading = try FormReading(
      "mtcnn",
      [
        "a.txt": Array(rows.utf8), "b.txt": holed, "c.txt": wide,
        "data.bin": [UInt8](repeating: 0, count: 64),
      ])
    #expect(reading.records.count == 30, "\(reading.issues)")
    #expect(reading.issues.count == 2, "\(reading.issues)")
    #expect(reading.issues.contains { $0.hasPrefix("b.txt: ") && $0.contains("zeros in it") })
    #expect(reading.issues.contains { $0.hasPrefix("c.txt: ") && $0.contains("UTF-16 text") })
  }

  @Test("points without their closing brace are told, as the last number may be cut off")
  func openPoints() throws {
    let reading = try FormReading("pts", ["a.pts": "version: 1\nn_points: 2\n{\n1 2\n3 4"])
    #expect(reading.issues.contains { $0.hasPrefix("a.pts:5: file: expected '}'") })
  }

  @Test("XML that was cut off is told, and whole XML of other purposes is not")
  func xml() throws {
    let voc =
      "<annotation>\n<filename>a.jpg</filename><size><width>99</width><height>99</height></size><object><name>face</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
    let reading = try FormReading(
      "voc", ["a.xml": voc, "b.xml": "<annotation>\n<file", "feed.xml": "<rss><item/></rss>"])
    #expect(reading.records.map(\.faces.count) == [1], "\(reading.issues)")
    #expect(reading.issues.count == 1 && reading.issues[0].hasPrefix("b.xml:2: XML"))
  }

  private static let lists: [(form: String, row: String, broken: String)] = [
    ("mtcnn", "a/#.jpg 10 20 30 40", "a/x.jpg 10 20 3o 40"),
    ("wflw", String(repeating: "5.5 6.5 25.5 36.5 ", count: 49) + "#.jpg", "5.5 6.5 x.jpg"),
    ("panoptic", "s/00_00_0000000#.jpg,10,20,30", "s/00_00_00000099.jpg,10,20"),
    ("aflw-text", "image0000# 0.1 0.2 0.3", "image00099 0.1 9.2 0.3"),
  ]

  @Test("a list with many broken rows is told at the first", arguments: lists)
  func rows(form: String, row: String, broken: String) throws {
    let rows = (1...9).map { row.replacing("#", with: "\($0)") }
    let bad = [row.replacing("#", with: "0"), ""] + Array(repeating: broken, count: 12)
    let reading = try FormReading(
      form,
      [
        "a.txt": rows.joined(separator: "\n"), "b.txt": bad.joined(separator: "\n"),
        "notes.txt": "Dear diary,\nnothing of note\n", "classes.txt": "face\n",
      ])
    #expect(reading.records.count == 9, "\(reading.issues)")
    #expect(reading.issues.count == 1, "\(reading.issues)")
    #expect(reading.issues.allSatisfy { $0.hasPrefix("b.txt:3: rows: expected ") })
  }

  @Test(".pts files that are none are told")
  func pts() throws {
    let points = "version: 1\nn_points: 2\n{\n1 2\n3 4\n}\n"
    let reading = try FormReading("pts", ["a.pts": points, "b.pts": "vers"])
    #expect(reading.records.count == 1)
    #expect(reading.issues.contains { $0.hasPrefix("b.pts:1: file: expected 'version'") })
  }

  @Test("YOLO's label files are told however broken they are, and lists of classes are not")
  func yolo() throws {
    let row = "0 0.5 0.5 0.25 0.5"
    let broken = [row] + Array(repeating: "0 0.5 0.5 0.25", count: 5)
    let reading = try FormReading(
      "yolo",
      [
        "labels/a.txt": row, "labels/b.txt": broken.joined(separator: "\n"),
        "labels/c.txt": "garbage", "labels/d.txt": broken.joined(separator: "\n"),
        "labels/classes.txt": "face\n", "README.txt": "0 my faces 0.5\n",
      ], pictures: ["images/a.jpg", "images/b.jpg", "images/c.jpg"])
    #expect(reading.records.map(\.image.path) == ["images/a.jpg", "images/b.jpg"])
    #expect(reading.issues.count { $0.hasPrefix("b.txt:") } == 5, "\(reading.issues)")
    #expect(reading.issues.contains { $0.hasPrefix("c.txt:1: row") }, "\(reading.issues)")
    #expect(reading.issues.contains { $0.hasPrefix("d.txt: image 'images/d'") })
    #expect(!reading.issues.contains { $0.contains("classes") || $0.contains("README") })
  }

  @Test("labels alone are told, where the images lie elsewhere")
  func labelsApart() throws {
    try withTemporaryDirectory { folder in
      try TestSupport.write("0 0.5 0.5 0.25 0.5", to: folder + "/labels/a.txt")
      try TestSupport.write("garbage", to: folder + "/labels/b.txt")
      try TestSupport.write("face", to: folder + "/labels/classes.txt")
      for name in ["a", "b"] {
        let path = "\(folder)/photos/\(name).jpg"
        try TestSupport.write("", to: path)
        try Data(FormReading.picture).write(to: URL(fileURLWithPath: path))
      }
      let reading = try FormReading("yolo", at: folder + "/labels") {
        $0.images = try ImageStore(
          path: folder + "/photos", maximumBytes: 1 << 24, searchesFolders: true)
      }
      #expect(reading.records.map(\.image.path) == ["a.jpg"])
      #expect(reading.issues.count == 1 && reading.issues[0].hasPrefix("b.txt:1: row"))
    }
  }

  @Test("a broken file that is named is said to be broken")
  func named() throws {
    try withTemporaryDirectory { folder in
      try TestSupport.write("{\"images\": [\n{\"id\": 1}", to: folder + "/a.json")
      let kind = try InputKind(path: folder + "/a.json")
      #expect(kind.description.contains("broken JSON (line 2: "), "\(kind)")
      try TestSupport.write("{\"images\": []}", to: folder + "/b.json")
      #expect(try InputKind(path: folder + "/b.json").description == "JSON of another kind")
    }
  }
}
