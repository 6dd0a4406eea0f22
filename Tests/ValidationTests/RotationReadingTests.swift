import Geometry
import TestSupport
import Testing

@testable import Validation

@Suite("Readings of rotations")
struct RotationReadingTests {
  /// Turned faces, and poses predicted with an error of about 5 degrees.
  static func pairs(
    _ count: Int = 12, seed: UInt64 = 5, stored: (Rotation) -> SIMD3<Double> = \.rotationVector
  ) -> [RotationComparison.Pair] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
      func vector(_ size: Double) -> SIMD3<Double> {
        SIMD3(
          random.uniform(-size...size), random.uniform(-1.6 * size...1.6 * size),
          random.uniform(-size...size))
      }
      let truth = Rotation(rotationVector: vector(0.5))
      return (stored(truth), truth * Rotation(rotationVector: vector(0.07)))
    }
  }

  private func judged(_ pairs: [RotationComparison.Pair]) -> RotationVerdict? {
    RotationVerdict(pairs, hasOtherFrame: false, ValidationThresholds())
  }

  @Test("rotations as they are need no other reading", arguments: 1...20 as ClosedRange<UInt64>)
  func clean(seed: UInt64) throws {
    for count in [1, 5, 12, 60] {
      let verdict = try #require(judged(Self.pairs(count, seed: seed)))
      #expect(verdict.reading == nil)
      #expect(!verdict.hasOffset(limit: 12 * .pi / 180, ValidationThresholds()))
    }
  }

  @Test("every convention's angles read as another's are found out")
  func angles() throws {
    let conventions = EulerConvention.allCases.filter { $0 == $0.equals[0] }
    #expect(conventions.count == 6)
    for written in conventions {
      for read in conventions where read != written {
        let pairs = Self.pairs(24) { read.rotation(of: written.angles(of: $0)).rotationVector }
        let found = try #require(judged(pairs))
        // Some pairs differ in the order of turns alone, by less than predictions err.
        guard found.asIs.meanAngle > 15 * .pi / 180 else { continue }
        let reading = try #require(found.reading, "\(written) read as \(read)")
        let names = [reading.reading] + found.alternatives
        #expect(
          names.contains { name in
            pairs.allSatisfy { pair in
              let meant = written.rotation(
                of: read.angles(of: Rotation(rotationVector: pair.annotated)))
              return name.rotation(of: pair.annotated).map { $0.angle(to: meant) < 1e-6 } ?? false
            }
          }, "\(written) read as \(read): \(names.map(\.name))")
      }
    }
  }

  @Test("matrices of other axes, inverses and degrees are found out")
  func matrices() {
    func name(_ stored: @escaping (Rotation) -> SIMD3<Double>) -> String? {
      judged(Self.pairs(stored: stored))?.reading?.reading.name
    }
    #expect(name { $0.transpose.rotationVector } == RotationReading.inverse.name)
    #expect(name { $0.inYUpAxes.rotationVector } == RotationReading.mirrored.name)
    #expect(
      name { $0.transposedInYUpAxes.rotationVector } == "6drepnet-matrix numbers read as matrix")
    #expect(name { $0.rotationVector * (180 / .pi) } == RotationReading.degrees.name)
    #expect(name { $0.rotationVector * (.pi / 180) } == RotationReading.radians.name)
  }

  @Test("a constant turn is measured, and is a finding where it is large")
  func offset() throws {
    let turn = Rotation(rotationVector: SIMD3(0.35, 0, 0))
    let found = try #require(judged(Self.pairs { ($0 * turn).rotationVector }))
    #expect(found.reading == nil)
    #expect(found.asIs.offset.angle(to: turn) < 0.06)
    #expect(found.hasOffset(limit: 12 * .pi / 180, ValidationThresholds()))
    #expect(!found.hasOffset(limit: 30 * .pi / 180, ValidationThresholds()))
  }

  @Test("the median rotation stands against outliers")
  func median() {
    let truth = Rotation(rotationVector: SIMD3(0.2, -0.4, 0.1))
    var rotations = Array(repeating: truth, count: 6)
    rotations += (0..<4).map { Rotation(rotationVector: SIMD3(2, Double($0), -1)) }
    #expect(RotationComparison.medianRotation(of: rotations).angle(to: truth) < 0.01)
  }
}
