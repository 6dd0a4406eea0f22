import Geometry
import Schema
import Testing

@Suite("Records as JSON")
struct RecordJSONTests {
  @Test("a record with every member is read back as it was")
  func fullRoundTrip() throws {
    let record = fullRecord()
    let read = try ImageRecord(jsonLine: record.jsonLine)
    #expect(read == record)
    // Members one by one, so that a comparison that forgets one is noticed.
    #expect(read.id == "given/id")
    #expect(read.source == record.source)
    #expect(read.image == record.image)
    #expect(read.camera == record.camera)
    #expect(read.native == record.native)
    for (face, expected) in zip(read.faces, record.faces) {
      #expect(face.box == expected.box)
      #expect(face.landmarks == expected.landmarks)
      #expect(face.pose == expected.pose)
      #expect(face.fit == expected.fit)
      #expect(face.attributes == expected.attributes)
      #expect(face.native == expected.native)
    }
    #expect(read.faces.count == 3)
  }

  @Test("the smallest record is written with all that the schema wants")
  func smallest() throws {
    let record = ImageRecord(
      source: RecordSource(dataset: "biwi"), image: ImageReference(path: "01/frame.png"))
    #expect(
      record.jsonLine == #"""
        {"schema":"sixdof.image/1","id":"biwi/01/frame","source":{"dataset":"biwi"},\#
        "image":{"path":"01/frame.png","archive":null,"width":null,"height":null,\#
        "format":null},"camera":null,"faces":[]}

        """#)
    #expect(try ImageRecord(jsonLine: record.jsonLine) == record)
  }

  @Test("a face is written in the schema's order, missing points as null")
  func face() throws {
    var face = Face(box: BoundingBox(left: 1, top: 2.5, right: 3, bottom: 4))
    face.landmarks = landmarks(.face5)
    face.pose = HeadPose(rotationVector: [0.5, 0, -1], translation: [0, 0.25, 2])
    face.fit = FitQuality(
      solver: .leastSquares, points: 4, reprojectionError: 1, interocularDistance: 4,
      flags: [.smallFace, .fewPoints])
    face.attributes.blur = 1
    face.attributes.others = [.init(name: "x", value: .null)]
    face.native = .line("raw")
    let record = ImageRecord(
      source: RecordSource(dataset: "d"), image: ImageReference(path: "p"), faces: [face])
    let faces = try #require(record.jsonLine.firstRange(of: #""faces":"#))
    #expect(
      record.jsonLine[faces.upperBound...] == #"""
        [{"bbox_xyxy":[1,2.5,3,4],\#
        "landmarks":{"layout":"face-5",\#
        "points":[[0.125,1],[1.125,-0.5],[2.125,-2],[3.125,-3.5],null],\#
        "visibility":["visible","visible","occluded","visible","missing"]},\#
        "pose":{"rotation_vector":[0.5,0,-1],"translation":[0,0.25,2],"frame":"bfm",\#
        "scale":"assumed","provenance":"pnp"},\#
        "fit":{"solver":"least-squares","points":4,"reprojection_rms_px":1,\#
        "relative_rms":0.25,"interocular_px":4,"flags":["few-points","small-face"]},\#
        "attributes":{"blur":1,"x":null},"native":{"line":"raw"}}]}

        """#)
  }

  @Test("landmarks without visibility are visible where they are there")
  func withoutVisibility() throws {
    let points = "[[1,2],null,[3,4.5],[5,6],[7,8]]"
    let record = try ImageRecord(
      jsonLine: #"{"schema":"sixdof.image/1","id":"i","source":{"dataset":"d"},"#
        + #""image":{"path":"p"},"faces":[{"bbox_xyxy":[0,0,1,1],"#
        + #""landmarks":{"layout":"face-5","points":"# + points + "}}]}")
    let read = try #require(record.faces.first?.landmarks)
    #expect(
      (0..<5).map { read[$0].visibility } == [.visible, .missing, .visible, .visible, .visible])
    #expect(read.position(2) == [3, 4.5])
  }

  @Test("a name of its own is dataset, split and path without extension")
  func ownID() {
    func id(_ path: String, split: String? = nil) -> String {
      let source = RecordSource(dataset: "d", split: split)
      return ImageRecord(source: source, image: ImageReference(path: path)).id
    }
    #expect(id("a/b.jpg", split: "val") == "d/val/a/b")
    #expect(id("a/b.jpg") == "d/a/b")
    #expect(id("a.b/c") == "d/a.b/c")
    #expect(id("a.b.png") == "d/a.b")
  }

  @Test("where a record was read is no part of it")
  func origin() throws {
    let record = fullRecord()
    var other = record
    other.origin = SourceLocation(file: "records.jsonl", line: 3)
    other.faces[0].sourceLine = 9
    #expect(other == record)
    #expect(other.jsonLine == record.jsonLine)
    #expect(other.location(ofFace: 0) == SourceLocation(file: "records.jsonl", line: 9))
    #expect(other.location(ofFace: 1) == SourceLocation(file: "records.jsonl", line: 3))
    #expect(record.location == SourceLocation(file: "label.txt", line: 12))
  }
}
