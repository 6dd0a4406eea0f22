import Geometry
import Labelling
import Schema
import TestSupport
import Testing

@Suite("Poses that are there already")
struct RelabellingTests {
  private let scene = LabellingScene(rotationVector: [0.1, 0.6, 0.2], translation: [0.1, 0, 1.4])

  private func annotated(_ pose: HeadPose) -> ImageRecord {
    var record = scene.record
    record.faces[0].pose = pose
    return record
  }

  @Test("replaced, annotated poses are fits too")
  func replaces() throws {
    var record = annotated(
      HeadPose(rotationVector: [1, 0, 0], translation: [0, 0, 9], provenance: .annotation))
    var options = LabellingOptions()
    options.replacesPoses = true
    var labeller = PoseLabeller(options: options)
    #expect(labeller.label(&record).isEmpty)
    let pose = try #require(record.faces[0].pose)
    #expect(pose.provenance == .pnp)
    #expect(pose.rotation.angle(to: scene.pose.rotation) < 1e-6)
  }

  @Test("replaced, a pose of a face without landmarks goes with a warning")
  func replacesWithoutLandmarks() {
    var record = annotated(
      HeadPose(rotationVector: [1, 0, 0], translation: [0, 0, 9], provenance: .annotation))
    record.faces[0].landmarks = nil
    var options = LabellingOptions()
    options.replacesPoses = true
    var labeller = PoseLabeller(options: options)
    #expect(
      labeller.label(&record).map(\.description) == [
        "label.txt:7: face 1, landmarks: expected at least 4 that determine a pose, found 0"
      ])
    #expect(record.faces.map(\.pose) == [nil])
  }

  @Test("with the rotation kept, the translation is the one that fits best to it")
  func fitsTranslation() throws {
    let off = Rotation(rotationVector: [0, 0.15, 0]) * scene.pose.rotation
    var record = annotated(
      HeadPose(
        rotationVector: off.rotationVector, translation: [0, 0, 9], provenance: .annotation))
    var options = LabellingOptions()
    options.fitsTranslations = true
    var labeller = PoseLabeller(options: options)
    #expect(labeller.label(&record).isEmpty)
    let (face, camera) = (record.faces[0], try #require(record.camera?.intrinsics))
    let pose = try #require(face.pose)
    #expect(pose.rotationVector == off.rotationVector)
    #expect(pose.provenance == .annotation)
    #expect(face.fit != nil && face.fit?.uncertainty == nil)

    func cost(_ translation: SIMD3<Double>) -> Double {
      FaceModel.bfmFivePoints.points.enumerated().reduce(0) { sum, point in
        let projected = camera.projection(of: off * point.element + translation)
        let offset = projected - (face.landmarks?.position(point.offset) ?? .zero)
        return sum + (offset * offset).sum()
      }
    }
    let least = cost(pose.place)
    #expect(least > 1)
    for axis in 0..<3 {
      for step in [-1e-4, 1e-4] {
        var other = pose.place
        other[axis] += step
        #expect(cost(other) > least)
      }
    }
  }

  @Test("a rotation of another frame than the model's is left alone")
  func otherFrame() {
    let pose = HeadPose(
      rotationVector: [1, 0, 0], translation: [0, 0, 9], frame: .arkit, provenance: .annotation)
    var record = annotated(pose)
    var options = LabellingOptions()
    options.fitsTranslations = true
    var labeller = PoseLabeller(options: options)
    #expect(labeller.label(&record).isEmpty)
    #expect(record.faces.map(\.pose) == [pose])
  }
}
