internal import Geometry
internal import TestSupport
internal import Testing

@Suite("Poses as rows of numbers")
struct PoseNotationTests {
  @Test("each notation has a name of its own and as many numbers as it says")
  func names() throws {
    #expect(Set(PoseNotation.all.map(\.name)).count == PoseNotation.all.count)
    var scene = PoseNotation.Scene()
    scene.camera = .widthPlusHeight(640, 480)
    let pose = PoseNotation.Pose(
      Extrinsics(rotation: .identity, translation: [0.1, 0.2, 1]))
    for notation in PoseNotation.all {
      #expect(PoseNotation(name: notation.name) == notation)
      #expect(notation.numbers(of: pose, in: scene)?.count == notation.count)
      #expect(!notation.summary.isEmpty)
    }
    #expect(PoseNotation(name: "euler") == nil)
  }

  @Test("every notation gives back the pose it was written from")
  func roundTrips() throws {
    var random = SeededRandom(seed: 111)
    var scene = PoseNotation.Scene()
    scene.camera = .widthPlusHeight(640, 480)
    scene.imageHeight = 480
    scene.rig = BiwiRig(
      rotation: random.rotation(angle: 0...0.1), translation: [20, 3, -10])
    for _ in 0..<200 {
      let pose = Extrinsics(
        rotation: random.rotation(), translation: random.vector(-0.5...0.5) + [0, 0, 1])
      for notation in PoseNotation.all {
        let numbers = try #require(notation.numbers(of: .init(pose), in: scene))
        let back = try #require(notation.pose(of: numbers, in: scene))
        #expect(distance(back.rotation, pose.rotation) < 1e-12, "\(notation.name)")
        #expect((back.translation != nil) == notation.hasTranslation, "\(notation.name)")
        if let translation = back.translation {
          #expect(length(translation - pose.translation) < 1e-12, "\(notation.name)")
        }
      }
    }
  }

  @Test("what has no translation cannot be written where one is needed")
  func missingTranslation() {
    let pose = PoseNotation.Pose(rotation: .identity)
    for notation in PoseNotation.all {
      #expect((notation.numbers(of: pose) == nil) == notation.hasTranslation, "\(notation.name)")
    }
    #expect(PoseNotation.numbers(.poseParameters).pose(of: [0, 0, 0, 1, 2, 3, 4]) == pose)
  }

  @Test("other numbers than the notation has are refused")
  func refused() {
    for notation in PoseNotation.all {
      #expect(notation.pose(of: [Double](repeating: 0, count: notation.count + 1)) == nil)
      #expect(notation.pose(of: [Double](repeating: .nan, count: notation.count)) == nil)
    }
  }
}
