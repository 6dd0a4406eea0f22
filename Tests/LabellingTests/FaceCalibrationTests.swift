import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Labelling

@Suite("Learning a mean face")
struct FaceCalibrationTests {
  /// A face that differs from the bundled one by up to 4 mm.
  private func truth(_ start: FaceModel) -> [SIMD3<Double>] {
    var random = SeededRandom(seed: 3)
    return start.points.map {
      $0
        + SIMD3(
          random.uniform(-0.004...0.004), random.uniform(-0.004...0.004),
          random.uniform(-0.004...0.004))
    }
  }

  private func learnt(
    _ start: FaceModel, _ faces: TurnedFaces, count: Int = 60, isPosed: Bool,
    isSymmetric: Bool = false
  ) throws -> (calibration: FaceCalibration, passes: Int) {
    var random = SeededRandom(seed: 8)
    let seen = faces.seen(count, &random)
    var calibration = FaceCalibration(start: start, isPosed: isPosed, isSymmetric: isSymmetric)
    for pass in 1...FaceCalibration.mostPasses {
      var solver = LeastSquaresPoseSolver(
        model: calibration.points, interocularDistance: start.interocularDistance, tolerance: 1e-10)
      var equations = ShapeEquations(model: calibration.points)
      solver.addShape(
        faces: count, camera: { _ in faces.camera },
        landmark: { face, point in seen[face].landmarks.position(point).map { ($0, 1) } },
        rotation: isPosed ? { seen[$0].pose.rotation } : nil, to: &equations)
      let moved = calibration.move(by: equations)
      let change = try #require(moved)
      if change <= FaceCalibration.settledChange { return (calibration, pass) }
    }
    throw NotSettled()
  }

  private struct NotSettled: Error {}

  /// The largest distance of points once size and place are the same, and the axes too where they are free.
  private func distance(
    _ points: [SIMD3<Double>], to truth: [SIMD3<Double>], _ start: FaceModel, turns: Bool = false
  ) -> Double {
    func normalised(_ points: [SIMD3<Double>]) -> [SIMD3<Double>] {
      let five = FaceModel.fivePoints(of: points, start.layout)
      let middle = points.reduce(.zero, +) / Double(points.count)
      return points.map { ($0 - middle) * (0.062 / Geometry.length(five[1] - five[0])) }
    }
    var (one, other) = (normalised(points), normalised(truth))
    if turns {
      var rows = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
      for (a, b) in zip(one, other) {
        rows = (rows.0 + b.x * a, rows.1 + b.y * a, rows.2 + b.z * a)
      }
      let turn = Rotation.polarFactor(ofRows: rows.0, rows.1, rows.2)
      one = one.map { turn * $0 }
    }
    swap(&one, &other)
    return zip(one, other).map { Geometry.length($0 - $1) }.max() ?? 0
  }

  @Test(
    "the face of noise-free landmarks is found again from poses",
    arguments: [FaceModel.bfmFivePoints, .bfm68Points])
  func posed(start: FaceModel) throws {
    let truth = truth(start)
    let (calibration, passes) = try learnt(
      start, TurnedFaces(layout: start.layout, points: truth), isPosed: true)
    #expect(distance(calibration.points, to: truth, start) < 1e-7)
    #expect(distance(start.points, to: truth, start) > 0.002)
    #expect(passes <= 20)
    let five = FaceModel.fivePoints(of: calibration.points, start.layout)
    #expect(abs(Geometry.length(five[1] - five[0]) - start.interocularDistance) < 1e-12)
  }

  @Test("and from landmarks alone but for its axes, which poses of some faces settle")
  func alone() throws {
    let start = FaceModel.bfm68Points
    let truth = truth(start)
    var (calibration, passes) = try learnt(
      start, TurnedFaces(layout: start.layout, points: truth), isPosed: false)
    #expect(distance(calibration.points, to: truth, start, turns: true) < 1e-6)
    #expect(passes <= 80)
    let turn = Rotation(rotationVector: [0.02, -0.01, 0.03])
    let before = calibration.points
    calibration.turn(by: turn)
    #expect(distance(calibration.points, to: before.map { turn * $0 }, start) < 1e-12)
  }

