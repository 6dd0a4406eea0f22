import Geometry
import Schema
import Testing

@testable import Codecs
@testable import Inference

@Suite("From the searched image to the stored pixels")
struct StoredPlaceTests {
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
  func landmarks(tag: Int) {
    let (orientation, place, _) = place(tag)
    let points = (0..<68).map { SIMD2(Double($0 % 9) * 5, Double($0 / 9) * 6) }
    let found = place.landmarks(points)
    #expect(found.layout == .ibug68)
    let expected = points.map { orientation.storedPoint($0, extent: SIMD2(79, 59)) }
    // The jaw's ends and the mouth's corners change places in a mirror, the nose's bridge does not.
    for (i, mirrored) in [(0, 16), (16, 0), (48, 54), (36, 45), (28, 28)] {
      #expect(found[i].position == expected[orientation.isMirrored ? mirrored : i])
    }
  }
}
