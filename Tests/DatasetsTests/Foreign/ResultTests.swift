import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("COCO results, DAD-3DHeads and MediaPipe")
struct ResultTests {
  private func angles(_ face: Face) throws -> [Double] {
    let pose = try #require(face.pose)
    let angles = EulerConvention.aflw.angles(of: pose.rotation).inDegrees
    return [angles.pitch, angles.yaw, angles.roll]
  }

  private func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-6) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
  }

  @Test("results of one image are joined, in the order of the images' first results")
  func results() throws {
    let text = """
      [{"image_id": "frame_7", "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5,
        "pitch": 10, "yaw": 20, "roll": 30},
       {"image_id": 90000000001, "bbox": [0, 0, 9, 9], "score": 0.25, "pitch": 1, "yaw": 150, "roll": 2},
       {"bbox": [1]}, 7,
       {"image_id": "frame_7", "bbox": [5, 5, 1, 1], "score": 0.125,
        "keypoints": [1, 2, 0.5, 3, 2, 0.9, 2, 3, 0, 1, 4, 1, 3, 4, 2]},
       {"image_id": "x/b.png", "bbox": [1e300, 0, 9, 9], "score": 1}]
      """
    let reading = try FormReading("coco-results", text)
    #expect(
      reading.records.map(\.image.path) == ["frame_7.jpg", "90000000001.jpg", "x/b.png"])
    #expect(reading.records.map(\.faces.count) == [2, 1, 0])
    let (first, second) = (reading.records[0].faces[0], reading.records[0].faces[1])
    #expect(first.edges == [1, 2, 4, 6] && first.attributes.score == 0.5)
    #expect(isClose(try angles(first), [10, 20, 30]))
    #expect(first.pose?.translation == nil && first.pose?.provenance == .prediction)
    #expect(second.visibilities == [.visible, .visible, .missing, .visible, .visible])
    let wide = reading.records[1].faces[0].attribute("euler_aflw")
    #expect(wide?["yaw"]?.number == 150)
    #expect(reading.issues.count == 2, "\(reading.issues)")
    #expect(
      reading.issues.last
        == "a.json: results: expected objects with an 'image_id', found 2 without")
  }

  private static let head =
    #"[{"item_id":"id0","annotation_path":"val/annotations/id0.json","img_path":"val/images/id0.png","bbox":[10,20,30,40],"attributes":{"quality":"hq","pose":"sided"}}]"#

  /// The matrix of canonical angles, in OpenGL's axes, times a scale.
  private func matrix(pitch: Double, yaw: Double, roll: Double, scale: Double = 1) -> String {
    let rotation = EulerConvention.aflw.rotation(
      of: EulerAngles(pitch: pitch, yaw: yaw, roll: roll).inRadians
    ).inYUpAxes.rowMajor.map { $0 * scale }
    return
      "[[\(rotation[0]),\(rotation[1]),\(rotation[2]),0.5],[\(rotation[3]),\(rotation[4]),\(rotation[5]),-0.25],[\(rotation[6]),\(rotation[7]),\(rotation[8]),-2],[0,0,0,1]]"
  }

  @Test(
    "DAD-3DHeads' matrices become poses, from the dataset's folder or the split's",
    arguments: [("val/val.json", "val/"), ("val.json", "")])
  func dad(name: String, folder: String) throws {
    let annotation =
      #"{"vertices":[[0,0,0]],"model_view_matrix":\#(matrix(pitch: 20, yaw: 130, roll: 15, scale: 3)),"projection_matrix":[]}"#
    let reading = try FormReading(
      "dad-3dheads", Self.head, named: name,
      beside: [("\(folder)annotations/id0.json", annotation)])
    let face = try #require(reading.records.first?.faces.first)
    #expect(reading.issues.isEmpty)
    #expect(reading.records[0].image.path == "val/images/id0.png")
    #expect(face.edges == [10, 20, 40, 60])
    let expected = EulerConvention.aflw.rotation(
      of: EulerAngles(pitch: 20, yaw: 130, roll: 15).inRadians)
    #expect(isClose(face.pose?.rotation.rowMajor ?? [], expected.rowMajor))
    #expect(face.pose?.translation == SIMD3(0.5, 0.25, 2) && face.pose?.scale == .assumed)
    #expect(face.attribute("annotated_quality") == .text("hq"))
    #expect(face.attribute("annotated_pose") == .text("sided"))
  }

  @Test("a head without its annotation, or with a matrix that is none, keeps its box")
  func dadBroken() throws {
    let missing = try FormReading("dad-3dheads", Self.head)
    #expect(
      missing.issues == [
        "a.json:1: annotation_path: expected a file, found none at 'val/annotations/id0.json'; the head has no pose"
      ])
    #expect(missing.records[0].faces.map(\.edges) == [[10, 20, 40, 60]])
    for bad in ["[[1,0,0,0],[0,1,0,0],[0,0,-1,0],[0,0,0,1]]", "[1]", "[[1e200,0,0,0]]", "7"] {
      let reading = try FormReading(
        "dad-3dheads", Self.head,
        beside: [("annotations/id0.json", #"{"vertices":[],"model_view_matrix":\#(bad)}"#)])
      #expect(reading.records[0].faces.map(\.pose) == [nil])
      #expect(reading.issues.count == 1 && reading.issues[0].contains("model_view_matrix"))
    }
  }

  /// 478 points, all in the middle but those that make five, of an image of 400 x 200 pixels.
  private func mesh() -> String {
    var places = [SIMD2<Double>](repeating: [0.5, 0.5], count: 478)
    (places[33], places[133], places[362], places[263]) = (
      [0.1, 0.1], [0.2, 0.1], [0.3, 0.2], [0.4, 0.2]
    )
    (places[1], places[61], places[291]) = ([0.25, 0.3], [0.2, 0.4], [0.3, 0.4])
    return places.map { #"{"x":\#($0.x),"y":\#($0.y),"z":0}"# }.joined(separator: ",")
  }

  @Test("MediaPipe's points are fractions of the image, and its matrix is in centimetres")
  func mediaPipe() throws {
    let columns = "[0.866025,0,-0.5,0,0,1,0,0,0.5,0,0.866025,0,-1.5,6.8,-39.25,1]"
    let rows = "[[0.866025,0,0.5,-1.5],[0,1,0,6.8],[-0.5,0,0.866025,-39.25],[0,0,0,1]]"
    for matrix in [columns, rows, #"{"rows":4,"columns":4,"data":\#(columns)}"#] {
      let reading = try FormReading(
        "mediapipe",
        #"[{"image":"a.jpg","width":400,"height":200,"face_landmarks":[[\#(mesh())]],"facial_transformation_matrixes":[\#(matrix)]},{"image":"b.jpg","face_landmarks":[]}]"#
      )
      #expect(reading.issues.isEmpty, "\(reading.issues)")
      #expect(reading.records.map(\.faces.count) == [1, 0])
      let face = try #require(reading.records.first?.faces.first)
      let expected: [SIMD2<Double>] = [[60, 20], [140, 40], [100, 60], [80, 80], [120, 80]]
      let errors = zip(face.points, expected).map { length(($0 ?? .zero) - $1) }
      #expect(errors.count == 5 && errors.allSatisfy { $0 < 1e-9 })
      #expect(isClose(face.edges, [40, 20, 200, 100]))
      #expect(isClose(try angles(face), [0, -30, 0], 1e-3))
      let place = try #require(face.pose?.translation)
      #expect(length(place - SIMD3(-0.015, -0.068, 0.3925)) < 1e-4)
      #expect(abs((reading.records[0].camera?.intrinsics.focalLength.y ?? 0) - 163.185) < 1e-2)
    }
  }

  @Test("without a size, with too few points or a bad matrix there is an issue")
  func mediaPipeBroken() throws {
    let reading = try FormReading(
      "mediapipe",
      #"[{"image":"a.jpg","face_landmarks":[[\#(mesh())]]},{"image":"b.jpg","width":9,"height":9,"face_landmarks":[[{"x":1,"y":2}]]},{"image":"c.jpg","width":9,"height":9,"face_landmarks":[[\#(mesh())]],"facial_transformation_matrixes":[[1]]},5]"#
    )
    #expect(reading.records.map(\.faces.count) == [0, 1])
    #expect(reading.issues.count == 4, "\(reading.issues)")
    #expect(reading.issues[0].contains("image 'a.jpg': expected its width and height"))
    #expect(reading.issues[1].contains("expected 468 or 478 points with 'x' and 'y', found 1"))
    #expect(reading.issues[2].contains("face 1: expected a 4 x 4 matrix"))
  }

  @Test("each form is recognised, and none takes another's file")
  func recognition() {
    #expect(FormReading.form(of: Self.head) == "dad-3dheads")
    #expect(FormReading.form(of: #"[{"image":"a","face_landmarks":[]}]"#) == "mediapipe")
    #expect(FormReading.form(of: #"{"file":"a","faceLandmarks":[]}"#) == "mediapipe")
    #expect(FormReading.form(of: #"[{"image_id":1,"keypoints":[],"score":1}]"#) == "coco-results")
    #expect(FormReading.form(of: #"[{"image":"a"}]"#) == nil)
  }

  @Test("bytes that are changed or cut never stop them")
  func mutations() throws {
    #expect(try FormReading.mutate("dad-3dheads", Self.head) == 300)
    let results = #"[{"image_id":"a","bbox":[1,2,3,4],"score":1,"pitch":1,"yaw":2,"roll":3}]"#
    #expect(try FormReading.mutate("coco-results", results) == 300)
    let dump =
      #"[{"image":"a.jpg","width":400,"height":200,"face_landmarks":[[\#(mesh())]],"facial_transformation_matrixes":[[1,2,3]]}]"#
    #expect(try FormReading.mutate("mediapipe", dump, rounds: 60) == 60)
  }
}
