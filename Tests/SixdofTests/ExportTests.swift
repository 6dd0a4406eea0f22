import Foundation
import Schema
import TestSupport
import Testing

@Suite("export")
struct ExportTests {
  private func run(_ set: SyntheticSet, _ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments + ["--progress", "none"], in: set.folder)
  }

  /// Converts a form's file and exports it in that form again.
  private func roundTrip(
    _ set: SyntheticSet, _ file: String, _ format: String
  ) throws -> Program.Outcome {
    let convert = ["convert", "wider-face", "--annotations", file, "--output", "r.jsonl"]
    #expect(try run(set, convert).status == 0)
    return try run(set, ["export", "r.jsonl", "--format", format, "--output", "back"])
  }

  @Test(
    "text forms come back byte for byte",
    arguments: [
      ("wider_face_train_bbx_gt.txt", "wider-face", "wider_face_train_bbx_gt.txt"),
      ("retinaface/train/label.txt", "retinaface", "label.txt"),
    ])
  func textForms(file: String, format: String, result: String) throws {
    try SyntheticSet.with { set in
      let outcome = try roundTrip(set, file, format)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try set.bytes("back/\(result)") == set.bytes(file))
    }
  }

  @Test("so does a file without a last line feed, with CR LF and odd spaces")
  func oddLineEnds() throws {
    try SyntheticSet.with(count: 1) { set in
      for text in ["# a/b.jpg\r\n1 2 3 4\r\n", "# a/b.jpg\n 1  2 3.50 4", "# a/b.jpg"] {
        try write(text, to: "\(set.folder)/label.txt")
        #expect(try roundTrip(set, "label.txt", "retinaface").status == 0)
        #expect(try set.text("back/label.txt") == text)
        try FileManager.default.removeItem(atPath: "\(set.folder)/back")
      }
    }
  }

  @Test("img2pose's JSON and list come back byte for byte")
  func img2pose() throws {
    try SyntheticSet.with { set in
      let list = "img2pose/WIDER_train_annotations.txt"
      #expect(try roundTrip(set, list, "img2pose-json").status == 0)
      #expect(try set.bytes("back/WIDER_train_annotations.txt") == set.bytes(list))
      for name in try set.text(list).split(separator: "\n") {
        #expect(try set.bytes("back/\(name)") == set.bytes("img2pose/\(name)"))
      }
    }
  }

  @Test("records that are not there leave nothing")
  func missingInput() throws {
    try withTemporaryDirectory { folder in
      let outcome = try Program.run(
        ["export", "none.jsonl", "--format", "coco", "--output", "out"], in: folder)
      #expect(outcome.status == 65)
      #expect(outcome.errors == "error: none.jsonl: open: No such file or directory\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }

  @Test("a record that was changed is written as it is now")
  func changedRecords() throws {
    try SyntheticSet.with(count: 2) { set in
      try write("# a/b.jpg\n1 2 3 4\n5 6 7 8\n", to: "\(set.folder)/label.txt")
      _ = try roundTrip(set, "label.txt", "retinaface")
      let changed = try set.text("r.jsonl").replacingOccurrences(of: "[1,2,4,6]", with: "[1,2,4,9]")
      try write(changed, to: "\(set.folder)/changed.jsonl")
      let export = ["export", "changed.jsonl", "--format", "retinaface", "--output", "new"]
      #expect(try run(set, export).status == 0)
      let lines = try set.text("new/label.txt").split(separator: "\n")
      #expect(lines[1].hasPrefix("1 2 3 7 -1.0"))
      #expect(lines[2] == "5 6 7 8")
    }
  }

  @Test("what a form cannot hold is named, and nothing is written unless that is allowed")
  func losses() throws {
    try SyntheticSet.with { set in
      let outcome = try roundTrip(set, set.label, "wider-face")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("'wider-face' cannot hold landmarks of layout face-5 (in "))
      #expect(outcome.errors.contains("; --allow-lossy writes the rest"))
      #expect(!FileManager.default.fileExists(atPath: "\(set.folder)/back"))
      let allowed = [
        "export", "r.jsonl", "--format", "wider-face", "--allow-lossy", "--output", "back",
      ]
      #expect(try run(set, allowed).status == 0)
      #expect(!(try set.text("back/wider_face_train_bbx_gt.txt")).isEmpty)
      let again = try run(set, allowed)
      #expect(again.status == 64)
      #expect(
        again.errors.contains(
          "back: expected no such folder, found one; name another output, or give --overwrite"))
    }
  }

  @Test("COCO holds each face once, under its image")
  func coco() throws {
    try SyntheticSet.with { set in
      let outcome = try roundTrip(set, set.label, "coco")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("attribute 'quality'"))
      let export = ["export", "r.jsonl", "--format", "coco", "--allow-lossy", "--output", "back"]
      #expect(try run(set, export).status == 0)
      let json = try JSONParser.value(of: set.text("back/annotations.json"))
      let records = try set.text("r.jsonl").split(separator: "\n").map {
        try JSONParser.value(of: String($0))
      }
      #expect(json["images"]?.elements?.count == records.count)
      let faces = records.flatMap { $0["faces"]?.elements ?? [] }
      #expect(json["annotations"]?.elements?.count == faces.count)
      #expect(json["annotations"]?.elements?.last?["image_id"]?.number == Double(records.count))
    }
  }

  @Test("WebDataset shards hold images and records side by side, in the same bytes each time")
  func webDataset() throws {
    try SyntheticSet.with(count: 4) { set in
      _ = try roundTrip(set, set.label, "retinaface")
      for name in ["one", "two"] {
        let outcome = try run(
          set,
          [
            "export", "r.jsonl", "--format", "webdataset", "--images", "images", "--output", name,
          ])
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      #expect(try set.bytes("one/shard-000000.tar") == set.bytes("two/shard-000000.tar"))
      try Program.system("/usr/bin/tar", ["xf", "one/shard-000000.tar"], in: set.folder)
      let records = try set.text("r.jsonl").split(separator: "\n")
      #expect(try set.text("0000000003.json") == records[3] + "\n")
      let path = try JSONParser.value(of: String(records[3]))["image"]?["path"]?.text ?? ""
      #expect(try set.bytes("0000000003.jpg") == set.bytes("images/\(path)"))
    }
  }
}
