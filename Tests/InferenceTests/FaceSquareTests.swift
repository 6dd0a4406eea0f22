import Codecs
import Geometry
import TestSupport
import Testing

@testable import Inference

@Suite("The square of PerspNet and TRG")
struct FaceSquareTests {
  @Test("reaches three quarters of the longer side about the middle, truncated toward zero")
  func place() throws {
    let box = BoundingBox(left: 100.4, top: 50, right: 200.9, bottom: 170.6)
    let square = try #require(FaceSquare(of: ShownFace(box: box)))
    // The middle is 150.65, 110.3; the reach 0.75 x 120.6.
    #expect(square.edges == [60, 19, 241, 200])
    let landmarks = (0..<68).map { SIMD2(10 + Double($0 % 10), 30 + Double($0)) }
    let near = try #require(FaceSquare(of: ShownFace(box: box, landmarks: landmarks)))
    // The middle is 14.5, 63.5; the reach 0.75 x 67, to -35.75.
    #expect(near.edges == [-35, 13, 64, 113])
  }

  @Test("is none of a box without area or beyond all images")
  func none() {
    for box in [
      BoundingBox(x: 5, y: 5, width: 0, height: 0), BoundingBox(x: 0, y: 0, width: 1e9, height: 1),
      BoundingBox(x: .nan, y: 0, width: 5, height: 5),
    ] {
      #expect(FaceSquare(of: ShownFace(box: box)) == nil)
    }
  }

  @Test("is scaled with its edges on the first and last pixels, black outside of the image")
  func pixels() throws {
    var image = PixelImage(width: 40, height: 30)
    var random = SeededRandom(seed: 4)
    for i in image.pixels.indices { image.pixels[i] = UInt8.random(in: 0...255, using: &random) }
    // As many pixels as those of the input are apart.
    let face = ShownFace(box: BoundingBox(left: -10, top: -7, right: 46, bottom: 49))
    let square = try #require(FaceSquare(of: face))
    #expect(square.edges == [-24, -21, 60, 63])
    var planes = [Float](repeating: -1, count: 3 * 85 * 85)
    planes.withUnsafeMutableBufferPointer { square.fill($0, side: 85, from: image) }
    for y in 0..<85 {
      for x in 0..<85 {
        let (column, row) = (x - 24, y - 21)
        let isInside = (0..<40).contains(column) && (0..<30).contains(row)
        for channel in 0..<3 {
          let expected = isInside ? Float(image.pixels[3 * (row * 40 + column) + channel]) : 0
          #expect(planes[(channel * 85 + y) * 85 + x] == expected)
        }
      }
    }
    #expect(square.place(of: [84, 0], inputSide: 85) == [60, -21])
  }

  @Test("between pixels is their mean")
  func between() throws {
    let pixels: [UInt8] = [0, 0, 0, 100, 100, 100, 40, 40, 40, 200, 200, 200]
    var image = PixelImage(width: 2, height: 2)
    image.pixels = pixels
    // From -1 to 2 in four steps of 3/4.
    let square = try #require(
      FaceSquare(of: ShownFace(box: BoundingBox(left: -0.5, top: -0.5, right: 1.6, bottom: 1.6))))
    #expect(square.edges == [-1, -1, 2, 2])
    var planes = [Float](repeating: -1, count: 75)
    planes.withUnsafeMutableBufferPointer { square.fill($0, side: 5, from: image) }
    // The middle of all four, and three quarters of the corner.
    #expect(planes[12] == 85)
    #expect(planes[0] == 0 && planes[24] == 0)
    #expect(planes[18] == Float((200.0 * 0.75 * 0.75).rounded()))
  }
}
