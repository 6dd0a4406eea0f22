import Codecs
import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("ARKitFace")
struct ARKitFaceReaderTests {
  @Test("pose, camera, box and landmarks of a sample", arguments: [true, false])
  func sample(isDouble: Bool) throws {
    try ARKitFaceFixture.with { set in
      try set.write(
        "info/000017/09_LeftToRight_Frown/1616212233525_info.npz",
        ARKitFaceFixture.info(isDouble: isDouble, isCompressed: isDouble))
      let (records, issues) = try set.read()
      #expect(issues.isEmpty)
      let record = try #require(records.first)
      #expect(records.count == 1)
      #expect(record.image.path == "image/000017/09_LeftToRight_Frown/1616212233525_ar.jpg")
      let camera = try #require(record.camera)
      #expect(camera.provenance == .datasetProjection)
      #expect(camera.intrinsics.focalLength == SIMD2(repeating: 1.57443701 * 400))
      #expect(camera.intrinsics.principalPoint == [400, 400])
      let face = try #require(record.faces.first)
      let pose = try #require(face.pose)
      #expect(pose.rotationVector == .zero)
      #expect(length(pose.place - [0.01, -0.02, 0.5]) < 1e-7)
      #expect((pose.frame, pose.scale, pose.provenance) == (.arkit, .measured, .annotation))
      #expect(
        face.attributes.others.map(\.value) == [
          .text("000017"), .text("09_LeftToRight_Frown"), .text("1616212233525"),
        ])
      let pixels = Self.pixels(ARKitFaceFixture.transform, ARKitFaceFixture.vertices)
      let tolerance = isDouble ? 1e-9 : 1e-3
      #expect(abs(face.box.left - (pixels.map(\.x).min() ?? 0)) < tolerance)
      #expect(abs(face.box.bottom - (pixels.map(\.y).max() ?? 0)) < tolerance)
      for (i, vertex) in ARKitFace.landmarkVertices.enumerated() {
        let offset = try #require(face.landmarks?.position(i)) - pixels[vertex]
        #expect(abs(offset.x) + abs(offset.y) < tolerance)
      }
    }
  }

  /// FORMATS §6: p = [V 1] R_t M_proj M1, u = p0 / p3, v = h - p1 / p3, for 800 x 800 pixels.
  private static func pixels(_ transform: [Double], _ vertices: [Double]) -> [SIMD2<Double>] {
    let projection: [Double] = [
      1.57443701, 0, 0, 0, 0, 1.57443701, 0, 0, 0, 0, -0.99999976, -1, 0, 0, -0.001, 0,
    ]
    let screen: [Double] = [400, 0, 0, 0, 0, 400, 0, 0, 0, 0, 1, 0, 400, 400, 0, 1]
    return (0..<vertices.count / 3).map { i in
      var row = [vertices[3 * i], vertices[3 * i + 1], vertices[3 * i + 2], 1]
      for matrix in [transform, projection, screen] {
        row = (0..<4).map { j in (0..<4).reduce(0) { $0 + row[$1] * matrix[4 * $1 + j] } }
      }
      return SIMD2(row[0] / row[3], 800 - row[1] / row[3])
    }
  }

  @Test("arrays are kept bit for bit, large ones as a reference unless all are wanted")
  func native() throws {
    try ARKitFaceFixture.with { set in
      let extra = NPY.file(type: "|u1", shape: [3], data: [1, 2, 3])
      let info = ARKitFaceFixture.npz([
        ("R_t", ARKitFaceFixture.array(ARKitFaceFixture.transform, [4, 4], isDouble: false)),
        ("flags", extra), ("verts", ARKitFaceFixture.array(ARKitFaceFixture.vertices, [1220, 3])),
        ("text", npyFile(header: "{'descr': '<U3', 'fortran_order': False, 'shape': (), }")),
      ])
      try set.write("info/1/a/2_info.npz", info)
      guard case .arrays(let arrays) = try set.read().records[0].faces[0].native else {
        Issue.record("expected arrays")
        return
      }
      #expect(arrays.map(\.name) == ["R_t", "flags", "verts"])
      #expect(arrays.map(\.dtype) == ["<f4", "|u1", "<f8"])
      #expect(arrays.map(\.shape) == [[4, 4], [3], [1220, 3]])
      #expect(arrays[1].content == .bytes([1, 2, 3]))
      #expect(arrays[2].content == .file("info/1/a/2_info.npz"))
      guard case .arrays(let all) = try set.read(.all).records[0].faces[0].native,
        case .bytes(let bytes) = all[2].content
      else {
        Issue.record("expected arrays")
        return
      }
      #expect(bytes.count == 1220 * 3 * 8)
      #expect(try set.read(.none).records[0].faces[0].native == nil)
      #expect(
        try set.read().issues == [
          "warning: info/1/a/2_info.npz: text: header, byte 20: expected integers of 1 to 8 bytes or floats of 2, 4 or 8, found '<U3'"
        ])
    }
  }

  @Test("lists give order, split and their other columns; ids are texts")
  func lists() throws {
    try ARKitFaceFixture.with { set in
      for (split, ids) in [("test", ["3"]), ("train", ["002", "1"])] {
        for id in ids {
          try set.write(
            "ARKitFace_info_\(split)/info/\(id)/a/\(id)_info.npz", ARKitFaceFixture.info())
        }
      }
      try set.write(
        "ARKitFace_list/list/ARKitFace_train.csv",
        text: "\u{FEFF}img_id,note,subject_id,facial_action\r\n1,\"x,\"\"y\",1,a\r\n002,z,002,a\r\n"
      )
      try set.write(
        "ARKitFace_list/list/ARKitFace_test.csv",
        text: "subject_id,facial_action,img_id\n3,a,3\n4,a,4\n5,a\n../x,a,1\n")
      let (records, issues) = try set.read()
      #expect(records.map(\.source.split) == ["train", "train", "test"])
      #expect(
        records.map(\.source.file) == [
          "ARKitFace_info_train/info/1/a/1_info.npz",
          "ARKitFace_info_train/info/002/a/002_info.npz", "ARKitFace_info_test/info/3/a/3_info.npz",
        ])
      #expect(records[0].faces[0].attributes.others.last?.value == .text("x,\"y"))
      guard case .object(let row) = records[0].native else {
        Issue.record("expected the row")
        return
      }
      #expect(row["row"] == .text("1,\"x,\"\"y\",1,a\r"))
      #expect(
        issues == [
          "error: ARKitFace_list/list/ARKitFace_test.csv:3: arrays: expected 'ARKitFace_info_test/info/4/a/4_info.npz', found no such file",
          "error: ARKitFace_list/list/ARKitFace_test.csv:4: row: expected 3 fields that name a file, found 2",
          "error: ARKitFace_list/list/ARKitFace_test.csv:5: row: expected 3 fields that name a file, found others",
        ])
    }
  }

  @Test("without lists, images without arrays are issues, and arrays without images records")
  func walk() throws {
    try ARKitFaceFixture.with { set in
      for id in ["10", "12", "2"] {
        try set.write("a/info/s/x/\(id)_info.npz", ARKitFaceFixture.info())
      }
      for id in ["10", "11", "3"] { try set.write("a/image/s/x/\(id)_ar.jpg") }
      try set.write("a/info/s/x/readme.txt")
      let (records, issues) = try set.read()
      #expect(
        records.map(\.image.path) == [
          "a/image/s/x/10_ar.jpg", "a/image/s/x/12_ar.jpg", "a/image/s/x/2_ar.jpg",
        ])
      #expect(
        issues
          == ["11", "3"].map {
            "error: a/image/s/x/\($0)_ar.jpg: expected 's/x/\($0)_info.npz' among the arrays, found none"
          })
    }
  }

  @Test("WCPA's landmarks come from their files, and its tests have nothing else")
  func wcpa() throws {
    try ARKitFaceFixture.with { set in
      let points = (0..<68).map { "\($0 + 100) \(2 * $0)\n" }.joined()
      for id in ["1", "2"] { try set.write("68landmarks/s/a/\(id)_68landmarks.txt", text: points) }
      try set.write("info/s/a/1_info.npz", ARKitFaceFixture.info())
      let (records, issues) = try set.read()
      #expect(issues.isEmpty)
      #expect(records.count == 2)
      #expect(records[0].faces[0].pose != nil)
      #expect(records[1].faces[0].pose == nil)
      #expect(records[1].faces[0].box == BoundingBox(left: 100, top: 0, right: 167, bottom: 134))
      for record in records {
        #expect(record.faces[0].landmarks?.position(67) == [167, 134])
      }
    }
  }
}
