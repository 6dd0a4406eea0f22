import Geometry
import Labelling
import Schema
import TestSupport
import Testing

private let image = Intrinsics.widthPlusHeight(640, 480)
private let box = IntegerBox(left: 100, top: 100, right: 200, bottom: 220)

/// A face of exact landmarks, labelled.
private func labelled(_ model: FaceModel = .bfmFivePoints) -> Face {
  let scene = LabellingScene(
    rotationVector: [0.1, 0.3, -0.1], translation: [-0.1, -0.05, 0.9], model: model)
  var record = scene.record
  var labeller = PoseLabeller()
  _ = labeller.label(&record)
  return record.faces[0]
}

private func isNothing(_ target: Img2PoseTarget) -> Bool {
  target.pose == nil && target.landmarks == nil
}

@Suite("What img2pose is given of a face")
struct Img2PoseTargetsTests {
  @Test("the record's pose and landmarks, and the local pose that is converted to it")
  func record() throws {
    let face = labelled()
    var targets = Img2PoseTargets()
    let target = targets.target(of: face, box: box, camera: image)
    let pose = try #require(target.pose)
    #expect(pose.global == face.pose)
    #expect(target.landmarks == face.landmarks)
    let reached = CropCamera(box: box, image: image).global(from: pose.local.motion)
    #expect(reached.rotation.angle(to: pose.global.rotation) < 1e-12)
  }

  @Test("no pose and no landmarks where the face lacks either")
  func neither() {
    var targets = Img2PoseTargets()
    var face = labelled()
    face.pose = nil
    #expect(isNothing(targets.target(of: face, box: box, camera: image)))
    face = labelled()
    face.landmarks = nil
    #expect(isNothing(targets.target(of: face, box: box, camera: image)))
  }

  @Test("a pose behind the camera is none to train on, and says why")
  func behind() {
    var face = labelled()
    face.pose = face.pose.map {
      HeadPose(
        rotationVector: $0.rotationVector, translation: $0.translation.map { -$0 }, frame: $0.frame,
        provenance: $0.provenance)
    }
    var targets = Img2PoseTargets()
    let target = targets.target(of: face, box: box, camera: image)
    #expect(isNothing(target))
    #expect(target.refusal == .behindCamera)
  }

  @Test("of AFLW's 21 points the five that they hold")
  func aflw() throws {
    var face = labelled()
    let five = try #require(face.landmarks)
    face.landmarks = five.inAFLW
    var targets = Img2PoseTargets()
    #expect(targets.target(of: face, box: box, camera: image).landmarks == five)
  }

  @Test("a genuine coordinate of -1 becomes the next number above")
  func minusOne() throws {
    var face = labelled()
    face.landmarks?[0] = Landmarks.Point([-1, 7], .occluded)
    var targets = Img2PoseTargets()
    let stored = try #require(targets.target(of: face, box: box, camera: image).landmarks)
    #expect(stored[0] == Landmarks.Point([(-1.0).nextUp, 7], .occluded))
  }

