import Geometry
import Labelling
import Schema
import Testing

@Suite("What PerspNet's loader makes of a mesh")
struct PerspNetTargetsTests {
  /// A plane of 1,220 vertices before the camera, of two triangles.
  private let mesh: [SIMD3<Double>] = (0..<ARKitFaceTables.vertexCount).map { i in
    let (column, row) = (Double(i % 40), Double(i / 40))
    return SIMD3(column / 200 - 0.1, row / 200 - 0.075, 0)
  }
  private let tables = ARKitFaceTables(
    coordinates: Array(repeating: .zero, count: 1220),
    triangles: [[0, 39, 1200], [39, 1219, 1200]])
  private let camera = Intrinsics(focalLength: [600, 600], principalPoint: [400, 400])

  /// A head upright at this place, in the files' axes.
  private func matrix(x: Double = 0, y: Double = 0, z: Double = -0.5) -> [Double] {
    [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1]
  }

  private func face(
    _ mesh: [SIMD3<Double>]? = nil, _ matrix: [Double]? = nil
  ) throws(PerspNetTargets.Refusal) -> PerspNetFace {
    var targets = PerspNetTargets(tables)
    return try targets.face(
      mesh ?? self.mesh, matrix: matrix ?? self.matrix(), camera: camera, imageSize: [800, 800])
  }

  @Test("points, region and mask follow from the mesh")
  func numbers() throws {
    let made = try face()
    let marks: [SIMD2<Double>] = ARKitFaceTables.landmarkVertices.map { i in
      SIMD2(400 + 1200 * mesh[i].x, 400 - 1200 * mesh[i].y)
    }
    var (least, greatest) = (marks[0], marks[0])
    for (mark, expected) in zip(made.landmarks, marks) {
      // The loader's projection is float32.
      #expect(abs(mark.x - expected.x) < 1e-4)
      #expect(abs(mark.y - expected.y) < 1e-4)
      least = pointwiseMin(least, expected)
      greatest = pointwiseMax(greatest, expected)
    }
    let centre = (least + greatest) / 2
    let extent = (greatest - least).max()
    #expect(abs(made.extent - extent) < 1e-4)
    #expect(made.region.left == Int(centre.x - 0.75 * extent))
    #expect(made.region.bottom == Int(centre.y + 0.75 * extent))
    #expect(made.loaderFault == nil)
    #expect(made.triangles.count == made.maskBox.width * made.maskBox.height)
    // The plane is seen through both triangles, and their common edge once.
    #expect(Set(made.triangles).subtracting([PerspNetFace.noTriangle]) == [0, 1])
    let (columns, rows) = PerspNetTargets.window(of: made)
    #expect(columns.lowerBound <= made.region.left - Int(0.18 * extent))
    #expect(rows.upperBound >= made.region.bottom + Int(0.18 * extent))
  }

  @Test("what its own loader would do at an edge is told")
  func loaderFaults() throws {
    #expect(try face(nil, matrix(x: -0.25)).loaderFault == .replaced)
    #expect(try face(nil, matrix(y: 0.25)).loaderFault == .replaced)
    #expect(try face(nil, matrix(x: 0.25)).loaderFault == .corrupted)
    #expect(try face(nil, matrix(y: -0.25)).loaderFault == nil)
  }

  @Test("meshes that cannot be are refused with what is wrong")
  func refusals() {
    func refusal(_ mesh: [SIMD3<Double>]? = nil, _ matrix: [Double]? = nil) -> String {
      do throws(PerspNetTargets.Refusal) {
        _ = try face(mesh, matrix)
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal(Array(mesh.dropLast())).contains("expected 1220 vertices, found 1219"))
    for number in [Double.nan, .infinity, 1e300, -1.8e308] {
      var wild = mesh
      wild[700].y = number
      #expect(refusal(wild).contains("vertex 700: expected numbers under"))
      #expect(refusal(nil, matrix(x: number)).contains("R_t: expected a rotation"))
    }
    #expect(refusal(nil, matrix(z: 0.5)).contains("expected a depth above 0, found -0.5"))
    #expect(refusal(nil, matrix(z: -1e-320)).contains("verts: vertex 0"))
    #expect(refusal(nil, matrix(x: 5)).contains("expected a part of it within 800 x 800"))
    var sheared = matrix()
    sheared[1] = 0.5
    #expect(refusal(nil, sheared).contains("R_t: expected a rotation"))
  }
}
