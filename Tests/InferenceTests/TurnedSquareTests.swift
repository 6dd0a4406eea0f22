import Codecs
import Geometry
import Schema
import TestSupport
import Testing

@testable import Inference

@Suite("The square of Face Mesh")
struct TurnedSquareTests {
  @Test("is a quarter larger than a box, and half as large again as landmarks whose eyes it levels")
  func place() throws {
    let upright = try #require(
      TurnedSquare(around: BoundingBox(x: 100, y: 50, width: 60, height: 80)))
    #expect(upright.centre == [130, 90] && upright.extent == 100)
    #expect(upright.place(of: [95.5, 95.5], side: 192) == [130, 90])
    // A face that lies on its side: what is right in the face is down in the image.
    let mesh = FaceMesh.points.map { SIMD2(-1000 * $0.y + 40, 1000 * $0.x + 70) }
    let turned = try #require(TurnedSquare(around: mesh))
    #expect((turned.right - [0, 1]).max() < 1e-12 && (turned.down - [-1, 0]).max() < 1e-12)
    let (columns, rows) = (mesh.map(\.x), mesh.map(\.y))
    let (least, greatest) = (
      SIMD2(columns.min() ?? 0, rows.min() ?? 0), SIMD2(columns.max() ?? 0, rows.max() ?? 0)
    )
    #expect(abs(turned.extent - 1.5 * (greatest - least).max()) < 1e-9)
    let offset = turned.centre - (least + greatest) / 2
    #expect((offset * offset).sum() < 1e-18)
  }

  @Test("is none of a box without area, beyond all images, or of eyes in one place")
  func none() {
    for box in [
      BoundingBox(x: 5, y: 5, width: 0, height: 0), BoundingBox(x: 0, y: 0, width: 1e9, height: 1),
      BoundingBox(x: .nan, y: 0, width: 5, height: 5),
      BoundingBox(x: .infinity, y: 0, width: 5, height: 5),
    ] {
      #expect(TurnedSquare(around: box) == nil)
    }
    #expect(TurnedSquare(around: Array(repeating: SIMD2(3, 4), count: 468)) == nil)
    #expect(TurnedSquare(around: Array(repeating: SIMD2(.nan, 4), count: 468)) == nil)
  }

  @Test("of as many pixels as the input holds these, turned or not, and black outside of the image")
  func pixels() throws {
    var image = PixelImage(width: 12, height: 10)
    var random = SeededRandom(seed: 4)
    for i in image.pixels.indices { image.pixels[i] = UInt8.random(in: 0...255, using: &random) }
    func pixel(_ x: Int, _ y: Int, _ channel: Int) -> Float {
      let isInside = (0..<12).contains(x) && (0..<10).contains(y)
      return isInside ? Float(image.pixels[3 * (12 * y + x) + channel]) / 255 : 0
    }
    let box = BoundingBox(left: -0.5, top: -2.5, right: 11.5, bottom: 9.5)
    let upright = try #require(TurnedSquare(around: box))
    #expect(upright.extent == 15)
    // Down and left of the face are right and down of the image.
    let lying = TurnedSquare(centre: [5.5, 3.5], extent: 15, right: [0, -1])
    for (square, isTurned) in [(upright, false), (try #require(lying), true)] {
      var numbers = [Float](repeating: -1, count: 3 * 15 * 15)
      numbers.withUnsafeMutableBufferPointer { square.fill($0, side: 15, from: image) }
      for row in 0..<15 {
        for column in 0..<15 {
          let (across, along) = isTurned ? (row - 7, 7 - column) : (column - 7, row - 7)
          // The centre lies between pixels, so each of the input's is the mean of four.
          let (x, y) = (5 + across, 3 + along)
          for channel in 0..<3 {
            let four = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)]
            let mean = four.map { pixel($0.0, $0.1, channel) }.reduce(0, +) / 4
            #expect(abs(numbers[3 * (15 * row + column) + channel] - mean) < 1e-6)
          }
        }
      }
    }
  }
}
