import Geometry
import Schema
import TestSupport
import Testing

@testable import Codecs
@testable import Inference

@Suite("A photograph that a tag turns and the decoder shrinks")
struct StoredPlaceTests {
  private static func place(_ tag: Int) -> (StoredPlace, ImageOrientation) {
    let header = ImageHeader(format: .jpeg, width: 160, height: 120, orientation: tag)
    let orientation = ImageOrientation(exif: tag)
    return (
      StoredPlace(orientation, of: PixelImage(width: 80, height: 60), header), orientation
    )
  }

  @Test("shows a camera's pose where its stored pixels have it", arguments: 1...8)
  func perspective(tag: Int) {
    let (place, orientation) = Self.place(tag)
    let stored = Intrinsics(focalLength: [190, 210], principalPoint: [71, 66])
    let upright = place.shown(stored)
    let pose = Extrinsics(
      rotation: Rotation(rotationVector: [0.3, -0.5, 0.2]), translation: [0.03, -0.05, 0.7])
    guard
      case .perspective(let moved, frame: .arkit) = place.pose(
        .perspective(pose, frame: .arkit), uprightHeight: 0)
    else {
      Issue.record("another kind of pose")
      return
    }
    #expect(Rotation(rowMajor: moved.rotation.rowMajor, tolerance: 1e-9) != nil)
    for point in [SIMD3<Double>(0.07, 0.02, -0.05), .zero, SIMD3(-0.03, -0.09, 0.1)] {
      let seen = upright.projection(of: pose.applied(to: point))
      let expected = (orientation.storedPoint(seen, extent: [79, 59]) + 0.5) * 2 - 0.5
      // A mirrored photograph shows the face's mirror image.
      let shown = orientation.isMirrored ? SIMD3(-point.x, point.y, point.z) : point
      let offset = stored.projection(of: moved.applied(to: shown)) - expected
      #expect((offset * offset).sum() < 1e-18)
    }
  }

  @Test("shows an annotated face at its place, and its landmarks come back", arguments: 1...8)
  func face(tag: Int) throws {
    let (place, orientation) = Self.place(tag)
    var face = Face(box: BoundingBox(left: 20, top: 30, right: 60, bottom: 90))
    var random = SeededRandom(seed: 8)
    let points = (0..<68).map { _ in
      SIMD2(random.uniform(20...60), random.uniform(30...90))
    }
    face.landmarks = Landmarks(layout: .ibug68, points: points.map { Landmarks.Point($0) })
    let shown = place.shown(face)
    #expect(place.box(shown.box) == face.box)
    #expect(shown.landmarks.count == 68)
    for point in shown.landmarks {
      #expect(point.x > shown.box.left - 1 && point.x < shown.box.right + 1)
      #expect(point.y > shown.box.top - 1 && point.y < shown.box.bottom + 1)
    }
    let back = try #require(place.landmarks(.ibug68, shown.landmarks))
    let expected = orientation.isMirrored ? face.landmarks?.withSidesExchanged : face.landmarks
    for i in 0..<68 {
      let offset = try back[i].position - #require(expected?.position(i))
      #expect(max(abs(offset.x), abs(offset.y)) < 0.006)
    }
    face.landmarks?[5] = .missing
    #expect(place.shown(face).landmarks.isEmpty)
  }
}

@Suite("From the searched image to the stored pixels")
struct UprightPlaceTests {
  private let stored = PixelImage(width: 80, height: 60)

  private func place(_ tag: Int) -> (ImageOrientation, StoredPlace, PixelImage) {
    let orientation = ImageOrientation(exif: tag)
    let header = ImageHeader(format: .jpeg, width: 80, height: 60, orientation: tag)
    return (
      orientation, StoredPlace(orientation, of: stored, header), orientation.upright(stored)
    )
  }

  @Test("a pose of the upright image's camera shows the same in the stored one's", arguments: 1...8)
  func pose(tag: Int) {
    let (orientation, place, upright) = place(tag)
    let pose = Extrinsics(
      rotation: Rotation(rotationVector: SIMD3(0.3, -0.5, 0.2)),
      translation: SIMD3(0.1, -0.07, 0.9))
    let moved = place.pose(pose, upright: upright)
    let uprightCamera = Intrinsics.widthPlusHeight(upright.width, upright.height)
    let camera = Intrinsics.widthPlusHeight(80, 60)
    for point in [SIMD3<Double>.zero, SIMD3(0.07, 0.02, -0.05), SIMD3(-0.03, -0.09, 0.1)] {
      let seen = uprightCamera.projection(of: pose.applied(to: point))
      let expected = orientation.storedPoint(seen, extent: SIMD2(79, 59))
      let shown = orientation.isMirrored ? SIMD3(-point.x, point.y, point.z) : point
      let found = camera.projection(of: moved.applied(to: shown))
      let gap = found - expected
      // Principal points differ by up to a pixel, which moves what is nearer or farther than the origin.
      let limit = point == .zero ? 1e-9 : 0.25
      #expect(gap.x.magnitude < limit && gap.y.magnitude < limit, "\(gap)")
    }
    #expect(Rotation(rowMajor: moved.rotation.rowMajor, tolerance: 1e-9) != nil)
  }

  @Test(
    "68 points fall on the same pixels; of a mirrored image sides are exchanged", arguments: 1...8)
  func landmarks(tag: Int) throws {
    let (orientation, place, _) = place(tag)
    let points = (0..<68).map { SIMD2(Double($0 % 9) * 5, Double($0 / 9) * 6) }
    let found = try #require(place.landmarks(.ibug68, points))
    #expect(found.layout == .ibug68)
    #expect(place.landmarks(.ibug68, Array(points.dropLast())) == nil)
    let expected = points.map { orientation.storedPoint($0, extent: SIMD2(79, 59)) }
    // The jaw's ends and the mouth's corners change places in a mirror, the nose's bridge does not.
    for (i, mirrored) in [(0, 16), (16, 0), (48, 54), (36, 45), (28, 28)] {
      #expect(found[i].position == expected[orientation.isMirrored ? mirrored : i])
    }
  }
}
