import CSQLite
import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// A file that a writer makes.
private func file(_ write: (_ path: String) throws -> Void) throws -> [UInt8] {
  try withTemporaryDirectory { folder in
    try write("\(folder)/x")
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/x")))
  }
}

private func form(of bytes: [UInt8]) -> String? {
  bytes.withUnsafeBytes { Recognition(of: $0, path: "x")?.dataset }
}

/// Red, green and blue of a pixel.
private func pixel(_ x: Int, _ y: Int, of file: [UInt8]) throws -> [UInt8] {
  let image: PixelImage = try file.withUnsafeBytes { try PixelImage(decoding: $0) }
  let start = 3 * (y * image.width + x)
  return Array(image.pixels[start..<start + 3])
}

/// Reads changed copies of a file. None may crash, hang, or give a box that is not finite.
private func mutate(_ form: String, _ bytes: [UInt8], from first: Int, rounds: Int) throws {
  var random = SeededRandom(seed: 61)
  for round in 0..<rounds {
    var changed = bytes
    for _ in 0...(round % 4) {
      changed[first + random.below(changed.count - first)] = UInt8(
        truncatingIfNeeded: random.next())
    }
    if round % 9 == 0 { changed.removeLast(random.below(changed.count / 2)) }
    guard let reading = try? FormReading(form, ["x": changed]) else { continue }
    #expect(reading.records.flatMap(\.faces).allSatisfy { $0.edges.allSatisfy(\.isFinite) })
  }
}

@Suite("MAFA")
struct MAFATests {
  private static func labels(_ rows: [[Int32]]) -> MATContent {
    let columns = rows.first?.count ?? 21
    let values = (0..<columns).flatMap { column in rows.map { $0[column] } }
    return .int32(values, rows: rows.count, columns: columns)
  }

  private static let row: [Int32] = [
    56, 170, 185, 180, 140, 198, 196, 208, 41, 56, 147, 182, 1, 3, 1, 2, 4, -1, -1, -1, -1,
  ]

  private static func training(_ rows: [[Int32]]) throws -> [UInt8] {
    try file { path in
      let writer = try MATWriter(path: path)
      try writer.write(
        "label_train",
        .structure(
          fields: ["orgImgName", "imgName", "label"],
          [
            [.text("add_11.jpg"), .text("a.jpg"), labels(rows)],
            [.text("add_12.jpg"), .text("b.jpg"), labels([row, [Int32](1...21)])],
          ]))
      try writer.finish()
    }
  }

  @Test("a row is a box, two eyes, classes and boxes relative to the face")
  func rows() throws {
    let bytes = try Self.training([Self.row])
    #expect(form(of: bytes) == "mafa")
    let reading = try FormReading("mafa", ["LabelTrainAll.mat": bytes])
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg"])
    #expect(reading.records.map(\.faces.count) == [1, 2])
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.edges == [56, 170, 241, 350])
    #expect(face.points == [[140, 198], [196, 208], nil, nil, nil])
    let classes = ["occ_type", "occ_degree", "gender", "race", "orientation"].map(face.attribute)
    #expect(classes == [1, 3, 1, 2, 4].map { .integer($0) })
    #expect(reading.issues.isEmpty)
  }

  @Test("the test's rows have a type of face and no eyes")
  func test() throws {
    let bytes = try file { path in
      let writer = try MATWriter(path: path)
      try writer.write(
        "LabelTest",
        .structure(fields: ["name", "label"], [[.text("t.jpg"), Self.labels([[Int32](1...18)])]]))
      try writer.finish()
    }
    let face = try #require(try FormReading("mafa", ["t.mat": bytes]).records.first?.faces.first)
    #expect(face.edges == [1, 2, 4, 6] && face.landmarks == nil)
    #expect(face.attribute("face_type") == .integer(5))
    #expect(face.attribute("orientation") == .integer(14))
  }

  @Test("rows of another length are named, and the other images read")
  func broken() throws {
    let reading = try FormReading("mafa", ["x.mat": try Self.training([[1, 2, 3]])])
    #expect(reading.records.map(\.image.path) == ["b.jpg"])
    #expect(
      reading.issues == [
        "x.mat: image 1: 'a.jpg', label: expected rows of 21 numbers, found 3 numbers in 1 rows"
      ])
    try mutate("mafa", try Self.training([Self.row]), from: 128, rounds: 300)
  }
}

@Suite("AFLW")
struct AFLWTests {
  private static func list(mask: Bool = true) throws -> [UInt8] {
    let points = (0..<38).map { Double($0) }
    return try file { path in
      let writer = try MATWriter(path: path)
      try writer.write(
        MATArray(
          name: "bbox", doubles: [10, 50, 20, 70, 1, 2, 3, 4, 5, 9, 6, 8], rows: 3, columns: 4))
      try writer.write(
        MATArray(
          name: "data", doubles: points + points.map { $0 + 100 } + points, rows: 3, columns: 38))
      let seen = [UInt8](repeating: 1, count: 57).enumerated().map { i, one in i == 0 ? 0 : one }
      if mask { try writer.write("mask_new", .uint8(seen, rows: 3, columns: 19)) }
      try writer.write(
        "nameList",
        .cells([.text("0/image1.jpg"), .text("0/image2.jpg"), .text("0/image1.jpg")]))
      try writer.write("ra", .uint16([2, 1, 3], rows: 1, columns: 3))
      try writer.finish()
    }
  }

