import Geometry
import Labelling
import Schema
import TestSupport
import Testing

private let scenes: [LabellingScene] = [
  .frontal,
  LabellingScene(rotationVector: [0.2, 0.7, -0.1], translation: [-0.3, 0.1, 1.0]),
  LabellingScene(rotationVector: [-0.4, -0.6, 0.3], translation: [0.2, 0.2, 2.5]),
  LabellingScene(rotationVector: [0, 0, 2.5], translation: [0, 0, 0.6]),
]

@Suite("Pose labeller")
struct PoseLabellerTests {
  @Test("recovers the pose that the landmarks were made with", arguments: scenes.indices)
  func recoversPose(index: Int) throws {
    var record = scenes[index].record
    var labeller = PoseLabeller()
    #expect(labeller.label(&record).isEmpty)
    let pose = try #require(record.faces.first?.pose)
    let fitted = pose.motion
    #expect(fitted.rotation.angle(to: scenes[index].pose.rotation) < 1e-5)
    let offset = fitted.translation - scenes[index].pose.translation
    #expect((offset * offset).sum().squareRoot() < 1e-5)
    #expect(pose.provenance == .pnp)
    #expect(pose.scale == .assumed)
    #expect(pose.frame == .bfm)
  }

  @Test("an annotated pose stays, another one is fitted anew")
  func annotatedPose() throws {
    for (provenance, stays) in [
      (HeadPose.Provenance.annotation, true), (.pnp, false), (.prediction, false),
    ] {
      var record = LabellingScene.frontal.record
      let pose = HeadPose(
        rotationVector: [1, 0, 0], translation: [0, 0, 9], provenance: provenance)
      record.faces[0].pose = pose
      var labeller = PoseLabeller()
      #expect(labeller.label(&record).isEmpty)
      #expect((record.faces.first?.pose == pose) == stays)
      #expect((record.faces.first?.fit == nil) == stays)
    }
  }

  @Test("fits four points and flags that one is missing")
  func fewPoints() throws {
    var record = LabellingScene.frontal.record
    record.faces[0].landmarks?[2] = .missing
    var labeller = PoseLabeller()
    #expect(labeller.label(&record).isEmpty)
    let fit = try #require(record.faces.first?.fit)
    #expect(fit.points == 4)
    #expect(fit.flags.contains(.fewPoints))
    #expect(record.faces.first?.pose != nil)
  }

  @Test("five points have no such flag")
  func allPoints() throws {
    var record = LabellingScene.frontal.record
    var labeller = PoseLabeller()
    _ = labeller.label(&record)
    let fit = try #require(record.faces.first?.fit)
    #expect(fit.points == 5)
    #expect(fit.flags.isEmpty)
  }

  @Test("occluded points take part in the fit")
  func occludedPoints() throws {
    var record = LabellingScene.frontal.record
    let nose = try #require(record.faces[0].landmarks?[2])
    record.faces[0].landmarks?[2] = Landmarks.Point(nose.position, .occluded)
    var labeller = PoseLabeller()
    _ = labeller.label(&record)
    #expect(record.faces.first?.fit?.points == 5)
  }

  @Test("three points give no pose and a located warning")
  func threePoints() {
    var record = LabellingScene.frontal.record
    record.faces[0].sourceLine = 9
    record.faces[0].landmarks?[0] = .missing
    record.faces[0].landmarks?[1] = .missing
    var labeller = PoseLabeller()
    let issues = labeller.label(&record)
    #expect(
      issues.map(\.description) == [
        "label.txt:9: face 1, landmarks: expected at least 4 that determine a pose, found 3"
      ])
    #expect(issues.map(\.severity) == [.warning])
    #expect(record.faces.map(\.pose) == [nil])
    #expect(record.faces.first?.landmarks?.presentCount == 3)
  }

  @Test("landmarks in one place give no pose and a warning, and an old pose goes")
  func coincidentLandmarks() {
    var record = LabellingScene.frontal.record
    record.faces[0].pose = HeadPose(rotationVector: [1, 0, 0], translation: [0, 0, 9])
    record.faces[0].landmarks = Landmarks(
      layout: .face5, points: Array(repeating: Landmarks.Point([50, 60]), count: 5))
    var labeller = PoseLabeller()
    let issues = labeller.label(&record)
    #expect(issues.map(\.code) == [.unusableLandmarks])
    #expect(
      issues.first?.detail
        == "face 1, landmarks: expected at least 4 that determine a pose, found points in one place or line, or behind the camera"
    )
    #expect(record.faces.map(\.pose) == [nil])
    #expect(record.faces.map(\.fit) == [nil])
  }

  @Test("a face without landmarks has no pose and is no issue; its neighbour is labelled")
  func mixedFaces() {
    var record = LabellingScene.frontal.record
    record.faces.insert(Face(box: BoundingBox(left: 1, top: 2, right: 3, bottom: 4)), at: 0)
    var labeller = PoseLabeller()
    #expect(labeller.label(&record).isEmpty)
    #expect(record.faces.map { $0.pose != nil } == [false, true])
  }

  @Test("68 points are fitted by all of them")
  func sixtyEightPoints() throws {
    let scene = LabellingScene(
      rotationVector: [0.2, 0.7, -0.1], translation: [-0.3, 0.1, 1.0], model: .bfm68Points)
    var record = scene.record
    var labeller = PoseLabeller()
    #expect(labeller.label(&record).isEmpty)
    let face = try #require(record.faces.first)
    #expect(face.pose?.rotation.angle(to: scene.pose.rotation) ?? 9 < 1e-6)
    #expect(face.fit?.points == 68)
    #expect(face.landmarks == scene.face.landmarks)
  }

  @Test("a record of 5, 68 and no points labels each face by its own, in the faces' order")
  func mixedLayouts() throws {
    let five = scenes[1]
    let sixtyEight = LabellingScene(
      rotationVector: [0.2, 0.5, -0.1], translation: [-0.1, 0.1, 1.5], model: .bfm68Points)
    var record = five.record
    let plain = Face(box: BoundingBox(left: 1, top: 2, right: 3, bottom: 4))
    record.faces = [sixtyEight.face, plain, five.face, sixtyEight.face]
    record.faces[3].landmarks = Landmarks(layout: .ibug68)
    var labeller = PoseLabeller()
    #expect(
      labeller.label(&record).map(\.description) == [
        "label.txt:7: face 4, landmarks: expected at least 4 that determine a pose, found 0"
      ])
    #expect(record.faces.map { $0.fit?.points } == [68, nil, 5, nil])
    let turns = [0, 2].map { record.faces[$0].pose?.rotation ?? .identity }
    #expect(turns[0].angle(to: sixtyEight.pose.rotation) < 1e-6)
    #expect(turns[1].angle(to: five.pose.rotation) < 1e-6)
  }

  @Test("21 points of AFLW are fitted by the five that they hold")
  func aflwPoints() throws {
    var record = LabellingScene.frontal.record
    let five = try #require(record.faces[0].landmarks)
    var labeller = PoseLabeller()
    _ = labeller.label(&record)
    var other = LabellingScene.frontal.record
    other.faces[0].landmarks = five.inAFLW
    _ = labeller.label(&other)
    #expect(other.faces[0].pose != nil && other.faces[0].pose == record.faces[0].pose)
  }
}

