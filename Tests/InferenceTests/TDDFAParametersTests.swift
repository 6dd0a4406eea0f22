import Geometry
import TestSupport
import Testing

@testable import Codecs
@testable import Inference

@Suite("3DDFA_V2's region and parameters")
struct TDDFAParametersTests {
  @Test("the region is its code's: 1.58 of the mean side, 0.14 of it lower")
  func region() throws {
    let box = BoundingBox(left: 100, top: 50, right: 180, bottom: 150)
    let region = try #require(TDDFARegion(of: box))
    #expect(region.side == 142)
    #expect(region.left == 69)
    #expect((region.top - 41.6).magnitude < 1e-12)
    for (width, height) in [(0.0, 0.0), (0.5, 0.5), (-3, 2), (.infinity, 1), (.nan, 1)] {
      let none = BoundingBox(x: 5, y: 5, width: width, height: height)
      #expect(TDDFARegion(of: none) == nil, "\(none)")
    }
  }

  @Test("a region over the rim is black outside, and either edge is rounded for itself")
  func rim() throws {
    var image = PixelImage(width: 40, height: 30)
    for i in 0..<40 * 30 { image.pixels[3 * i] = UInt8(1 + i % 40) }
    // Side 31, from -5.5 to 25.5: halves go to the even neighbour, -6 and 26.
    let region = try #require(
      TDDFARegion(of: BoundingBox(left: 0, top: 0, right: 20, bottom: 20)))
    #expect(region.left == -5.5 && region.side == 31)
    let crop = region.pixels(of: image)
    #expect(crop.width == 32)
    // From -2.7 to 28.3.
    #expect(crop.height == 31)
    func red(_ x: Int, _ y: Int) -> UInt8 { crop.pixels[3 * (y * crop.width + x)] }
    #expect(red(5, 3) == 0 && red(6, 3) == 1 && red(31, 3) == 26)
    #expect(red(6, 2) == 0)
    let outside = try #require(
      TDDFARegion(of: BoundingBox(x: 500, y: 500, width: 20, height: 20)))
    #expect(outside.pixels(of: image).pixels.allSatisfy { $0 == 0 })
  }

  @Test("the pose puts points where 3DDFA's decoder does")
  func decoder() throws {
    var random = SeededRandom(seed: 3)
    let region = try #require(
      TDDFARegion(of: BoundingBox(x: 310, y: 220, width: 83, height: 101)))
    for _ in 0..<200 {
      func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
      let rotation = Rotation(
        rotationVector: SIMD3(number(-1...1), number(-1...1), number(-1...1)))
      let scale = number(2e-4...8e-4)
      let offset = [number(40...80), number(40...80), number(-90...0)]
      let rows = [rotation.rows.0, rotation.rows.1, rotation.rows.2]
      let camera = zip(rows, offset).flatMap {
        [scale * $0.x, scale * $0.y, scale * $0.z, $1].map { Float($0) }
      }
      let parameters = try #require(TDDFAParameters(camera + Array(repeating: 0, count: 50)))
      let pose = try #require(parameters.pose(in: region, inputSide: 120, imageHeight: 600))
      for _ in 0..<5 {
        let point = SIMD3(number(-9e4...9e4), number(-9e4...9e4), number(-9e4...9e4))
        // `similar_transform`: from 1 to 0 in x, rows from above, then into the region.
        let q = SIMD2(
          dot(rows[0], point) * scale + offset[0], dot(rows[1], point) * scale + offset[1])
        let expected =
          (SIMD2(q.x - 1, 120 - q.y)) * (region.side / 120) + SIMD2(region.left, region.top)
        let canonical = WeakPerspectivePose.metresPerUnit * SIMD3(point.x, -point.y, -point.z)
        let found = pose.projection(of: canonical, imageHeight: 600)
        #expect(length2(found - expected) < 1e-3)
      }
      #expect((pose.offset.z - ((offset[2] - 1) * region.side / 120 + 1)).magnitude < 1e-4)
    }
  }

  @Test("a camera that is none gives no pose")
  func degenerate() throws {
    let region = try #require(TDDFARegion(of: BoundingBox(x: 0, y: 0, width: 9, height: 9)))
    var numbers = [Float](repeating: 0, count: 62)
    func pose() -> WeakPerspectivePose? {
      TDDFAParameters(numbers)?.pose(in: region, inputSide: 120, imageHeight: 9)
    }
    #expect(pose() == nil)
    (numbers[0], numbers[4]) = (1, 2)
    #expect(pose() == nil, "parallel rows")
    numbers[5] = 1
    #expect(pose() != nil)
    numbers[61] = .nan
    #expect(pose() == nil, "a number that is none")
  }

  @Test("in a photograph that a tag turns, points fall on the same stored pixels", arguments: 1...8)
  func orientation(tag: Int) {
    let orientation = ImageOrientation(exif: tag)
    let isTurned = tag >= 5
    // The photograph was decoded at half of its size.
    let stored = PixelImage(width: 80, height: 60)
    let header = ImageHeader(format: .jpeg, width: 160, height: 120, orientation: tag)
    let place = StoredPlace(orientation, of: stored, header)
    let uprightHeight = isTurned ? 80 : 60
    let pose = WeakPerspectivePose(
      rotation: Rotation(rotationVector: SIMD3(0.3, -0.5, 0.2)), offset: SIMD3(33, 21, 4),
      scale: 2e-4)
    guard
      case .weakPerspective(let moved) = place.pose(
        .weakPerspective(pose), uprightHeight: uprightHeight)
    else {
      Issue.record("another kind of pose")
      return
    }
    for point in [SIMD3<Double>(0.07, 0.02, -0.05), .zero, SIMD3(-0.03, -0.09, 0.1)] {
      let upright = pose.projection(of: point, imageHeight: uprightHeight)
      let expected = (orientation.storedPoint(upright, extent: SIMD2(79, 59)) + 0.5) * 2 - 0.5
      // A mirrored photograph shows the face's mirror image.
      let shown = orientation.isMirrored ? SIMD3(-point.x, point.y, point.z) : point
      #expect(length2(moved.projection(of: shown, imageHeight: 120) - expected) < 1e-9)
    }
    #expect(Rotation(rowMajor: moved.rotation.rowMajor, tolerance: 1e-9) != nil)
  }

  private func length2(_ v: SIMD2<Double>) -> Double { (v * v).sum().squareRoot() }
}
