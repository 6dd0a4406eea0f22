import Codecs
import Datasets
import Foundation
import Schema
import TestSupport
import Testing

@Suite("Faults of ARKitFace")
struct ARKitFaceFaultTests {
  private static func issue(_ info: [UInt8]) throws -> [String] {
    try ARKitFaceFixture.with { set in
      try set.write("info/s/a/1_info.npz", info)
      let (records, issues) = try set.read()
      #expect(records.isEmpty)
      return issues
    }
  }

  private static func expect(_ detail: String, _ info: [UInt8]) throws {
    let issues = try issue(info)
    #expect(issues == ["error: info/s/a/1_info.npz: " + detail])
  }

  @Test("each is located and says what was expected and found")
  func messages() throws {
    typealias Fixture = ARKitFaceFixture
    let vertices = ("verts", Fixture.array(Fixture.vertices, [1220, 3]))
    let transform = ("R_t", Fixture.array(Fixture.transform, [4, 4]))
    try Self.expect("zip: expected an archive, found nothing", [])
    try Self.expect("R_t: expected an array, found verts", Fixture.npz([vertices]))
    try Self.expect("verts: expected an array, found R_t", Fixture.npz([transform]))
    try Self.expect(
      "R_t: expected 4 x 4 numbers, found (3, 4)",
      Fixture.npz([vertices, ("R_t", Fixture.array(Array(Fixture.transform.prefix(12)), [3, 4]))]))
    try Self.expect(
      "verts: expected 1220 x 3 numbers, found (1220,)",
      Fixture.npz([
        transform, ("verts", Fixture.array([Double](repeating: 0, count: 1220), [1220])),
      ]))
    try Self.expect(
      "R_t: expected float32 or float64, found int8",
      Fixture.npz([
        vertices,
        ("R_t", NPY.file(type: "|i1", shape: [4, 4], data: .init(repeating: 0, count: 16))),
      ]))
    func changed(_ i: Int, _ value: Double) -> [Double] {
      var transform = Fixture.transform
      transform[i] = value
      return transform
    }
    try Self.expect(
      "R_t: row 4: expected finite numbers, found nan", Fixture.info(changed(12, .nan)))
    try Self.expect("R_t: expected a rotation, found another matrix", Fixture.info(changed(0, -1)))
    try Self.expect(
      "R_t: depth: expected a face before the camera, found -0.5 m", Fixture.info(changed(14, 0.5)))
    try Self.expect(
      "R_t: last column: expected 0, 0, 0, 1, found 0.0, 0.0, 0.0, 2.0",
      Fixture.info(changed(15, 2)))
    try Self.expect(
      "verts: depth: expected vertices before the camera, found one at -1.5 m",
      Fixture.info(vertices: 2))
    try Self.expect(
      "verts: row 1: expected finite numbers, found nan", Fixture.info(vertices: .nan))
  }

  @Test("a tree without the dataset's folders ends the run")
  func notADataset() throws {
    try ARKitFaceFixture.with { set in
      try set.write("image/s/a/1_ar.jpg")
      #expect(throws: NotARKitFace.self) { try set.read() }
    }
  }

  @Test("10,000 mutated lists give records or located issues")
  func mutatedLists() throws {
    try ARKitFaceFixture.with { set in
      try set.write("info/01/a/1_info.npz", ARKitFaceFixture.info())
      let base = Array("subject_id,facial_action,img_id,x\r\n01,a,1,\"q\"\r\n02,b,3,\n".utf8)
      let bytes = Array(",\"\r\n\0/.é0a".utf8)
      var random = SeededRandom(seed: 11)
      var (records, issues) = (0, 0)
      for _ in 0..<10_000 {
        var file = base
        for _ in 0...random.below(4) {
          // Most changes are in the rows: a broken header makes it no list.
          let at = random.below(8) == 0 ? random.below(35) : 35 + random.below(22)
          guard at < file.count else { continue }
          if random.below(10) == 0 {
            file.removeLast(file.count - at)
          } else {
            file[at] = bytes[random.below(bytes.count)]
          }
        }
        try set.write("list/ARKitFace_train.csv", file)
        let found = try set.read(.none)
        records += found.records.count
        issues += found.issues.count
        #expect(found.issues.allSatisfy { $0.hasPrefix("error: list/ARKitFace_train.csv:") })
      }
      #expect(records > 1_000)
      #expect(issues > 1_000)
    }
  }

  @Test("mutated files give records or located issues")
  func mutations() throws {
    try ARKitFaceFixture.with { set in
      var random = SeededRandom(seed: 7)
      let bases = [false, true].map { ARKitFaceFixture.info(isDouble: false, isCompressed: $0) }
      for i in 0..<400 {
        var file = bases[i % 2]
        for _ in 0...random.below(4) {
          if random.below(4) == 0 { file.removeLast(random.below(file.count)) }
          if file.isEmpty { break }
          let near = random.below(2) == 0 ? file.count : min(file.count, 200)
          file[file.count - 1 - random.below(near)] = UInt8(random.below(256))
        }
        try set.write("info/s/a/\(i)_info.npz", file)
      }
      let (records, issues) = try set.read()
      #expect(records.count + issues.count >= 400)
      #expect(issues.allSatisfy { $0.contains("info/s/a/") && $0.contains("expected") })
    }
  }
}

extension ARKitFaceFixture {
  /// All vertices at one place on the camera's axis, this far towards it.
  fileprivate static func info(vertices z: Double) -> [UInt8] {
    info(transform, (0..<3660).map { $0 % 3 == 2 ? z : 0 })
  }
}