extension PoseLabellerTests {
  @Test(
    "Face Mesh's points are fitted by their own face; no sigma is below the turn that they share")
  func meshPoints() throws {
    let scene = LabellingScene(
      rotationVector: [0.2, 0.7, -0.1], translation: [-0.3, 0.1, 1], model: .faceMesh)
    var record = scene.record
    var labeller = PoseLabeller()
    #expect(labeller.label(&record).isEmpty)
    let face = record.faces[0]
    #expect(try #require(face.pose).motion.rotation.angle(to: scene.pose.rotation) < 1e-5)
    let sigma = try #require(face.fit?.uncertainty).rotation
    #expect(face.fit?.points == 468)
    #expect(all(SIMD3<Float>(FaceModel.faceMesh.turnSigma) .<= sigma))
  }

  @Test("by img2pose's profile 21 points of AFLW give what their five give")
  func aflwOfImg2Pose() throws {
    var options = LabellingOptions()
    options.method = .img2pose(.markley)
    let five = try #require(LabellingScene.frontal.record.faces[0].landmarks)
    let faces = [five, five.inAFLW].map { landmarks in
      var record = LabellingScene.frontal.record
      record.faces[0].landmarks = landmarks
      var labeller = PoseLabeller(options: options)
      _ = labeller.label(&record)
      return record.faces[0]
    }
    #expect(faces[0].pose != nil && faces[0].pose == faces[1].pose && faces[0].fit == faces[1].fit)
  }
}

@Suite("Quality of fit")
struct FitQualityTests {
  @Test("the interocular distance is f times the model's, over the depth")
  func interocularDistance() throws {
    var record = LabellingScene.frontal.record
    var labeller = PoseLabeller()
    _ = labeller.label(&record)
    let fit = try #require(record.faces.first?.fit)
    let expected = 1120 * FaceModel.bfmFivePoints.interocularDistance / 1.2
    #expect(abs(fit.interocularDistance - expected) < 1e-3)
    #expect(fit.reprojectionError < 1e-5)
  }

  @Test("a disturbed landmark shows in the residual, relative to the interocular distance")
  func residual() throws {
    var record = LabellingScene.frontal.record
    let nose = try #require(record.faces[0].landmarks?[2])
    record.faces[0].landmarks?[2] = Landmarks.Point(nose.position + [12, 0])
    var labeller = PoseLabeller()
    _ = labeller.label(&record)
    let face = try #require(record.faces.first)
    let fit = try #require(face.fit)
    let pose = try #require(face.pose?.extrinsics)
    let camera = try #require(record.camera?.intrinsics)
    var squares = 0.0
    for (i, point) in FaceModel.bfmFivePoints.points.enumerated() {
      let landmark = try #require(face.landmarks?.position(i))
      let offset = camera.projection(of: pose.applied(to: point)) - landmark
      squares += (offset * offset).sum()
    }
    let rms = (squares / 5).squareRoot()
    #expect(rms > 0.5)
    #expect(abs(fit.reprojectionError - rms) < 1e-6)
    #expect(fit.relativeError == fit.reprojectionError / fit.interocularDistance)
  }
}
