internal import Foundation
internal import Geometry
internal import TestSupport
internal import Testing

/// What FORMATS §11 spells out beside the conventions' own definitions.
@Suite("Formulas of the systems")
struct FormulaTests {
  private let flip = Rotation(rows: [1, 0, 0], [0, -1, 0], [0, 0, -1])

  private func x(_ angle: Double) -> Rotation { Rotation(rotationVector: [angle, 0, 0]) }
  private func y(_ angle: Double) -> Rotation { Rotation(rotationVector: [0, angle, 0]) }
  private func z(_ angle: Double) -> Rotation { Rotation(rotationVector: [0, 0, angle]) }

  /// Random angles of `aflw` and their rotation, 1° off the singularity.
  private func each(
    _ seed: UInt64, _ body: (_ angles: EulerAngles, _ rotation: Rotation) -> Void
  ) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let angles = EulerAngles.degrees(
        pitch: random.uniform(-179...179), yaw: random.uniform(-89...89),
        roll: random.uniform(-179...179))
      body(angles, EulerConvention.aflw.rotation(of: angles))
    }
  }

  @Test("§11.1: the canonical matrix, entry by entry, and its inverse")
  func canonical() {
    each(131) { angles, rotation in
      let (cp, cy, cr) = (cos(angles.pitch), cos(angles.yaw), cos(angles.roll))
      let (sp, sy, sr) = (sin(angles.pitch), sin(angles.yaw), sin(angles.roll))
      let expected = Rotation(
        rows: SIMD3(cy * cr, -cy * sr, sy),
        SIMD3(cp * sr - sp * sy * cr, cp * cr + sp * sy * sr, sp * cy),
        SIMD3(-sp * sr - cp * sy * cr, -sp * cr + cp * sy * sr, cp * cy))
      #expect(distance(rotation, expected) < 1e-15)
      let (first, second, third) = rotation.rows
      let inverse = EulerAngles(
        pitch: atan2(second.z, third.z), yaw: atan2(first.z, hypot(first.x, first.y)),
        roll: atan2(-first.y, first.x))
      #expect(difference(EulerConvention.aflw.angles(of: rotation), inverse) < 1e-12)
    }
  }

  @Test("§11.2: 3DDFA's matrix is Rx(−p) Ry(−y) Rz(−r), 6DRepNet's its transpose")
  func nativeMatrices() {
    each(132) { angles, rotation in
      let r3 = x(-angles.pitch) * y(-angles.yaw) * z(-angles.roll)
      #expect(distance(rotation.inYUpAxes, r3) < 1e-14)
      let r6 = z(angles.roll) * y(angles.yaw) * x(angles.pitch)
      #expect(distance(rotation.transposedInYUpAxes, r6) < 1e-14)
      #expect(distance(r6, r3.transpose) < 1e-14)
    }
  }

  @Test("§11.2: the detours of TRG and PerspNet by angles are F R F")
  func detours() {
    each(133) { _, rotation in
      let robot = EulerConvention.trgZYX.angles(of: rotation)
      let trg = z(-robot.yaw) * y(-robot.pitch) * x(robot.roll)
      #expect(distance(trg, rotation.inYUpAxes) < 1e-14)
      let yxz = EulerConvention.trgYXZ.angles(of: rotation)
      let perspNet = z(-yxz.roll) * x(yxz.pitch) * y(-yxz.yaw)
      #expect(distance(perspNet, rotation.inYUpAxes) < 1e-14)
    }
  }

  @Test("§11.2: PerspNet's R_t_pred of its PnP is ARKitFace's matrix of the pose")
  func perspNetPrediction() {
    var random = SeededRandom(seed: 134)
    each(135) { _, rotation in
      let pose = Extrinsics(rotation: rotation, translation: random.vector(-1...1) + [0, 0, 2])
      // [[R_pnpᵀ, 0], [t, 1]] · diag(1, −1, −1, 1).
      let rows = pose.perspNetPnPRotation.transpose.rows
      let t = pose.translation
      var expected = [rows.0, rows.1, rows.2].flatMap { row -> [Double] in
        [row.x, -row.y, -row.z, 0]
      }
      expected += [t.x, -t.y, -t.z, 1]
      for (a, b) in zip(RowTransform(pose, axes: .openGL).rowMajor, expected) {
        #expect(abs(a - b) < 1e-15)
      }
    }
  }

  @Test("§11.3: img2pose's convert_aflw is (Rz(−r) Ry(−y) Rx(p))ᵀ; Hopenet reads BIWI alike")
  func img2PoseAndHopenet() {
    each(136) { angles, rotation in
      let made = (z(-angles.roll) * y(-angles.yaw) * x(angles.pitch)).transpose
      #expect(distance(made, rotation) < 1e-14)
      // Hopenet transposes BIWI's matrix first.
      let rows = rotation.transpose.rows
      let hopenet = EulerAngles(
        pitch: atan2(rows.2.y, rows.2.z), yaw: -atan2(-rows.2.x, hypot(rows.2.y, rows.2.z)),
        roll: -atan2(rows.1.x, rows.0.x))
      #expect(difference(EulerConvention.hopenet.angles(of: rotation), hopenet) < 1e-12)
    }
  }

  @Test("§11.3: Hopenet's draw_axis draws R e_x, R e_y and −R e_z")
  func drawAxis() {
    each(137) { angles, rotation in
      let (pitch, yaw, roll) = (angles.pitch, -angles.yaw, angles.roll)
      let drawn = [
        SIMD2(cos(yaw) * cos(roll), cos(pitch) * sin(roll) + cos(roll) * sin(pitch) * sin(yaw)),
        SIMD2(-cos(yaw) * sin(roll), cos(pitch) * cos(roll) - sin(pitch) * sin(yaw) * sin(roll)),
        SIMD2(sin(yaw), -cos(yaw) * sin(pitch)),
      ]
      for (axis, end) in zip([[1, 0, 0], [0, 1, 0], [0, 0, -1]] as [SIMD3<Double>], drawn) {
        let turned = rotation * axis
        #expect(abs(turned.x - end.x) < 1e-15 && abs(turned.y - end.y) < 1e-15)
      }
    }
  }

  @Test("§11.3: TRG's two conventions, entry by entry")
  func trg() {
    each(138) { _, rotation in
      let (a, b, c) = rotation.rows
      let yxz = EulerAngles(
        pitch: atan2(c.y, hypot(c.x, c.z)), yaw: atan2(-c.x, c.z), roll: atan2(-a.y, b.y))
      #expect(difference(EulerConvention.trgYXZ.angles(of: rotation), yxz) < 1e-9)
      let zyx = EulerAngles(
        pitch: atan2(-c.x, hypot(c.y, c.z)), yaw: atan2(b.x, a.x), roll: atan2(c.y, c.z))
      #expect(difference(EulerConvention.trgZYX.angles(of: rotation), zyx) < 1e-9)
    }
  }
}
