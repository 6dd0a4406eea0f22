import Codecs
import Geometry
import Schema
import Testing

@testable import Datasets

@Suite("Angles that trainers read")
struct AngleDatasetTests {
  @Test(
    "only angles of one of the 66 classes, mirrored or not, can be listed",
    arguments: [
      (98.999, true), (99, false), (-99, false), (-98.999, true), (100, false), (0, true),
      // In float32 this is 99.
      (98.999_999_9, false), (Double.nan, false),
    ])
  func limit(degrees: Double, isListed: Bool) {
    for name in EulerAngles.Name.allCases {
      var angles = EulerAngles.zero
      angles[name] = degrees * .pi / 180
      #expect(angles.isBelow99Degrees == isListed, "\(name)")
    }
  }

  private func record(
    _ dataset: String, path: String = "a.jpg", arrays: [MATArray] = []
  ) -> ImageRecord {
    var face = Face(box: BoundingBox(left: 10, top: 10, right: 60, bottom: 70))
    face.pose = HeadPose(
      rotationVector: [0, 0.5, 0], translation: [0, 0, 1], provenance: .annotation)
    if let pose = arrays.first.flatMap({ PoseParameters(checking: $0.doubles) }) {
      face.pose = HeadPose(
        rotationVector: EulerConvention.aflw.rotation(of: pose.angles).rotationVector,
        translation: [0, 0, 1], provenance: .annotation)
    }
    if !arrays.isEmpty {
      face.native = .arrays(
        arrays.map {
          NativeArray(
            name: $0.name, dtype: $0.element.rawValue, shape: [$0.rows, $0.columns],
            content: .bytes($0.bytes))
        })
    }
    return ImageRecord(
      source: RecordSource(dataset: dataset), image: ImageReference(path: path), faces: [face])
  }

  private func parameters(yaw: Double) -> MATArray {
    MATArray(
      name: "Pose_Para", floats: [0.1, yaw * .pi / 180, -0.2, 200, 250, -60, 1e-3], rows: 1,
      columns: 7)
  }

  @Test("a dataset is known by its name, or by the pose parameters that records kept of it")
  func datasets() {
    #expect(AngleDataset(record("300w-lp")) == .mat(.threeHundredWLP))
    #expect(AngleDataset(record("aflw2000")) == .mat(.aflw2000))
    #expect(AngleDataset(record("biwi")) == .biwi)
    #expect(AngleDataset(record("arkitface")) == nil)
    #expect(AngleDataset(record("mine", arrays: [parameters(yaw: 3)])) == .mat(.threeHundredWLP))
    #expect(AngleDataset.refusal(of: record("arkitface")).hasPrefix("images of 'arkitface', "))
  }

  @Test("angles are the annotated ones, even where a rotation would give others")
  func annotated() throws {
    let kept = record("300w-lp", arrays: [parameters(yaw: 95)])
    let angles = try #require(AngleDataset.mat(.threeHundredWLP).angles(of: kept)).inDegrees
    #expect(abs(angles.yaw - 95) < 1e-5)
    #expect(abs(angles.roll + 0.2 * 180 / .pi) < 1e-5)
    let plain = try #require(
      AngleDataset.mat(.threeHundredWLP).angles(of: record("300w-lp")))
    #expect(abs(plain.yaw - 0.5) < 1e-12)
    var turned = kept
    turned.faces[0].pose = record("300w-lp").faces[0].pose
    let changed = try #require(AngleDataset.mat(.threeHundredWLP).angles(of: turned))
    #expect(abs(changed.yaw - 0.5) < 1e-12)
    var faceless = kept
    faceless.faces = []
    #expect(AngleDataset.mat(.threeHundredWLP).angles(of: faceless) == nil)
    #expect(AngleDataset.biwi.angles(of: kept) == nil)
  }

  @Test("of a rotation's two triples the one with pitch and roll within 90 degrees is taken")
  func halfTurns() throws {
    let triples: [SIMD3<Double>] = [[10, 150, -20], [-80, -170, 80], [5, 30, 6], [0, 90, 0]]
    for triple in triples {
      let rotation = EulerConvention.aflw.rotation(
        of: .degrees(pitch: triple.x, yaw: triple.y, roll: triple.z))
      let found = try #require(
        EulerConvention.aflw.angles(of: rotation).withinHalfTurns)
      #expect(abs(found.pitch) <= .pi / 2 && abs(found.roll) <= .pi / 2)
      #expect(EulerConvention.aflw.rotation(of: found).angle(to: rotation) < 1e-9)
      if abs(triple.y) != 90 { #expect(abs(found.inDegrees.yaw - triple.y) < 1e-9) }
    }
    #expect(EulerAngles.degrees(pitch: 0, yaw: 0, roll: 120).withinHalfTurns == nil)
  }

  @Test("Hopenet's lines name the sequence and the frame, whatever lies above")
  func lines() {
    let frames = [
      "hpdb/01/frame_00003_rgb.png": "01/frame_00003", "01/frame_00003_rgb.jpg": "01/frame_00003",
    ]
    for (path, line) in frames {
      #expect(DockerfaceFrames.line(of: record("biwi", path: path)) == line)
    }
    for path in ["frame_00003_rgb.png", "01/a.png", "01/frame_00003_depth.bin"] {
      #expect(DockerfaceFrames.line(of: record("biwi", path: path)) == nil)
    }
  }

  @Test("a set is the image's folder; AFLW2000 needs none")
  func places() throws {
    let lp = try #require(
      AngleDataset.mat(.threeHundredWLP).placeInSets(
        of: record("300w-lp", path: "x/AFW_Flip/b.jpg")))
    #expect(lp.set == "AFW_Flip" && lp.name == "b.jpg")
    #expect(AngleDataset.mat(.threeHundredWLP).placeInSets(of: record("300w-lp")) == nil)
    #expect(AngleDataset.mat(.aflw2000).placeInSets(of: record("aflw2000"))?.set == "AFLW2000")
    let biwi = AngleDataset.biwi.placeInSets(of: record("biwi", path: "h/07/frame_00009_rgb.png"))
    #expect(biwi?.set == "07" && biwi?.name == "frame_00009")
  }
}
