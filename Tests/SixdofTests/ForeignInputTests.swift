import Foundation
import TestSupport
import Testing

/// Inputs as other programs write them, through the program.
@Suite("Inputs of other programs")
struct ForeignInputTests {
  private func convert(
    _ bytes: [UInt8], _ dataset: [String] = ["wider-face", "--annotations"],
    named name: String = "label.txt"
  ) throws -> Program.Outcome {
    try withTemporaryDirectory { folder in
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      return try Program.run(
        ["convert"] + dataset + ["\(folder)/\(name)", "--output", "-", "--progress", "none"])
    }
  }

  private func lineCount(_ text: String) -> Int { text.split(separator: "\n").count }

  @Test("an image that is listed twice is one record, and one sample")
  func duplicates() throws {
    try SyntheticSet.with(count: 4) { set in
      let first = try #require(
        try set.text("retinaface/train/label.txt").split(separator: "\n").first)
      try set.editLabel { $0.insert(contentsOf: ["\(first)", "1 2 30 40"], at: $0.endIndex - 1) }
      let build = try set.build("out", ["--records"])
      #expect(build.status == 0, "\(build.errors)")
      #expect(lineCount(try set.text("out.jsonl")) == 4)
      #expect(try set.text("out.issues.jsonl").contains(#""code":"merged-entries""#))
    }
  }

  @Test("a file of another kind is refused in one line, and nothing is written")
  func refused() throws {
    let wide = "# a.jpg\n1 2 3 4\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let files: [([UInt8], String)] = [
      (wide, "UTF-16"), ([0xFF, 0xFE] + wide, "UTF-16"),
      (Array("# a.jpg\r1 2 3 4\r".utf8), "CR alone"),
      ([0x1F, 0x8B, 8, 0], "packed by gzip, found"), (Array("hello/world\n".utf8), "begins with"),
      (Array(#"{"images": [], "annotations": []}"#.utf8), "JSON with the keys"),
      (Array(#"{"schema":"sixdof.image/1"}"#.utf8), "found records; records are for"),
    ]
    for (bytes, found) in files {
      let run = try convert(bytes)
      #expect(run.status != 0)
      #expect(run.errors.contains(found), "\(run.errors)")
      #expect(lineCount(run.errors) <= 2, "\(run.errors)")
      #expect(run.output.isEmpty)
    }
  }

  @Test(
    "an option that the recognised form does not heed is refused as for a named form",
    arguments: [
      (["--pixel-origin", "1"], "'--pixel-origin' is for voc, not for 'mtcnn'."),
      (["--convention", "6drepnet"], "'--convention' is for coco, "),
      (["--angle-unit", "radians"], "'--angle-unit' is for aflw-text, "),
      (["--sides", "image"], "'--sides' is for cvat, "),
      (["--map", "names.txt"], "'--map' is for cvat, "),
      (["--frame", "depth"], "'--frame' is for biwi, "),
      (["--egocentric"], "'--egocentric' is for 300w-lp and aflw2000; "),
    ])
  func unheeded(_ option: [String], _ message: String) throws {
    try withTemporaryDirectory { folder in
      try Data("a.jpg 1 30 2 40 10 11 20 11 15 20 11 30 19 30\n".utf8).write(
        to: URL(fileURLWithPath: "\(folder)/list.txt"))
      try Data("eye_a=left_eye\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/names.txt"))
      for given in [["mtcnn", "--annotations", "list.txt"], ["auto", "--input", "list.txt"]] {
        let run = try Program.run(
          ["convert"] + given + option + ["--output", "o.jsonl", "--progress", "none"], in: folder)
        #expect(run.status == 64, "\(run.errors)")
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.contains("'mtcnn'"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/o.jsonl"))
      }
    }
  }

  @Test(
    "a file is taken by '--input' as by '--annotations', where the dataset is named",
    arguments: [
      ("mtcnn", "a.jpg 1 30 2 40 10 11 20 11 15 20 11 30 19 30\n"),
      ("wider-face", "a.jpg\n1\n1 2 30 40 0 0 0 0 0 0\n"),
    ])
  func namedFile(_ dataset: String, _ text: String) throws {
    try withTemporaryDirectory { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/list.txt"))
      for option in ["--annotations", "--input"] {
        let run = try Program.run(
          ["convert", dataset, option, "list.txt", "--output", "o\(option).jsonl"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
      }
      let records = try ["--annotations", "--input"].map {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/o\($0).jsonl"))
      }
      #expect(records[0] == records[1] && !records[0].isEmpty)
    }
  }

  @Test("records in another encoding are one message")
  func records() throws {
    try withTemporaryDirectory { folder in
      let text = String(repeating: #"{"schema":"sixdof.image/1"}"# + "\n", count: 500)
      let path = "\(folder)/records.jsonl"
      try Data(text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }).write(
        to: URL(fileURLWithPath: path))
      for command in [["stats", path, "--output", "out"], ["check", path]] {
        let run = try Program.run(command + ["--progress", "none"], in: folder)
        #expect(run.status != 0)
        let mentions = (run.output + run.errors).components(separatedBy: "UTF-16 text").count - 1
        #expect(mentions == 1 || mentions == 2, "\(run.errors)")
      }
    }
  }

  @Test(
    "ARKitFace packed on a Mac gives its records and no issue",
    .enabled(if: hasProgram("/usr/bin/zip")))
  func macArchive() throws {
    try withTemporaryDirectory { folder in
      let made = try Program.run(
        ["synth", "arkitface", "--count", "2", "--output", folder, "--progress", "none"])
      #expect(made.status == 0, "\(made.errors)")
      let root = "\(folder)/arkit"
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
      var moved: [String] = []
      for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
      where name.hasSuffix("_ar.jpg") || name.hasSuffix("_info.npz") {
        guard name.hasPrefix("perspnet/") else { continue }
        let tail = String(name.dropFirst("perspnet/".count))
        let parts = tail.split(separator: "/")
        let place = parts.dropLast().joined(separator: "/")
        for target in ["\(root)/\(tail)", "\(root)/__MACOSX/\(place)/._\(parts.last ?? "")"] {
          try write("", to: target)
          try FileManager.default.removeItem(atPath: target)
          if target.contains("__MACOSX") {
            try write("junk", to: target)
          } else {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: target)
          }
        }
        moved.append(tail)
      }
      #expect(moved.count == 4, "\(moved)")
      try Program.system("/usr/bin/zip", ["-q", "-r", "set.zip", "."], in: root)
      let run = try Program.run(
        [
          "convert", "arkitface", "--input", "\(root)/set.zip", "--output", "-", "--progress",
          "none",
        ])
      #expect(run.status == 0, "\(run.errors)")
      #expect(lineCount(run.output) == 2)
    }
  }
}
