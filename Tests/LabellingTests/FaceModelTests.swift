import Codecs
import Labelling
import Schema
import TestSupport
import Testing

@Suite("Face model")
struct FaceModelTests {
  @Test(
    "the bundled points are img2pose's float32 figures bit for bit, a tenth of them in metres",
    .enabled(if: sharedData != nil, "needs ../shared/data"),
    arguments: [FaceModel.bfmFivePoints, .bfm68Points])
  func figures(model: FaceModel) throws {
    let count = model.points.count
    let path =
      try #require(sharedData) + "/img2pose_reference/reference_3d_\(count)_points_trans.npy"
    let figures = try MappedFile(path: path).withBytes { bytes in
      let array = try NPYArray(bytes, name: path)
      #expect(array.element.name == "float32" && array.shape == [count, 3])
      return array.doubles
    }
    // Widened first and scaled then, so that no float32 rounding is added.
    let scaled = figures.map { ($0 * 0.1).bitPattern }
    #expect(model.points.flatMap { [$0.x, $0.y, $0.z] }.map(\.bitPattern) == scaled)
  }

  @Test("the bundled models have their layouts, the mean face's frame and eyes 62 mm apart")
  func bundled() {
    #expect(FaceModel.bfmFivePoints.layout == .face5)
    #expect(FaceModel.bfm68Points.layout == .ibug68)
    #expect(FaceModel.bfm68Points.name == "bfm-68")
    #expect(FaceModel.bfm68Points.source.contains("CVPR 2021"))
    #expect(FaceModel.bfm68Points.frame == .bfm)
    #expect(abs(FaceModel.bfmFivePoints.interocularDistance - 0.0623252) < 1e-6)
    #expect(abs(FaceModel.bfm68Points.interocularDistance - 0.0618169) < 1e-6)
  }

  @Test(
    "axes are x to the image's right, y down and z away from the camera",
    arguments: [FaceModel.bfmFivePoints, .bfm68Points])
  func axes(model: FaceModel) {
    let points = model.fivePoints.points
    #expect(points.count == 5)
    #expect(points[0].x < 0 && points[1].x > 0)
    #expect(points[3].y > points[2].y && points[2].y > points[0].y)
    #expect(points.indices.min { points[$0].z < points[$1].z } == 2)
  }

  @Test("68 points reduce to five as landmarks do")
  func reduction() throws {
    let model = FaceModel.bfm68Points
    let landmarks = Landmarks(
      layout: .ibug68, points: model.points.map { Landmarks.Point(SIMD2($0.x, $0.y)) })
    let five = landmarks.fivePoints
    for (i, point) in model.fivePoints.points.enumerated() {
      #expect(SIMD2(point.x, point.y) == five[i].position)
    }
    #expect(model.fivePoints.layout == .face5)
    #expect(model.fivePoints.interocularDistance == model.interocularDistance)
    #expect(FaceModel.bfmFivePoints.fivePoints == .bfmFivePoints)
  }

  @Test("Face Mesh's face lies on img2pose's, and is its own mirror image")
  func mesh() {
    let (mesh, other) = (FaceModel.faceMesh, FaceModel.bfm68Points)
    let places = Landmarks.Layout.ibugOfMesh
    func distance(_ i: Int) -> Double {
      let offset = mesh.points[places[i]] - other.points[i]
      return (offset * offset).sum().squareRoot()
    }
    // Jaws are defined otherwise; see `ibugOfMesh`.
    let squares = (17..<68).map { distance($0) * distance($0) }
    #expect((squares.reduce(0, +) / 51).squareRoot() < 0.005)
    #expect(distance(0) > 0.02)
    for (i, k) in Landmarks.Layout.mediapipe468.counterparts.enumerated() {
      let mirrored = mesh.points[k] * SIMD3(-1, 1, 1)
      let offset = mesh.points[i] - mirrored
      #expect((offset * offset).sum() < 1e-24)
    }
    #expect(mesh.fivePoints.turnSigma == mesh.turnSigma)
  }

  @Test("a set gives each layout its model, reduced where it has to be")
  func sets() {
    let bfm = FaceModelSet.bfm
    #expect(bfm.model(for: .face5) == .bfmFivePoints)
    #expect(bfm.model(for: .ibug68) == .bfm68Points)
    #expect(bfm.model(for: .aflw21) == .bfmFivePoints)
    #expect(bfm.model(for: .mediapipe468) == .bfmFivePoints)
    #expect(FaceModelSet.bundled.model(for: .mediapipe468) == .faceMesh)
    #expect(FaceModelSet.bundled.model(for: .aflw21) == .bfmFivePoints)
    let great = FaceModelSet(.bfm68Points)
    #expect(great.model(for: .face5) == FaceModel.bfm68Points.fivePoints)
    #expect(great.model(for: .ibug68) == .bfm68Points)
    let small = FaceModelSet(.bfmFivePoints)
    #expect(small.model(for: .ibug68) == .bfmFivePoints)
    #expect(small.match(Landmarks(layout: .ibug68))?.landmarks.layout == .face5)
    #expect(bfm.match(Landmarks(layout: .ibug68))?.landmarks.layout == .ibug68)
    #expect(bfm.match(Landmarks(layout: .aflw21))?.landmarks.layout == .face5)
  }
}
