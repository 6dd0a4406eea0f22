import Codecs
import Datasets
import Geometry
import Schema
import TestSupport
import Testing

private let flags = "11 12 0 13 14 0 15 16 0 17 18 0 19 20 1"
private let plain = "11 12 13 14 15 16 17 18 19 20"

private func label(_ row: String) throws -> Reading {
  try Reading("# a.jpg\n\(row)\n", named: "label.txt")
}

@Suite("Rows of label.txt as other tools write them")
struct ForeignLabelRowTests {
  @Test("14, 15 and 19 numbers have five points")
  func counts() throws {
    for (row, score) in [("1 2 3 4 \(plain)", nil), ("1 2 3 4 \(plain) 0.66", 0.66)]
      as [(String, Double?)]
    {
      let face = try #require(try label(row).records.first?.faces.first)
      #expect(face.landmarks?.position(2) == [15, 16])
      #expect((0..<5).allSatisfy { face.landmarks?[$0].visibility == .visible })
      #expect(face.attributes.score == score)
      #expect(face.attributes.quality == nil)
    }
    let face = try #require(try label("1 2 3 4 \(flags)").records.first?.faces.first)
    #expect(face.landmarks?[4].visibility == .occluded)
    #expect(face.attributes.quality == nil)
  }

  @Test("a 21st number is named once and the face kept")
  func surplus() throws {
    let row = "1 2 3 4 \(flags) 0.5 7\n"
    let reading = try Reading("# a.jpg\n\(row)\(row)# b.jpg\n\(row)", named: "label.txt")
    #expect(reading.records.map(\.faces.count) == [2, 1])
    #expect(reading.records[0].faces.map(\.attributes.quality) == [0.5, 0.5])
    #expect(reading.issues.map(\.code) == [.conflictingAnnotation])
    #expect(reading.texts[0].contains("found a 21st, 7"))
  }

  @Test(
    "commas, semicolons and tabs between numbers are blanks",
    arguments: [
      "1,2,3.5,4", "1, 2, 3.5, 4", "1;2;3.5;4", "1\t2\t3.5\t4", "1,2,3.5,4,", "1 , 2 , 3.5 , 4",
    ])
  func separators(row: String) throws {
    let reading = try label(row)
    #expect(reading.records.first?.faces.map(\.box.right) == [4.5])
    #expect(reading.issues.isEmpty)
  }

  @Test(
    "decimal commas are said, and an empty field is", arguments: ["1,5 2,0 3,5 4", "1,5;2;3;4"])
  func decimalCommas(row: String) throws {
    let reading = try label(row)
    #expect(reading.records.first?.faces.isEmpty == true)
    #expect(reading.texts[0].contains("found decimal commas, as in '1,5'; write decimal points"))
    #expect(try label("1,,3,4").texts[0].contains("found an empty field"))
  }

  @Test("each form of row goes back as it came")
  func roundTrip() throws {
    let text = """
      # ./a.jpg
      1 2 3 4 \(plain)
      1,2,3,4,\(plain.replacing(" ", with: ",")),0.25
      1 2 3 4 \(flags)
      1 2 3 4 \(flags) 0.5 9

      """
    let reading = try Reading(text, named: "label.txt")
    try withTemporaryDirectory { folder in
      var writer = try RetinaFaceWriter(folder: folder)
      for record in reading.records {
        #expect(writer.losses(of: record) == [])
        try writer.write(record, image: nil)
      }
      try writer.finish()
      let written = try MappedFile(path: "\(folder)/label.txt").withBytes {
        String(decoding: $0, as: UTF8.self)
      }
      #expect(written == text)
    }
  }
}

@Suite("WIDER FACE text as other tools write it")
struct ForeignWiderTextTests {
  private func read(_ text: String) throws -> Reading { try Reading(text, named: "gt.txt") }

  @Test("CVAT's export: floats, words for flags in its order, no count without a face")
  func exported() throws {
    let reading = try read(
      """
      no_label/a.jpg
      1
      299.0 -4.0 121.0 162.0 
      no_label/b.jpg
      2
      389.5 96.25 60.0 80.5 0 1 0 True 1 - 
      67.0 102.0 104.0 138.0 - - - False - True hat
      no_label/c.jpg

      """)
    #expect(reading.issues.isEmpty)
    #expect(reading.records.map(\.faces.count) == [1, 2, 0])
    let faces = reading.records.flatMap(\.faces)
    #expect(faces[1].box == BoundingBox(left: 389.5, top: 96.25, right: 449.5, bottom: 176.75))
    #expect(faces[1].attributes.expression == 1)
    #expect(faces[1].attributes.occlusion == 1)
    #expect(faces[1].attributes.pose == 1)
    #expect(faces[1].attributes.invalid == nil)
    #expect(faces[2].attributes.blur == nil)
    #expect(faces[2].attributes.invalid == true)
    #expect(faces[2].attributes.others.map(\.value.text) == ["hat"])
  }

