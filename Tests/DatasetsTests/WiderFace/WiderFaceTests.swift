import Codecs
import Datasets
import Foundation
import Schema
import TestSupport
import Testing

private let forms: [(form: WiderFace.Form, text: String)] = [
  (.text, "0--Parade/a.jpg\n1\n1 2 3 4 0 0 0 0 0 0 \n"),
  (.text, "a b.JPG/x\n1\n1 2 3 4 0 0 0 0 0 0\n"),
  (.retinaFace, "# 0--Parade/a.jpg\n1 2 3 4\n"),
  (.img2pose, "json/a.json\n"),
  (.img2pose, #"{"image_path": "a.jpg", "bboxes": []}"#),
  (.text, "\u{FEFF}\n a.jpg\n0\n"),
  (.retinaFace, "\u{FEFF}\r\n# a.jpg\r\n"),
]

@Suite("WIDER FACE forms")
struct WiderFaceTests {
  @Test("tells a form by what the file holds, whatever its name", arguments: forms)
  func recognition(form: WiderFace.Form, text: String) throws {
    for name in ["wider_face_val.mat", "label.txt", "x.json", "wider_face_train_bbx_gt.txt"] {
      try withTemporaryDirectory { folder in
        let path = "\(folder)/\(name)"
        try write(text, to: path)
        #expect(try WiderFace.form(of: MappedFile(path: path)) == form)
      }
    }
  }

  @Test("tells a MATLAB file that is named as a text")
  func matlabNamedText() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/label.txt"
      try writeMAT([("a", [MATImage(stem: "b")])], to: path)
      #expect(try WiderFace.form(of: MappedFile(path: path)) == .matlab)
      #expect(try Reading(at: [path]).records.map(\.image.path) == ["a/b.jpg"])
    }
  }

  @Test(
    "refuses a file of no known form and says how it begins",
    arguments: [
      ("hello world\nand more\n", "a file that begins with 'hello world'"),
      ("", "an empty file"), ("\n  \n", "an empty file"),
      (
        String(repeating: "x", count: 60),
        "a file that begins with '\(String(repeating: "x", count: 40))'"
      ),
      ("a.jpg\nno count\n", "a file that begins with 'a.jpg'"),
    ])
  func unrecognised(text: String, found: String) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/notes.txt"
      try write(text, to: path)
      let error = #expect(throws: UnrecognisedAnnotations.self) { try Reading(at: [path]) }
      #expect(
        error?.description
          == "\(path): expected WIDER FACE text or .mat, a RetinaFace label.txt or an img2pose list of JSON files, found \(found)"
      )
    }
  }

  @Test("a missing file is an error that names it")
  func missingFile() {
    let error = #expect(throws: FileError.self) { try Reading(at: ["/none/label.txt"]) }
    #expect(error?.path == "/none/label.txt")
  }

  @Test(
    "the split is a word of the file's name, else the folder's whole name, else none",
    arguments: [
      ("wider_face_val_bbx_gt.txt", "val"), ("wider_face_train_bbx_gt.txt", "train"),
      ("WIDER_test_annotations.txt", "test"), ("val/label.txt", "val"),
      ("train/wider_face_val.txt", "val"), ("TRAIN/label.txt", "train"), ("label.txt", nil),
      ("trainer.txt", nil), ("training/label.txt", nil), ("val/deep/label.txt", nil),
    ] as [(String, String?)])
  func split(name: String, expected: String?) throws {
    let reading = try Reading("# a/b.jpg\n", named: name)
    #expect(reading.records.map(\.source.split) == [expected])
    #expect(
      reading.records.map(\.id)
        == [expected.map { "wider-face/\($0)/a/b" } ?? "wider-face/a/b"])
  }

  @Test("a split that the user names wins")
  func splitByUser() throws {
    var options = ReadingOptions.wider
    options.split = "test"
    let reading = try Reading("# a/b.jpg\n", named: "train/label.txt", options: options)
    #expect(reading.records.map(\.source.split) == ["test"])
  }
}
