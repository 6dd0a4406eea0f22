import Codecs
import Datasets
import Foundation
import Schema
import TestSupport
import Testing

@Suite("Images named by URLs and in several ways")
struct ImageAddressTests {
  @Test(
    "a URL's path is that of the record",
    arguments: [
      ("https://host/a.jpg", "a.jpg"), ("http://host:80/x/a.jpg?w=1&h=/2#top", "x/a.jpg"),
      ("s3://bucket/x//y/a.png", "x/y/a.png"), ("gs://b/50%25/%C3%A9.jpg", "50%/é.jpg"),
      ("https://host/get?id=5", "get?id=5"), ("HTTPS://host/A.JPG", "A.JPG"),
      ("file:///data/x/a.jpg", "data/x/a.jpg"), ("https://host", "host"),
      ("https://host/%ff.jpg", "%ff.jpg"), ("https://p/http://q/a.jpg", "a.jpg"),
    ])
  func paths(text: String, path: String) {
    #expect(text.plainImagePath == path)
  }

  @Test(
    "what is no URL is a path",
    arguments: ["C://a.jpg", "a://", "x/https://b.jpg", "://a", "a b://c"])
  func others(text: String) {
    #expect(ImageAddress(text) == nil, "\(text)")
    #expect(!text.plainImagePath.contains("//"))
  }

  private static let url = "https://host/x/a.jpg?v=1"

  private static let forms: [(form: String, name: String, text: String)] = [
    ("csv", "f.csv", "image,x1,y1,x2,y2\n\(url),1,2,30,40\n"),
    ("mtcnn", "f.txt", "\(url) 1 2 30 40\n"),
    ("panoptic", "f.txt", "https://host/x/a.jpg,1,2,3\n"),
    ("aflw-text", "f.txt", "https://host/x/image00002.jpg 0.1 0.2 0.3\n"),
    (
      "coco", "f.json",
      #"{"images":[{"id":1,"file_name":"\#(url)"}],"annotations":[{"id":1,"image_id":1,"bbox":[1,2,30,40]}]}"#
    ),
    (
      "labelme", "a.json",
      #"{"shapes":[{"label":"face","points":[[1,2],[30,40]],"shape_type":"rectangle"}],"imagePath":"\#(url)"}"#
    ),
    (
      "cvat", "f.xml",
      "<annotations><version>1.1</version><image id='0' name='\(url)' width='99' height='99'><box label='face' xtl='1' ytl='2' xbr='30' ybr='40'/></image></annotations>"
    ),
    (
      "imglab", "f.xml",
      "<dataset><images><image file='\(url)'><box top='1' left='2' width='30' height='40'/></image></images></dataset>"
    ),
    (
      "voc", "a.xml",
      "<annotation><filename>https://host/x/a.jpg</filename><size><width>99</width><height>99</height></size><object><name>face</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
    ),
    (
      "datumaro", "f.json",
      #"{"categories":{"label":{"labels":[{"name":"face"}]}},"items":[{"id":"a","annotations":[{"id":0,"type":"bbox","bbox":[1,2,30,40],"label_id":0,"group":0}],"image":{"path":"\#(url)","size":[99,99]}}]}"#
    ),
    (
      "label-studio", "f.json",
      #"[{"id":1,"data":{"image":"\#(url)"},"annotations":[{"id":1,"result":[{"id":"r","type":"rectanglelabels","original_width":99,"original_height":99,"value":{"x":1,"y":2,"width":30,"height":40,"rotation":0,"rectanglelabels":["face"]}}]}]}]"#
    ),
    ("pose-jsonl", "f.jsonl", #"{"image":"\#(url)","pitch":1,"yaw":2,"roll":3}"# + "\n"),
  ]

  @Test("every form makes a path of a URL, keeps the URL and tells it", arguments: forms)
  func urls(form: String, name: String, text: String) throws {
    let found = try FormReading(
      form, [name: text], pictures: ["x/a.jpg", "x/image00002.jpg"], named: [name])
    let record = try #require(found.records.first, "\(found.issues)")
    #expect(record.image.path == (form == "aflw-text" ? "x/image00002.jpg" : "x/a.jpg"))
    guard case .object(let native)? = record.native else {
      Issue.record("\(form): nothing is native")
      return
    }
    #expect(native["url"]?.text?.hasPrefix("https://host/x/") == true, "\(native)")
    let issues = found.issues.filter { $0.contains("found 1 URL, as 'https://host/x/") }
    #expect(issues.count == 1, "\(found.issues)")
    #expect(issues.allSatisfy { $0.contains("nothing is fetched") })
  }

  /// A folder with one picture below its `photos`, and the picture's path.
  private static func withPhoto(
    _ name: String, _ body: (_ folder: String, _ path: String) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/photos/\(name)"
      try TestSupport.write("", to: path)
      try Data(FormReading.picture).write(to: URL(fileURLWithPath: path))
      try body(folder, path)
    }
  }

