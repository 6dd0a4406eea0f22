import Foundation
import Geometry
import Labelling
import Schema
import TestSupport
import Testing

@Suite("Focal lengths from faces")
struct FocalLengthEstimatorTests {
  /// Landmarks of the model itself, near a camera of some focal length, in units of another.
  private func places(
    _ count: Int, factor: Double, depth: ClosedRange<Double>, noise: Double = 0
  ) -> [[SIMD2<Double>]] {
    var random = SeededRandom(seed: 3)
    return (0..<count).map { _ in
      let pose = Extrinsics(
        rotation: Rotation(
          rotationVector: [
            random.uniform(-0.3...0.3), random.uniform(-0.6...0.6), random.uniform(-0.2...0.2),
          ]),
        translation: [
          random.uniform(-0.1...0.1), random.uniform(-0.1...0.1), random.uniform(depth),
        ])
      return FaceModel.bfm68Points.points.map { point in
        let seen = pose.applied(to: point)
        let errors = SIMD2(random.uniform(-noise...noise), random.uniform(-noise...noise))
        return SIMD2(seen.x, seen.y) / seen.z * factor + errors
      }
    }
  }

  private var estimator: FocalLengthEstimator {
    var uncertainty = LandmarkUncertainty()
    (uncertainty.identity, uncertainty.placement) = (0.01, 0.002)
    return FocalLengthEstimator(model: .bfm68Points, uncertainty: uncertainty)
  }

  @Test("near faces give the focal length that they were seen with", arguments: [0.5, 1, 1.7])
  func near(factor: Double) throws {
    let places = places(12, factor: factor, depth: 0.4...0.6)
    var estimator = estimator
    let found = try #require(estimator.estimate(faces: 12) { places[$0][$1] })
    #expect(abs(found.factor / factor - 1) < 0.01, "\(found)")
    #expect(found.faces == 12 && (0.005...0.1).contains(found.sigma), "\(found)")
  }

  @Test("the farther the faces, and the fewer, the more uncertain")
  func uncertainty() throws {
    var estimator = estimator
    func sigma(_ count: Int, _ depth: Double) throws -> Double {
      let places = places(count, factor: 1, depth: depth...depth * 1.2)
      return try #require(estimator.estimate(faces: count) { places[$0][$1] }).sigma
    }
    let few = try sigma(2, 0.5)
    #expect(try sigma(20, 0.5) < 0.5 * few)
    // Of faces that are far away nothing is known but what was thought before.
    let far = try sigma(2, 50)
    #expect(far > 0.45 && far <= 0.51, "\(far)")
  }

  @Test("what is no face does not count, and nothing at all gives nothing")
  func others() throws {
    var places = places(6, factor: 1.5, depth: 0.4...0.6)
    var random = SeededRandom(seed: 8)
    places.append(places[0].map { _ in SIMD2(random.uniform(-1...1), random.uniform(-1...1)) })
    var estimator = estimator
    let found = try #require(estimator.estimate(faces: 7) { places[$0][$1] })
    #expect(found.faces == 6 && abs(found.factor / 1.5 - 1) < 0.02, "\(found)")
    #expect(estimator.estimate(faces: 0) { _, _ in nil } == nil)
    #expect(estimator.estimate(faces: 2) { _, _ in nil } == nil)
  }

  @Test("images of one size, upright or not, have one camera; others width plus height")
  func sizes() throws {
    let estimate = FocalLengthEstimate(factor: 0.75, sigma: 0.1, faces: 9)
    let choice = CameraChoice.estimated(CameraEstimates([.init(480, 640): estimate]))
    for (width, height) in [(640, 480), (480, 640)] {
      var image = ImageReference(path: "a.jpg")
      (image.width, image.height) = (width, height)
      let camera = try #require(choice.camera(for: image))
      #expect(camera.intrinsics.focalLength == [840, 840])
      #expect(camera.intrinsics.principalPoint == [Double(width / 2), Double(height / 2)])
      #expect(camera.provenance == .estimated && camera.focalSigma == 0.1 && camera.isAssumed)
      image.width = width + 1
      #expect(
        choice.camera(for: image) == CameraChoice.widthPlusHeight.camera(for: image))
    }
  }

  @Test(
    "deviations of faces that are turned away are raised by half at 37.5 degrees, and wholly at 50")
  func turnedFaces() throws {
    for (degrees, factor) in [(0.0, 1.0), (25, 1), (37.5, 1.5), (50, 2), (80, 2)] {
      let scene = LabellingScene(
        rotationVector: [0, degrees * .pi / 180, 0], translation: [0, 0, 1.2], model: .bfm68Points)
      func labelled(_ growth: Double) throws -> FitQuality.Uncertainty {
        var options = LabellingOptions()
        // A turn that all poses share is a term of its own.
        (options.uncertaintyOfTurned, options.turnSigma) = (growth, 0)
        var (record, labeller) = (scene.record, PoseLabeller(options: options))
        #expect(labeller.label(&record).isEmpty)
        return try #require(record.faces[0].fit?.uncertainty)
      }
      let (plain, raised) = (try labelled(1), try labelled(2))
      for axis in 0..<3 {
        #expect(abs(raised.rotation[axis] / plain.rotation[axis] - Float(factor)) < 1e-3)
        #expect(abs(raised.translation[axis] / plain.translation[axis] - Float(factor)) < 1e-3)
      }
    }
  }

  @Test("an uncertain focal length makes depths and turns uncertain, by the line of sight")
  func sigmas() throws {
    let scene = LabellingScene(
      rotationVector: [0, 0.2, 0], translation: [0.3, 0, 1.2], model: .bfm68Points)
    var record = scene.record
    func labelled() throws -> FitQuality.Uncertainty {
      var record = record
      var labeller = PoseLabeller()
      #expect(labeller.label(&record).isEmpty)
      return try #require(record.faces[0].fit?.uncertainty)
    }
    let known = try labelled()
    record.camera?.focalSigma = 0.2
    let unsure = try labelled()
    let depth = (Double(known.translation.z) * Double(known.translation.z) + 0.24 * 0.24)
      .squareRoot()
    #expect(abs(Double(unsure.translation.z) - depth) < 1e-3)
    let turn = 0.2 * 0.25 * 180 / Double.pi
    let yaw = (Double(known.rotation.y) * Double(known.rotation.y) + turn * turn).squareRoot()
    #expect(abs(Double(unsure.rotation.y) - yaw) < 1e-2)
    #expect(unsure.rotation.z == known.rotation.z && unsure.translation.x == known.translation.x)
  }
}
