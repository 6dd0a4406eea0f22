import Foundation
import TestSupport
import Testing

/// Tools' exports as they are downloaded, zipped.
@Suite("Zipped exports of tools", .enabled(if: hasProgram("/usr/bin/zip")))
struct ZippedExportTests {
  private static let voc =
    "<annotation><filename>a.jpg</filename><size><width>99</width><height>99</height></size><object><name>face</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
  private static let labelMe =
    #"{"shapes":[{"label":"face","points":[[1,2],[30,40]],"shape_type":"rectangle"}],"imagePath":"a.jpg"}"#

  /// An export: its form, its files, and a file beside them that is broken, with what is said of that.
  private static let exports:
    [(form: String, files: [String: String], broken: String, text: String, issue: String)] =
      [
        (
          "cvat",
          [
            "annotations.xml":
              "<annotations><version>1.1</version><image id='0' name='a.jpg' width='99' height='99'><box label='face' xtl='1' ytl='2' xbr='30' ybr='40'/></image></annotations>"
          ], "old/annotations.xml", "<annotations>\n<vers", "annotations.xml:2: XML"
        ),
        (
          "coco",
          [
            "annotations/person_keypoints_default.json":
              #"{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"id":1,"image_id":1,"bbox":[1,2,30,40]}]}"#
          ], "annotations/other.json", "{\n\"images\": [{", "other.json:2: JSON"
        ),
        (
          "labelme", ["x/a.json": labelMe], "x/b.json", "{\"shapes\": [\n", "b.json:2: JSON"
        ),
        (
          "voc", ["Annotations/a.xml": voc], "Annotations/b.xml", "<annotation>\n<f", "b.xml:2: XML"
        ),
        (
          "datumaro",
          [
            "annotations/default.json":
              #"{"categories":{"label":{"labels":[{"name":"face"}]}},"items":[{"id":"a","annotations":[{"id":0,"type":"bbox","bbox":[1,2,30,40],"label_id":0,"group":0}],"image":{"path":"a.jpg","size":[99,99]}}]}"#
          ], "annotations/train.json", "{\"items\":\n[", "train.json:2: JSON"
        ),
        (
          "mtcnn", ["list.txt": "a.jpg 1 2 30 40\n"], "more.txt",
          "b.jpg 1 2 3 4\n" + String(repeating: "b.jpg 1 2 3o 4\n", count: 9), "more.txt:2: rows"
        ),
      ]

  @Test("a zip gives what its folder gives, and its broken files are told", arguments: exports)
  func sameAsFolder(
    form: String, files: [String: String], broken: String, text: String, issue: String
  ) throws {
    try withTemporaryDirectory { folder in
      for (name, text) in files { try write(text, to: "\(folder)/set/\(name)") }
      try write("# Export\n", to: "\(folder)/set/README.md")
      try write("{\"name\": \"viewer\"}", to: "\(folder)/set/package.json")
      func runs() throws -> [Program.Outcome] {
        try? FileManager.default.removeItem(atPath: "\(folder)/set.zip")
        try Program.system("/usr/bin/zip", ["-q", "-r", "../set.zip", "."], in: folder + "/set")
        return try ["set", "set.zip"].map {
          try Program.run(
            ["convert", "auto", "--input", $0, "--output", "-", "--progress", "none"], in: folder)
        }
      }
      for run in try runs() {
        #expect(run.status == 0 && run.errors.contains("0 errors, "), "\(run.errors)")
        #expect(run.output.contains("\"path\":\"a.jpg\""), "\(run.output)")
      }
      try write(text, to: "\(folder)/set/\(broken)")
      let both = try runs()
      #expect(both[0].output == both[1].output)
      for run in both {
        #expect(run.status == 2 && run.output.contains("\"path\":\"a.jpg\""), "\(run.errors)")
        #expect(run.errors.contains("error: \(issue)"), "\(run.errors)")
      }
    }
  }
}
