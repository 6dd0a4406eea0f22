import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Datasets

@Suite("crops of faces")
struct FaceCropTests {
  private func face(_ box: BoundingBox = BoundingBox(x: 100, y: 80, width: 40, height: 60)) -> Face
  {
    var face = Face(box: box)
    var five = Landmarks(layout: .face5)
    for (i, point) in FaceCrop.template.enumerated() {
      five[i] = Landmarks.Point(0.5 * point + SIMD2(90, 70))
    }
    face.landmarks = five
    return face
  }

  private func crop(
    _ face: Face, _ alignment: CropAlignment = .none, side: Int = 64, margin: Double = 0
  ) throws(FaceCrop.Obstacle) -> FaceCrop {
    try FaceCrop(
      of: face, imageWidth: 300, imageHeight: 200, alignment: alignment, side: side, margin: margin)
  }

  @Test("the box's middle lies in the crop's, its longer side and margins fill it")
  func square() throws {
    let plain = try crop(face(), margin: 0.5)
    #expect(length(plain.map.applied(to: [120, 110]) - [31.5, 31.5]) < 1e-12)
    #expect(abs(plain.scale - 64.0 / 120) < 1e-12 && plain.turn == 0)
  }

  @Test(
    "roll alignment levels the head, upright, whatever the yaw", arguments: [-2.6, -1, 0.3, 3.1])
  func roll(roll: Double) throws {
    var rolled = face()
    for yaw in [-2.0, -0.5, 0, 1.2] {
      let rotation =
        Rotation(about: .z, by: roll) * Rotation(about: .y, by: yaw) * Rotation(about: .x, by: 0.2)
      rolled.pose = HeadPose(
        rotationVector: rotation.rotationVector, translation: [0.1, -0.2, 1])
      let crop = try crop(rolled, .roll)
      let shown = crop.pose(try #require(rolled.pose).notated).rotation
      #expect(abs(shown.rows.1.x) < 1e-12 && shown.rows.1.y > 0)
      #expect(length(crop.map.applied(to: [120, 110]) - [31.5, 31.5]) < 1e-12)
    }
  }

  @Test("without a pose the eyes' line becomes level")
  func eyes() throws {
    var tilted = face()
    tilted.landmarks?[1].position = [130, 120]
    let crop = try crop(tilted, .roll)
    let eyes = (0..<2).map { crop.map.applied(to: tilted.landmarks?[$0].position ?? .zero) }
    #expect(abs(eyes[0].y - eyes[1].y) < 1e-10 && eyes[1].x > eyes[0].x)
  }

  @Test("five points come to lie on ArcFace's template, scaled, or shrunk by the margin")
  func template() throws {
    for margin in [0, 0.25] {
      let crop = try crop(face(), .fivePoint, side: 224, margin: margin)
      for point in FaceCrop.template {
        let place = crop.map.applied(to: 0.5 * point + SIMD2(90, 70))
        #expect(length(place - ((2 * point - 112) / (1 + 2 * margin) + 112)) < 1e-9)
      }
    }
  }

  @Test(
    "the crop's camera sees the crop's pose where the map puts the image's pixels",
    arguments: [
      CropAlignment.none, .roll, .fivePoint,
    ])
  func camera(alignment: CropAlignment) throws {
    var face = face()
    face.pose = HeadPose(rotationVector: [0.2, -0.3, 0.6], translation: [0.05, -0.02, 0.8])
    for i in 0..<5 { face.landmarks?[i].position += SIMD2(Double(i * i), Double(3 * i)) }
    let camera = Intrinsics(focalLength: [500, 620], principalPoint: [140, 95])
    let crop = try crop(face, alignment)
    let pose = try #require(face.pose).motion
    let shown = try #require(crop.pose(PoseNotation.Pose(pose)).extrinsics)
    let k = crop.camera(camera)
    for point: SIMD3<Double> in [[0.05, -0.06, 0.01], [0, 0, 0], [-0.04, 0.03, -0.08]] {
      let expected = crop.map.applied(to: camera.projection(of: pose.applied(to: point)))
      let x = shown.applied(to: point)
      let found = SIMD2(dot(k[0], x), dot(k[1], x)) / dot(k[2], x)
      #expect(length(found - expected) < 1e-9)
    }
  }

  @Test("faces that cannot be cut out say why")
  func obstacles() {
    func obstacle(_ change: (inout Face) -> Void, _ alignment: CropAlignment = .none)
      -> FaceCrop.Obstacle?
    {
      var other = face()
      change(&other)
      do throws(FaceCrop.Obstacle) {
        _ = try crop(other, alignment)
        return nil
      } catch {
        return error
      }
    }
    #expect(obstacle { $0.box.right = $0.box.left } == .noArea)
    #expect(obstacle { $0.box.right = .nan } == .noArea)
    #expect(obstacle { $0.box.right = .infinity } == .noArea)
    #expect(obstacle { $0.box = BoundingBox(x: 1, y: 1, width: 0.2, height: 0.2) } == .noArea)
    #expect(obstacle { $0.box = BoundingBox(x: 301, y: 1, width: 20, height: 20) } == .outside)
    #expect(obstacle { $0.attributes.invalid = true } == .invalid)
    #expect(obstacle({ $0.landmarks = nil }, .fivePoint) == .noFivePoints)
    #expect(obstacle({ $0.landmarks?[2] = .missing }, .fivePoint) == .noFivePoints)
    #expect(
      obstacle({ for i in 0..<5 { $0.landmarks?[i].position = [9, 9] } }, .fivePoint)
        == .noFivePoints)
    #expect(obstacle({ $0.landmarks = nil }, .roll) == .noRoll)
    #expect(obstacle({ $0.landmarks = nil }) == nil)
  }

  @Test("tables have a line a crop, and the CSV's columns are as many as its names")
  func tables() throws {
    try withTemporaryDirectory { folder in
      var record = ImageRecord(
        source: RecordSource(dataset: "mine"), image: ImageReference(path: "a,b/x \"y\".jpg"),
        faces: [face(), face(BoundingBox(x: 1, y: 1, width: 0, height: 9)), face()])
      record.camera = Camera(
        intrinsics: .widthPlusHeight(450, 450), provenance: .assumedWidthPlusHeight)
      record.faces[2].pose = HeadPose(rotationVector: [0, 0.1, 0], translation: [0, 0, 1])
      let written = try TrainingSetFixture.write([record], "crops", to: folder) {
        ($0.size, $0.euler) = (32, [.hopenet, .trgYXZ])
      }
      #expect(written == [WrittenRecord(faces: 2, leftOut: [FaceCrop.Obstacle.noArea.rawValue])])
      let lines = try TrainingSetFixture.lines(folder + "/crops.jsonl")
      #expect(lines.count == 2)
      #expect(lines[0].contains("\"crop_rotation\":null,"))
      #expect(lines[1].contains("\"face\":2,") && lines[1].contains("\"crop_euler_trg_yxz\":["))
      let table = try TrainingSetFixture.lines(folder + "/crops.csv")
      #expect(table.count == 3)
      let names = table[0].split(separator: ",", omittingEmptySubsequences: false)
      #expect(names.count == 68 && Set(names).count == 68)
      // Two quoted texts hold one comma each.
      for line in table.dropFirst() {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        #expect(cells.count == names.count + 2)
        #expect(line.hasPrefix("\"images/a,b/x \"\"y\"\"_"))
      }
      let image = folder + "/images/a,b/x \"y\"_2.jpg"
      #expect(FileManager.default.fileExists(atPath: image))
    }
  }
}
