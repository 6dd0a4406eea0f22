import Datasets
import Schema
import TestSupport
import Testing

/// Files of many images, which are read ahead in blocks: on several threads they give what they give on one.
struct ReadAheadTests {
  /// A file of many images with something to say of the file as a whole.
  struct Example: CustomTestStringConvertible {
    var form: String
    var name: String
    var text: String
    /// What is said once, at the file's end.
    var remark: String

    var testDescription: String { form }
  }

  private static let images = 300
  /// On the image's left is the right eye: names mean the person's side.
  private static let points = [
    ("left_eye", 70, 40), ("right_eye", 30, 40), ("nose", 50, 60), ("mouth_left", 65, 80),
    ("mouth_right", 35, 80),
  ]

  private static func each(_ separator: String = "\n", _ text: (Int) -> String) -> String {
    (0..<images).map(text).joined(separator: separator)
  }

  private static var examples: [Example] {
    [csv, coco, results, labelStudio, cvat, imglab, datumaro, panoptic, poseLines]
  }

  private static var csv: Example {
    let head =
      "image,x,y,width,height,pitch,yaw,roll,"
      + points.map { "\($0.0)_x,\($0.0)_y" }.joined(separator: ",")
    return Example(
      form: "csv", name: "a.csv",
      text: head + "\n"
        + each { i in
          let box = i == 130 ? "0,0,left,100" : "0,0,100,100"
          let row = points.map { "\($0.1 + i % 7),\($0.2)" }.joined(separator: ",")
          // Rows of one image lie far apart.
          return "\(i % 290).jpg,\(box),0.1,0.2,-0.3,\(row)"
        }, remark: "found none beyond pi in 299 faces")
  }

  private static var coco: Example {
    let images = each(",\n") {
      #"{"id":\#($0),"file_name":"\#($0).jpg","width":200,"height":200}"#
    }
    let names = points.map { "\"\($0.0)\"" }.joined(separator: ",")
    let faces = each(",\n") { i in
      let v = i % 90 == 71 ? 3 : 2
      let numbers = points.map { "\($0.1 + i % 5),\($0.2),\(v)" }.joined(separator: ",")
      let kind = i % 100 == 7 ? 2 : 1
      let outline = i % 60 == 3 ? ",\"segmentation\":[[1,2,3,4,5,6]]" : ""
      return
        #"{"id":\#(i),"image_id":\#(i % 200),"category_id":\#(kind),"bbox":[0,0,100,\#(i == 44 ? "null" : "100")],"keypoints":[\#(numbers)]\#(outline)}"#
    }
    return Example(
      form: "coco", name: "a.json",
      text:
        #"{"images":[\#(images)],"annotations":[\#(faces)],"categories":[{"id":1,"name":"face","keypoints":[\#(names)]},{"id":2,"name":"car"}]}"#,
      remark: "expected faces, found 3 of 'car'")
  }

  private static var results: Example {
    Example(
      form: "coco-results", name: "a.json",
      text: "["
        + each(",\n") { i in
          let id = i % 50 == 9 ? "" : "\"image_id\":\(i),"
          return #"{\#(id)"category_id":1,"bbox":[1,2,30,40],"score":0.5}"#
        } + "]", remark: "objects with an 'image_id', found 6 without")
  }

  private static var labelStudio: Example {
    Example(
      form: "label-studio", name: "a.json",
      text: "["
        + each(",\n") { i in
          let shape = #""original_width":200,"original_height":200,"image_rotation":0"#
          let box =
            #"{\#(shape),"id":"b","type":"rectanglelabels","value":{"x":0,"y":0,"width":50,"height":50,"rotation":0,"rectanglelabels":["face"]}}"#
          let keypoints = points.map { name, x, y in
            #"{\#(shape),"id":"\#(name)","parentID":"b","type":"keypointlabels","value":{"x":\#(Double(x + i % 3) / 2),"y":\#(y / 2),"width":0.3,"keypointlabels":["\#(name)"]}}"#
          }
          let result = ([box] + keypoints).joined(separator: ",")
          let further = i % 40 == 2 ? #",{"id":2,"result":[]}"# : ""
          return
            #"{"id":\#(i),"data":{"image":"\#(i).jpg"},"annotations":[{"id":1,"result":[\#(result)]}\#(further)]}"#
        } + "]", remark: "found 8 of further annotators")
  }

