import Codecs
import Foundation
import Schema
import TestSupport
import Testing

/// Tables that may be wrong in one file: a grid of 31 x 40 places, mirrored about u = 0.5, and some triangles.
struct TablesFixture {
  var coordinates: [Double] = (0..<1240).flatMap { i -> [Double] in
    // From the left half outwards in, so that counterparts lie next to each other.
    let (row, column) = (i / 31, i % 31)
    let side = column == 0 ? 0 : column % 2 == 1 ? -Double((column + 1) / 2) : Double(column / 2)
    return [0.5 + side / 40, 0.05 + Double(row) / 50]
  }
  var triangles: [Int32] = [0, 1, 2, 5, 4, 1219]
  var landmarks: [Int64] = ARKitFaceTables.landmarkVertices.map(Int64.init)
  var coordinatesShape = [1240, 2]

  func tables() throws -> ARKitFaceTables {
    try withTemporaryDirectory { folder in
      func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      try write("uv_coords_std_202109.npy", NPY.file(coordinates, shape: coordinatesShape))
      try write(
        "triangles.npy",
        NPY.file(
          type: "<i4", shape: [triangles.count / 3, 3],
          data: triangles.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
          }))
      try write(
        "kpt_ind.npy",
        NPY.file(
          type: "<i8", shape: [landmarks.count],
          data: landmarks.flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
          }))
      return try ARKitFaceTables(folder: folder)
    }
  }
}

@Suite("ARKitFace's mesh tables")
struct ARKitFaceTablesTests {
  @Test("are read as they are")
  func read() throws {
    let tables = try TablesFixture().tables()
    #expect(tables.coordinates.count == 1240)
    #expect(tables.coordinates[32] == SIMD2(0.5 - 1.0 / 40, 0.05 + 1.0 / 50))
    #expect(tables.triangles == [[0, 1, 2], [5, 4, 1219]])
  }

  @Test("a vertex and its mirror image take each other's place")
  func flip() throws {
    let flip = try TablesFixture().tables().flipIndex
    #expect(flip.count == 1220)
    #expect(flip[0] == 0)
    #expect(Array(flip[1...4]) == [2, 1, 4, 3])
    #expect(flip.indices.allSatisfy { flip[flip[$0]] == $0 })
  }

  @Test("a vertex without a mirror image is located")
  func noCounterpart() throws {
    var fixture = TablesFixture()
    fixture.coordinates[2 * 7] += 1e-4
    let tables = try fixture.tables()
    let error = #expect(throws: NPYError.self) { try tables.flipIndex }
    #expect(
      error?.description.hasPrefix("uv_coords_std_202109.npy: row 8: expected one vertex") == true)
  }

  @Test("the authors' table gives TRG's flip_index.npy", .enabled(if: sharedData != nil))
  func authors() throws {
    let folder = try #require(sharedData) + "/arkitface_tables"
    let tables = try ARKitFaceTables(folder: folder)
    #expect(tables.triangles.count == 2304)
    #expect(tables.coordinates.count == 1279)
    let bytes = try tables.flipIndex.flatMap { index in
      (0..<8).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
    }
    // TARGETS 1.2.
    #expect(
      bytes.withUnsafeBytes(sha256(of:))
        == "708c1a973636568afce42344977bf6f5a4731546c7ace8a9a63a71bcbf303de2")
  }

  @Test("what does not fit is located")
  func faults() {
    func message(_ change: (inout TablesFixture) -> Void) -> String? {
      var fixture = TablesFixture()
      change(&fixture)
      return #expect(throws: NPYError.self) { try fixture.tables() }?.description
    }
    #expect(
      message { $0.coordinates[5] = .nan }
        == "uv_coords_std_202109.npy: row 3: expected numbers from 0 to 1, found nan")
    #expect(
      message {
        $0.coordinates = Array($0.coordinates.prefix(2438))
        $0.coordinatesShape = [1219, 2]
      }
        == "uv_coords_std_202109.npy: expected at least 1220 x 2 floats, found (1219, 2) of float64"
    )
    #expect(
      message { $0.triangles[4] = -1 }
        == "triangles.npy: row 2: expected vertices from 0 to 1219, found -1")
    #expect(
      message { $0.triangles[5] = 1220 }
        == "triangles.npy: row 2: expected vertices from 0 to 1219, found 1220")
    #expect(
      message { $0.landmarks[15] = 731 }
        == "kpt_ind.npy: row 16: expected ARKitFace's vertex 730, found 731")
    #expect(
      message { $0.landmarks.removeLast() }
        == "kpt_ind.npy: expected 68 vertices, found (67,) of int64")
  }
}