  @Test("a missing point is stored where the pose projects it, and counted", arguments: [5, 68])
  func missing(count: Int) throws {
    let model: FaceModel = count == 5 ? .bfmFivePoints : .bfm68Points
    var face = labelled(model)
    face.landmarks?[1] = .missing
    face.landmarks?[4] = .missing
    var targets = Img2PoseTargets()
    let target = targets.target(of: face, box: box, camera: image)
    let (stored, pose) = (try #require(target.landmarks), try #require(face.pose?.extrinsics))
    #expect(target.completedPoints == 2)
    #expect(target.pose != nil && stored.presentCount == count)
    for i in [1, 4] {
      let expected = image.projection(of: pose.applied(to: model.points[i]))
      #expect(stored.position(i) == expected)
    }
    #expect(stored[0] == face.landmarks?[0])
  }

  @Test("a missing point that no model can fill in costs the pose and all points")
  func notCompleted() throws {
    var face = labelled()
    face.landmarks?[1] = .missing
    face.pose = HeadPose(rotationVector: .zero, translation: [0, 0, 1], frame: .user)
    var targets = Img2PoseTargets()
    let target = targets.target(of: face, box: box, camera: image)
    #expect(isNothing(target))
    #expect(target.refusal == .missingPoints)
  }

  @Test("a face whose box would be empty for img2pose's loader is not trained on")
  func outside() throws {
    var face = labelled()
    var targets = Img2PoseTargets()
    let inside = targets.target(of: face, box: box, camera: image, imageSize: [640, 480])
    #expect(inside.pose != nil && inside.refusal == nil)
    // The head is seen about 100 pixels beyond the image's right rim.
    face.pose = HeadPose(rotationVector: .zero, translation: [0.45, 0, 1])
    let edge = IntegerBox(left: 750, top: 180, right: 900, bottom: 300)
    let unseen = targets.target(of: face, box: edge, camera: image, imageSize: [640, 480])
    #expect(isNothing(unseen))
    #expect(unseen.refusal == .outsideImage)
  }

  @Test(
    "reprojected landmarks are the model's points by the pose, all of them", arguments: [5, 68])
  func reprojected(count: Int) throws {
    let model: FaceModel = count == 5 ? .bfmFivePoints : .bfm68Points
    var face = labelled(model)
    face.landmarks?[0] = .missing
    face.landmarks?[3] = Landmarks.Point([9, 9])
    var targets = Img2PoseTargets(.init(source: .reprojected))
    let target = targets.target(of: face, box: box, camera: image)
    let (stored, pose) = (try #require(target.landmarks), try #require(face.pose?.extrinsics))
    #expect(stored.count == count)
    for (i, point) in model.points.enumerated() {
      #expect(stored.position(i) == image.projection(of: pose.applied(to: point)))
    }
  }

  @Test("nothing is reprojected by a pose of another frame than the model's")
  func otherFrame() throws {
    var face = labelled()
    face.pose = HeadPose(rotationVector: .zero, translation: [0, 0, 1], frame: .arkit)
    var targets = Img2PoseTargets(.init(source: .reprojected))
    #expect(isNothing(targets.target(of: face, box: box, camera: image)))
  }
}

@Suite("img2pose's own labels")
struct Img2PoseLabellerTests {
  /// The landmarks of a pose in the crop's camera, in the image's pixels.
  private func face(_ model: FaceModel, local: Extrinsics) -> Face {
    let crop = CropCamera(box: box, image: image).intrinsics
    var face = Face(box: BoundingBox(left: 100.9, top: 100.2, right: 200.7, bottom: 220.9))
    face.landmarks = Landmarks(
      layout: model.layout,
      points: model.points.map {
        Landmarks.Point(crop.projection(of: local.applied(to: $0)) + SIMD2(100, 100))
      })
    return face
  }

  private let local = Extrinsics(
    rotation: Rotation(rotationVector: [0.1, -0.4, 0.05]), translation: [0.005, 0.01, 0.3])

  @Test(
    "a pose in the crop's camera comes out, and the global one by the rule", arguments: [5, 68])
  func recovers(count: Int) throws {
    let face = face(count == 5 ? .bfmFivePoints : .bfm68Points, local: local)
    for rule in RotationRule.allCases {
      var targets = Img2PoseTargets(.init(source: .img2pose, rule: rule))
      let target = targets.target(of: face, box: box, camera: image)
      let pose = try #require(target.pose)
      #expect(pose.local.rotation.angle(to: local.rotation) < 1e-4)
      #expect((pose.local.place - local.translation).max() < 1e-5)
      let expected = CropCamera(box: box, image: image, rule: rule)
        .global(from: pose.local.motion)
      #expect(expected.rotation.angle(to: pose.global.rotation) < 1e-12)
      #expect(target.landmarks == face.landmarks)
    }
  }

  @Test("a missing landmark, or a coordinate of -1 in any, costs the pose and keeps the numbers")
  func sentinel() {
    var targets = Img2PoseTargets(.init(source: .img2pose, rule: .markley))
    for point in [
      Landmarks.Point.missing, Landmarks.Point([-1, 120]), Landmarks.Point([120, -1]),
    ] {
      var face = face(.bfmFivePoints, local: local)
      face.landmarks?[2] = point
      let target = targets.target(of: face, box: box, camera: image)
      #expect(target.pose == nil)
      #expect(target.landmarks == face.landmarks)
    }
  }

  @Test("labelled so, a record's pose is the global one, by EPnP, without sigmas")
  func label() throws {
    var record = LabellingScene.frontal.record
    record.faces = [
      face(.bfmFivePoints, local: local),
      Face(box: BoundingBox(left: 1, top: 2, right: 3, bottom: 4)),
    ]
    record.faces[1].landmarks = Landmarks(layout: .face5)
    var options = LabellingOptions()
    options.method = .img2pose(.markley)
    var labeller = PoseLabeller(options: options)
    #expect(labeller.label(&record).count == 1)
    var targets = Img2PoseTargets(.init(source: .img2pose, rule: .markley))
    let target = targets.target(of: record.faces[0], box: box, camera: image)
    #expect(record.faces[0].pose == target.pose?.global)
    #expect(record.faces[0].fit?.solver == .epnp)
    #expect(record.faces[0].fit?.uncertainty == nil)
    #expect(record.faces[1].pose == nil)
  }

  @Test("a pose behind the camera is flagged")
  func behindCamera() throws {
    var record = LabellingScene.frontal.record
    // EPnP looks at the first point's depth alone, so points all around end up behind now and then.
    var random = SeededRandom(seed: 5)
    var flagged = 0
    var options = LabellingOptions()
    options.method = .epnp
    var labeller = PoseLabeller(options: options)
    for _ in 0..<2000 {
      record.faces[0].landmarks = Landmarks(
        layout: .face5,
        points: (0..<5).map { _ in
          Landmarks.Point([random.uniform(-5000...5000), random.uniform(-5000...5000)])
        })
      _ = labeller.label(&record)
      guard let pose = record.faces[0].pose, let fit = record.faces[0].fit else { continue }
      #expect(fit.flags.contains(.behindCamera) == (pose.place.z <= 0))
      if pose.place.z <= 0 { flagged += 1 }
    }
    #expect(flagged > 0)
  }
}
