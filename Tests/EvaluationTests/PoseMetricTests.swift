import Geometry
import Testing

@testable import Evaluation

@Suite("Pose metrics")
struct PoseMetricTests {
  @Test(
    "an error about one angle of a protocol's convention is that angle's",
    arguments: [
      (EvaluationProtocol.img2poseAFLW2000, EulerConvention.aflw),
      (.img2poseBIWI, .aflw), (.hopenet, .hopenet), (.sixDRepNet, .sixDRepNet),
      (.perspNet, .perspNet), (.trg, .trgYXZ),
    ])
  func angles(method: EvaluationProtocol, convention: EulerConvention) throws {
    let found = rows(
      method,
      [
        FaceSample(
          truth: pose(convention, pitch: 10, yaw: -20, roll: 30),
          predicted: pose(convention, pitch: 13, yaw: -25, roll: 37))
      ])
    for (name, expected) in [("pitch_mae", 3.0), ("yaw_mae", 5), ("roll_mae", 7), ("mae", 5)] {
      let row = try #require(found[name])
      #expect(try #require(row.published).value.isNear(expected), "\(name)")
      #expect(try #require(row.correct).value.isNear(expected), "\(name)")
    }
  }

  @Test(
    "across ±180° the published angle goes the long way, or is forgiven, and the correct one is 2°",
    arguments: [
      (EvaluationProtocol.hopenet, 358.0), (.perspNet, 358), (.trg, 358), (.sixDRepNet, 2),
    ])
  func wrapping(method: EvaluationProtocol, published: Double) throws {
    let found = rows(
      method,
      [FaceSample(truth: pose(roll: 179), predicted: pose(roll: -179))])
    let row = try #require(found["roll_mae"])
    #expect(try #require(row.published).value.isNear(published))
    #expect(try #require(row.correct).value.isNear(2))
    #expect(row.difference != nil)
    #expect(try #require(found["geodesic"]?.correct).value.isNear(2))
  }

  @Test("img2pose's translations are published from its own fit, in units of 0.1 m")
  func img2PoseTranslation() throws {
    var sample = FaceSample(
      truth: pose(at: [0, 0, 1]), predicted: pose(at: [0.01, -0.02, 1.3]))
    let without = rows(.img2poseAFLW2000, [sample])
    #expect(try #require(without["scale_mae"]).published == nil)
    sample.img2PoseFit = pose(at: [0.02, 0.02, 0.9])
    let found = rows(.img2poseAFLW2000, [sample])
    for (name, published, correct) in [
      ("horizontal_translation_mae", 0.1, 0.1), ("vertical_translation_mae", 0.4, 0.2),
      ("scale_mae", 4.0, 3.0), ("translation_mae", 1.5, 1.1),
    ] {
      let row = try #require(found[name])
      #expect(try #require(row.published).value.isNear(published), "\(name)")
      #expect(try #require(row.correct).value.isNear(correct), "\(name)")
    }
  }

