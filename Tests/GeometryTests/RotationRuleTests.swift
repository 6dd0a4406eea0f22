internal import Geometry
internal import TestSupport
internal import Testing

@Suite("How a sheared matrix becomes a rotation")
struct RotationRuleTests {
  /// A rotation, and the same with a shear as img2pose's.
  private func sheared(
    _ rotation: Rotation, _ shear: SIMD2<Double>
  ) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    let r = rotation.rows
    return (r.0 + shear.x * r.2, r.1 + shear.y * r.2, r.2)
  }

  @Test("a rotation stays itself by both rules", arguments: RotationRule.allCases)
  func rotations(rule: RotationRule) {
    var random = SeededRandom(seed: 71)
    for _ in 0..<2000 {
      let rotation = random.rotation()
      let r = rotation.rows
      #expect(distance(rule.rotation(ofRows: r.0, r.1, r.2), rotation) < 1e-14)
    }
  }

  @Test("both rules give rotations of sheared matrices, and differ by degrees")
  func shears() {
    var random = SeededRandom(seed: 72)
    var largest = 0.0
    for _ in 0..<2000 {
      let (a, b, c) = sheared(
        random.rotation(), SIMD2(random.uniform(-0.35...0.35), random.uniform(-0.35...0.35)))
      let new = RotationRule.procrustes.rotation(ofRows: a, b, c)
      let old = RotationRule.markley.rotation(ofRows: a, b, c)
      #expect(defect(new) < 1e-13)
      #expect(defect(old) < 1e-13)
      largest = max(largest, new.angle(to: old))
    }
    // FORMATS §8: at most 22°, with a median of 4.4°.
    #expect(largest > 0.2 && largest < 0.45)
  }

  @Test("the old rule reads off the quaternion around its largest component")
  func byHand() {
    // Trace 3, the largest: q = (b_z - c_y …) is zero but for w, so the shear is dropped.
    let small = RotationRule.markley.rotation(ofRows: [1, 0, 0.2], [0, 1, 0], [0, 0, 1])
    // q = (0, 0.2, 0, 4), normalised.
    #expect(distance(small, Rotation(rotationVector: [0, 0.09991679, 0])) < 1e-6)
  }

  @Test(
    "by the new rule local and global poses are inverse; by the old one nearly, where they can be")
  func inverse() {
    var random = SeededRandom(seed: 73)
    var errors: [Double] = []
    for _ in 0..<500 {
      let image = Intrinsics.widthPlusHeight(1024, 768)
      let left = Int.random(in: 0..<900, using: &random)
      let top = Int.random(in: 0..<700, using: &random)
      let box = IntegerBox(left: left, top: top, right: left + 60, bottom: top + 70)
      let pose = Extrinsics(
        rotation: random.rotation(angle: 0...1), translation: [0.1, 0.2, 2])
      let new = CropCamera(box: box, image: image)
      #expect(distance(new.global(from: new.local(from: pose)).rotation, pose.rotation) < 1e-13)
      let old = CropCamera(box: box, image: image, rule: .markley)
      let reached = old.global(from: old.local(from: pose))
      errors.append(reached.rotation.angle(to: pose.rotation))
      #expect(length(reached.translation - pose.translation) < 1e-13)
    }
    errors.sort()
    #expect(errors[250] < 1e-9)
  }
}
