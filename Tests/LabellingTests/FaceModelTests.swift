import Labelling
import Testing

@Suite("Face model")
struct FaceModelTests {
  @Test("the five points are img2pose's float32 figures, a tenth of them in metres")
  func figures() {
    let figures: [SIMD3<Float>] = [
      [-0.30313677, -0.4008789, -0.37974212], [0.32007796, -0.3944147, -0.37752032],
      [0.01478795, -0.02910064, -0.7367204], [-0.23718083, 0.27580532, -0.39722505],
      [0.22684711, 0.28580052, -0.41195285],
    ]
    let points = FaceModel.bfmFivePoints.points
    #expect(points.count == 5)
    for (point, figure) in zip(points, figures) {
      // Widened first and scaled then, so that no float32 rounding is added.
      #expect(point == SIMD3<Double>(figure) * 0.1)
    }
  }

  @Test("the eyes are 62.3 mm apart")
  func interocularDistance() {
    #expect(abs(FaceModel.bfmFivePoints.interocularDistance - 0.0623252) < 1e-6)
  }

  @Test("axes are x to the image's right, y down and z away from the camera")
  func axes() {
    let points = FaceModel.bfmFivePoints.points
    #expect(points[0].x < 0 && points[1].x > 0)
    #expect(points[3].y > points[2].y && points[2].y > points[0].y)
    #expect(points.indices.min { points[$0].z < points[$1].z } == 2)
  }
}