  @Test(
    "19 points are AFLW's without the ears; hidden ones are occluded; an image has all its faces")
  func nineteen() throws {
    let bytes = try Self.list()
    #expect(form(of: bytes) == "aflw-19")
    let reading = try FormReading("aflw-19", ["AFLWinfo_release.mat": bytes])
    #expect(reading.records.map(\.image.path) == ["0/image1.jpg", "0/image2.jpg"])
    #expect(reading.records.map(\.source.split) == ["train", "train"])
    #expect(reading.records.map(\.faces.count) == [2, 1])
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.edges == [10, 20, 50, 70])
    #expect(face.points[0] == [0, 19] && face.points[12] == nil && face.points[16] == nil)
    #expect(face.points[13] == [12, 31] && face.points[20] == [18, 37])
    #expect(face.visibilities[0] == .occluded && face.visibilities[1] == .visible)
    let unmasked = try FormReading("aflw-19", ["x.mat": try Self.list(mask: false)])
    #expect(unmasked.records[0].faces[0].visibilities[0] == .visible)
    try mutate("aflw-19", bytes, from: 128, rounds: 300)
  }

  /// - Parameter script: the statements that fill it.
  private static func database(_ script: String) throws -> [UInt8] {
    try file { path in
      var database: OpaquePointer?
      try #require(sqlite3_open(path, &database) == SQLITE_OK)
      defer { sqlite3_close(database) }
      try #require(sqlite3_exec(database, tables + script, nil, nil, nil) == SQLITE_OK)
    }
  }

  private static let tables = """
    CREATE TABLE FaceImages(image_id, db_id, file_id, filepath, bw, width, height);
    CREATE TABLE Faces(face_id integer, file_id, db_id);
    CREATE TABLE FeatureCoords(face_id, feature_id, x real, y real);
    """
  private static let faces = """
    CREATE TABLE FacePose(face_id, roll real, pitch real, yaw real);
    CREATE TABLE FaceRect(face_id, x, y, w, h);
    INSERT INTO FaceImages VALUES(1,'flickr','b.jpg','0/b.jpg',0,320,240);
    INSERT INTO FaceImages VALUES(2,'flickr','a.jpg','0/a.jpg',0,640,480);
    INSERT INTO Faces VALUES(7,'a.jpg','flickr'),(5,'b.jpg','flickr'),(6,'b.jpg','flickr');
    INSERT INTO Faces VALUES(9,'gone.jpg','flickr');
    INSERT INTO FaceRect VALUES(5,10,20,30,40),(7,1,2,3,4);
    INSERT INTO FacePose VALUES(5,0.1,0.2,-0.6);
    INSERT INTO FeatureCoords VALUES(5,8,12,30),(5,15,20,40),(5,11,-1,30),(6,1,3,4),(6,21,9,9);
    """

  @Test("the database gives faces by image; absent and negative points are missing")
  func database() throws {
    let bytes = try Self.database(Self.faces)
    #expect(form(of: bytes) == "aflw")
    let reading = try FormReading("aflw", ["aflw.sqlite": bytes])
    #expect(reading.records.map(\.image.path) == ["0/b.jpg", "0/a.jpg"])
    #expect(reading.records.map(\.faces.count) == [2, 1])
    #expect(reading.records[0].image.width == 320)
    let face = reading.records[0].faces[0]
    #expect(face.attribute("face_id") == .integer(5))
    #expect(face.edges == [10, 20, 40, 60])
    #expect(face.points[7] == [12, 30] && face.points[14] == [20, 40] && face.points[10] == nil)
    #expect(reading.records[0].faces[1].edges == [3, 4, 9, 9])
    let expected = EulerConvention.aflwDatabase.rotation(
      of: EulerAngles(pitch: 0.2, yaw: -0.6, roll: 0.1))
    let pose = try #require(face.pose)
    #expect(pose.extrinsics == nil)
    #expect(pose.rotation.angle(to: expected) < 1e-12)
    #expect(
      face.attribute("euler_aflw_sqlite") != nil || face.attribute("euler_aflw-sqlite") != nil)
    #expect(
      reading.issues == [
        "aflw.sqlite: faces: expected an image for each, found 1 face without one"
      ])
  }

  @Test("tables that a face needs not may be absent, and damage is an error")
  func damage() throws {
    let bytes = try Self.database(
      "INSERT INTO FaceImages VALUES(1,'f','a','0/a.jpg',0,9,9); INSERT INTO Faces VALUES(1,'a','f'); INSERT INTO FeatureCoords VALUES(1,1,2,3);"
    )
    let face = try #require(try FormReading("aflw", ["x.db": bytes]).records.first?.faces.first)
    #expect(face.points[0] == [2, 3] && face.pose == nil)
    try mutate("aflw", try Self.database(Self.faces), from: 100, rounds: 300)
  }
}

