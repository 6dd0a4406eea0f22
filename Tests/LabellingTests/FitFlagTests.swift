import Geometry
import Labelling
import Schema
import TestSupport
import Testing

@Suite("Flags of a fit, and its sigmas")
struct FitFlagTests {
  private func fit(
    _ change: (inout ImageRecord) -> Void = { _ in },
    scene: LabellingScene = .frontal, options: LabellingOptions = LabellingOptions()
  ) throws -> FitQuality {
    var record = scene.record
    change(&record)
    var labeller = PoseLabeller(options: options)
    _ = labeller.label(&record)
    return try #require(record.faces[0].fit)
  }

  /// Moves a landmark by a fraction of the interocular distance.
  private func displace(_ index: Int, by fraction: SIMD2<Double>, _ record: inout ImageRecord) {
    guard var landmarks = record.faces[0].landmarks, let eye = landmarks.position(0),
      let other = landmarks.position(1), let point = landmarks.position(index)
    else { return }
    let distance = ((other - eye) * (other - eye)).sum().squareRoot()
    landmarks[index] = Landmarks.Point(point + distance * fraction)
    record.faces[0].landmarks = landmarks
  }

  @Test("a good fit has none, and states both sigmas")
  func clean() throws {
    let fit = try fit()
    #expect(fit.flags == [])
    let sigmas = try #require(fit.uncertainty)
    #expect(sigmas.rotation.min() > 0.5 && sigmas.rotation.max() < 10)
    // Depth is what five points tell least of.
    #expect(sigmas.translation.z > 5 * sigmas.translation.x)
  }

  @Test("a residual above 0.15 of the interocular distance is large, and widens the sigmas")
  func largeResidual() throws {
    let usual = try fit()
    let mild = try fit({ displace(3, by: [0.15, -0.1], &$0) })
    #expect(!mild.flags.contains(.largeResidual))
    let bad = try fit({ displace(3, by: [0.9, -0.6], &$0) })
    #expect(bad.relativeError > 0.15)
    #expect(bad.flags.contains(.largeResidual))
    let (narrow, wide) = (try #require(usual.uncertainty), try #require(bad.uncertainty))
    #expect(wide.rotation.max() > 2 * narrow.rotation.max())
  }

  @Test("four nearly flat points without the nose are ambiguous, with it they are not")
  func ambiguous() throws {
    let turned = LabellingScene(rotationVector: [0, 0.5, 0], translation: [0, 0, 2])
    #expect(!(try fit(scene: turned)).flags.contains(.ambiguous))
    let flat = try fit({ $0.faces[0].landmarks?[2] = .missing }, scene: turned)
    #expect(flat.flags == [.ambiguous, .fewPoints])
  }

  @Test("a face of fewer than 10 pixels between the eyes is small")
  func smallFace() throws {
    for (depth, isSmall) in [(6.5, false), (7.5, true)] {
      let scene = LabellingScene(rotationVector: .zero, translation: [0, 0, depth])
      let fit = try fit(scene: scene)
      #expect((fit.interocularDistance < 10) == isSmall)
      #expect(fit.flags.contains(.smallFace) == isSmall)
    }
  }

  @Test("a face whose origin appears outside of the image is flagged")
  func outOfImage() throws {
    for (x, isOutside) in [(0.28, false), (0.3, true)] {
      let scene = LabellingScene(rotationVector: .zero, translation: [x, 0, 1])
      #expect(try fit(scene: scene).flags.contains(.outOfImage) == isOutside)
    }
  }

  @Test("less trust in landmarks makes wider sigmas, in proportion")
  func statedUncertainty() throws {
    var options = LabellingOptions()
    (options.uncertainty.placement, options.uncertainty.identity) = (0.02, 0)
    options.uncertainty.rounding = 0
    options.turnSigma = 0
    let narrow = try #require(try fit(options: options).uncertainty)
    options.uncertainty.placement = 0.06
    let wide = try #require(try fit(options: options).uncertainty)
    #expect(abs(wide.rotation.x / narrow.rotation.x - 3) < 1e-5)
    #expect(abs(wide.translation.z / narrow.translation.z - 3) < 1e-5)
  }

  @Test("a turn that all poses share is added, the face model's where none is named")
  func turn() throws {
    var options = LabellingOptions()
    options.turnSigma = 0
    let own = try #require(try fit(options: options).uncertainty)
    options.turnSigma = 2
    let turned = try #require(try fit(options: options).uncertainty)
    for i in 0..<3 {
      #expect(abs(turned.rotation[i] - (own.rotation[i] * own.rotation[i] + 4).squareRoot()) < 1e-5)
    }
    let usual = try #require(try fit().uncertainty)
    #expect(abs(usual.rotation.x - (own.rotation.x * own.rotation.x + 9).squareRoot()) < 1e-5)
    #expect(usual.rotation.y == own.rotation.y && usual.translation == own.translation)
  }

  @Test("an occluded point that counts nothing is left out; one that counts less pulls less")
  func occludedWeight() throws {
    func occlude(_ record: inout ImageRecord) {
      displace(3, by: [0.3, 0], &record)
      guard let point = record.faces[0].landmarks?.position(3) else { return }
      record.faces[0].landmarks?[3] = Landmarks.Point(point, .occluded)
    }
    var options = LabellingOptions()
    let full = try fit(occlude, options: options)
    options.occludedWeight = 0.1
    let less = try fit(occlude, options: options)
    #expect(full.points == 5 && less.points == 5)
    #expect(less.reprojectionError < 0.6 * full.reprojectionError)
    options.occludedWeight = 0
    let none = try fit(occlude, options: options)
    #expect(none.points == 4)
    #expect(none.reprojectionError < 1e-4)
  }
}
