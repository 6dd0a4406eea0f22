import Testing

@testable import Codecs
@testable import Inference

@Suite("Crops by area")
struct AreaCropTests {
  private let image: PixelImage = {
    var image = PixelImage(width: 131, height: 117)
    for i in image.pixels.indices { image.pixels[i] = UInt8((i * i / 7 + 31 * i) % 256) }
    return image
  }()

  private func crop(_ columns: Range<Int>, _ rows: Range<Int>) -> [Float] {
    let count = 3 * AreaCrop.side * AreaCrop.side
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      AreaCrop.fill(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]), columns: columns, rows: rows,
        of: image)
      initialized = count
    }
  }

  /// The definition: the mean of all pixels that the output pixel's area touches.
  private func expected(_ columns: Range<Int>, _ rows: Range<Int>, _ x: Int, _ y: Int, _ c: Int)
    -> Double
  {
    func window(_ i: Int, _ range: Range<Int>) -> ClosedRange<Int> {
      let share = Double(range.count) / 48
      let first = Int((Double(i) * share).rounded(.down))
      let last = Int((Double(i + 1) * share - 1e-9).rounded(.down))
      return (range.lowerBound + first)...(range.lowerBound + last)
    }
    var values: [Double] = []
    for row in window(y, rows) {
      for column in window(x, columns) {
        values.append(Double(image.pixels[3 * (row * image.width + column) + c]))
      }
    }
    return (values.reduce(0, +) / Double(values.count) - 127.5) / 128
  }

  @Test(
    "are means of what each pixel touches, at any size and place",
    arguments: [(0..<48, 0..<48), (3..<99, 10..<106), (120..<131, 0..<117), (7..<57, 30..<31)])
  func means(columns: Range<Int>, rows: Range<Int>) {
    let found = crop(columns, rows)
    var worst = 0.0
    for c in 0..<3 {
      for y in 0..<48 {
        for x in 0..<48 {
          let difference = Double(found[(c * 48 + y) * 48 + x]) - expected(columns, rows, x, y, c)
          worst = max(worst, difference.magnitude)
        }
      }
    }
    #expect(worst < 1e-6)
  }
}