  private static var cvat: Example {
    Example(
      form: "cvat", name: "a.xml",
      text: "<?xml version=\"1.0\"?>\n<annotations>\n<version>1.1</version>\n"
        + each { i in
          let other = i % 100 == 5 ? "<polyline label=\"road\" points=\"1,2;3,4\"/>\n" : ""
          let box =
            "<box label=\"face\" xtl=\"1\" ytl=\"2\" xbr=\"\(i == 250 ? "x" : "90")\" ybr=\"90\"/>"
          return
            "<image id=\"\(i)\" name=\"\(i).jpg\" width=\"200\" height=\"200\">\n\(box)\n\(other)</image>"
        } + "\n</annotations>\n", remark: "found 3 'polyline'")
  }

  /// Labels of one's own, which are kept in the order of the layout's points.
  private static var skeletons: Example {
    let points = points.map { name, x, y in
      "<points label=\"\(name)\" outside=\"0\" occluded=\"0\" points=\"\(x),\(y)\"></points>"
    }
    return Example(
      form: "cvat", name: "a.xml",
      text: "<?xml version=\"1.0\"?>\n<annotations>\n<version>1.1</version>\n"
        + each { i in
          "<image id=\"\(i)\" name=\"\(i).jpg\" width=\"200\" height=\"200\">\n<skeleton label=\"mine\">\(points.joined())</skeleton></image>"
        } + "\n</annotations>\n", remark: "")
  }

  private static var imglab: Example {
    Example(
      form: "imglab", name: "a.xml",
      text: "<?xml version='1.0'?>\n<dataset>\n<images>\n"
        + each { i in
          let label = i % 60 == 1 ? "<label>car</label>" : "<label>face</label>"
          let height = i == 199 ? "tall" : "40"
          return
            "<image file='\(i).jpg'>\n<box top='1' left='2' width='30' height='\(height)'>\(label)</box>\n</image>"
        } + "\n</images>\n</dataset>\n", remark: "found 5 of 'box of car'")
  }

  private static var datumaro: Example {
    let items = each(",\n") { i in
      let kind = i % 75 == 4 ? "polygon" : "bbox"
      return
        #"{"id":"\#(i)","annotations":[{"id":0,"type":"\#(kind)","label_id":0,"bbox":[1,2,30,40]}],"image":{"path":"\#(i).jpg","size":[200,200]}}"#
    }
    return Example(
      form: "datumaro", name: "a.json",
      text:
        #"{"info":{},"categories":{"label":{"labels":[{"name":"face"}]}},"items":[\#(items)]}"#,
      remark: "found 4 of 'polygon'")
  }

  private static var panoptic: Example {
    Example(
      form: "panoptic", name: "a.txt", text: each { "s/05_0_\($0 % 280).jpg,1,2,\($0 / 290)" },
      remark: "found 10 repeated rows")
  }

  private static var poseLines: Example {
    Example(
      form: "pose-jsonl", name: "a.jsonl",
      text: each { i in
        i == 77
          ? #"{"image":"77.jpg","pitch":"up","yaw":0,"roll":0}"#
          : #"{"image":"\#(i).jpg","pitch":0.5,"yaw":-1,"roll":0.25}"#
      }, remark: "found none beyond pi in 299 faces")
  }

  @Test(arguments: examples)
  func `Several threads read what one reads`(_ example: Example) throws {
    let files = [example.name: example.text]
    let one = try FormReading(example.form, files)
    let several = try FormReading(example.form, files) { $0.jobs = 3 }
    #expect(one.records.count >= 190)
    if example.form == "coco" {
      #expect(one.issues.contains { $0.contains("found others, as 3.0, in 3 annotations") })
    }
    #expect(several.records == one.records)
    #expect(several.issues == one.issues)
    #expect(one.issues.contains { $0.contains(example.remark) }, "\(one.issues)")
    #expect(one.issues.filter { $0.contains(example.remark) }.count == 1)
  }

