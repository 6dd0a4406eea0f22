import Geometry
import Testing

@Suite("The square about 68 landmarks")
struct LandmarkSquareTests {
  @Test("reaches 0.75 of the longer side, each edge truncated toward zero")
  func region() throws {
    let square = try #require(LandmarkSquare(around: [[10, 20], [50.5, 30], [30, 61]]))
    #expect(square.centre == [30.25, 40.5])
    #expect(square.extent == 41)
    // 30.25 - 30.75 = -0.5 becomes 0; 61.0; 9.75; 71.25.
    #expect(square.region == IntegerBox(left: 0, top: 9, right: 61, bottom: 71))
  }

  @Test("is moved away from the left, then from the right, which wins")
  func moved() throws {
    func moved(_ x: ClosedRange<Double>, _ size: SIMD2<Int>) throws -> IntegerBox {
      let points = [[x.lowerBound, 50], SIMD2(x.upperBound, 50)]
      var square = try #require(LandmarkSquare(around: points))
      square.moveInside(size)
      return square.region
    }
    #expect(try moved(0...40, [200, 200]) == IntegerBox(left: 0, top: 20, right: 60, bottom: 80))
    #expect(try moved(170...198, [200, 100]).right == 199)
    #expect(try moved(170...198, [200, 100]).left == 157)
    // Wider than the image: 150 pixels end at the last of 100.
    #expect(
      try moved(0...100, [100, 300]) == IntegerBox(left: -51, top: 0, right: 99, bottom: 150))
  }

  @Test("maps its edges to the crop's first and last pixel")
  func map() throws {
    let region = IntegerBox(left: 10, top: -4, right: 201, bottom: 378)
    let map = try #require(LandmarkSquare.map(of: region, to: 192))
    #expect(map.applied(to: [10, -4]) == [0, 0])
    #expect(map.applied(to: [201, 378]) == [191, 191])
    let piece = try #require(LandmarkSquare.map(of: region, to: 192, origin: [8, -16]))
    #expect(piece.applied(to: [2, 12]) == [0, 0])
    #expect(piece.applied(to: [193, 394]) == [191, 191])
    #expect(
      LandmarkSquare.map(of: IntegerBox(left: 3, top: 3, right: 3, bottom: 9), to: 192) == nil)
  }

  @Test("is none about places that no image has", arguments: [Double.nan, .infinity, 1e300])
  func implausible(number: Double) {
    #expect(LandmarkSquare(around: [[0, 0], [number, 5]]) == nil)
    #expect(LandmarkSquare(around: []) == nil)
  }
}