  @Test("6DRepNet forgives half a turn of roll")
  func halfTurn() throws {
    let row = try #require(
      rows(.sixDRepNet, [FaceSample(truth: pose(roll: 10), predicted: pose(roll: -165))])[
        "roll_mae"])
    #expect(try #require(row.published).value.isNear(5))
    #expect(try #require(row.correct).value.isNear(175))
  }

  @Test("TRG's geodesic error has a floor of 0.0256°, the others' have none")
  func floor() throws {
    let same = [FaceSample(truth: pose(yaw: 40), predicted: pose(yaw: 40))]
    let trg = try #require(rows(.trg, same)["geodesic"])
    #expect(try #require(trg.published).value.isNear(0.02562, within: 1e-5))
    #expect(try #require(trg.correct).value < 1e-6)
    #expect(try #require(rows(.perspNet, same)["geodesic"]?.published).value < 2e-6)
    #expect(rows(.hopenet, same)["geodesic"]?.published == nil)
  }

  @Test(
    "PerspNet's 5°10cm is 10° and 5 cm",
    arguments: [(8.0, 0.04, 100.0, 0.0), (4, 0.08, 0, 100), (4, 0.04, 100, 100), (8, 0.08, 0, 0)])
  func within(degrees: Double, metres: Double, published: Double, correct: Double) throws {
    let found = rows(
      .perspNet,
      [
        FaceSample(truth: pose(), predicted: pose(yaw: degrees, at: [metres, 0, 1]))
      ])
    let row = try #require(found["within_5deg_10cm"])
    #expect(row.published?.value == published)
    #expect(row.correct?.value == correct)
    #expect(row.difference?.contains("10° and 5 cm") == true)
    let both = degrees < 5 && metres < 0.05 ? 100.0 : 0
    #expect(found["within_5deg_5cm"]?.published?.value == both)
    #expect(found["within_5deg_5cm"]?.correct?.value == both)
    let overlap = try #require(found["mean_iou"])
    #expect(try #require(overlap.published).value < 1e-12)
    #expect(overlap.correct == nil)
  }

  @Test("translation and ADD are in millimetres; ADD moves the true shape by both poses")
  func translation() throws {
    let shape = FaceSample.Shape(truth: [[0.1, 0, 0], [-0.1, 0, 0]])
    let moved = rows(
      .trg, [FaceSample(truth: pose(), predicted: pose(at: [0.003, -0.004, 1]), shape: shape)])
    for (name, expected) in [
      ("tx_mae", 3.0), ("ty_mae", 4), ("tz_mae", 0), ("t_mae", 7.0 / 3), ("add", 5),
    ] {
      #expect(try #require(moved[name]?.published).value.isNear(expected), "\(name)")
    }
    // Half a turn about y: each vertex ends 0.2 m away.
    let turned = rows(.trg, [FaceSample(truth: pose(), predicted: pose(yaw: 180), shape: shape)])
    #expect(try #require(turned["add"]?.published).value.isNear(200))
    #expect(rows(.trg, [FaceSample(truth: pose(), predicted: pose())])["add"]?.published == nil)
  }

  @Test("reconstruction has a mean and a median over images, and needs equal meshes")
  func reconstruction() throws {
    let truth: [SIMD3<Double>] = [[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0]]
    func sample(_ shift: Double) -> FaceSample {
      FaceSample(
        truth: pose(), predicted: pose(),
        shape: .init(truth: truth, predicted: truth.map { $0 + [0, 0, shift] }))
    }
    let found = rows(
      .trg, [sample(0.001), sample(0.002), sample(0.006)], triangles: [[0, 1, 2]])
    #expect(try #require(found["reconstruction_mean"]?.published).value.isNear(3))
    #expect(try #require(found["reconstruction_median"]?.published).value.isNear(2))
    #expect(try #require(found["face_size"]?.published).value.isNear(0))
    var larger = sample(0)
    larger.shape.predicted = truth.map { 2 * $0 }
    // 5,000 mm² against 20,000 mm².
    let size = rows(.trg, [larger], triangles: [[0, 1, 2]])["face_size"]
    #expect(try #require(size?.published).value.isNear(15000))
    var cut = sample(0)
    cut.shape.predicted?.removeLast()
    #expect(rows(.trg, [cut], triangles: [[0, 1, 2]])["reconstruction_mean"]?.published == nil)
  }

  @Test("a face may count in one of the two variants only")
  func variants() throws {
    let found = rows(
      .hopenet,
      [
        FaceSample(truth: pose(), published: pose(yaw: 10), correct: nil),
        FaceSample(truth: pose(), published: pose(yaw: 20), correct: pose(yaw: 20)),
      ])
    let row = try #require(found["yaw_mae"])
    #expect(row.published?.count == 2 && row.correct?.count == 1)
    #expect(try #require(row.published).value.isNear(15))
    #expect(try #require(row.correct).value.isNear(20))
  }

  @Test("beyond ±90° of yaw the truth is the annotation's angles, where the code takes these")
  func annotated() throws {
    // The rotation's own angles are pitch 180°, yaw 85° and roll 180°.
    var sample = FaceSample(truth: pose(yaw: 95), predicted: pose(yaw: 80))
    let plain = try #require(rows(.hopenet, [sample])["yaw_mae"]?.published)
    #expect(plain.value.isNear(5))
    sample.annotatedAngles = EulerAngles(pitch: 0, yaw: 95, roll: 0)
    for method in [EvaluationProtocol.img2poseAFLW2000, .hopenet, .sixDRepNet] {
      let found = rows(method, [sample])
      #expect(try #require(found["yaw_mae"]?.published).value.isNear(15))
      #expect(try #require(found["yaw_mae"]?.correct).value.isNear(15))
      #expect(try #require(found["roll_mae"]?.published).value.isNear(0))
    }
    #expect(try #require(rows(.trg, [sample])["yaw_mae"]?.published).value.isNear(15))
  }

  @Test("so are predicted angles, where the source gave some")
  func predictedAngles() throws {
    var sample = FaceSample(truth: pose(yaw: 95), predicted: pose(yaw: 96))
    sample.annotatedAngles = EulerAngles(pitch: 0, yaw: 95, roll: 0)
    #expect(try #require(rows(.hopenet, [sample])["roll_mae"]?.correct).value.isNear(180))
    sample.publishedAngles = EulerAngles(pitch: 0, yaw: 96, roll: 0)
    sample.correctAngles = sample.publishedAngles
    let found = rows(.hopenet, [sample])
    for name in ["pitch_mae", "roll_mae"] {
      #expect(try #require(found[name]?.published).value.isNear(0))
      #expect(try #require(found[name]?.correct).value.isNear(0))
    }
    #expect(try #require(found["yaw_mae"]?.correct).value.isNear(1))
  }

  @Test("lists of AFLW2000 leave out angles beyond 99°, others nothing")
  func exclusion() {
    let beyond = EulerAngles(pitch: 0, yaw: 0, roll: -99.5)
    let within = EulerAngles(pitch: -98, yaw: 99, roll: 98.5)
    #expect(EvaluationProtocol.img2poseAFLW2000.includes(within))
    for method in EvaluationProtocol.allCases {
      let isLimited = [.img2poseAFLW2000, .hopenet, .sixDRepNet].contains(method)
      #expect(method.includes(beyond) == !isLimited, "\(method)")
    }
  }

  @Test("PerspNet scores a fit behind the camera or beyond 100 m as a frontal face at its centre")
  func failure() {
    let behind = pose(at: [0, 0, -1])
    #expect(EvaluationProtocol.perspNet.isFailure(behind))
    #expect(EvaluationProtocol.perspNet.isFailure(pose(at: [0, 0, 101])))
    #expect(!EvaluationProtocol.perspNet.isFailure(pose()))
    #expect(!EvaluationProtocol.trg.isFailure(behind))
    #expect(
      EvaluationProtocol.perspNet.poseOfFailure
        == PoseNotation.Pose(rotation: .identity, translation: .zero))
  }
}
