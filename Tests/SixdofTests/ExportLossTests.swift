import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("what export does not write")
struct ExportLossTests {
  private func export(
    _ folder: String, _ records: String, _ format: String, _ options: [String] = []
  ) throws -> Program.Outcome {
    try Program.run(
      ["export", records, "--format", format, "--output", "out", "--progress", "none"] + options,
      in: folder)
  }

  private func isMade(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/out")
  }

  /// Records as 300W-LP's and AFLW2000's readers have them: a pose each, of these yaws.
  private func annotated(_ yaws: [Double], ending: String = "jpg") -> [ImageRecord] {
    yaws.enumerated().map { i, yaw in
      var record = evaluationRecord("aflw2000/\(i)", path: "\(i).\(ending)", yaw: yaw)
      record.source.dataset = "aflw2000"
      return record
    }
  }

  @Test(
    "records of which a form can hold none are an error that says why, and no folder",
    arguments: ["300w-lp", "aflw2000", "img2pose-300w-lp", "biwi", "arkitface"])
  func nothing(format: String) throws {
    try withTemporaryDirectory { folder in
      try write("# a.jpg\n10 10 50 60\n# b.jpg\n", to: folder + "/label.txt")
      let convert = ["convert", "wider-face", "--annotations", "label.txt", "--output", "r.jsonl"]
      #expect(try Program.run(convert, in: folder).status == 0)
      let outcome = try export(folder, "r.jsonl", format, ["--allow-lossy"])
      // Exit code 65 of DESIGN §12.
      #expect(outcome.status != 0 && !isMade(folder))
      #expect(
        outcome.errors.contains(
          "r.jsonl: expected records that '\(format)' can hold, found "), "\(outcome.errors)")
      #expect(outcome.errors.contains("1 image without a face"))
      #expect(outcome.errors.contains("run label"), "\(outcome.errors)")
    }
  }

  @Test("no records at all are an error too", arguments: ["coco", "retinaface"])
  func empty(format: String) throws {
    try withTemporaryDirectory { folder in
      try write("", to: folder + "/r.jsonl")
      let outcome = try export(folder, "r.jsonl", format)
      #expect(outcome.status != 0 && !isMade(folder))
      #expect(outcome.errors.contains("can hold, found no records"))
    }
  }

  @Test(
    "poses that a form drops are named, and refused without --allow-lossy",
    arguments: [
      "wider-face", "retinaface", "img2pose-json", "coco", "hopenet", "6drepnet",
    ])
  func poses(format: String) throws {
    try SyntheticSet.with(count: 4) { set in
      #expect(try set.build("r", ["--records"]).status == 0)
      let outcome = try export(set.folder, "r.jsonl", format)
      #expect(outcome.status != 0 && !isMade(set.folder))
      #expect(outcome.errors.contains("'\(format)' cannot hold "))
      #expect(outcome.errors.contains("poses"), "\(outcome.errors)")
    }
  }

  @Test("a loss in the last record leaves nothing of those written before it, and all are counted")
  func lateLoss() throws {
    try withTemporaryDirectory { folder in
      // The form has one face an image; the records before could be written, some of them twice to one file.
      var records = annotated([0, 10, 20, 30])
      records[3].faces.append(records[3].faces[0])
      records[2].image.path = records[0].image.path
      try writeRecords(records, to: folder + "/r.jsonl")
      let outcome = try export(folder, "r.jsonl", "6drepnet")
      #expect(outcome.status == 65, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("images whose file another one has too (in 1 image)"),
        "\(outcome.errors)")
      #expect(!isMade(folder))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["r.jsonl"])
    }
  }

  @Test(
    "lists leave out angles of 99 degrees or more and say so",
    arguments: ["hopenet", "6drepnet"])
  func beyondLimit(format: String) throws {
    try withTemporaryDirectory { folder in
      try writeRecords(annotated([0, 120, 30, -150]), to: folder + "/r.jsonl")
      let outcome = try export(folder, "r.jsonl", format)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("left out  2 images with an angle of 99 degrees or more\n"))
      #expect(outcome.errors.contains("wrote     out: 2 images, 2 faces, as \(format)\n"))
      let list = try String(contentsOfFile: folder + "/out/files.txt", encoding: .utf8)
      #expect(list.split(separator: "\n").count == 2)
    }
  }

  @Test("the summary counts what was written, and what was not by reason")
  func counts() throws {
    try withTemporaryDirectory { folder in
      var records = annotated([0, 10, 20])
      records[0].faces += records[1].faces + records[2].faces
      records[1].faces = []
      records[2].faces[0].pose = nil
      try writeRecords(records, to: folder + "/r.jsonl")
      let outcome = try export(folder, "r.jsonl", "hopenet")
      #expect(outcome.status == 0)
      #expect(
        outcome.errors.contains(
          "left out  2 faces beyond one an image, 1 image without a face, 1 image without a pose\n"
            + "note      files.txt has 1 line\n"), "\(outcome.errors)")
      #expect(outcome.errors.hasSuffix("wrote     out: 1 image, 1 face, as hopenet\n"))
    }
  }

  @Test("photos of one stem have an img2pose file each")
  func sameStems() throws {
    try withTemporaryDirectory { folder in
      try write("# a.jpg\n1 2 30 40\n# a.png\n5 6 70 80\n", to: folder + "/label.txt")
      let convert = ["convert", "wider-face", "--annotations", "label.txt", "--output", "r.jsonl"]
      #expect(try Program.run(convert, in: folder).status == 0)
      let outcome = try export(folder, "r.jsonl", "img2pose-json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/out/json")
      #expect(files.sorted() == ["a.json", "a.png.json"])
    }
  }

  @Test("of two images with one file in the form the second is a loss, not the first's end")
  func sharedFile() throws {
    try SyntheticSet.with(count: 1) { set in
      let synth = ["synth", "aflw2000", "--count", "3", "--output", "set", "--progress", "none"]
      #expect(try Program.run(synth, in: set.folder).status == 0)
      let input =
        FileManager.default.fileExists(atPath: set.folder + "/set/AFLW2000")
        ? "set/AFLW2000" : "set"
      let convert = ["convert", "aflw2000", "--input", input, "--output", "r.jsonl"]
      #expect(try Program.run(convert, in: set.folder).status == 0)
      let lines = try set.text("r.jsonl").split(separator: "\n").map(String.init)
      let twin = lines[0].replacingOccurrences(of: ".jpg\"", with: ".png\"")
        .replacingOccurrences(of: "\"id\":\"", with: "\"id\":\"twin/")
      try write((lines + [twin]).map { $0 + "\n" }.joined(), to: set.folder + "/two.jsonl")
      let refused = try export(set.folder, "two.jsonl", "aflw2000")
      #expect(refused.status != 0)
      #expect(refused.errors.contains("images whose file another one has too (in 1 image)"))
      let outcome = try export(set.folder, "two.jsonl", "aflw2000", ["--allow-lossy"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("left out  1 image whose file another one has too\n"))
      #expect(outcome.errors.contains("wrote     out: 3 images, 3 faces, as aflw2000\n"))
    }
  }

  @Test("names that a list cannot hold are losses")
  func names() throws {
    try withTemporaryDirectory { folder in
      try writeRecords(
        [
          evaluationRecord("a", path: "a b.jpg", yaw: nil),
          evaluationRecord("b", path: "b\nc.jpg", yaw: nil),
          evaluationRecord("c", path: "c.jpg", yaw: nil),
        ], to: folder + "/r.jsonl")
      let spaces = try export(folder, "r.jsonl", "img2pose-json")
      #expect(
        spaces.errors.contains("images with a space, comma or line end in their path (in 2 images)")
      )
      let lines = try export(folder, "r.jsonl", "retinaface", ["--allow-lossy"])
      #expect(lines.status == 0)
      #expect(lines.errors.contains("left out  1 image with a line end in their path\n"))
      let text = try String(contentsOfFile: folder + "/out/label.txt", encoding: .utf8)
      #expect(text.split(separator: "\n").count { $0.hasPrefix("#") } == 2)
    }
  }

  @Test(
    "a path that readers would spell otherwise is a loss",
    arguments: [
      "wider-face", "retinaface", "img2pose-json", "coco", "cvat", "label-studio", "labelme",
      "yolo-pose", "csv",
    ])
  func backslash(format: String) throws {
    try withTemporaryDirectory { folder in
      var record = ImageRecord(
        source: RecordSource(dataset: "toy"), image: ImageReference(path: #"a\b.jpg"#))
      (record.image.width, record.image.height) = (64, 64)
      record.faces = [Face(box: BoundingBox(x: 1, y: 2, width: 30, height: 40))]
      try writeRecords([record], to: folder + "/r.jsonl")
      let refused = try export(folder, "r.jsonl", format)
      #expect(refused.status == 65 && !isMade(folder), "\(refused.errors)")
      #expect(
        refused.errors.contains(
          "images with a backslash or an empty part in their path (in 1 image)"))
      #expect(refused.errors.components(separatedBy: "backslash").count == 2)
    }
  }

  @Test("a face with 'ignore' loses what its five numbers do not say")
  func ignore() throws {
    try withTemporaryDirectory { folder in
      var record = evaluationRecord("a", yaw: nil)
      record.faces[0].attributes.ignore = true
      record.faces[0].attributes.quality = 0.5
      try writeRecords([record], to: folder + "/r.jsonl")
      let outcome = try export(folder, "r.jsonl", "retinaface")
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("landmarks and quality beside 'ignore' (in 1 image)"))
    }
  }
}
