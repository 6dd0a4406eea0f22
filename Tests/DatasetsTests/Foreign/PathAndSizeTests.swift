import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Paths and sizes as annotations state them")
struct PathAndSizeTests {
  private static func coco(_ images: [String], _ keypoints: String = "") -> String {
    let listed = images.enumerated().map { #"{"id":\#($0),"# + $1 + "}" }
    let faces = images.indices.map {
      #"{"id":\#($0),"image_id":\#($0),"category_id":1,"bbox":[1,2,30,40]\#(keypoints)}"#
    }
    let names = #""left_eye","right_eye","nose","left_mouth","right_mouth""#
    return #"{"images":[\#(listed.joined(separator: ","))],"#
      + #""annotations":[\#(faces.joined(separator: ","))],"#
      + #""categories":[{"id":1,"name":"face","keypoints":[\#(names)]}]}"#
  }

  @Test(
    "a path is spelt in one way, and what its '..' leave is left out",
    arguments: [
      ("./a.jpg", "a.jpg"), ("a//b.jpg", "a/b.jpg"), ("x/../a.jpg", "a.jpg"),
      ("a/x/../../b.jpg", "b.jpg"), (#"a\..\b.jpg"#, "b.jpg"), ("../a.jpg", "../a.jpg"),
      ("a/../../b.jpg", "a/../../b.jpg"), ("a..b/c.jpg", "a..b/c.jpg"), ("..a/c.jpg", "..a/c.jpg"),
      ("a../c.jpg", "a../c.jpg"), ("./../a.jpg", "../a.jpg"), ("...//a", ".../a"),
    ])
  func plain(stated: String, plain: String) {
    #expect(stated.plainImagePath == plain)
    let isOther = Array(stated.utf8).withUnsafeBytes { ImagePathVerdict.isSpeltOtherwise($0) }
    #expect(isOther || stated == plain)
  }

  @Test("absolute paths are those of a root, a drive or another machine")
  func absolute() {
    for path in ["/a.jpg", #"C:\a.jpg"#, "d:/a.jpg", #"\\nas\a.jpg"#] {
      #expect(path.isAbsoluteImagePath, "\(path)")
    }
    for path in ["a.jpg", "c:a.jpg", "C/a.jpg", "", "./a", "é:/a"] {
      #expect(!path.isAbsoluteImagePath, "\(path)")
    }
  }

  @Test("rows of one image are one record, however they spell it")
  func spellings() throws {
    let found = try FormReading(
      "csv",
      [
        "f.csv":
          "image,x1,y1,x2,y2\na.jpg,1,2,30,40\nb//c.jpg,1,2,3,4\n./a.jpg,50,60,90,100\nb/x/../c.jpg,5,6,70,80\n"
      ])
    #expect(found.issues.isEmpty, "\(found.issues)")
    #expect(found.records.map(\.image.path) == ["a.jpg", "b/c.jpg"])
    #expect(found.records.map(\.faces.count) == [2, 2])
  }

  @Test("images that are listed twice are told, since their records share an id")
  func listedTwice() throws {
    let found = try FormReading(
      "coco",
      Self.coco([#""file_name":"a.jpg""#, #""file_name":"./a.jpg""#, #""file_name":"b.png""#]))
    #expect(found.records.map(\.id) == ["coco/a", "coco/a", "coco/b"])
    #expect(found.issues.count == 1 && found.issues[0].contains("found 1 more of images"))
    let apart = try FormReading(
      "coco", Self.coco([#""file_name":"a.jpg""#, #""file_name":"a.png""#]))
    #expect(apart.issues.isEmpty && Set(apart.records.map(\.id)).count == 2)
  }

  @Test("absolute paths are told once with their number")
  func absolutePaths() throws {
    let found = try FormReading(
      "coco",
      Self.coco([#""file_name":"/home/me/a.jpg""#, #""file_name":"C:\\photos\\b.jpg""#]))
    #expect(found.records.map(\.image.path) == ["home/me/a.jpg", "C:/photos/b.jpg"])
    #expect(
      found.issues == [
        "a.json: image paths: expected relative ones, found 2 absolute ones, as '/home/me/a.jpg', which became 'home/me/a.jpg'; with the folder of the images named, paths below it become relative to it"
      ])
  }

  @Test(
    "an absolute path below the folder of the images becomes relative to it",
    arguments: ["coco", "csv", "mtcnn", "imglab"])
  func belowImages(form: String) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/photos/x/a.jpg"
      try TestSupport.write("", to: path)
      try Data(FormReading.picture).write(to: URL(fileURLWithPath: path))
      let text =
        switch form {
        case "coco": Self.coco([#""file_name":"\#(path)""#])
        case "csv": "image,x1,y1,x2,y2\n\(path),1,2,30,40\n"
        case "mtcnn": "\(path) 1 2 30 40\n"
        default:
          "<dataset><images><image file='\(path)'><box top='1' left='2' width='30' height='40'/></image></images></dataset>"
        }
      try TestSupport.write(text, to: "\(folder)/notes/f.txt")
      let found = try FormReading(form, at: "\(folder)/notes", named: ["f.txt"]) {
        $0.images = try ImageStore(path: "\(folder)/photos", maximumBytes: 1 << 24)
      }
      #expect(found.issues.isEmpty, "\(found.issues)")
      #expect(found.records.map(\.image.path) == ["x/a.jpg"])
    }
  }

  @Test("a size that is none is told, a size as text is read, and 0 says nothing")
  func sizes() throws {
    let sizes =
      [#""width":-640,"height":480"#, #""width":"640","height":"480""#]
      + [#""width":"wide","height":480"#, #""width":0,"height":0"#, #""width":null"#]
      + [#""width":640.5,"height":480"#, #""width":99999999,"height":480"#]
    let found = try FormReading(
      "coco", Self.coco(sizes.enumerated().map { #""file_name":"\#($0).jpg","# + $1 }))
    #expect(found.records.count == sizes.count)
    #expect(found.records.map(\.image.width) == [nil, 640, nil, nil, nil, nil, nil])
    #expect(found.issues.count == 4 && found.issues.allSatisfy { $0.contains("image size:") })
    #expect(found.issues[0].contains("found '-640' x '480'; it is left out"), "\(found.issues)")
  }

  @Test(
    "forms with a size of their own tell one that is none",
    arguments: [
      (
        "cvat",
        "<annotations><image id='0' name='a.jpg' width='-64' height='48'><box label='face' xtl='1' ytl='2' xbr='30' ybr='40'/></image></annotations>"
      ),
      (
        "voc",
        "<annotation><filename>a.jpg</filename><size><width>x</width><height>48</height></size><object><name>face</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
      ),
      (
        "labelme",
        #"{"imagePath":"a.jpg","imageWidth":-64,"imageHeight":48,"shapes":[{"label":"face","shape_type":"rectangle","points":[[1,2],[30,40]]}]}"#
      ),
      (
        "datumaro",
        #"{"items":[{"id":"a","image":{"path":"a.jpg","size":[48,-64]},"annotations":[{"id":0,"type":"bbox","bbox":[1,2,30,40],"label_id":0}]}],"categories":{"label":{"labels":[{"name":"face"}]}}}"#
      ),
      (
        "imglab",
        "<dataset><images><image file='a.jpg' width='-64' height='48'><box top='1' left='2' width='30' height='40'/></image></images></dataset>"
      ),
    ])
  func otherSizes(form: String, text: String) throws {
    let found = try FormReading(form, [form == "voc" ? "a.xml" : "a.txt": text])
    #expect(found.records.map(\.faces.count) == [1], "\(found.issues)")
    #expect(found.issues.count { $0.contains("image size:") } == 1, "\(found.issues)")
  }

  @Test("a v that COCO does not have is told once")
  func marks() throws {
    let points = #","keypoints":[5,6,3,25,6,2,15,20,1,6,30,0.5,20,30,-1]"#
    let found = try FormReading(
      "coco", Self.coco([#""file_name":"a.jpg""#, #""file_name":"b.jpg""#], points))
    #expect(found.issues.count == 1, "\(found.issues)")
    #expect(found.issues[0].contains("as 3.0, in 2 annotations"), "\(found.issues)")
    #expect(
      found.records[0].faces[0].visibilities
        == [.visible, .visible, .occluded, .occluded, .missing])
  }
}