@Suite("COFW")
struct COFWTests {
  private static func arrays(_ suffix: String = "Tr") -> [UInt8] {
    var file = HDF5Fixture()
    file.add("Is" + suffix, shape: [1, 2], .references(["a", "b"]))
    file.add("a", shape: [3, 12, 10], .bytes((0..<360).map { UInt8(truncatingIfNeeded: $0) }))
    file.add("b", shape: [8, 6], .bytes([UInt8](0..<48)))
    file.add("bboxes" + suffix, shape: [4, 2], .doubles([11, 21, 12, 22, 13, 23, 14, 24]))
    var points = [Double](repeating: 0, count: 174)
    for i in 0..<29 {
      points[2 * i] = Double(i + 1)
      points[2 * (29 + i)] = Double(101 + i)
    }
    // The left pupil of the first image is hidden.
    points[2 * (58 + 16)] = 1
    file.add("phis" + suffix, shape: [87, 2], .doubles(points))
    return file.bytes
  }

  @Test("points and boxes count from 1, the pictures tell the size, and names are numbers")
  func faces() throws {
    for (suffix, split) in [("Tr", "train"), ("T", "test")] {
      let bytes = Self.arrays(suffix)
      #expect(form(of: bytes) == "cofw")
      let reading = try FormReading("cofw", ["COFW.mat": bytes])
      #expect(reading.records.map(\.image.path) == ["000001", "000002"])
      #expect(reading.records.map(\.source.split) == [split, split])
      #expect(reading.records.map(\.image.width) == [12, 8])
      #expect(reading.records.map(\.image.height) == [10, 6])
      let face = try #require(reading.records.first?.faces.first)
      #expect(face.edges == [10, 11, 23, 25])
      #expect(face.points == [[16, 116], [17, 117], [20, 120], [22, 122], [23, 123]])
      #expect(face.visibilities[0] == .occluded && face.visibilities[1] == .visible)
      #expect(reading.issues.isEmpty)
    }
    let pictures = try FormReading("cofw", ["x.mat": Self.arrays()]) { $0.takesImages = true }
      .images
    let (colour, grey) = (try #require(pictures.first ?? nil), try #require(pictures.last ?? nil))
    #expect(try pixel(3, 2, of: colour) == [32, 152, 16])
    #expect(try pixel(7, 5, of: grey) == [47, 47, 47])
    try mutate("cofw", Self.arrays(), from: 512, rounds: 300)
  }
}

@Suite("FSA-Net's arrays")
struct FSANetTests {
  private static func arrays(rows: Int) throws -> [UInt8] {
    try file { path in
      let writer = try NPZFileWriter(path: path)
      try writer.add("image", type: "|u1", shape: [2, 64, 48, 3]) {
        try $0((0..<2 * 64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 / 3 + 40 * ($0 % 3)) })
      }
      try writer.add("pose", type: "<f8", shape: [rows, 3]) {
        try $0((0..<3 * rows).map { Double($0) * 10 }.littleEndianBytes)
      }
      try writer.finish()
    }
  }

  @Test("rows are yaw, pitch and roll of whole crops without names")
  func rows() throws {
    let bytes = try Self.arrays(rows: 2)
    #expect(form(of: bytes) == "fsanet-npz")
    let reading = try FormReading("fsanet-npz", ["AFLW2000.npz": bytes])
    #expect(reading.records.map(\.image.path) == ["AFLW2000/000000", "AFLW2000/000001"])
    let face = try #require(reading.records.last?.faces.first)
    #expect(face.edges == [0, 0, 48, 64])
    let expected = EulerConvention.aflw.rotation(
      of: EulerAngles(pitch: 40, yaw: 30, roll: 50).inRadians)
    #expect(try #require(face.pose).rotation.angle(to: expected) < 1e-12)
    #expect(reading.issues.count == 1)
    let pictures = try FormReading("fsanet-npz", ["x.npz": bytes]) { $0.takesImages = true }.images
    let picture = try #require(pictures.last ?? nil)
    // Pixel 64 * 48 + 5 is 5 more than a multiple of 256; blue comes first.
    #expect(try pixel(5, 0, of: picture) == [85, 45, 5])
    let odd = try FormReading("fsanet-npz", ["x.npz": try Self.arrays(rows: 3)])
    #expect(
      odd.records.isEmpty && odd.issues.first?.contains("'image': expected 3 pictures") == true)
    try mutate("fsanet-npz", bytes, from: 0, rounds: 100)
  }
}
