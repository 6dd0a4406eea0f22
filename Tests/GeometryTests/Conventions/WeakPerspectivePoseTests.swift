internal import Geometry
internal import TestSupport
internal import Testing

@Suite("Poses under scaled orthography")
struct WeakPerspectivePoseTests {
  private let camera = Intrinsics(focalLength: [900, 880], principalPoint: [224.5, 220])
  private let height = 450

  private func parameters(_ random: inout SeededRandom) -> [Double] {
    [
      random.uniform(-1.2...1.2), random.uniform(-1.5...1.5), random.uniform(-3...3),
      random.uniform(0...450), random.uniform(0...450), random.uniform(-300...0),
      random.uniform(3e-4...2e-3),
    ]
  }

  @Test("Pose_Para's seven numbers come back")
  func numbers() throws {
    var random = SeededRandom(seed: 101)
    for _ in 0..<1000 {
      let numbers = parameters(&random)
      let pose = try #require(WeakPerspectivePose(poseParameters: numbers))
      for (found, expected) in zip(pose.poseParameters, numbers) {
        #expect(abs(found - expected) < 1e-12)
      }
    }
    #expect(WeakPerspectivePose(poseParameters: [0, 0, 0, 1, 1, 1, 0]) == nil)
    #expect(WeakPerspectivePose(poseParameters: [0, 0, 0, 1, 1, 1]) == nil)
    #expect(WeakPerspectivePose(poseParameters: [0, 0, .nan, 1, 1, 1, 1]) == nil)
  }

  @Test("the projection is face3d's: pixels from 1, rows from below, the BFM's y up")
  func projection() throws {
    var random = SeededRandom(seed: 102)
    let flip = Rotation(rows: [1, 0, 0], [0, -1, 0], [0, 0, -1])
    for _ in 0..<1000 {
      let n = parameters(&random)
      let pose = try #require(WeakPerspectivePose(poseParameters: n))
      let bfm = random.vector(-1e5...1e5)
      // p = f R3 S + t3d, then v from above and both from 0.
      let p = n[6] * (pose.rotation.inYUpAxes * bfm) + SIMD3(n[3], n[4], n[5])
      let found = pose.projection(of: flip * (1e-6 * bfm), imageHeight: height)
      #expect(abs(found.x - (p.x - 1)) < 1e-9)
      #expect(abs(found.y - (Double(height) - p.y)) < 1e-9)
    }
  }

  @Test("lifted poses show the origin, and what lies in its plane, in the same pixels")
  func lift() throws {
    var random = SeededRandom(seed: 103)
    let square = Intrinsics(focalLength: [900, 900], principalPoint: [224.5, 220])
    for _ in 0..<1000 {
      let pose = try #require(WeakPerspectivePose(poseParameters: parameters(&random)))
      let lifted = pose.lifted(to: square, imageHeight: height)
      let inPlane = SIMD3(random.uniform(-0.1...0.1), random.uniform(-0.1...0.1), 0)
      for point in [.zero, pose.rotation.transpose * inPlane] {
        let orthographic = pose.projection(of: point, imageHeight: height)
        let perspective = square.projection(of: lifted.applied(to: point))
        #expect(length(SIMD3(orthographic - perspective, 0)) < 1e-9)
      }
    }
  }

  @Test("lifting and its inverse agree, with and without the sight", arguments: [false, true])
  func roundTrip(turnsWithSight: Bool) throws {
    var random = SeededRandom(seed: 104)
    for _ in 0..<1000 {
      let pose = try #require(WeakPerspectivePose(poseParameters: parameters(&random)))
      let lifted = pose.lifted(
        to: camera, imageHeight: height, turnsWithSight: turnsWithSight)
      let back = try #require(
        WeakPerspectivePose(
          lifted, in: camera, imageHeight: height, depthOffset: pose.offset.z,
          turnsWithSight: turnsWithSight))
      #expect(distance(back.rotation, pose.rotation) < 1e-13)
      #expect(length(back.offset - pose.offset) < 1e-11)
      #expect(abs(back.scale / pose.scale - 1) < 1e-13)
      let allocentric = turnsWithSight ? lifted.allocentric.rotation : lifted.rotation
      #expect(distance(allocentric, pose.rotation) < 1e-13)
    }
  }
}
