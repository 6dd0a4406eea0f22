import Datasets
import Schema
import TestSupport
import Testing

/// Usual files are read without a tree of values or a list of cells. A change that means nothing leads past that way, and
/// must change nothing.
@Suite("Usual and unusual files")
struct UsualShapeTests {
  private func expectEqual(
    _ form: String, _ usual: String, _ unusual: String, named name: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let (one, other) = (
      try FormReading(form, usual, named: name), try FormReading(form, unusual, named: name)
    )
    #expect(
      !one.records.isEmpty && one.records.contains { !$0.faces.isEmpty },
      sourceLocation: sourceLocation)
    #expect(one.records == other.records, sourceLocation: sourceLocation)
    #expect(one.issues == other.issues, sourceLocation: sourceLocation)
  }

  private func number(_ numbers: inout SeededRandom) -> String {
    [
      "0", "-1", "7", "12.5", "-0.25", "-0", "1e2", "123456.789", "0.1234567890123456",
      "1000000000", "-0.0",
    ][
      numbers.below(11)]
  }

  @Test("a table's numbers are those of cells in quotation marks")
  func csv() throws {
    var numbers = SeededRandom(seed: 1)
    let names = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"]
    let header =
      ["image", "x1", "y1", "x2", "y2", "score"] + names.flatMap { ["\($0)_x", "\($0)_y"] }
    for points in [true, false] {
      let columns = points ? header.count : 6
      var (plain, quoted) = (
        [header.prefix(columns).joined(separator: ",")],
        [header.prefix(columns).joined(separator: ",")]
      )
      for row in 0..<300 {
        let cells = (1..<columns).map { _ in number(&numbers) }
        plain.append((["i\(row / 2).jpg"] + cells).joined(separator: ","))
        quoted.append((["i\(row / 2).jpg"] + cells.map { "\"\($0)\"" }).joined(separator: ","))
      }
      try expectEqual(
        "csv", plain.joined(separator: "\n"), quoted.joined(separator: "\n"), named: "a.csv")
    }
  }

  @Test("COCO's annotations are those with attributes, of which there are none")
  func coco() throws {
    var numbers = SeededRandom(seed: 2)
    for names in [#"["left_eye","right_eye","nose","left_mouth","right_mouth"]"#, "[]"] {
      var annotations: [String] = []
      for id in 0..<200 {
        let box = (0..<4).map { _ in number(&numbers) }.joined(separator: ",")
        let points = (0..<5).map { _ in
          "\(number(&numbers)), \(number(&numbers)),\(numbers.below(3))"
        }.joined(separator: ",")
        annotations.append(
          #"{"id":\#(id),"image_id":\#(id / 3),"category_id":1,"bbox":[\#(box)],"keypoints":[\#(points)],"score":\#(number(&numbers)),"more":[1,{"a":"b"}]$}"#
        )
      }
      let images = (0..<67).map {
        #"{"id":\#($0),"file_name":"\#($0).jpg","width":100,"height":80}"#
      }
      func file(_ change: String) -> String {
        let list = annotations.map { $0.replacing("$", with: change) }.joined(separator: ",\n")
        return
          #"{"images":[\#(images.joined(separator: ","))],"annotations":[\#(list)],"categories":[{"id":1,"name":"face","keypoints":\#(names)}]}"#
      }
      try expectEqual("coco", file(""), file(#","attributes":{}"#), named: "a.json")
    }
  }

  @Test("Label Studio's tasks are those of its older form beside")
  func labelStudio() throws {
    var numbers = SeededRandom(seed: 3)
    var tasks: [String] = []
    for task in 0..<60 {
      let regions = (0..<40).map { region -> String in
        let size =
          #""original_width":\#(numbers.below(20) == 0 ? "0" : "640"),"original_height":480,"image_rotation":0"#
        let (x, y) = (number(&numbers), number(&numbers))
        if region % 6 == 0 {
          return
            #"{\#(size),"id":"b\#(region / 6)","type":"rectanglelabels","score":\#(number(&numbers)),"value":{"x":\#(x),"y":\#(y),"width":20.5,"height":\#(number(&numbers)),"rotation":\#(numbers.below(4) == 0 ? "12" : "0"),"rectanglelabels":["face"]}}"#
        }
        let name = ["left_eye", "right_eye", "nose", "left_mouth_occluded", "right_mouth"][
          region % 6 - 1]
        let meta = numbers.below(6) == 0 ? #","meta":{"text":["Occluded"]}"# : ""
        let parent = numbers.below(5) == 0 ? "" : #","parentID":"b\#(region / 6)""#
        return
          #"{"id":"k\#(region)"\#(parent)\#(meta),"type":"keypointlabels",\#(size),"value":{"x":\#(x),"y":\#(y),"width":0.5,"keypointlabels":["\#(name)"]}}"#
      }
      tasks.append(
        #"{"id":\#(task),"data":{"image":"/data/upload/1/0123abcd-a%20\#(task).jpg"},"annotations":[{"id":1,"completed_by":3,"was_cancelled":false,"result":[\#(regions.joined(separator: ","))]}]$}"#
      )
    }
    func file(_ change: String) -> String {
      "[\(tasks.map { $0.replacing("$", with: change) }.joined(separator: ",\n"))]"
    }
    try expectEqual("label-studio", file(""), file(#","completions":[]"#), named: "a.json")
  }
}
