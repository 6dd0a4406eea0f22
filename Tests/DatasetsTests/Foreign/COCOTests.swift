import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("COCO JSON")
struct COCOTests {
  private static let names = #"["left_eye","right_eye","nose","left_mouth","right_mouth"]"#

  private func file(
    _ annotations: String,
    images: String = #"{"id":7,"file_name":"d\\a.jpg","width":32,"height":24}"#,
    categories: String = #"{"id":1,"name":"face","keypoints":\#(names)}"#
  ) -> [String: String] {
    [
      "x.json":
        """
      {"info":{},
      "annotations":[\(annotations)],
      "images":[
      \(images)],"categories":[\(categories)]}
      """
    ]
  }

  @Test("boxes, points, visibility and attributes")
  func face() throws {
    let read = try FormReading(
      "coco",
      file(
        #"{"id":9,"image_id":7,"category_id":1,"bbox":[1.5,2,10,12],"keypoints":[3,4,2,8,4,1,0,0,0,4,9,2,7,9,2],"score":0.5,"track_id":4,"attributes":{"glasses":true},"extra":[1]}"#
      ))
    #expect(read.issues.isEmpty)
    let record = try #require(read.records.first)
    #expect(record.image.path == "d/a.jpg" && record.image.width == 32)
    #expect(record.source.line == 4)
    let face = try #require(record.faces.first)
    #expect(face.box == BoundingBox(x: 1.5, y: 2, width: 10, height: 12))
    let points = try #require(face.landmarks)
    #expect(points.position(0) == SIMD2(3, 4) && points[1].visibility == .occluded)
    #expect(points[2].visibility == .missing && points.position(4) == SIMD2(7, 9))
    #expect(face.attributes.score == 0.5)
    #expect(face.attributes.others.map(\.name) == ["track_id", "glasses"])
    #expect(
      face.native == .object(.object([("id", .integer(9)), ("extra", .array([.integer(1)]))])))
  }

  @Test(
    "names of the person's sides are told from the faces, or by the option",
    arguments: [true, false])
  func sides(isForced: Bool) throws {
    let read = try FormReading(
      "coco",
      file(
        #"{"id":1,"image_id":7,"category_id":1,"bbox":[0,0,9,9],"keypoints":[8,4,2,3,4,2,5,6,2,7,9,2,4,9,2]}"#
      )
    ) { if isForced { $0.namedSide = .image } }
    let points = try #require(read.records[0].faces[0].landmarks)
    #expect(points.position(0)?.x == (isForced ? 8 : 3))
    #expect(points.position(4)?.x == (isForced ? 4 : 7))
  }

  @Test("other categories, unlisted images and invalid faces are counted once")
  func counted() throws {
    let read = try FormReading(
      "coco",
      file(
        #"{"id":1,"image_id":7,"category_id":2,"bbox":[0,0,9,9]},{"id":2,"image_id":8,"category_id":1,"bbox":[0,0,9,9]},{"id":3,"image_id":7,"category_id":1,"bbox":[0,0,9,9],"face_valid":false,"face_box":[0,0,0,0]},{"id":4,"image_id":7,"category_id":1,"bbox":[0,0,0,0],"keypoints":[3,4,2,8,4,2,0,0,0,0,0,0,0,0,0]}"#,
        categories: #"{"id":1,"name":"face","keypoints":\#(Self.names)},{"id":2,"name":"car"}"#))
    #expect(read.issues.count == 4)
    #expect(read.issues.contains { $0.contains("found 1 of others") })
    #expect(read.issues.contains { $0.contains("found 1 of 'car'") })
    let face = try #require(read.records[0].faces.first)
    #expect(read.records[0].faces.count == 1)
    #expect(face.box == BoundingBox(left: 3, top: 4, right: 8, bottom: 4))
    #expect(face.attributes.others.contains { $0.name == "bbox_from" })
  }

  @Test(
    "lists of other counts or without numbers are issues that name the annotation, and the rest is read",
    arguments: [
      (#""bbox":[1,2,30]"#, "bbox: expected 4 numbers, found [1,2,30]"),
      (#""bbox":["1",2,3,4]"#, #"bbox: expected 4 numbers, found ["1",2,3,4]"#),
      (#""bbox":{"x":1}"#, #"bbox: expected 4 numbers, found {"x":1}"#),
      (
        #""bbox":[1,2,3,4],"keypoints":[1,2]"#,
        "keypoints: expected x, y and v of each point, found 2 numbers"
      ),
      (
        #""bbox":[1,2,3,4],"keypoints":[1,2,2]"#,
        "keypoints: expected 5 points, as its category has names, found 1"
      ),
      (
        #""bbox":[1,2,3,4],"keypoints":[1,2,"x",1,2,2,1,2,2,1,2,2,1,2,2]"#,
        "keypoints: expected numbers x, y and v, found something else"
      ),
      (#""bbox":[1,2,3,4],"euler_angles":[1,2]"#, "euler_angles: expected 3 numbers, found [1,2]"),
    ])
  func brokenLists(members: String, problem: String) throws {
    let good = #"{"id":6,"image_id":7,"category_id":1,"bbox":[5,6,7,8]}"#
    let read = try FormReading(
      "coco", file(#"{"id":5,"image_id":7,"category_id":1,\#(members)},\#(good)"#))
    #expect(read.issues.contains("x.json:4: annotation 5: \(problem)"), "\(read.issues)")
    #expect(read.records[0].faces.last?.box == BoundingBox(x: 5, y: 6, width: 7, height: 8))
  }

  @Test("what has no id, and images of one id, are counted")
  func ids() throws {
    let image = #"{"id":7,"file_name":"a.jpg"},{"id":7,"file_name":"b.jpg"},{"file_name":"c.jpg"}"#
    let read = try FormReading(
      "coco",
      file(#"{"id":1,"category_id":1,"bbox":[1,2,3,4]},null"#, images: image))
    #expect(
      read.issues == [
        "x.json: images: expected an 'id' of each, found 1 without one",
        "x.json: images: expected an 'id' of their own, found 1 with that of another",
        "x.json: annotations: expected an 'image_id' of each, found 2 without one",
      ])
    #expect(read.records.map(\.image.path) == ["a.jpg", "b.jpg"])
  }

  @Test("DirectMHP's angles become a rotation without a translation, beyond 90 degrees of yaw too")
  func angles() throws {
    let read = try FormReading(
      "coco",
      file(
        #"{"id":1,"image_id":7,"category_id":1,"bbox":[0,0,9,9],"euler_angles":[10,150,-8]}"#,
        categories: #"{"id":1,"name":"person"}"#))
    let pose = try #require(read.records[0].faces[0].pose)
    #expect(pose.translation == nil && pose.scale == .none && pose.provenance == .annotation)
    let expected = EulerConvention.aflw.rotation(
      of: EulerAngles(pitch: 10, yaw: 150, roll: -8).inRadians)
    #expect(pose.rotation.angle(to: expected) < 1e-12)
  }

  @Test("our own export comes back with equal values")
  func roundTrip() throws {
    try withTemporaryDirectory { folder in
      var record = ImageRecord(
        source: RecordSource(dataset: "x"), image: ImageReference(path: "a/b.jpg"))
      (record.image.width, record.image.height) = (640, 480)
      for layout in [Landmarks.Layout.face5, .ibug68] {
        var face = Face(box: BoundingBox(left: 10, top: 20, right: 110.25, bottom: 140))
        var points = Landmarks(layout: layout)
        for i in 0..<layout.count where i != 3 {
          points[i] = Landmarks.Point(
            SIMD2(20 + Double(i), 30 + Double(i * i % 50)), i % 4 == 1 ? .occluded : .visible)
        }
        face.landmarks = points
        record.faces.append(face)
      }
      var writer = try COCOWriter(folder: folder)
      try writer.write(record, image: nil)
      try writer.finish()
      let read = try FormReading("coco", at: folder)
      #expect(read.records.count == 1)
      #expect(read.records[0].faces.map(\.box) == record.faces.map(\.box))
      #expect(read.records[0].faces.map(\.landmarks) == record.faces.map(\.landmarks))
    }
  }

  @Test(
    "what is no such JSON is an issue",
    arguments: [
      #"{"images":[{"id":1}],"annotations":[]}"#, #"{"images":[],"annotations":[{]}"#,
      #"{"images":{},"annotations":[]}"#,
      #"{"images":[{"id":1,"file_name":"../x.jpg"}],"annotations":[]}"#,
    ])
  func broken(text: String) throws {
    let read = try FormReading("coco", ["x.json": text], named: ["x.json"])
    #expect(read.records.isEmpty && read.issues.count == 1)
  }

  @Test("no change of bytes makes it crash")
  func mutations() throws {
    let annotation =
      #"{"id":9,"image_id":7,"category_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,2,3,4,2,5,6,2,7,8,2,9,9,2]}"#
    let text = try #require(file(annotation)["x.json"])
    #expect(try FormReading.mutate("coco", text, named: "x.json") == 300)
  }
}
