import Geometry
import Labelling
import Schema
import Testing

@Suite("Poses of two networks")
struct PoseFusionTests {
  /// A face fitted to Face Mesh's points.
  private func fitted() throws -> Face {
    var record = LabellingScene(
      rotationVector: [0.1, 0.5, -0.1], translation: [-0.2, 0.1, 1], model: .faceMesh
    ).record
    var labeller = PoseLabeller()
    _ = labeller.label(&record)
    return record.faces[0]
  }

  @Test(
    "give the rotation midway, with the face's middle where it was", arguments: [0.02, 0.2, 0.6])
  func mean(angle: Double) throws {
    let face = try fitted()
    let before = try #require(face.pose?.extrinsics)
    let turn = Rotation(rotationVector: angle * SIMD3(0.6, 0, 0.8))
    let other = turn * before.rotation
    var fused = face
    fused.fuse(with: other, fittedBy: .faceMesh)
    let after = try #require(fused.pose?.extrinsics)
    #expect(abs(after.rotation.angle(to: before.rotation) - angle / 2) < 1e-9)
    #expect(abs(after.rotation.angle(to: other) - angle / 2) < 1e-9)
    let points = FaceModel.faceMesh.points
    let middle = points.reduce(.zero, +) / Double(points.count)
    let moved = after.applied(to: middle) - before.applied(to: middle)
    #expect((moved * moved).sum() < 1e-24)
    // About the camera's x and z axes they differ, so these are less certain than y.
    let sigma = try #require(fused.fit?.uncertainty).rotation
    let half = Float(angle * 0.3 * 180 / .pi)
    #expect(abs(sigma.x - (16 + half * half).squareRoot()) < 1e-4 && abs(sigma.y - 3) < 1e-4)
    #expect(fused.fit?.flags.contains(.networksDisagree) == (angle > 0.3))
    #expect(fused.pose?.provenance == face.pose?.provenance)
  }

  @Test("without a fit stay as they are")
  func unfitted() throws {
    var face = Face(box: BoundingBox(x: 0, y: 0, width: 9, height: 9))
    face.pose = HeadPose(
      rotationVector: [0, 1, 0], translation: [0, 0, 1], provenance: .prediction)
    let before = face
    face.fuse(with: .identity, fittedBy: .faceMesh)
    #expect(face == before)
  }
}
