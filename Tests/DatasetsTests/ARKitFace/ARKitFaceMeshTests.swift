import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("ARKitFace's synthetic meshes")
struct ARKitFaceMeshTests {
  /// A set of one person, and the tables that its meshes have.
  private func withSet<Result>(
    _ tables: ARKitFaceTables? = nil, _ body: (String, ARKitFaceTables) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      var options = SynthesisOptions()
      (options.width, options.height, options.meshTables) = (800, 800, tables)
      var synthesis = try ARKitFaceSynthesis(
        folder: folder, options: options, model: Schema.MeanFace.ibug68Points)
      try synthesis.add(index: 0, [])
      try synthesis.finish()
      let isOwn = FileManager.default.fileExists(atPath: folder + "/tables")
      #expect(isOwn == (tables == nil))
      return try body(folder, try tables ?? ARKitFaceTables(folder: folder + "/tables"))
    }
  }

  /// The vertices of the set's one sample, in the file's axes.
  private func vertices(_ folder: String) throws -> [SIMD3<Double>] {
    let files = try ARKitFaceFixture.files(folder + "/perspnet/info")
    let data = try #require(files.first { $0.key.hasSuffix(".npz") }?.value)
    return try Array(data).withUnsafeBytes { bytes in
      try NPZFile(bytes).withArray("verts", limit: 1 << 20) { array in
        let numbers = array.doubles
        return (0..<1220).map { SIMD3(numbers[3 * $0], numbers[3 * $0 + 1], numbers[3 * $0 + 2]) }
      }
    }
  }

  /// TARGETS 6.4, but for what a rasteriser is needed for.
  private func expectFace(_ folder: String, _ tables: ARKitFaceTables) throws {
    let vertices = try vertices(folder)
    #expect(vertices.allSatisfy { max(abs($0.x), abs($0.y), abs($0.z)) < 0.111 })
    let facing = tables.triangles.count { corners in
      let (a, b, c) = (
        vertices[Int(corners.x)], vertices[Int(corners.y)], vertices[Int(corners.z)]
      )
      let (u, v) = (b - a, c - a)
      // z of the normal, toward the viewer.
      return u.x * v.y - u.y * v.x > 0
    }
    #expect(tables.triangles.count == 2304)
    #expect(Double(facing) >= 0.95 * 2304, "\(facing)")
    // One person's face is the mean face, stretched along its axes.
    let landmarks = ARKitFaceTables.landmarkVertices.map { vertices[$0] }
    let mean = Schema.MeanFace.ibug68Points
    for axis in 0..<3 {
      let factor = landmarks[0][axis] / mean[0][axis]
      #expect(abs(abs(factor) - 1) < 0.081)
      for (own, point) in zip(landmarks, mean) {
        #expect(abs(own[axis] - factor * point[axis]) < 1e-8)
      }
    }
  }

  @Test("our own topology is a face of the dataset's size, in a plane layout without folds")
  func own() throws {
    try withSet { folder, tables in
      try expectFace(folder, tables)
      #expect(Set(tables.triangles.flatMap { [$0.x, $0.y, $0.z] }).count == 1220)
      for corners in tables.triangles {
        let (a, b, c) = (
          tables.coordinates[Int(corners.x)], tables.coordinates[Int(corners.y)],
          tables.coordinates[Int(corners.z)]
        )
        #expect((b - a).x * (c - a).y - (b - a).y * (c - a).x < 0)
      }
      let flip = try tables.flipIndex
      #expect(flip.indices.allSatisfy { flip[flip[$0]] == $0 })
      for (one, other) in Landmarks.mirrorPairs {
        let vertices = ARKitFaceTables.landmarkVertices
        #expect(flip[vertices[one]] == vertices[other])
      }
    }
  }

  @Test("the authors' topology is", .enabled(if: sharedData != nil))
  func authors() throws {
    let tables = try ARKitFaceTables(folder: try #require(sharedData) + "/arkitface_tables")
    try withSet(tables, expectFace)
  }

  @Test("tables whose landmarks coincide are refused")
  func coinciding() {
    let tables = ARKitFaceTables(
      coordinates: Array(repeating: [0.3, 0.4], count: 1220), triangles: [[0, 1, 2]])
    var options = SynthesisOptions()
    options.meshTables = tables
    let error = #expect(throws: NPYError.self) {
      try ARKitFaceSynthesis(
        folder: "never", options: options, model: Schema.MeanFace.ibug68Points)
    }
    #expect(
      error?.description
        == "uv_coords_std_202109.npy: landmarks: expected 68 places apart from each other, found some that coincide"
    )
  }
}
