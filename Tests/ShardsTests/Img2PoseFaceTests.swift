import Codecs
import Geometry
import Schema
import Shards
import Testing

@Suite("img2pose's layout")
struct Img2PoseLayoutTests {
  @Test("a sample is five parts: image, global poses, boxes, local poses, landmarks")
  func parts() throws {
    let encoder = SampleEncoder(layout: .img2pose)
    let (sample, leftOut) = encoder.encode(record([posedFace()]))
    let parts = try #require(sample?.value()?.elements)
    #expect(parts.count == 5)
    let head = try #require(sample?.head.count)
    #expect(parts[0] == .binary(head..<head + 4))
    #expect(
      parts[1] == .array([.array([0.1, -0.2, 0.3, 0.5, -0.5, 15].map { .double($0) })]))
    #expect(parts[2] == .array([.array([10, 20, 50, 60].map { .integer($0) })]))
    #expect(
      parts[4]
        == .array([
          .array((0..<5).map { .array([.double(Double($0) + 20.5), .double(30)]) })
        ]))
    #expect(leftOut.isEmpty)
  }

  @Test("poses are float64 and whole numbers stay float64")
  func poseTypes() throws {
    var face = posedFace()
    face.pose = HeadPose(rotationVector: [1, 0, 0], translation: [0, 0, 1])
    let encoder = SampleEncoder(layout: .img2pose)
    let parts = try #require(encoder.encode(record([face])).0?.value()?.elements)
    let global = try #require(parts[1].elements?.first?.elements)
    #expect(global == [1, 0, 0, 0, 0, 10].map { .double($0) })
    let local = try #require(parts[3].elements?.first?.elements)
    #expect(local.count == 6)
    #expect(local.allSatisfy { if case .double = $0 { true } else { false } })
  }

  @Test("a local pose is the global one in the crop's camera, and comes with the sample")
  func localPose() throws {
    let encoder = SampleEncoder(layout: .img2pose)
    let face = posedFace()
    let sample = try #require(encoder.encode(record([face])).0)
    let local = try #require(sample.localPoses.first)
    let box = IntegerBox(left: 10, top: 20, right: 50, bottom: 60)
    let crop = CropCamera(box: box, image: .widthPlusHeight(200, 100))
    let back = crop.global(
      from: Extrinsics(
        rotation: Rotation(rotationVector: local.rotationVector),
        translation: local.translation * 0.1))
    let pose = try #require(face.pose?.extrinsics)
    #expect(back.rotation.angle(to: pose.rotation) < 1e-7)
    let offset = back.translation - pose.translation
    #expect((offset * offset).sum() < 1e-20)
    let written = try #require(sample.value()?.elements?[3].elements?.first?.elements)
    #expect(written == (0..<6).map { .double(local[$0]) })
  }

  @Test("a face without a pose has six integers of -9 in both poses, and -1 landmarks")
  func sentinels() throws {
    let encoder = SampleEncoder(layout: .img2pose)
    let sample = try #require(encoder.encode(record([plainFace, posedFace()])).0)
    let parts = try #require(sample.value()?.elements)
    let nines = MessagePackValue.array(Array(repeating: .integer(-9), count: 6))
    #expect(parts[1].elements?.first == nines)
    #expect(parts[3].elements?.first == nines)
    #expect(parts[1].elements?.last != nines)
    #expect(
      parts[4].elements?.first
        == .array(Array(repeating: .array([.double(-1), .double(-1)]), count: 5)))
    #expect(sample.localPoses.count == 1)
    #expect(sample.faceCount == 2)
  }

  @Test("a pose without landmarks counts as none, for the loader could not augment it")
  func poseWithoutLandmarks() throws {
    var face = posedFace()
    face.landmarks = nil
    let encoder = SampleEncoder(layout: .img2pose)
    let parts = try #require(encoder.encode(record([face, posedFace()])).0?.value()?.elements)
    #expect(parts[1].elements?.first?.elements?.first == .integer(-9))
  }

  @Test(
    "a genuine coordinate of -1 is written as the next number above; a missing point by the pose")
  func minusOne() throws {
    var face = posedFace()
    face.landmarks?[0] = Landmarks.Point([-1, 7])
    face.landmarks?[1] = .missing
    let encoder = SampleEncoder(layout: .img2pose)
    let parts = try #require(encoder.encode(record([face])).0?.value()?.elements)
    let points = try #require(parts[4].elements?.first?.elements)
    #expect(points[0] == .array([.double((-1.0).nextUp), .double(7)]))
    let numbers = try #require(points[1].elements)
    #expect(numbers.count == 2 && !numbers.contains(.double(-1)))
  }

  @Test("68 points are stored as they are")
  func sixtyEightPoints() throws {
    var face = posedFace()
    face.landmarks = Landmarks(
      layout: .ibug68, points: (0..<68).map { Landmarks.Point([Double($0), 5]) })
    let encoder = SampleEncoder(layout: .img2pose)
    let parts = try #require(encoder.encode(record([face])).0?.value()?.elements)
    let points = try #require(parts[4].elements?.first?.elements)
    #expect(points == (0..<68).map { .array([.double(Double($0)), .double(5)]) })
  }

  @Test("box corners are truncated toward zero, negative ones kept")
  func truncation() throws {
    var face = posedFace()
    face.box = BoundingBox(left: -5.9, top: -0.9, right: 30.99, bottom: 40.5)
    let encoder = SampleEncoder(layout: .img2pose)
    let parts = try #require(encoder.encode(record([face])).0?.value()?.elements)
    #expect(parts[2] == .array([.array([-5, 0, 30, 40].map { .integer($0) })]))
  }

  @Test("a face whose truncated box is empty is left out and counted")
  func emptyBox() throws {
    var narrow = posedFace()
    narrow.box = BoundingBox(left: 10.1, top: 20, right: 10.9, bottom: 60)
    var negative = posedFace()
    negative.box = BoundingBox(left: 1026, top: 474, right: 1024, bottom: 497)
    let encoder = SampleEncoder(layout: .img2pose)
    let (sample, leftOut) = encoder.encode(record([narrow, posedFace(left: 12), negative]))
    let parts = try #require(sample?.value()?.elements)
    #expect(parts.dropFirst().map { $0.elements?.count } == [1, 1, 1, 1])
    #expect(parts[2].elements?.first?.elements?.first == .integer(12))
    #expect(leftOut == [.facesWithAnEmptyBox, .facesWithAnEmptyBox])
  }

  @Test("an image whose faces have no pose is left out and counted")
  func imageWithoutPose() {
    let encoder = SampleEncoder(layout: .img2pose)
    let (sample, leftOut) = encoder.encode(record([plainFace]))
    #expect(sample == nil)
    #expect(leftOut == [.imagesWithoutAPose])
  }

  @Test("an image without a face is left out and counted")
  func imageWithoutFace() {
    let encoder = SampleEncoder(layout: .img2pose)
    let (sample, leftOut) = encoder.encode(record([]))
    #expect(sample == nil)
    #expect(leftOut == [.imagesWithoutAFace])
  }

  @Test("an encoder gives the same bytes again after another record")
  func reuse() {
    let encoder = SampleEncoder(layout: .img2pose)
    let first = encoder.encode(record([posedFace()])).0
    _ = encoder.encode(record([plainFace, posedFace(left: 3)]), imageBytes: 70_000)
    let again = encoder.encode(record([posedFace()])).0
    #expect(first?.head == again?.head)
    #expect(first?.tail == again?.tail)
  }
}