  @Test("a symmetric face is one, and that of symmetric landmarks")
  func symmetric() throws {
    let start = FaceModel.bfm68Points
    let mirror = start.layout.counterparts
    let uneven = truth(start)
    let truth = uneven.indices.map { 0.5 * (uneven[$0] + uneven[mirror[$0]] * SIMD3(-1, 1, 1)) }
    let (calibration, _) = try learnt(
      start, TurnedFaces(layout: start.layout, points: truth), isPosed: true, isSymmetric: true)
    #expect(distance(calibration.points, to: truth, start) < 1e-6)
    for (i, j) in mirror.enumerated() {
      let offset = calibration.points[i] - calibration.points[j] * SIMD3(-1, 1, 1)
      #expect(abs(offset.y) < 1e-9 && abs(offset.z) < 1e-9)
    }
  }

  @Test("what could be no face is refused when it becomes a model")
  func model() throws {
    let start = FaceModel.bfmFivePoints
    let calibration = FaceCalibration(start: start, isPosed: true, isSymmetric: false)
    let model = try calibration.model(path: "a/face.npy", frame: .bfm, identitySigma: 0.04)
    #expect(model.name == "face.npy" && model.identitySigma == 0.04 && model.frame == .bfm)
    #expect(model.points == start.points)
    var turned = calibration
    turned.turn(by: Rotation(rotationVector: [0, .pi, 0]))
    #expect(throws: FaceModelError.self) {
      try turned.model(path: "a/face.npy", frame: .bfm, identitySigma: 0.04)
    }
  }
}

@Suite("The note beside a face model")
struct FaceModelNoteTests {
  private func with(
    note: (String) -> String, _ body: (String) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      let rows = FaceModel.bfmFivePoints.points.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
      let bytes = npyFile(rows, shape: "(5, 3)", isFortranOrder: false)
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/face.npy"))
      let hash = bytes.withUnsafeBytes(sha256(of:))
      try write(note(hash), to: folder + "/face.json")
      try body(folder + "/face.npy")
    }
  }

  private func text(frame: String = "bfm", sigma: String = "0.037", hash: String) -> String {
    "{\"schema\":\"sixdof.face-model/1\",\"frame\":\"\(frame)\",\"identity_sigma\":\(sigma),\"sha256\":\"\(hash)\"}"
  }

  @Test("gives frame and spread; what the user says comes first")
  func read() throws {
    try with(note: { text(hash: $0) }) { path in
      let model = try FaceModel(contentsOf: path)
      #expect(model.frame == .bfm && model.identitySigma == 0.037)
      #expect(FaceModelSet(model).identitySigma == 0.037)
      #expect(FaceModelSet.bfm.identitySigma == nil)
      #expect(try FaceModel(contentsOf: path, frame: .user).frame == .user)
    }
  }

  @Test("a JSON file that is no note says nothing", arguments: ["{}", "no JSON", "[1]"])
  func other(text: String) throws {
    try with(note: { _ in text }) { path in
      let model = try FaceModel(contentsOf: path)
      #expect(model.frame == .user && model.identitySigma == nil)
    }
  }

  @Test("a damaged note, or that of other points, is refused with the reason")
  func damaged() throws {
    let cases: [((String) -> String, String)] = [
      ({ self.text(frame: "head", hash: $0) }, "frame: expected an object frame, found 'head'"),
      (
        { self.text(sigma: "-1", hash: $0) },
        "identity_sigma: expected a number from 0 to 1, found -1.0"
      ),
      (
        { self.text(sigma: "\"x\"", hash: $0) },
        "identity_sigma: expected a number from 0 to 1, found 'x'"
      ),
      (
        { _ in self.text(hash: "00") },
        "sha256: expected that of face.npy, found that of other points"
      ),
    ]
    for (note, words) in cases {
      try with(note: note) { path in
        do {
          _ = try FaceModel(contentsOf: path)
          Issue.record("accepted: \(words)")
        } catch let error as FaceModelError {
          #expect(error.detail.hasPrefix(words), "\(error)")
          #expect(error.place.hasSuffix("/face.json"))
        }
      }
    }
  }
}
