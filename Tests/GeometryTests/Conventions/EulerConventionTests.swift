internal import Foundation
internal import Geometry
internal import TestSupport
internal import Testing

private let degree = Double.pi / 180

@Suite("Euler conventions")
struct EulerConventionTests {
  /// FORMATS §11.3's single-axis cross-check: what each system says of a turn by +20° of `aflw`.
  @Test(
    "a turn about one axis has the sign that each system gives it",
    arguments: [
      (EulerConvention.aflw, 1.0, 1.0, 1.0), (.hopenet, 1, 1, 1), (.sixDRepNet, 1, 1, 1),
      (.dhpe, 1, 1, 1), (.threeDDFA, -1, 1, -1), (.perspNet, -1, -1, -1), (.trgYXZ, -1, 1, 1),
    ])
  func singleAxes(_ convention: EulerConvention, pitch: Double, yaw: Double, roll: Double) {
    let turns: [(EulerAngles, EulerAngles)] = [
      (.degrees(pitch: 20, yaw: 0, roll: 0), .degrees(pitch: 20 * pitch, yaw: 0, roll: 0)),
      (.degrees(pitch: 0, yaw: 20, roll: 0), .degrees(pitch: 0, yaw: 20 * yaw, roll: 0)),
      (.degrees(pitch: 0, yaw: 0, roll: 20), .degrees(pitch: 0, yaw: 0, roll: 20 * roll)),
    ]
    for (canonical, expected) in turns {
      let found = convention.angles(of: EulerConvention.aflw.rotation(of: canonical))
      #expect(difference(found, expected) < 1e-15)
    }
  }

  @Test("TRG's robot names: nodding is its roll, shaking its pitch, tilting its yaw")
  func robotNames() {
    let found = [
      EulerAngles.degrees(pitch: 20, yaw: 0, roll: 0), .degrees(pitch: 0, yaw: 20, roll: 0),
      .degrees(pitch: 0, yaw: 0, roll: 20),
    ].map { EulerConvention.trgZYX.angles(of: EulerConvention.aflw.rotation(of: $0)) }
    #expect(difference(found[0], .degrees(pitch: 0, yaw: 0, roll: -20)) < 1e-15)
    #expect(difference(found[1], .degrees(pitch: 20, yaw: 0, roll: 0)) < 1e-15)
    #expect(difference(found[2], .degrees(pitch: 0, yaw: 20, roll: 0)) < 1e-15)
  }

  @Test("the words for positive angles are what happens to the face in the image")
  func words() {
    for convention in EulerConvention.allCases {
      for name in EulerAngles.Name.allCases {
        var angles = EulerAngles.zero
        angles[name] = 20 * degree
        let rotation = convention.rotation(of: angles)
        let (normal, right) = (rotation * [0, 0, -1], rotation * [1, 0, 0])
        let seen =
          switch (normal.x, normal.y, right.y) {
          case (_, let y, _) where y > 0.1: "face down"
          case (_, let y, _) where y < -0.1: "face up"
          case (let x, _, _) where x < -0.1: "face to image left"
          case (let x, _, _) where x > 0.1: "face to image right"
          case (_, _, let y) where y > 0.1: "clockwise"
          default: "counter-clockwise"
          }
        #expect(convention.meaning(of: name) == seen, "\(convention) \(name)")
      }
    }
  }

  @Test("rotation, angles and rotation again agree", arguments: EulerConvention.allCases)
  func rotationRoundTrip(convention: EulerConvention) {
    var random = SeededRandom(seed: 81)
    for _ in 0..<5000 {
      let rotation = random.rotation()
      #expect(distance(convention.rotation(of: convention.angles(of: rotation)), rotation) < 1e-14)
    }
  }

  @Test("angles in their ranges come back", arguments: EulerConvention.allCases)
  func anglesRoundTrip(convention: EulerConvention) {
    var random = SeededRandom(seed: 82)
    for _ in 0..<5000 {
      var angles = EulerAngles.zero
      for (i, turn) in convention.turns.enumerated() {
        let limit = i == 1 ? 89.0 : 179.9
        angles[turn.name] = random.uniform(-limit...limit) * degree
      }
      // At 89° the outer angles are worse determined by 1 / cos 89° = 57.
      #expect(difference(convention.angles(of: convention.rotation(of: angles)), angles) < 1e-12)
    }
  }

