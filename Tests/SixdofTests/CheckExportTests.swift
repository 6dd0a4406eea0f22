import ArgumentParser
import Foundation
import Schema
import TestSupport
import Testing

@testable import sixdof

@Suite("check --export")
struct CheckExportTests {
  @Test(
    "what makes no sense is refused before any work",
    arguments: [
      (
        ["--export", "cvat"], "'--export' names a form and '--export-output' its folder; give both."
      ),
      (
        ["--export-output", "t"],
        "'--export' names a form and '--export-output' its folder; give both."
      ),
      (
        ["--export", "retinaface", "--export-output", "t"],
        "'--export' writes forms that can carry findings (coco, cvat, label-studio, labelme, csv), not 'retinaface'."
      ),
      (["--overwrite"], "'--overwrite' is for the folder of '--export'; files are replaced."),
    ])
  func refusals(options: [String], message: String) {
    let error = #expect(throws: (any Error).self) { try CheckCommand.parse(["a.jsonl"] + options) }
    #expect(error.map { CheckCommand.message(for: $0) } == message)
  }

  /// Records of which the third has a face twice and the fifth none.
  private func withFaults(_ body: (RecordFiles) throws -> Void) throws {
    try RecordFiles.with(count: 12) { files in
      var lines = try files.lines("records.jsonl")
      let face = try #require(lines[2].firstMatch(of: #/"faces":\[(.*)\]\}/#)).output.1
      lines[2] = lines[2].replacing("\"faces\":[", with: "\"faces\":[\(face),")
      lines[4].replace(#/"faces":\[.*\]\}/#, with: "\"faces\":[]}")
      try files.write(lines, to: "faulty.jsonl")
      try body(files)
    }
  }

  private func export(
    _ files: RecordFiles, _ options: [String], to folder: String = "task", form: String = "cvat"
  ) throws -> Program.Outcome {
    try files.run(
      ["check"] + options + ["--export", form, "--export-output", folder])
  }

  @Test("the images with faults are a task, with the findings on their faces")
  func faults() throws {
    try withFaults { files in
      let run = try export(files, ["faulty.jsonl"])
      // Warnings do not fail.
      #expect(run.status == 0, "\(run.errors)")
      #expect(
        run.errors.contains("wrote     task: 1 image with findings, as cvat"), "\(run.errors)")
      let text = try files.text("task/annotations.xml")
      #expect(text.ranges(of: "<image ").count == 1 && text.ranges(of: "<box ").count == 2)
      #expect(text.ranges(of: "<attribute name=\"finding\">duplicate-box</attribute>").count == 1)
      #expect(try export(files, ["faulty.jsonl", "--fail-on", "warning"], to: "t2").status == 2)
      #expect(try files.text("t2/annotations.xml") == text)
    }
  }

  @Test("a finding of an image is a tag, and notes are written where --only names them")
  func tags() throws {
    try withFaults { files in
      #expect(try export(files, ["faulty.jsonl", "--only", "image-without-faces"]).status == 0)
      let text = try files.text("task/annotations.xml")
      #expect(text.contains("<tag label=\"image-without-faces\" source=\"manual\"/>"))
      #expect(!text.contains("duplicate-box") && text.ranges(of: "<image ").count == 1)
    }
  }

  @Test("what only the whole dataset shows is in the task too, one image for all its findings")
  func late() throws {
    try withFaults { files in
      try files.write(try files.lines("faulty.jsonl"), to: "again.jsonl")
      let run = try export(files, ["faulty.jsonl", "again.jsonl"], form: "csv")
      let rows = try files.lines("task/faces.csv")
      // The face twice in both files, and the image a second time in the second.
      let repeated = rows.filter { $0.contains(",duplicate-box,") }
      #expect(repeated.count == 2, "\(run.output)")
      #expect(repeated.last?.hasSuffix(",duplicate-box,duplicate-record") == true, "\(repeated)")
      #expect(rows.contains { $0.hasSuffix(",,duplicate-record") }, "\(rows)")
    }
  }

  @Test(
    "the task is the same for any number of jobs, and an existing folder is kept",
    arguments: ["cvat", "label-studio", "labelme", "coco", "csv"])
  func jobs(form: String) throws {
    try withFaults { files in
      let inputs = ["faulty.jsonl", "records.jsonl"]
      #expect(try export(files, inputs + ["--jobs", "1"], to: "one", form: form).status != 65)
      #expect(try export(files, inputs + ["--jobs", "4"], to: "four", form: form).status != 65)
      let names = try FileManager.default.subpathsOfDirectory(atPath: files.folder + "/one")
        .sorted()
      #expect(
        names
          == (try FileManager.default.subpathsOfDirectory(atPath: files.folder + "/four").sorted()))
      #expect(!names.isEmpty)
      for name in names where name.contains(".") {
        #expect(try files.text("one/" + name) == files.text("four/" + name))
      }
      let again = try export(files, inputs, to: "one", form: form)
      #expect(again.status == 64, "\(again.status) \(again.errors)")
      #expect(try export(files, inputs + ["--overwrite"], to: "one", form: form).status != 64)
    }
  }

  @Test("without findings the task is empty")
  func nothing() throws {
    try RecordFiles.with(count: 4) { files in
      let run = try export(files, ["records.jsonl", "--only", "duplicate-box"])
      #expect(run.status == 0 && run.errors.contains("wrote     task: 0 images with findings"))
      #expect(try files.text("task/annotations.xml").hasSuffix("</annotations>\n"))
    }
  }
}
