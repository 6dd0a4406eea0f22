import Geometry
import Schema
import Testing

@testable import Evaluation

@Suite("Which detection stands for a face")
struct FaceSelectionTests {
  private let truth = image([([100, 100, 200, 200], nil)])

  private func choice(
    _ method: EvaluationProtocol, _ detections: [(box: [Double], score: Double?)]
  ) throws -> FaceSelection {
    try #require(
      FaceSelection.choices(method, truth: truth, prediction: image(detections)).first)
  }

  @Test("boxes that share one row of pixels overlap, those that are a pixel apart do not")
  func lastPixels() {
    let box = BoundingBox(left: 0, top: 0, right: 9, bottom: 9)
    let touching = BoundingBox(left: 9, top: 0, right: 18, bottom: 9)
    #expect(PixelOverlap.of(box, touching).isNear(10.0 / 190))
    let apart = BoundingBox(left: 10, top: 0, right: 19, bottom: 9)
    #expect(PixelOverlap.of(box, apart) == 0)
    #expect(PixelOverlap.of(box, box) == 1)
  }

  @Test("img2pose on AFLW2000 takes the greatest overlap, whatever the score above 0")
  func greatestOverlap() throws {
    let found = try choice(
      .img2poseAFLW2000,
      [([100, 100, 150, 200], 0.99), ([105, 100, 200, 200], 0.01), ([100, 100, 200, 200], 0)])
    #expect(found == FaceSelection(published: 1, correct: 1))
  }

  @Test("where none overlaps, the published code has the last one it looked at")
  func lastLooped() throws {
    let found = try choice(
      .img2poseAFLW2000,
      [([0, 0, 10, 10], 0.9), ([300, 300, 310, 310], 0.8), ([400, 300, 410, 310], 0)])
    #expect(found == FaceSelection(published: 1, correct: nil))
    #expect(try choice(.img2poseAFLW2000, []) == FaceSelection())
  }

  @Test("img2pose on BIWI takes what is nearest to the image's centre, if sure, else the first")
  func nearestToCentre() throws {
    let detections: [(box: [Double], score: Double?)] = [
      ([100, 100, 200, 200], 0.95), ([300, 220, 330, 260], 0.92), ([310, 230, 330, 250], 0.9),
    ]
    #expect(
      try choice(.img2poseBIWI, detections) == FaceSelection(published: 1, correct: 0))
    let unsure = detections.map { ($0.box, $0.score.map { $0 - 0.5 }) }
    #expect(try choice(.img2poseBIWI, unsure) == FaceSelection(published: 0, correct: 0))
    #expect(try choice(.img2poseBIWI, []) == FaceSelection())
  }

  @Test("one face and one prediction belong together, wherever their boxes are")
  func onlyFace() throws {
    #expect(
      try choice(.trg, [([0, 0, 10, 10], nil)]) == FaceSelection(published: 0, correct: 0))
    #expect(
      try choice(.trg, [([0, 0, 10, 10], nil), ([20, 20, 30, 30], nil)]) == FaceSelection())
  }

  @Test("each detection goes to one face, the greatest overlaps first")
  func oneToOne() {
    let truth = image([
      ([0, 0, 100, 100], nil), ([50, 0, 150, 100], nil), ([500, 0, 510, 9], nil),
    ])
    let detections = image([([45, 0, 145, 100], nil), ([0, 60, 100, 160], nil)])
    let found = FaceSelection.choices(.perspNet, truth: truth, prediction: detections)
    #expect(found.map(\.correct) == [1, 0, nil])
    #expect(found.map(\.published) == [1, 0, nil])
  }

  // 1-based, the points span 101...201 and 101...246: centre (151, 173.5), sizes 110 and 159 (1.1
  // times the extent, cut), a forehead of 30 across or 43.5 along.
  @Test(
    "img2pose's box of 68 points has a forehead on the side that the roll says",
    arguments: [
      (0.0, BoundingBox(left: 96, top: 50, right: 206, bottom: 253)),
      (3.0, BoundingBox(left: 96, top: 94, right: 206, bottom: 296)),
      (1.5, BoundingBox(left: 96, top: 94, right: 236, bottom: 253)),
      (-1.5, BoundingBox(left: 66, top: 94, right: 206, bottom: 253)),
    ])
  func forehead(roll: Double, box: BoundingBox) throws {
    var face = Face(box: BoundingBox(left: 0, top: 0, right: 1, bottom: 1))
    face.landmarks = Landmarks(
      layout: .ibug68,
      points: (0..<68).map { i in
        .init(i == 0 ? [100, 100] : i == 1 ? [200, 245] : [150, 150])
      })
    var reference = ImageReference(path: "a.jpg")
    (reference.width, reference.height) = (450, 450)
    #expect(Img2PoseBox.box(of: face, image: reference, roll: roll) == box)
  }

  @Test("img2pose's own fit says where the forehead is, else the annotated pose")
  func foreheadByFit() {
    var truth = image([([0, 0, 1, 1], nil)], width: 450, height: 450)
    truth.faces[0].landmarks = Landmarks(
      layout: .ibug68,
      points: (0..<68).map { i in
        .init(i == 0 ? [100, 200] : i == 1 ? [200, 300] : [150, 250])
      })
    truth.faces[0].pose = HeadPose(rotationVector: .zero, translation: [0, 0, 1])
    // Above the face, and below it.
    let detections = image([([100, 165, 200, 190], 0.9), ([100, 310, 200, 335], 0.8)])
    func chosen(_ fits: [Extrinsics?]) -> Int? {
      FaceSelection.choices(
        .img2poseAFLW2000, truth: truth, img2PoseFits: fits, prediction: detections)[0].correct
    }
    #expect(chosen([]) == 0)
    #expect(chosen([nil]) == 0)
    #expect(
      chosen([Extrinsics(rotation: Rotation(rotationVector: [0, 0, 3]), translation: .zero)]) == 1)
  }

  @Test("the box is cut at the image, and needs 68 points")
  func cut() throws {
    var face = Face(box: BoundingBox(left: 0, top: 0, right: 1, bottom: 1))
    var reference = ImageReference(path: "a.jpg")
    (reference.width, reference.height) = (60, 50)
    #expect(Img2PoseBox.box(of: face, image: reference, roll: 0) == nil)
    face.landmarks = Landmarks(
      layout: .ibug68, points: (0..<68).map { .init([Double($0), Double($0)]) })
    let found = try #require(Img2PoseBox.box(of: face, image: reference, roll: 0))
    #expect(found == BoundingBox(left: 0, top: 0, right: 60, bottom: 50))
  }
}
