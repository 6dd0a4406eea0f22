import Datasets
import Schema
import TestSupport
import Testing

@Suite("datumaro JSON")
struct DatumaroTests {
  private static let labels =
    #"{"label":{"labels":[{"name":"face"},{"name":"lm"}]},"points":{"items":[{"label_id":1,"labels":["left_eye","right_eye","nose","mouth_left","mouth_right"]}]}}"#

  private func box(_ numbers: String, group: Int, label: Int = 0, further: String = "") -> String {
    #"{"id":0,"type":"bbox","attributes":{},"group":\#(group),"label_id":\#(label),"bbox":\#(numbers)\#(further)}"#
  }

  private func points(_ shift: Int, group: Int, visibility: String = "[2,2,1,2,0]") -> String {
    let numbers = [30, 30, 50, 30, 40, 40, 32, 50, 48, 50].map { "\($0 + shift)" }
    return
      #"{"id":1,"type":"points","group":\#(group),"label_id":1,"points":[\#(numbers.joined(separator: ","))],"visibility":\#(visibility)}"#
  }

  private func item(_ id: String, _ annotations: String..., image: String? = nil) -> String {
    let image = image ?? #"{"path":"\#(id).jpg","size":[200,400]}"#
    return
      #"{"id":"\#(id)","annotations":[\#(annotations.joined(separator: ","))],"image":\#(image)}"#
  }

  private func read(_ items: String..., labels: String = Self.labels) throws -> FormReading {
    try FormReading(
      "datumaro",
      #"{"dm_format_version":"1.0","categories":\#(labels),"items":["# + "\n"
        + items.joined(separator: ",\n") + "]}")
  }

  @Test("a group joins box and points, visibility is 0, 1 or 2, and the size is height first")
  func groups() throws {
    let reading = try read(
      item(
        "a", points(100, group: 2), box("[20,20,50,60]", group: 1), points(0, group: 1),
        box("[10,10,300,90.5]", group: 2)))
    let record = try #require(reading.records.first)
    #expect(reading.issues.isEmpty)
    #expect(record.image.width == 400 && record.image.height == 200)
    #expect(record.faces.map(\.edges) == [[20, 20, 70, 80], [10, 10, 310, 100.5]])
    #expect(record.faces.map { $0.points[0]?.x } == [30, 130])
    #expect(
      record.faces[0].visibilities == [.visible, .visible, .occluded, .visible, .missing])
  }

  @Test("without a group, points belong to the box around their mean, or are a face alone")
  func loose() throws {
    let reading = try read(
      item("a", box("[20,20,50,60]", group: 0), points(100, group: 0), points(0, group: 0)))
    #expect(reading.records[0].faces.map { $0.points[0]?.x } == [30, 130])
    #expect(reading.records[0].faces[1].attribute("bbox_from") == .text("landmarks"))
  }

  @Test("points of one point each, as CVAT's skeletons become, go by their labels")
  func singles() throws {
    let names = ["face", "left_eye", "right_eye", "nose", "mouth_left", "mouth_right"]
    let labels = names.map { #"{"name":"\#($0)"}"# }.joined(separator: ",")
    let points = (1...5).map {
      #"{"type":"points","group":0,"label_id":\#($0),"points":[\#(20 + 5 * $0),\#(30 + $0)]}"#
    }.joined(separator: ",")
    let reading = try read(
      item("a", box("[0,0,90,90]", group: 0), points),
      labels: #"{"label":{"labels":[\#(labels)]}}"#)
    #expect(reading.records[0].faces.map(\.landmarks?.presentCount) == [5])
  }

  @Test("an image is named by its path, or by its id where the path is absolute or empty")
  func names() throws {
    let reading = try read(
      item("x", image: #"{"path":"train/a.png"}"#),
      item("b/c", image: #"{"path":"/home/u/c.png"}"#),
      item("d", image: #"{"path":""}"#), item("e", image: "null"),
      item("f", image: #"{"path":"C:\\data\\f.png"}"#))
    #expect(
      reading.records.map(\.image.path) == ["train/a.png", "b/c.png", "d.jpg", "e.jpg", "f.png"])
  }

  @Test("attributes and the track are kept; other types and labels are counted once")
  func losses() throws {
    let labels = #"{"label":{"labels":[{"name":"face"},{"name":"car"}]}}"#
    let kept =
      #"{"type":"bbox","bbox":[1,1,5,5],"label_id":0,"object_id":9,"attributes":{"smile":true,"quality":"hq","rotation":0.0}}"#
    let reading = try read(
      item("a", kept, box("[1,1,5,5]", group: 0, label: 1), #"{"type":"mask","rle":{}}"#),
      labels: labels)
    let face = try #require(reading.records.first?.faces.first)
    #expect(reading.records[0].faces.count == 1)
    #expect(face.attribute("track_id") == .integer(9))
    #expect(face.attribute("smile") == .boolean(true))
    #expect(face.attribute("annotated_quality") == .text("hq"))
    #expect(
      reading.issues == [
        "a.json: annotations: expected boxes and points of faces, found 2 of 'car', 'mask', which are left out"
      ])
  }

  @Test("bad parts are located issues, and the rest is read")
  func broken() throws {
    let reading = try read(
      item(
        "a", box("[1,2,3]", group: 0), #"{"type":"points","points":[1,2,3]}"#,
        #"{"type":"points","points":[1,2,"3",4]}"#),
      #"{"annotations":[]}"#, item("b", box("[1,2,3,4]", group: 0), points(0, group: 7)))
    #expect(reading.records.map(\.faces.count) == [0, 2])
    #expect(
      reading.issues == [
        "a.json:2: bbox: expected 4 numbers, found [1,2,3]",
        "a.json:2: points: expected pairs of numbers, found [1,2,3]",
        #"a.json:2: points: expected pairs of numbers, found [1,2,"3",4]"#,
        "a.json:3: item: expected an 'id' or a path, found none",
      ])
  }

  @Test("visibilities that are not as many as the points are an issue")
  func fewVisibilities() throws {
    let reading = try read(
      item("a", box("[1,2,90,90]", group: 7), points(0, group: 7, visibility: "[2,2]")))
    #expect(reading.issues == ["a.json:2: visibility: expected 5 numbers, found [2,2]"])
  }

  @Test("its files are recognised, the old ones too")
  func recognition() {
    #expect(FormReading.form(of: #"{"dm_format_version":"1.0","items":[]}"#) == "datumaro")
    #expect(FormReading.form(of: #"{"categories":{},"items":[]}"#) == "datumaro")
    #expect(FormReading.form(of: #"{"items":[]}"#) == nil)
  }

  @Test("bytes that are changed or cut never stop it")
  func mutations() throws {
    let text =
      #"{"dm_format_version":"1.0","categories":\#(Self.labels),"items":[\#(item("a", box("[1,2,3,4]", group: 1), points(0, group: 1)))]}"#
    #expect(try FormReading.mutate("datumaro", text) == 300)
  }
}
