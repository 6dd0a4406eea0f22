public import Codecs
internal import Glibc

/// The DCT hash of pictures: 64 bits that hardly change when a picture is compressed again, resized or made a
/// little brighter. Between different pictures about half of the bits differ.
///
/// C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.1: the
/// picture's luma is reduced to 32 x 32 and transformed (DCT-II, orthonormal). A bit is set where one of the
/// coefficients (1...8, 1...8) exceeds their median; they are taken row by row, from the least significant bit.
/// Luma is that of Rec. 601. The 32 x 32 values are means over equal areas, whose edges are rounded down to whole
/// pixels. At most four rows of each area are read, for reading all would cost a tenth of the decoding.
public struct PerceptualHasher {
  private static let side = 32
  private static let kept = 8
  /// In grey levels. If the coefficients together vary by less, only compression and noise are visible, and the
  /// hashes of all such pictures would be alike.
  public static let leastContrast = 3.0

  /// cos((2 x + 1) k pi / 64) / 4, for each x, in lanes k from 1: an orthonormal DCT of 32 numbers.
  private static let cosines: [SIMD8<Double>] = (0..<side).map { x in
    var row = SIMD8<Double>.zero
    for k in 1...kept { row[k - 1] = cos(Double((2 * x + 1) * k) * .pi / Double(2 * side)) / 4 }
    return row
  }

  /// Sums over the read rows of one of the 32 bands, by column and channel.
  private var sums: [UInt16] = []
  private var luma = [Double](repeating: 0, count: side * side)
  private var coefficients = [Double](repeating: 0, count: kept * kept)

  /// Prepares the working memory; use one per thread.
  public init() {}

  /// The hash of a picture; nil for a picture without texture, which is not distinctive enough.
  public mutating func hash(of image: PixelImage) -> UInt64? {
    fold(image)
    transform()
    let power = coefficients.reduce(0) { $0 + $1 * $1 }
    // By Parseval's theorem an orthonormal transform keeps the sum of squares over the 32 x 32 means.
    let contrast = power.squareRoot() / Double(Self.side)
    guard contrast >= Self.leastContrast else { return nil }
    let sorted = coefficients.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    return coefficients.indices.reduce(0) { bits, i in
      coefficients[i] > median ? bits | 1 << UInt64(i) : bits
    }
  }

  /// The pixels in one of 32 equal parts of a side; at least one pixel.
  private static func part(_ index: Int, of extent: Int) -> Range<Int> {
    let start = index * extent / side
    return start..<max(start + 1, (index + 1) * extent / side)
  }

  /// At most four rows of a band, evenly spaced.
  private static func sampled(_ rows: Range<Int>) -> StrideTo<Int> {
    stride(from: rows.lowerBound, to: rows.upperBound, by: max(1, (rows.count + 3) / 4))
  }

  /// Computes the means of luma over 32 x 32 equal parts.
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

  /// Sums whole rows in 16 bits, which are enough for four rows and let a processor add the most numbers at once.
  ///
  /// - Returns: the number of rows.
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

  /// Computes the coefficients that are kept: first across, then down.
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