  @Test("rows of one image are one record, by its path, from the root, and as a file's URL")
  func gathered() throws {
    try Self.withPhoto("x/a.jpg") { folder, path in
      let names = [path, "x/a.jpg", "./x//a.jpg", "file://" + path, "https://host/x/a.jpg"]
      for (form, name, head) in [("csv", "f.csv", "image,x1,y1,x2,y2\n"), ("mtcnn", "f.txt", "")] {
        let rows = names.enumerated().map { i, name in
          [name, "\(i)", "2", "30", "40"].joined(separator: form == "csv" ? "," : " ")
        }
        try TestSupport.write(
          head + rows.joined(separator: "\n") + "\n", to: "\(folder)/notes/\(name)")
        let found = try FormReading(form, at: "\(folder)/notes", named: [name]) {
          $0.images = try ImageStore(path: "\(folder)/photos", maximumBytes: 1 << 24)
        }
        #expect(found.records.map(\.image.path) == ["x/a.jpg"], "\(found.issues)")
        #expect(found.records.map(\.faces.count) == [names.count])
        #expect(found.issues.isEmpty, "\(found.issues)")
      }
    }
  }

  @Test("a box of the whole image is found by a path from the root, too")
  func wholeImage() throws {
    try Self.withPhoto("x/image00002.jpg") { folder, path in
      for (form, row) in [("aflw-text", "\(path) 0.1 0.2 0.3"), ("panoptic", "\(path),1,2,3")] {
        try TestSupport.write(row + "\n", to: "\(folder)/notes/f.txt")
        let found = try FormReading(form, at: "\(folder)/notes", named: ["f.txt"]) {
          $0.images = try ImageStore(path: "\(folder)/photos", maximumBytes: 1 << 24)
        }
        #expect(found.records.first?.faces.first?.edges == [0, 0, 320, 240], "\(found.issues)")
      }
    }
  }

  @Test("images that several files name are told where the second one is")
  func shared() throws {
    let head = "image,x1,y1,x2,y2\n"
    let files = [
      "a.csv": head + "x.jpg,1,2,30,40\n", "b.csv": head + "y.jpg,1,2,30,40\nx.jpg,5,6,70,80\n",
      "c.csv": head + "z.png,1,2,30,40\n/q/r.jpg,1,2,3,4\ny.jpg,1,2,3,4\n",
    ]
    let found = try FormReading("csv", files)
    #expect(found.issues.count == 2, "\(found.issues)")
    #expect(found.issues.contains { $0.hasPrefix("c.csv: image paths: expected relative ones") })
    let shared = found.issues.filter { $0.contains("found 2 more of images") }
    #expect(shared.count == 1 && shared.allSatisfy { $0.hasPrefix("b.csv:3: image paths:") })
    #expect(shared.allSatisfy { $0.contains("first 'x.jpg'") })
  }

  @Test("entries of WIDER FACE's texts are one record, too, and URLs are told")
  func wider() throws {
    try Self.withPhoto("x/a.jpg") { folder, path in
      let entries = [path, "x/a.jpg", "https://host/x/b.jpg", "file://\(path)"]
      let retina = entries.map { "# \($0)\n1 2 30 40\n" }.joined()
      let wider = entries.map { "\($0)\n1\n1 2 30 40 0 0 0 0 0 0\n" }.joined()
      for text in [retina, wider] {
        try TestSupport.write(text, to: "\(folder)/label.txt")
        var options = ReadingOptions(dataset: "wider-face")
        options.images = try ImageStore(path: "\(folder)/photos", maximumBytes: 1 << 24)
        var source = try WiderFace.annotations(at: ["\(folder)/label.txt"], options: options)
        var (paths, issues) = ([String](), [String]())
        while let outcome = try source.next() {
          if let record = outcome.record { paths.append(record.image.path) }
          issues += outcome.issues.map { "\($0)" }
        }
        #expect(paths == ["x/a.jpg", "x/b.jpg"], "\(issues)")
        #expect(!issues.contains { $0.contains("absolute one") }, "\(issues)")
        #expect(issues.contains { $0.contains("found 1 URL, as 'https://host/x/b.jpg'") })
      }
    }
  }
}
