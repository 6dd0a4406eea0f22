internal import Foundation
internal import Geometry
internal import Testing

@Suite("Cameras and poses")
struct ProjectionTests {
  @Test("img2pose's camera has w + h as focal length and the floored centre")
  func assumedCamera() {
    let camera = Intrinsics.widthPlusHeight(641, 483)
    #expect(camera.focalLength == [1124, 1124])
    #expect(camera.principalPoint == [320, 241])
  }

  @Test("points project by u = fx X/Z + cx, v = fy Y/Z + cy")
  func projection() {
    let camera = Intrinsics(focalLength: [800, 600], principalPoint: [320, 240])
    #expect(camera.projection(of: [0.5, -0.25, 2]) == [520, 165])
    #expect(camera.projection(of: [0, 0, 7]) == [320, 240])
  }

  @Test("a pose turns first and moves then")
  func pose() {
    let pose = Extrinsics(
      rotation: Rotation(rotationVector: [0, 0, .pi / 2]), translation: [10, 20, 30])
    #expect(length(pose.applied(to: [1, 2, 3]) - [8, 21, 33]) < 1e-14)
  }
}
