import Schema
import Testing

/// A record's JSON with one piece exchanged for another.
private func record(with change: (piece: String, other: String)) throws -> String {
  let text = #"""
    {"schema":"sixdof.image/1","id":"i","source":{"dataset":"d","line":1},\#
    "image":{"path":"a/p.jpg","width":8,"height":9},\#
    "camera":{"fx":5,"fy":6,"cx":1,"cy":1,"provenance":"user"},\#
    "faces":[{"bbox_xyxy":[0,0,9,9],\#
    "landmarks":{"layout":"face-5","points":[[1,1],[2,2],[3,3],[4,4],[5,5]],\#
    "visibility":["visible","visible","visible","visible","visible"]},\#
    "pose":{"rotation_vector":[0,0,1],"translation":[0,0,2],"frame":"bfm",\#
    "scale":"assumed","provenance":"pnp"},\#
    "fit":{"solver":"epnp","points":5,"reprojection_rms_px":1,"relative_rms":0.1,\#
    "interocular_px":10,"flags":[]},"attributes":{"blur":0,"easy":true,"score":0.5},\#
    "native":{"line":"x"}}]}
    """#
  try #require(text.ranges(of: change.piece).count == 1, "\(change.piece)")
  return text.replacing(change.piece, with: change.other)
}

@Suite("Refused records")
struct RecordRefusalTests {
  private func expectRefusal(_ change: (String, String), _ message: String) throws {
    let text = try record(with: change)
    let error = #expect(throws: RecordError.self) { try ImageRecord(jsonLine: text) }
    #expect(error?.description == message)
  }

  @Test("the record that these tests change is good")
  func good() throws {
    let read = try ImageRecord(jsonLine: record(with: (#""id":"i""#, #""id":"j""#)))
    #expect(read.id == "j")
    #expect(read.faces.count == 1)
  }

  @Test(
    "members that the schema does not know are named, with those it knows",
    arguments: [
      (
        #""id":"#, #""ID":"#,
        "record: expected one of camera, faces, id, image, native, schema, source, found 'ID'"
      ),
      (
        #""dataset":"#, #""set":1,"dataset":"#,
        "source: expected one of dataset, file, line, split, found 'set'"
      ),
      (
        #""path":"#, #""url":1,"path":"#,
        "image: expected one of archive, format, height, orientation, path, width, found 'url'"
      ),
      (
        #""fx":"#, #""k1":0,"fx":"#,
        "camera: expected one of cx, cy, focal_sigma, fx, fy, provenance, found 'k1'"
      ),
      (
        #""bbox_xyxy":"#, #""bbox":"#,
        "face: expected one of attributes, bbox_xyxy, fit, landmarks, native, pose, found 'bbox'"
      ),
      (
        #""layout":"#, #""kind":"#,
        "landmarks: expected one of layout, points, visibility, found 'kind'"
      ),
      (
        #""frame":"#, #""axes":"#,
        "pose: expected one of frame, provenance, rotation_vector, scale, translation, found 'axes'"
      ),
      (
        #""solver":"#, #""method":"#,
        "fit: expected one of flags, interocular_px, points, relative_rms, reprojection_rms_px, "
          + "rotation_sigma_deg, solver, translation_sigma, found 'method'"
      ),
    ])
  func unknownMembers(piece: String, other: String, message: String) throws {
    try expectRefusal((piece, other), message)
  }

  @Test(
    "wrong and missing values are named with their member",
    arguments: [
      ("image/1", "image/2", "record.schema: expected 'sixdof.image/1', found 'sixdof.image/2'"),
      (#""schema":"sixdof.image/1","#, "", "record.schema: expected text, found none"),
      (#""id":"i""#, #""id":7"#, "record.id: expected text, found a number"),
      (#""dataset":"d""#, #""dataset":null"#, "source.dataset: expected text, found none"),
      (#""line":1}"#, #""line":1.5}"#, "source.line: expected a whole number, found a number"),
      (#""path":"a/p.jpg","#, "", "image.path: expected text, found none"),
      ("a/p.jpg", "a/../p.jpg", "image path: expected a path without '..', found 'a/../p.jpg'"),
      ("a/p.jpg", "/p.jpg", "image path: expected a relative path, found '/p.jpg'"),
      (
        #""width":8"#, #""width":0"#,
        "image.width and height: expected numbers from 1 to 1048576, found 0 x 9"
      ),
      (#""fx":5"#, #""fx":-5"#, "camera.fx: expected numbers from 1e-3 to 1e9, found -5.0"),
      (#""cx":1"#, #""cx":NaN"#, "camera.cx: expected numbers under 1e9 in size, found nan"),
      (
        #""user""#, #""guess""#,
        "camera.provenance: expected 'calibrated', 'dataset-projection', 'weak-perspective', "
          + "'assumed-width-plus-height', 'user', 'exif', 'estimated', found 'guess'"
      ),
      ("[0,0,9,9]", "[0,0,9]", "face.bbox_xyxy: expected 4 numbers, found 3"),
      (
        "[0,0,9,9]", "[0,0,9,Infinity]",
        "face.bbox_xyxy: expected numbers under 1e9 in size, found inf"
      ),
      ("[0,0,9,9]", "9", "face.bbox_xyxy: expected an array, found a number"),
      ("[0,0,9,9]", "null", "face.bbox_xyxy: expected a value, found none"),
      ("[0,0,1]", "[0,0]", "pose.rotation_vector: expected 3 numbers, found 2"),
      (#""bfm""#, #""cv""#, "pose.frame: expected 'bfm', 'arkit', 'biwi-head', 'user', found 'cv'"),
      (
        #""flags":[]"#, #""flags":["bad"]"#,
        "fit.flags: expected 'behind-camera', 'large-residual', 'ambiguous', 'few-points', "
          + "'small-face', 'out-of-image', 'networks-disagree', found 'bad'"
      ),
      (
        #""blur":0"#, #""blur":200"#,
        "attributes.blur: expected a number from -128 to 127, found 200"
      ),
      (#""easy":true"#, #""easy":1"#, "attributes.easy: expected true or false, found a number"),
      (#""score":0.5"#, #""score":"x""#, "attributes.score: expected a number, found text"),
    ])
  func values(piece: String, other: String, message: String) throws {
    try expectRefusal((piece, other), message)
  }

  @Test(
    "landmarks are as many as their layout has, each with two numbers or null",
    arguments: [
      (",[5,5]]", "]", "points: expected 5 of layout face-5, found 4"),
      ("face-5", "ibug-68", "points: expected 68 of layout ibug-68, found 5"),
      (#","visible"]"#, "]", "visibility: expected 5 of layout face-5, found 4"),
      (
        "face-5", "dlib",
        "layout: expected 'face-5', 'ibug-68', 'aflw-21', 'mediapipe-468', found 'dlib'"
      ),
      (
        "[3,3]", "[3]",
        "point 3: expected [x, y] with a visibility, or null for a missing one, found an array"
      ),
      (
        "[3,3]", "7",
        "point 3: expected [x, y] with a visibility, or null for a missing one, found a number"
      ),
      (
        "[1,1]", "[1,NaN]",
        "point 1: expected numbers under 1e9 in size, found 1.0, nan"
      ),
      (
        #"["visible","#, #"["missing","#,
        "point 1: expected [x, y] with a visibility, or null for a missing one, found an array"
      ),
    ])
  func landmarks(piece: String, other: String, message: String) throws {
    try expectRefusal((piece, other), "landmarks.\(message)")
  }

  @Test(
    "numbers that could not be written again are refused",
    arguments: [
      (
        #""easy":true"#, #""x":NaN"#, "attributes.x: expected finite numbers, found NaN or Infinity"
      ),
      (
        #""easy":true"#, #""x":{"y":[1e999]}"#,
        "attributes.x: expected finite numbers, found NaN or Infinity"
      ),
      (
        #"{"line":"x"}"#, #"{"line":-Infinity}"#,
        "native: expected finite numbers, found NaN or Infinity"
      ),
      (#"{"line":"x"}"#, "5", "native: expected an object, found a number"),
      (
        #""points":5"#, #""points":3000000000"#,
        "fit.points: expected a number of landmarks, found 3000000000"
      ),
      (#""points":5"#, #""points":-1"#, "fit.points: expected a number of landmarks, found -1"),
      (
        #""interocular_px":10"#, #""interocular_px":0"#,
        "fit.interocular_px: expected a positive number, found 0.0"
      ),
      (
        #""interocular_px":10"#, #""interocular_px":1e-320"#,
        "fit.interocular_px: expected a positive number, found 1e-320"
      ),
    ])
  func notFinite(piece: String, other: String, message: String) throws {
    try expectRefusal((piece, other), message)
  }

  @Test("a record that is no object is none")
  func noObject() {
    let error = #expect(throws: RecordError.self) { try ImageRecord(jsonLine: "[]") }
    #expect(error?.description == "record: expected an object, found an array")
  }
}
