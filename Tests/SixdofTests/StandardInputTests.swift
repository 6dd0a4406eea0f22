import Foundation
import TestSupport
import Testing

/// Annotations that come through a pipe.
@Suite("Annotations from standard input")
struct StandardInputTests {
  private static let row68 = String(repeating: "5.5 6.5 25.5 36.5 ", count: 49)

  /// A form's name, and a file of it with one face.
  private static let files: [(form: String, text: String)] = [
    ("csv", "image,x1,y1,x2,y2\na.jpg,1,2,30,40\n"),
    ("mtcnn", "a.jpg 1 2 30 40\n"),
    ("wflw", row68 + "a.jpg\n"),
    ("panoptic", "s/a.jpg,1,2,3\n"),
    ("aflw-text", "image00002 0.1 0.2 0.3\n"),
    ("afw-text", "1004109301.jpg 1 5 3 10 8 20 18\n"),
    ("pose-jsonl", #"{"image":"a.jpg","pitch":1,"yaw":2,"roll":3}"# + "\n"),
    ("wider-face", "# a.jpg\n1 2 30 40\n"),
    ("labelv2", "# e/a.jpg 99 99\n10 20 50 60\n"),
    ("pts", "version: 1\nn_points: 2\n{\n1 2\n3 4\n}\n"),
    (
      "coco",
      #"{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"id":1,"image_id":1,"bbox":[1,2,30,40]}]}"#
    ),
    (
      "label-studio",
      #"[{"id":1,"data":{"image":"a.jpg"},"annotations":[{"id":1,"result":[{"id":"r","type":"rectanglelabels","original_width":99,"original_height":99,"value":{"x":1,"y":2,"width":30,"height":40,"rotation":0,"rectanglelabels":["face"]}}]}]}]"#
    ),
    (
      "labelme",
      #"{"shapes":[{"label":"face","points":[[1,2],[30,40]],"shape_type":"rectangle"}],"imagePath":"a.jpg"}"#
    ),
    (
      "datumaro",
      #"{"categories":{"label":{"labels":[{"name":"face"}]}},"items":[{"id":"a","annotations":[{"id":0,"type":"bbox","bbox":[1,2,30,40],"label_id":0,"group":0}],"image":{"path":"a.jpg","size":[99,99]}}]}"#
    ),
    (
      "cvat",
      "<annotations><version>1.1</version><image id='0' name='a.jpg' width='99' height='99'><box label='face' xtl='1' ytl='2' xbr='30' ybr='40'/></image></annotations>"
    ),
    (
      "imglab",
      "<dataset><images><image file='a.jpg'><box top='1' left='2' width='30' height='40'/></image></images></dataset>"
    ),
    (
      "voc",
      "<annotation><filename>a.jpg</filename><size><width>99</width><height>99</height></size><object><name>face</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
    ),
  ]

  private func convert(_ arguments: [String], input: String) throws -> Program.Outcome {
    try withTemporaryDirectory { folder in
      try Program.run(
        ["convert"] + arguments + ["--output", "-", "--progress", "none"], input: input, in: folder)
    }
  }

  @Test("a file of any form is recognised and read, named or not", arguments: files)
  func recognised(form: String, text: String) throws {
    let ways = [
      ["auto", "--input", "-"], ["auto", "--annotations", "-"], [form, "--annotations", "-"],
      [form, "--input", "-"],
    ]
    for way in ways where form != "wider-face" || way.first == "auto" || way[1] == "--annotations" {
      let run = try convert(way, input: text)
      #expect(run.status == 0, "\(way): \(run.errors)")
      #expect(run.output.split(separator: "\n").count == 1, "\(way): \(run.errors)")
      #expect(run.errors.contains("1 image, 1 face"), "\(way): \(run.errors)")
    }
  }

  @Test("a build's manifest has the digest of what came through the pipe")
  func digest() throws {
    try withTemporaryDirectory { folder in
      let text = "a.jpg 1 2 30 40\n"
      try write(text, to: folder + "/list.txt")
      for (input, name) in [("list.txt", "file"), ("-", "pipe")] {
        let run = try Program.run(
          [
            "convert", "mtcnn", "--annotations", input, "--output", "\(name).jsonl",
            "--progress", "none",
          ], input: input == "-" ? text : nil, in: folder)
        #expect(run.status == 0, "\(run.errors)")
      }
      let file = try String(contentsOfFile: folder + "/file.jsonl", encoding: .utf8)
      let pipe = try String(contentsOfFile: folder + "/pipe.jsonl", encoding: .utf8)
      #expect(file.replacing("list.txt", with: "-") == pipe)
    }
  }

  @Test(
    "what is no annotation, or needs a folder, is refused with a reason",
    arguments: [
      (["auto", "--input", "-"], "Dear diary,\n", "found text of another kind"),
      (["auto", "--input", "-"], "", "found an empty file"),
      (["auto", "--input", "-"], "{\"images\": [", "found broken JSON (line 1"),
      (["auto", "--input", "-"], "a.jpg 1 2 3 4\rb.jpg 1 2 3 4\r", "lines that end with CR alone"),
      (["mtcnn", "--annotations", "-"], "Dear diary,\n", "standard input: expected MTCNN list"),
      (["yolo", "--annotations", "-"], "0 0.5 0.5 0.2 0.2\n", "found a stream; name the file"),
      (
        ["auto", "--input", "-"], "a.jpg 1 2 30 40\nb.jpg 1 2 3o 40\n",
        "some lines of which are of MTCNN list"
      ),
      (
        ["auto", "--input", "-"], "a.jpg 1 2 30 40\nb.jpg 1 2 3o 40\n",
        "sixdof convert mtcnn --annotations - --output NAME.jsonl reads those lines"
      ),
    ])
  func refused(arguments: [String], input: String, message: String) throws {
    let run = try convert(arguments, input: input)
    #expect(run.status != 0 && run.output.isEmpty)
    #expect(run.errors.contains(message), "\(run.errors)")
  }
}
