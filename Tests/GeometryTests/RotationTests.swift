internal import Foundation
internal import TestSupport
internal import Testing

@testable import Geometry

/// Rodrigues' formula in its vector form, as an oracle for the matrix.
private func turned(
  _ point: SIMD3<Double>, about axis: SIMD3<Double>, by angle: Double
) -> SIMD3<Double> {
  cos(angle) * point + sin(angle) * cross(axis, point)
    + (1 - cos(angle)) * dot(axis, point) * axis
}

@Suite("Rotations")
struct RotationTests {
  @Test("a quarter turn about z takes x to y, the image's right to its bottom")
  func quarterTurn() {
    let turn = Rotation(rotationVector: [0, 0, .pi / 2])
    #expect(length(turn * [1, 0, 0] - [0, 1, 0]) < 1e-15)
    #expect(length(turn * [0, 1, 0] - [-1, 0, 0]) < 1e-15)
    #expect(turn * [0, 0, 1] == [0, 0, 1])
  }

  @Test("a rotation vector turns points about its direction by its length")
  func agreesWithRodrigues() {
    var random = SeededRandom(seed: 1)
    var worst = 0.0
    for _ in 0..<5000 {
      let (axis, angle) = (random.direction(), random.uniform(0...Double.pi))
      let point = random.vector(-1...1)
      let found = Rotation(rotationVector: angle * axis) * point
      worst = max(worst, length(found - turned(point, about: axis, by: angle)))
    }
    #expect(worst < 1e-14)
  }

  @Test("vector, matrix and vector again agree over all angles below pi")
  func vectorRoundTrip() {
    var random = SeededRandom(seed: 2)
    var worst = 0.0
    for _ in 0..<10_000 {
      let vector = random.uniform(0...(Double.pi - 1e-6)) * random.direction()
      worst = max(worst, length(Rotation(rotationVector: vector).rotationVector - vector))
    }
    #expect(worst < 1e-13)
  }

  @Test(
    "tiny angles keep their relative precision", arguments: [1e-3, 1.01e-4, 0.99e-4, 1e-9, 1e-150])
  func tinyAngles(angle: Double) {
    var random = SeededRandom(seed: 3)
    for _ in 0..<200 {
      let vector = angle * random.direction()
      let found = Rotation(rotationVector: vector).rotationVector
      #expect(length(found / angle - vector / angle) < 1e-12)
    }
  }

  @Test("the angle 0 is the identity, and back")
  func zero() {
    #expect(Rotation(rotationVector: .zero) == .identity)
    #expect(Rotation.identity.rotationVector == .zero)
  }

  @Test("at and next to pi the vector has length pi and gives the same matrix")
  func halfTurns() {
    var random = SeededRandom(seed: 4)
    let axes: [SIMD3<Double>] =
      [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 0]] + (0..<2000).map { _ in random.direction() }
    for axis in axes {
      for angle in [Double.pi, .pi - 1e-9, .pi + 1e-9] {
        let rotation = Rotation(rotationVector: angle * axis)
        let vector = rotation.rotationVector
        #expect(abs(length(vector) - .pi) < 1.1e-9)
        #expect(distance(Rotation(rotationVector: vector), rotation) < 1e-14)
      }
    }
  }

  @Test("an angle beyond pi comes back as the shorter way round")
  func shorterWay() {
    let vector = Rotation(rotationVector: [0, 1.5 * Double.pi, 0]).rotationVector
    #expect(length(vector - [0, -0.5 * Double.pi, 0]) < 1e-14)
  }

  @Test("products act one after the other, and the transpose undoes a rotation")
  func composition() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<1000 {
      let (a, b, point) = (random.rotation(), random.rotation(), random.vector(-1...1))
      #expect(length((a * b) * point - a * (b * point)) < 1e-14)
      #expect(length(a.transpose * (a * point) - point) < 1e-14)
    }
  }

  @Test("the angle between rotations is what was turned, whichever comes first")
  func angles() {
    var random = SeededRandom(seed: 6)
    for _ in 0..<1000 {
      let (start, angle) = (random.rotation(), random.uniform(0...Double.pi))
      let end = start * Rotation(rotationVector: angle * random.direction())
      #expect(abs(start.angle(to: end) - angle) < 1e-12)
      #expect(abs(end.angle(to: start) - angle) < 1e-12)
    }
  }

  @Test("rounding is taken out without turning the rotation")
  func orthonormalised() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<1000 {
      let exact = random.rotation()
      let noisy = Rotation(
        rows: exact.rows.0 + random.vector(-1e-9...1e-9),
        exact.rows.1 + random.vector(-1e-9...1e-9),
        exact.rows.2 + random.vector(-1e-9...1e-9))
      #expect(defect(noisy.orthonormalised()) < 1e-15 * 4)
      #expect(distance(noisy.orthonormalised(), exact) < 1e-8)
    }
  }
}