  /// At ±90° of the middle angle, exactly and nearly, the rotation survives; there the turn about z is
  /// 0 where the two are indistinguishable.
  @Test(
    "at and next to the singularity rotations survive", arguments: EulerConvention.allCases,
    [0, 1e-16, 1e-15, 1e-14, 1e-13, 1e-10, 1e-8, 1e-7, 1e-4])
  func singularities(convention: EulerConvention, offset: Double) throws {
    var random = SeededRandom(seed: 83)
    let zName = try #require(convention.turns.first { $0.axis == .z }?.name)
    for i in 0..<500 {
      var angles = EulerAngles.zero
      for turn in convention.turns { angles[turn.name] = random.uniform(-Double.pi...Double.pi) }
      let sign: Double = i % 2 == 0 ? 1 : -1
      angles[convention.turns[1].name] = sign * (Double.pi / 2 - offset)
      let rotation = convention.rotation(of: angles)
      let found = convention.angles(of: rotation)
      #expect(distance(convention.rotation(of: found), rotation) < 2e-14)
      #expect(abs(found[convention.turns[1].name] - sign * (.pi / 2 - offset)) < 2e-14)
      if offset < 1e-15 { #expect(found[zName] == 0) }
    }
  }

  @Test("the quarter turns that no product makes inexact have no turn about z")
  func quarterTurns() {
    // Nose to the image's left: R e_z = e_x.
    let left = Rotation(rows: [0, 0, 1], [0, 1, 0], [-1, 0, 0])
    #expect(EulerConvention.aflw.angles(of: left) == .degrees(pitch: 0, yaw: 90, roll: 0))
    #expect(EulerConvention.threeDDFA.angles(of: left) == .degrees(pitch: 0, yaw: 90, roll: 0))
    // Nose up.
    let up = Rotation(rows: [1, 0, 0], [0, 0, 1], [0, -1, 0])
    #expect(EulerConvention.trgYXZ.angles(of: up) == .degrees(pitch: -90, yaw: 0, roll: 0))
    #expect(EulerConvention.perspNet.angles(of: up) == .degrees(pitch: -90, yaw: 0, roll: 0))
  }

  @Test("mirrored angles are those of the mirrored rotation", arguments: EulerConvention.allCases)
  func mirrored(convention: EulerConvention) {
    var random = SeededRandom(seed: 84)
    for _ in 0..<1000 {
      let rotation = random.rotation()
      let found = convention.mirrored(convention.angles(of: rotation))
      #expect(distance(convention.rotation(of: found), rotation.mirrored) < 1e-14)
      #expect(difference(convention.angles(of: rotation.mirrored), found) < 1e-9)
    }
  }

  @Test("the matrices that the systems' codes decompose give these angles")
  func native() {
    var random = SeededRandom(seed: 85)
    for _ in 0..<2000 {
      let rotation = random.rotation()
      // 6DRepNet: x, y, z of R6 = Rz Ry Rx.
      let r6 = rotation.transposedInYUpAxes.rows
      let six = EulerConvention.sixDRepNet.angles(of: rotation)
      #expect(abs(six.pitch - atan2(r6.2.y, r6.2.z)) < 1e-9)
      #expect(abs(six.yaw - atan2(-r6.2.x, hypot(r6.0.x, r6.1.x))) < 1e-9)
      #expect(abs(six.roll - atan2(r6.1.x, r6.0.x)) < 1e-9)
      // matrix2angle of R3.
      let r3 = rotation.inYUpAxes.rows
      let m2a = EulerConvention.threeDDFA.angles(of: rotation)
      #expect(abs(m2a.yaw - asin(r3.2.x)) < 1e-6)
      #expect(abs(m2a.pitch - atan2(r3.2.y, r3.2.z)) < 1e-9)
      #expect(abs(m2a.roll - atan2(r3.1.x, r3.0.x)) < 1e-9)
      // PerspNet's are TRG's with yaw and roll turned.
      let (persp, trg) = (
        EulerConvention.perspNet.angles(of: rotation), EulerConvention.trgYXZ.angles(of: rotation)
      )
      let turned = EulerAngles(pitch: trg.pitch, yaw: -trg.yaw, roll: -trg.roll)
      #expect(difference(persp, turned) < 1e-12)
    }
  }

  @Test("FORMATS §5.4: the angles of BIWI's frame 12/00003 in its depth camera")
  func realFrame() throws {
    let rotation = try #require(
      Rotation(rowMajor: [
        0.980639, 0.109899, 0.162077, -0.11023, 0.993882, -0.00697376, -0.161851, -0.011027,
        0.986754,
      ]))
    let found = EulerConvention.hopenet.angles(of: rotation).inDegrees
    #expect(abs(found.pitch + 0.40) < 0.01)
    #expect(abs(found.yaw - 9.33) < 0.01)
    #expect(abs(found.roll + 6.39) < 0.01)
  }

  @Test("formulas, orders and equal conventions are told as they are")
  func descriptions() {
    #expect(EulerConvention.aflw.formula == "Rx(−pitch) Ry(yaw) Rz(roll)")
    #expect(EulerConvention.trgZYX.singularity == "pitch ±90°")
    #expect(EulerConvention.aflw.equals == [.aflw, .hopenet, .sixDRepNet, .dhpe])
    #expect(EulerConvention.trgYXZ.equals == [.trgYXZ])
    for convention in EulerConvention.allCases {
      #expect(Set(convention.order) == Set(EulerAngles.Name.allCases))
      #expect(!convention.users.isEmpty)
    }
  }
}

/// The largest difference of two angles of the same name, in radians, whole turns aside.
func difference(_ a: EulerAngles, _ b: EulerAngles) -> Double {
  EulerAngles.Name.allCases.map { abs(remainder(a[$0] - b[$0], 2 * .pi)) }.max() ?? 0
}
