import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("TRG's dataset root: ARKitFace and BIWI")
struct TRGWriterTests {
  /// Tables of which only the mirrored places matter.
  private let tables = ARKitFaceTables(
    coordinates: (0..<1220).map { i in
      SIMD2(0.5 + (i % 2 == 0 ? -0.2 : 0.2), 0.1 + Double(i / 2) / 1000)
    }, triangles: [[0, 1, 2]])

  /// A record of ARKitFace with its arrays, as its reader gives it.
  private func faceRecord(
    split: String? = nil, _ transform: [Double] = ARKitFaceFixture.transform,
    vertices: [Double] = ARKitFaceFixture.vertices, isDouble: Bool = true
  ) throws -> ImageRecord {
    try ARKitFaceFixture.with { set in
      try set.write(
        "info/000057/09_Frown/161_info.npz",
        ARKitFaceFixture.info(transform, ARKitFaceFixture.vertices, isDouble: isDouble))
      try set.write(
        "image/000057/09_Frown/161_ar.jpg", PixelImage(width: 60, height: 60).jpeg(quality: 50))
      var record = try #require(set.read(.all).records.first)
      record.source.split = split
      (record.image.width, record.image.height) = (60, 60)
      guard case .arrays(var arrays) = record.faces[0].native,
        let place = arrays.firstIndex(where: { $0.name == "verts" })
      else { return record }
      let npy = ARKitFaceFixture.array(vertices, [vertices.count / 3, 3], isDouble: isDouble)
      arrays[place].content = .bytes(Array(npy.suffix(vertices.count * (isDouble ? 8 : 4))))
      arrays[place].shape = [vertices.count / 3, 3]
      record.faces[0].native = .arrays(arrays)
      return record
    }
  }