  @Test(arguments: [1, 3])
  func `All faces vote, on whichever thread they are read`(jobs: Int) throws {
    for example in [Self.csv, Self.coco, Self.labelStudio, Self.skeletons] {
      let reading = try FormReading(example.form, [example.name: example.text]) { $0.jobs = jobs }
      let face = try #require(reading.records.first?.faces.first?.landmarks)
      // The person's left eye is on the image's right.
      #expect(face.position(1)?.x == 70, "\(example.form)")
      #expect(!reading.issues.contains { $0.contains("names of sides") })
    }
  }

  /// 6,000 images of one face; names mean the person's side where `isSubject` says so.
  private static func table(
    _ isSubject: (Int) -> Bool, hasPoints: (Int) -> Bool = { _ in true }
  ) -> String {
    let rows = (0..<6000).map { i in
      let (left, right) = isSubject(i) ? (70, 30) : (30, 70)
      let points = "\(left),40,\(right),40,50,60,35,80,65,80"
      return "\(i).jpg,0,0,100,100," + (hasPoints(i) ? points : ",,,,,,,,,")
    }
    let names = points.map { "\($0.0)_x,\($0.0)_y" }.joined(separator: ",")
    return (["image,x,y,width,height,\(names)"] + rows).joined(separator: "\n")
  }

  @Test(arguments: [1, 3])
  func `Where some faces of a large file disagree, all are asked`(jobs: Int) throws {
    // Two tools wrote parts of it; those of the image's side come last, or in turn.
    for isImage in [{ $0 >= 4500 }, { $0 / 128 % 4 == 3 }] as [(Int) -> Bool] {
      let reading = try FormReading("csv", ["a.csv": Self.table { !isImage($0) }]) {
        $0.jobs = jobs
      }
      #expect(reading.records.count == 6000)
      for place in [0, 5000] {
        let landmarks = reading.records[place].faces[0].landmarks
        #expect(landmarks?.position(0)?.x == (isImage(place) ? 70 : 30))
      }
      let count = (0..<6000).count(where: isImage)
      #expect(
        reading.issues == [
          "a.csv: names of sides: expected one meaning of left in at least 90 % of the faces, found the image's left in \(count) and the person's in \(6000 - count); taken as the person's"
        ])
    }
  }

  @Test func `Few faces of a large file decide where there are no more`() throws {
    let text = Self.table({ _ in true }, hasPoints: { 64..<128 ~= $0 })
    let reading = try FormReading("csv", ["a.csv": text])
    #expect(reading.records[100].faces[0].landmarks?.position(0)?.x == 30)
    #expect(reading.records[5000].faces[0].landmarks == nil)
    #expect(reading.issues.isEmpty)
  }

  @Test(arguments: [1, 3])
  func `Some faces of a large file decide where they agree`(jobs: Int) throws {
    let reading = try FormReading("csv", ["a.csv": Self.table { $0 != 5999 }]) { $0.jobs = jobs }
    #expect(reading.records.allSatisfy { $0.faces[0].landmarks != nil })
    #expect(reading.records[0].faces[0].landmarks?.position(0)?.x == 30)
    #expect(reading.records[5999].faces[0].landmarks?.position(0)?.x == 70)
    #expect(reading.issues.isEmpty)
  }

  @Test func `A reader that is given up leaves no thread behind`() throws {
    let example = Self.csv
    try withReader(of: example, jobs: 4) { source in
      for _ in 0..<5 {
        let outcome = try source.next()
        #expect(outcome?.record != nil)
      }
    }
  }

  private func withReader(
    of example: Example, jobs: Int, _ body: (inout any AnnotationSource) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      try TestSupport.write(example.text, to: "\(folder)/\(example.name)")
      var options = ReadingOptions(dataset: example.form)
      options.jobs = jobs
      let read = try #require(DatasetDescription.named(example.form)?.readFiles)
      var source = try read(["\(folder)/\(example.name)"], options)
      try body(&source)
    }
  }
}
