import Checks
import Geometry
import Schema
import Testing

@Suite("Checks of one record")
struct RecordCheckTests {
  /// A fault, the change that plants it, and what is to be found.
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var ids: [String]
    var change: @Sendable (inout ImageRecord) -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ ids: String..., change: @escaping @Sendable (inout ImageRecord) -> Void
    ) {
      (self.name, self.ids, self.change) = (name, ids, change)
    }
  }

  @Test("a clean face has no finding, whichever way it looks", arguments: [-80, -40, 0, 40, 80])
  func clean(yaw: Int) {
    let record = CheckedFace.record(rotation: [0.1, Double(yaw) * .pi / 180, 0.2])
    #expect(CheckedFace.checker.findings(in: record).map(\.detail) == [])
  }

  @Test("each planted fault is found by its id, and nothing else", arguments: Self.faults)
  func planted(fault: Fault) {
    #expect(CheckedFace.ids(fault.change) == fault.ids)
  }

  static let faults: [Fault] = boxFaults + landmarkFaults + poseFaults

  static let boxFaults: [Fault] = [
    Fault("no face", "image-without-faces") { $0.faces = [] },
    Fault("marked as invalid", "invalid-face") { $0.faces[0].attributes.invalid = true },
    Fault("no width", "degenerate-box") { $0.faces[0].box.right = $0.faces[0].box.left },
    Fault("negative height", "degenerate-box") { $0.faces[0].box.bottom = 10 },
    Fault("cut off", "box-partly-outside-image") { record in
      record.move(to: [600, 220])
    },
    Fault("twice", "duplicate-box") { $0.faces.append($0.faces[0]) },
    Fault("shrunk box", "landmarks-outside-box", "box-smaller-than-landmarks") { record in
      record.faces[0].pose = nil
      record.faces[0].scaleBox(by: 0.2)
    },
    Fault("huge box", "box-partly-outside-image", "box-larger-than-landmarks") { record in
      record.faces[0].pose = nil
      record.faces[0].scaleBox(by: 5)
    },
  ]

  static let landmarkFaults: [Fault] = [
    Fault("moved away", "landmarks-outside-box", "pose-against-landmarks") {
      $0.faces[0].mapLandmarks { $0 + [150, 0] }
    },
    Fault(
      "out of the image", "visible-outside-image", "landmarks-outside-image",
      "landmarks-outside-box", "pose-against-landmarks"
    ) {
      $0.faces[0].mapLandmarks { $0 + [2000, 0] }
    },
    Fault("all in one place", "coincident-landmarks", "pose-against-landmarks") {
      $0.faces[0].mapLandmarks { _ in [330, 230] }
    },
    Fault("on a line", "collinear-landmarks", "pose-against-landmarks") {
      $0.faces[0].mapLandmarks { [330, $0.y] }
    },
    Fault("sides exchanged", "mirrored-landmarks", "pose-against-landmarks") {
      $0.faces[0].permuteLandmarks([1, 0, 2, 4, 3])
    },
    Fault("x from the right", "mirrored-landmarks") { record in
      record.faces[0].pose = nil
      record.move(to: [120, 220])
      record.faces[0].mapLandmarks { [639 - $0.x, $0.y] }
    },
    Fault("mouth corners exchanged", "landmark-order") {
      $0.faces[0].pose = nil
      $0.faces[0].permuteLandmarks([0, 1, 2, 4, 3])
    },
    Fault("none has a position", "no-landmark-present") {
      $0.faces[0].landmarks = Landmarks(layout: .face5)
    },
  ]

  static let poseFaults: [Fault] = [
    Fault("not a number", "pose-not-finite") { $0.faces[0].changePose(translation: [0, 0, .nan]) },
    Fault("behind the camera", "pose-behind-camera") {
      $0.faces[0].changePose(translation: [0.02, -0.01, -1])
    },
    Fault("centimetres", "pose-against-box", "pose-against-landmarks") {
      $0.faces[0].changePose(translation: [2, -1, 100])
    },
    Fault("millimetres", "implausible-depth") {
      $0.faces[0].changePose(translation: [20, -10, 1000])
    },
    Fault("a pose of the other side", "pose-against-landmarks") {
      $0.faces[0].changePose(rotation: [0.1, -0.6, 0.05])
    },
    Fault("another person's place", "pose-against-box", "pose-against-landmarks") {
      $0.faces[0].changePose(translation: [0.4, -0.01, 1])
    },
    Fault("large residual", "large-residual") { $0.faces[0].fit?.reprojectionError = 20 },
    Fault("upside down", "angle-beyond-protocol") { record in
      record = CheckedFace.record(rotation: [0, 0, 3])
    },
  ]

  @Test(
    "exchanged sides are explained by an annotated pose that shows the face from behind, by no other"
  )
  func turnedAway() {
    func ids(_ provenance: HeadPose.Provenance, rotation: SIMD3<Double>) -> [String] {
      let record = CheckedFace.record(rotation: rotation) {
        let pose = $0.faces[0].pose
        $0.faces[0].pose = pose.map {
          HeadPose(
            rotationVector: $0.rotationVector, translation: $0.translation, provenance: provenance)
        }
      }
      return CheckedFace.checker.findings(in: record).map(\.check.id)
    }
    // 150 degrees of yaw.
    let away: SIMD3<Double> = [0, 2.6, 0]
    #expect(!ids(.annotation, rotation: away).contains("mirrored-landmarks"))
    #expect(ids(.pnp, rotation: away).contains("mirrored-landmarks"))
  }
}

extension ImageRecord {
  /// Moves the face so that its box is centred there; it keeps its landmarks' arrangement and loses its pose.
  mutating func move(to centre: SIMD2<Double>) {
    let shift = centre - faces[0].box.centre
    faces[0].pose = nil
    faces[0].fit = nil
    faces[0].box.left += shift.x
    faces[0].box.right += shift.x
    faces[0].box.top += shift.y
    faces[0].box.bottom += shift.y
    faces[0].mapLandmarks { $0 + shift }
  }
}

extension Face {
  mutating func scaleBox(by factor: Double) {
    let (centre, half) = (box.centre, SIMD2(box.width, box.height) * factor / 2)
    box = BoundingBox(
      left: centre.x - half.x, top: centre.y - half.y, right: centre.x + half.x,
      bottom: centre.y + half.y)
  }

  mutating func mapLandmarks(_ change: (SIMD2<Double>) -> SIMD2<Double>) {
    guard var points = landmarks else { return }
    for i in 0..<points.count { points[i].position = change(points[i].position) }
    landmarks = points
  }

  mutating func permuteLandmarks(_ order: [Int]) {
    guard let points = landmarks else { return }
    landmarks = Landmarks(layout: points.layout, points: order.map { points[$0] })
  }

  mutating func changePose(rotation: SIMD3<Double>? = nil, translation: SIMD3<Double>? = nil) {
    guard let old = pose else { return }
    pose = HeadPose(
      rotationVector: rotation ?? old.rotationVector, translation: translation ?? old.translation,
      frame: old.frame, scale: old.scale, provenance: old.provenance)
  }
}