  @Test("fractions of boxes and counts, names without an ending, rows of 4 and 15 numbers")
  func numbers() throws {
    let reading = try read("0--Parade/a\n1.0\n299.5 -4.25 121.0 162.75 2 0 0 1 0 0\n")
    #expect(reading.issues.isEmpty)
    #expect(reading.records.map(\.image.path) == ["0--Parade/a"])
    #expect(reading.records[0].faces.map(\.box.top) == [-4.25])
    #expect(reading.records[0].faces.map(\.attributes.invalid) == [true])
    let scored = try read("a_1\n1\n1 2 3 4 \(plain) 0.66\nb_2\n0\nc.JPG\n1\n5 6 7 8\n")
    #expect(scored.records.map(\.image.path) == ["a_1", "b_2", "c.JPG"])
    #expect(scored.records[0].faces.map(\.attributes.score) == [0.66])
    #expect(scored.records[0].faces.map { $0.landmarks?.position(4) } == [[19, 20]])
    #expect(scored.records[2].faces.map(\.box.left) == [5])
  }

  @Test("rows without a count line are read")
  func noCount() throws {
    let reading = try read(
      "a/b.jpg\n1 2 3 4 0 0 0 0 0 0\n5 2 3 4 0 0 0 0 0 0\na/c.jpg\n1\n9 2 3 4 0 0 0 0 0 0\n")
    #expect(reading.records.map { $0.faces.map(\.box.left) } == [[1, 5], [9]])
    #expect(reading.issues.isEmpty)
  }

  @Test("a row with fractions goes back as it came, and nothing is lost")
  func roundTrip() throws {
    let text = "0--Parade/a.jpg\n1.0\n299.5 -4.25 121.0 162.75 0 0 0 0 0 0\n"
    let record = try #require(try read(text).records.first)
    try withTemporaryDirectory { folder in
      var writer = try WiderFaceTextWriter(folder: folder, split: nil)
      #expect(writer.losses(of: record) == [])
      try writer.write(record, image: nil)
      try writer.finish()
      let written = try MappedFile(path: "\(folder)/wider_face_train_bbx_gt.txt").withBytes {
        String(decoding: $0, as: UTF8.self)
      }
      #expect(written == text)
    }
  }
}

@Suite("Files that are no annotations")
struct UnrecognisedFileTests {
  @Test(
    "any other text or JSON is refused with what it is",
    arguments: [
      (
        #"{"images": [{"id": 1}], "annotations": []}"#, "JSON with the keys 'images', 'annotations'"
      ),
      (
        #"[{"item_id": 1, "bbox": [1, 2]}]"#,
        "a JSON list of objects with the keys 'item_id', 'bbox'"
      ),
      ("[1, 2]", "a JSON list"), ("{}", "a JSON object without a key"),
      (#"{"schema": "sixdof.image/1", "id": "a"}"#, "records of SixDoF"),
      ("see https://example.org/x.jpg for more\nand so on\n", "a file that begins with 'see https"),
      ("# Notes\n\n1. first\n", "a file that begins with '# Notes'"),
      ("x/y\n", "a file that begins with 'x/y'"), ("a/b.jpg\na/c.jpg\n", "a list of image paths"),
      ("a/b\n1\n1 2 3 4 5 6\n", "a file that begins with 'a/b'"),
      ("subject_id,facial_action,img_id\n1,2,3\n", "a file that begins with 'subject_id"),
    ])
  func refused(text: String, found: String) throws {
    let error = #expect(throws: UnrecognisedAnnotations.self) { try Reading(text, named: "x.txt") }
    #expect(error?.found.hasPrefix(found) == true, "\(error?.found ?? "")")
  }

  @Test("a text in another encoding is refused in one message", arguments: ["label.txt", "gt.txt"])
  func encodings(name: String) throws {
    let text = "# a.jpg\n1 2 3 4\n"
    let wide = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let error = #expect(throws: TextFault.self) { try Reading(wide, named: name) }
    #expect(error?.description.contains("UTF-16") == true)
    let old = #expect(throws: TextFault.self) {
      try Reading(text.replacing("\n", with: "\r"), named: name)
    }
    #expect(old?.description.contains("CR alone") == true)
    let packed = #expect(throws: ArchiveError.self) {
      try Reading([0x1F, 0x8B, 8, 0, 0], named: name)
    }
    #expect(packed?.description.contains("expected a whole file packed by gzip") == true)
  }
}
