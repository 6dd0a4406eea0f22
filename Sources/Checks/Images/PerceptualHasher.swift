public import Codecs
internal import Foundation

/// The DCT hash of pictures: 64 bits that stay nearly the same when a picture is compressed again, resized or
/// made a little brighter, and differ in about half between pictures.
///
/// C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.1: the
/// picture's luma is brought to 32 x 32, its discrete cosine transform (DCT-II, orthonormal) taken, and a bit
/// set where one of the coefficients (1...8, 1...8), row by row from the least significant bit, exceeds their
/// median. Luma is Rec. 601's; the 32 x 32 are means over equal areas, whose rims are rounded down to whole pixels,
/// and of whose rows at most four are taken, for all of them would cost a tenth of the decoding.
public struct PerceptualHasher {
  private static let side = 32
  private static let kept = 8
  /// Where the coefficients together vary by less than this many grey levels, nothing is seen but compression
  /// and noise, and all such pictures would be much alike.
  public static let leastContrast = 3.0

  /// cos((2 x + 1) k pi / 64) / 4, by x, lanes by k from 1: an orthonormal DCT of 32 numbers.
  private static let cosines: [SIMD8<Double>] = (0..<side).map { x in
    var row = SIMD8<Double>.zero
    for k in 1...kept { row[k - 1] = cos(Double((2 * x + 1) * k) * .pi / Double(2 * side)) / 4 }
    return row
  }

  /// Sums over the rows of one of the 32 bands that are taken, by column and channel.
  private var sums: [UInt16] = []
  private var luma = [Double](repeating: 0, count: side * side)
  private var coefficients = [Double](repeating: 0, count: kept * kept)

  public init() {}

  /// The hash of a picture; nil for one without texture, which says too little of itself.
  public mutating func hash(of image: PixelImage) -> UInt64? {
    fold(image)
    transform()
    let power = coefficients.reduce(0) { $0 + $1 * $1 }
    // Parseval: an orthonormal transform keeps the sum of squares over the 32 x 32 means.
    let contrast = power.squareRoot() / Double(Self.side)
    guard contrast >= Self.leastContrast else { return nil }
    let sorted = coefficients.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    return coefficients.indices.reduce(0) { bits, i in
      coefficients[i] > median ? bits | 1 << UInt64(i) : bits
    }
  }

  /// Where an equal part of a side begins and ends; at least one pixel.
  private static func part(_ index: Int, of extent: Int) -> Range<Int> {
    let start = index * extent / side
    return start..<max(start + 1, (index + 1) * extent / side)
  }

  /// At most four rows of a band, evenly spread.
  private static func sampled(_ rows: Range<Int>) -> StrideTo<Int> {
    stride(from: rows.lowerBound, to: rows.upperBound, by: max(1, (rows.count + 3) / 4))
  }

  /// Means of luma over 32 x 32 equal parts.
  private mutating func fold(_ image: PixelImage) {
    let stride = 3 * image.width
    if sums.count != stride {
      sums = Array(repeating: 0, count: stride)
    }
    for band in 0..<Self.side {
      let rows = Self.sampled(Self.part(band, of: image.height))
      let count = addRows(rows, of: image, stride: stride)
      sums.withUnsafeBufferPointer { sums in
        for part in 0..<Self.side {
          let columns = Self.part(part, of: image.width)
          var (red, green, blue): (UInt64, UInt64, UInt64) = (0, 0, 0)
          for x in columns {
            red &+= UInt64(sums[3 * x])
            green &+= UInt64(sums[3 * x + 1])
            blue &+= UInt64(sums[3 * x + 2])
          }
          let weighted = 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
          luma[band * Self.side + part] = weighted / Double(count * columns.count)
        }
      }
    }
  }

  /// Sums whole rows in 16 bits, which hold four: that is what a processor does most of at a time.
  ///
  /// - Returns: how many rows there were.
  private mutating func addRows(
    _ rows: StrideTo<Int>, of image: PixelImage, stride: Int
  ) -> Int {
    var count = 0
    image.pixels.withUnsafeBufferPointer { pixels in
      sums.withUnsafeMutableBufferPointer { sums in
        sums.update(repeating: 0)
        for y in rows {
          count += 1
          let row = UnsafeBufferPointer(rebasing: pixels[y * stride..<(y + 1) * stride])
          for i in 0..<stride { sums[i] &+= UInt16(row[i]) }
        }
      }
    }
    return count
  }

  /// The kept coefficients: across, then down.
  private mutating func transform() {
    var rows = InlineArray<8, SIMD8<Double>>(repeating: .zero)
    for y in 0..<Self.side {
      var across = SIMD8<Double>.zero
      for x in 0..<Self.side { across += luma[y * Self.side + x] * Self.cosines[x] }
      for k in 0..<Self.kept { rows[k] += Self.cosines[y][k] * across }
    }
    for i in coefficients.indices { coefficients[i] = rows[i / Self.kept][i % Self.kept] }
  }
}
