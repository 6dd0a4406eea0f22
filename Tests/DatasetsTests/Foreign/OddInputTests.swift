import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// Files of rarer forms with one thing wrong: none may crash, be taken for another form, or lose something in silence.
@Suite("Odd files of rarer forms")
struct OddInputTests {
  /// What is done to a whole file, and what the issue then says; nil where nothing is wrong with it.
  typealias Oddity = (name: String, change: @Sendable (String) -> String, issue: String?)

  // MARK: HRNet

  private static let hrnetHead =
    "image,scale,center_w,center_h,"
    + (0..<68).map { "x\($0),y\($0)" }.joined(separator: ",")
  private static let hrnet =
    hrnetHead + "\na.jpg,1,100,100,"
    + (0..<68).map { "\(20 + $0),\(130 + 2 * $0)" }.joined(separator: ",") + "\n"

  private static let hrnetOddities: [Oddity] = [
    ("whole", { $0 }, nil),
    ("a cell less", { String($0.dropLast(5)) }, "row: expected an image and 139 numbers"),
    ("two cells more", { $0.dropLast() + ",5,6\n" }, "row: expected an image and 139 numbers"),
    (
      "a word", { $0.replacing("jpg,1,", with: "jpg,big,") },
      "row: expected a number as field 2, found 'big'"
    ),
    ("infinity", { $0.replacing(",20,130", with: ",inf,130") }, "point 1: expected numbers"),
    ("1e300", { $0.replacing(",20,130", with: ",1e300,130") }, "point 1: expected numbers"),
    ("NaN, which is missing", { $0.replacing(",20,130", with: ",nan,nan") }, nil),
    ("no name", { $0.replacing("a.jpg", with: "") }, "row: expected the name of an image"),
    ("a second header", { $0 + hrnetHead + "\n" }, "expected a number as field 2, found 'scale'"),
    ("a mark and CR LF", { "\u{FEFF}" + $0.replacing("\n", with: "\r\n") }, nil),
    (
      "all points -1",
      { $0.replacing(#/100,100,.*/#, with: "100,100" + String(repeating: ",-1,-1", count: 68)) },
      "expected a box or points, found neither"
    ),
    (
      "all points 0",
      { $0.replacing(#/100,100,.*/#, with: "100,100" + String(repeating: ",0,0", count: 68)) },
      "expected a width and height above 0"
    ),
    ("an absolute path", { $0.replacing("a.jpg", with: "/data/a.jpg") }, "found 1 absolute one"),
    ("a path that climbs", { $0.replacing("a.jpg", with: "../a.jpg") }, "without '..'"),
  ]

  @Test("HRNet's tables", arguments: hrnetOddities.indices)
  func hrnet(index: Int) throws {
    try expect(Self.hrnetOddities[index], "hrnet", Self.hrnet, "f.csv")
  }

  @Test("columns of HRNet's tables in another order are not read as others")
  func hrnetOrder() {
    let swapped = (0..<68).map { "y\($0),x\($0)" }.joined(separator: ",")
    let reversed = (0..<68).reversed().map { "x\($0),y\($0)" }.joined(separator: ",")
    let named = (0..<68).map { "original_\($0)_x,original_\($0)_y" }.joined(separator: ",")
    for (columns, form) in [(swapped, "csv"), (reversed, "csv"), (named, "hrnet")] {
      let head = "image,scale,center_w,center_h," + columns
      let text = Self.hrnet.replacing(Self.hrnetHead, with: head)
      #expect(FormReading.form(of: text, named: "f.csv") == form, "\(columns.prefix(20))")
    }
  }

  // MARK: HELEN

  private static let helen =
    "232194_1\n" + (0..<194).map { "\(100 + $0) , \(200 + 2 * $0)\n" }.joined()

  private static let helenOddities: [Oddity] = [
    ("whole", { $0 }, nil),
    ("a point less", { $0.replacing("100 , 200\n", with: "") }, "points: expected 194, found 193"),
    ("a point more", { $0 + "1 , 2\n" }, "points: expected 194, found 195"),
    ("a word", { $0.replacing("100 , 200", with: "x , 200") }, "point 1: expected 'x , y'"),
    ("NaN", { $0.replacing("100 , 200", with: "nan , nan") }, "point 1: expected 'x , y'"),
    ("1e12", { $0.replacing("100 , 200", with: "1e12 , 2") }, "point 1: expected 'x , y'"),
    ("three numbers", { $0.replacing("100 , 200", with: "1 , 2 , 3") }, "point 1: expected 'x"),
    ("blank lines", { "\n\n" + $0.replacing("\n", with: "\n\n") }, nil),
    ("CR LF", { $0.replacing("\n", with: "\r\n") }, nil),
    ("a path that climbs", { "../" + $0 }, "without '..'"),
    ("cut in the middle", { String($0.prefix($0.count / 2)) }, "points: expected 194"),
  ]

  @Test("HELEN's files", arguments: helenOddities.indices)
  func helen(index: Int) throws {
    try expect(Self.helenOddities[index], "helen", Self.helen, "1.txt")
  }

  // MARK: MediaPipe

  private static let mediaPipe =
    #"[{"image":"a.jpg","width":640,"height":480,"face_landmarks":[["#
    + (0..<478).map { #"{"x":0.\#(300 + $0),"y":0.\#(200 + $0),"z":0}"# }.joined(separator: ",")
    + #"]],"facial_transformation_matrixes":[[[1,0,0,0],[0,1,0,0],[0,0,1,-50],[0,0,0,1]]]}]"#

  private static let mediaPipeOddities: [Oddity] = [
    ("whole", { $0 }, nil),
    ("points in pixels", { $0.replacing(":0.", with: ":") }, "beyond 4, as pixels are"),
    (
      "too few points",
      {
        $0.replacing(
          #/{"x":0.\d+,"y":0.\d+,"z":0},/#, with: "", maxReplacements: 11)
      },
      "expected 468 or 478 points with 'x' and 'y', found 467"
    ),
    ("a NaN", { $0.replacing(#""x":0.300"#, with: #""x":NaN"#) }, "as numbers, found 1 of others"),
    (
      "a text", { $0.replacing(#""x":0.300"#, with: #""x":"0.3""#) },
      "as numbers, found 1 of others"
    ),
    ("a number as name", { $0.replacing("\"a.jpg\"", with: "7") }, "expected the name of an image"),
    (
      "a negative width", { $0.replacing(#""width":640"#, with: #""width":-640"#) },
      "expected its width and height"
    ),
    ("no size", { $0.replacing(#""width":640,"height":480,"#, with: "") }, "expected its width"),
    ("a short matrix", { $0.replacing(",[0,0,0,1]]", with: "]") }, "expected a 4 x 4 matrix"),
    ("a mirroring matrix", { $0.replacing("[[[1,0", with: "[[[-1,0") }, "expected a 4 x 4 matrix"),
    (
      "a matrix more",
      { $0.replacing("]]]}]", with: "]],[[1,0,0,0],[0,1,0,0],[0,0,1,-9],[0,0,0,1]]]}]") },
      "matrices: expected 1, one a face, found 2"
    ),
    ("cut", { String($0.dropLast(200)) }, "JSON"),
    ("twice", { "[" + $0.dropFirst().dropLast() + "," + $0.dropFirst() }, "1 more of images"),
  ]

  @Test("MediaPipe's results", arguments: mediaPipeOddities.indices)
  func mediaPipe(index: Int) throws {
    try expect(Self.mediaPipeOddities[index], "mediapipe", Self.mediaPipe, "m.json")
  }

  // MARK: DAD-3DHeads

  private static let head =
    #"[{"item_id":"x","annotation_path":"annotations/x.json","img_path":"images/x.png","bbox":[10,20,100,120],"attributes":{"pose":"front"}}]"#
  private static let annotation =
    #"{"vertices":[[0,0,0]],"model_view_matrix":[[1,0,0,0],[0,1,0,0],[0,0,1,-5],[0,0,0,1]],"projection_matrix":[[2,0,0,0],[0,2,0,0],[0,0,-1,-1],[0,0,-1,0]]}"#

  private static let headOddities: [Oddity] = [
    ("whole", { $0 }, nil),
    ("no annotation", { $0.replacing("x.json", with: "y.json") }, "expected a file, found none"),
    (
      "one outside", { $0.replacing("annotations/x", with: "../../x") },
      "expected a file, found none"
    ),
    ("a box of three", { $0.replacing(",120]", with: "]") }, "bbox: expected 4 numbers"),
    ("a box of text", { $0.replacing("[10,", with: "[\"10\",") }, "bbox: expected 4 numbers"),
    ("a negative box", { $0.replacing("100,120", with: "-5,-6") }, "expected a width and height"),
    ("an absolute path", { $0.replacing("images/x", with: "/images/x") }, "found 1 absolute one"),
  ]

  @Test("DAD-3DHeads' lists", arguments: headOddities.indices)
  func heads(index: Int) throws {
    try expect(
      Self.headOddities[index], "dad-3dheads", Self.head, "train.json",
      beside: ["annotations/x.json": Self.annotation])
  }

  private static let annotationOddities: [Oddity] = [
    (
      "nine numbers",
      {
        $0.replacing(
          #/"model_view_matrix":.*?\]\]/#, with: #""model_view_matrix":[[1,0,0],[0,1,0],[0,0,1]]"#)
      }, "model_view_matrix: expected a rotation"
    ),
    (
      "zeros",
      { $0.replacing("[1,0,0,0],[0,1,0,0],[0,0,1,-5]", with: "[0,0,0,0],[0,0,0,0],[0,0,0,0]") },
      "model_view_matrix: expected a rotation"
    ),
    ("NaN", { $0.replacing("-5", with: "NaN") }, "model_view_matrix: expected a rotation"),
    (
      "a shear", { $0.replacing("[[1,0,0,0],[0,1", with: "[[1,1,0,0],[0,1") },
      "model_view_matrix: expected"
    ),
    (
      "a mirror", { $0.replacing("[[1,0,0,0],[0,1", with: "[[-1,0,0,0],[0,1") },
      "model_view_matrix: expected"
    ),
    ("a list", { _ in "[]" }, "expected an object, found '[]'"),
    ("cut", { String($0.prefix(60)) }, "JSON"),
  ]

  @Test("annotations of DAD-3DHeads", arguments: annotationOddities.indices)
  func annotations(index: Int) throws {
    let (name, change, issue) = Self.annotationOddities[index]
    let found = try FormReading(
      "dad-3dheads",
      ["train.json": Self.head, "annotations/x.json": change(Self.annotation)])
    #expect(found.records.count == 1 && found.records[0].faces.allSatisfy { $0.pose == nil })
    let words = try #require(issue)
    #expect(found.issues.contains { $0.contains(words) }, "\(name): \(found.issues)")
  }

  private static let prediction =
    #"{"x":{"rotation_matrix":[[1,0,0],[0,1,0],[0,0,1]],"68_landmarks_2d":["#
    + (0..<68).map { "[\(100 + $0),\(200 + $0 % 7)]" }.joined(separator: ",") + "]}}"

  private static let predictionOddities: [Oddity] = [
    ("whole", { $0 }, nil),
    ("a point less", { $0.replacing(",[167,204]", with: "") }, "expected 136 numbers, found 134"),
    ("NaN", { $0.replacing("[100,", with: "[NaN,") }, "not all of them finite"),
    ("no matrix", { $0.replacing("rotation_matrix", with: "r") }, "rotation_matrix: expected 9"),
    (
      "zeros", { $0.replacing("[1,0,0],[0,1,0],[0,0,1]", with: "[0,0,0],[0,0,0],[0,0,0]") },
      "rotation_matrix: expected 9"
    ),
    ("a mirror", { $0.replacing("[[1,", with: "[[-1,") }, "rotation_matrix: expected 9"),
    (
      "a scale", { $0.replacing("[1,0,0],[0,1,0],[0,0,1]", with: "[2,0,0],[0,2,0],[0,0,2]") },
      "rotation_matrix: expected 9"
    ),
  ]

  @Test("predictions of DAD-3DHeads", arguments: predictionOddities.indices)
  func predictions(index: Int) throws {
    try expect(
      Self.predictionOddities[index], "dad-predictions", Self.prediction, "dad.json")
  }

  // MARK: What is expected

  private func expect(
    _ oddity: Oddity, _ form: String, _ text: String, _ name: String,
    beside others: [String: String] = [:]
  ) throws {
    var files = others
    files[name] = oddity.change(text)
    #expect(oddity.issue == nil || files[name] != text, "\(oddity.name) changes nothing")
    let recognised = FormReading.form(of: files[name] ?? "", named: name)
    #expect(recognised == form || recognised == nil, "\(oddity.name): \(recognised ?? "")")
    // Some are named by the user though nothing else would take them for this form.
    let found = try FormReading(form, files, named: recognised == nil ? [name] : nil)
    guard let issue = oddity.issue else {
      #expect(found.issues.isEmpty && found.records.count == 1, "\(oddity.name): \(found.issues)")
      return
    }
    #expect(found.issues.contains { $0.contains(issue) }, "\(oddity.name): \(found.issues)")
  }
}