  @Test("arrays become float32; val and test are the test side; both lists are there")
  func arkitFace() throws {
    var records = try [
      faceRecord(split: "train"), faceRecord(split: "val"), faceRecord(split: "test"),
    ]
    for i in records.indices {
      records[i].faces[0].attributes.others = [
        ("subject_id", "000057"), ("facial_action", "a,b"), ("img_id", "\(i)"),
      ]
      .map { FaceAttributes.Other(name: $0.0, value: .text($0.1)) }
    }
    try TRGFixture.with(records, tables: tables) { root in
      #expect(root.written.allSatisfy { $0.isWritten && $0.faces == 1 && $0.leftOut.isEmpty })
      let info = "ARKitFace/ARKitFace_info_train/info/000057/a,b/0_info.npz"
      let vertices = try root.array("verts", of: info)
      #expect(vertices.type == "<f4")
      #expect(vertices.numbers == ARKitFaceFixture.vertices.map { Double(Float($0)) })
      let transform = try root.array("R_t", of: info)
      #expect(transform.type == "<f4")
      #expect(transform.numbers == ARKitFaceFixture.transform.map { Double(Float($0)) })
      let list = "ARKitFace/ARKitFace_list/list/ARKitFace_"
      #expect(
        try root.text(list + "train.csv") == "subject_id,facial_action,img_id\n000057,\"a,b\",0\n")
      #expect(
        try root.text(list + "test.csv")
          == "subject_id,facial_action,img_id\n000057,\"a,b\",1\n000057,\"a,b\",2\n")
      #expect(
        try root.bytes("ARKitFace/ARKitFace_image_test/image/000057/a,b/2_ar.jpg")
          == TRGFixture.image(records[2]).bytes())
      let flip = try root.bytes("ARKitFace/flip_index.npy").withUnsafeBytes {
        let array = try NPYArray($0, name: "flip")
        #expect(array.element.littleEndianType == "<i8" && array.shape == [1220])
        return try array.integers()
      }
      #expect(flip == (0..<1220).map { $0 ^ 1 })
      #expect(root.notes.contains("ARKitFace 1 train, 2 test"))
      #expect(root.notes.contains("TRG also needs BIWI, on which it validates"))
    }
  }

  @Test("without the tables records of ARKitFace end the run")
  func noTables() throws {
    let record = try faceRecord()
    #expect(throws: MissingMeshTables.self) { try TRGFixture.with([record]) { _ in } }
  }

  @Test("arrays that are no face's are located, and the record is rejected")
  func brokenArrays() throws {
    func message(_ record: ImageRecord) -> String? {
      let error = #expect(throws: RejectedRecord.self) {
        try TRGFixture.with([record], tables: tables) { _ in }
      }
      return error.map { "\($0.issue)" }
    }
    var vertices = ARKitFaceFixture.vertices
    vertices[3 * 17 + 1] = .nan
    #expect(
      message(try faceRecord(vertices: vertices))
        == "info/000057/09_Frown/161_info.npz: verts: row 18: expected finite numbers, found nan")
    #expect(
      message(try faceRecord(vertices: Array(ARKitFaceFixture.vertices.prefix(3 * 1219))))
        == "info/000057/09_Frown/161_info.npz: verts: expected 1220 x 3 numbers, found (1219, 3)")
    // Too large for float32.
    vertices[3 * 17 + 1] = 1e300
    #expect(
      message(try faceRecord(vertices: vertices))
        == "info/000057/09_Frown/161_info.npz: verts: row 18: expected finite numbers, found inf")
    var behind = try faceRecord()
    behind.faces[0].pose = HeadPose(
      rotationVector: .zero, translation: [0, 0, -0.5], frame: .arkit, scale: .measured,
      provenance: .annotation)
    #expect(
      message(behind)
        == "info/000057/09_Frown/161_info.npz: R_t: depth: expected a face before the camera, found -0.5 m"
    )
  }

  @Test("faces without pose or vertices are left out by reason")
  func leftOut() throws {
    var records = try [faceRecord(), faceRecord(), faceRecord(), faceRecord()]
    records[0].faces[0].pose = nil
    records[1].faces[0].native = nil
    records[2].faces = []
    try TRGFixture.with(records, tables: tables) { root in
      #expect(
        root.written.map(\.leftOut) == [
          ["images without a pose"], ["images without vertices ('verts')"],
          ["images without a face"], [],
        ])
    }
  }

  @Test("a file that two sources have is not taken from either")
  func ambiguousSources() throws {
    try ARKitFaceFixture.with { set in
      try set.write("info/000057/09_Frown/161_info.npz", ARKitFaceFixture.info())
      try set.write("image/000057/09_Frown/161_ar.jpg")
      let record = try #require(set.read(.standard).records.first)
      try TRGFixture.with([record], sources: [set.folder], tables: tables) { root in
        #expect(root.written.allSatisfy { $0.isWritten })
      }
      let error = #expect(throws: RejectedRecord.self) {
        try TRGFixture.with([record], sources: [set.folder, set.folder], tables: tables) { _ in }
      }
      #expect(
        error?.issue.detail
          == "info/000057/09_Frown/161_info.npz: verts: expected one dataset that has the file, found 2"
      )
    }
  }

  // MARK: BIWI

  @Test(
    "frames, calibrations and the pickle stand where the class opens them, the box is of the points"
  )
  func biwi() throws {
    try BiwiFixture.withSynthetic { set in
      let records = try set.read().records
      try TRGFixture.with(records, sources: [set.folder]) { root in
        #expect(root.written.allSatisfy { $0.isWritten })
        for record in records {
          let tail = String(record.image.path.dropFirst("hpdb/".count))
          #expect(
            try root.bytes(TRGFixture.biwi + tail) == TRGFixture.image(record).bytes())
          let pose = tail.replacing("_rgb.png", with: "_pose.txt")
          #expect(try root.bytes(TRGFixture.biwi + pose) == Array(set.bytes("hpdb/" + pose)))
        }
        #expect(
          try root.bytes(TRGFixture.biwi + "01/rgb.cal") == Array(set.bytes("hpdb/01/rgb.cal")))
        let pickle = try root.bytes(TRGFixture.biwi + "annot_mtcnn_fan.pkl")
        #expect(pickle.prefix(2) == [0x80, 3])
        let json = try JSONParser.value(of: root.text("dataset.json"))
        let part = json["parts"]?["BIWI"]
        #expect(part?["points"]?["reprojected"]?.number == Double(records.count))
        #expect(part?["meshes"]?["02"]?.text == "hpdb/02.obj")
      }
    }
  }

  @Test("the records' own points are taken, or demanded, or not")
  func points() throws {
    try BiwiFixture.withSynthetic { set in
      var records = Array(try set.read().records.prefix(3))
      records[1].faces[0].landmarks = recordOf68Points("x", "y.jpg").faces[0].landmarks
      func counts(_ points: ExportOptions.Points) throws -> [Double?] {
        try TRGFixture.with(records, points: points) { root in
          let found = try JSONParser.value(of: root.text("dataset.json"))["parts"]?["BIWI"]?[
            "points"]
          return [found?["annotated"]?.number, found?["reprojected"]?.number]
        }
      }
      #expect(try counts(.automatic) == [1, 2])
      #expect(try counts(.annotated) == [1, 0])
      #expect(try counts(.reprojected) == [0, 3])
    }
  }

  @Test(
    "a sequence's name comes from its attribute where the path has none; another camera is left out"
  )
  func sequence() throws {
    try BiwiFixture.withSynthetic { set in
      var records = Array(try set.read().records.prefix(2))
      records[0].image.path = String(records[0].image.path.dropFirst("hpdb/01/".count))
      records[1].native = nil
      records[1].faces[0].native = nil
      records[1].camera?.intrinsics.focalLength = [500, 500]
      try TRGFixture.with(records) { root in
        #expect(root.exists(TRGFixture.biwi + "01/" + records[0].image.path))
        #expect(root.written[1].leftOut == ["images whose sequence has another camera"])
      }
    }
  }

  @Test("a mesh that cannot be read is told, and the head takes its place")
  func brokenMesh() throws {
    try BiwiFixture.withSynthetic { set in
      try write("v 1 2 nan\nv 1 2 3\nv 0 0 0\nf 1 2 3\n", to: set.folder + "/hpdb/01.obj")
      try write("v 1 2\n", to: set.folder + "/hpdb/02.obj")
      let records = try set.read().records
      try TRGFixture.with(records, sources: [set.folder]) { root in
        let meshes = try JSONParser.value(of: root.text("dataset.json"))["parts"]?["BIWI"]?[
          "meshes"]
        #expect(
          meshes?["01"]?.text
            == "the outline of sixdof's head, for hpdb/01.obj has no triangles, or numbers that are not finite"
        )
        #expect(
          meshes?["02"]?.text
            == "the outline of sixdof's head, for hpdb/02.obj:1: expected v x y z, found the line's end"
        )
      }
    }
  }
}
