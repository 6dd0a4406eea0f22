/// Scales images as OpenCV's `cv2.resize` does 8-bit ones with INTER_LINEAR, level for level. It holds working
/// memory, so use one for each thread.
///
/// Pixel i of n lies at (i + 1/2) m/n - 1/2 of the m input pixels, as a 32-bit float, and between the two that are
/// next to it; beyond the first and last centre both are that pixel. Weights are in units of 1/2048, rounded half to
/// even. A row's pixels are weighted first; of their sums 4 bits are dropped, of the products with the rows' weights
/// 16, and the last 2 are rounded. Nothing is averaged, so shrinking by more than two skips
/// pixels. OpenCV's own rule for a half (the mean of four) gives the same.
public struct BilinearScaler {
  /// The two input pixels between which an output pixel lies, and the second one's weight in units of 1/2048.
  private struct Tap {
    var first: Int
    var second: Int
    var weight: Int16
  }

  private struct Shape: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>
    var stride: Int
    var width: Int
    var height: Int
  }

  private static let one: Int16 = 2048

  private var shape: Shape?
  private var columns: [Tap] = []
  private var rows: [Tap] = []
  /// The two input rows between which an output row lies, scaled to the output's width, in units of 1/128.
  private var upper: [Int16] = []
  private var lower: [Int16] = []
  private var line: [UInt8] = []

  /// Without memory yet.
  public init() {}

  /// Scales a part of an image, and hands on the rows of the result from the top.
  ///
  /// - Parameters:
  ///   - image: the whole image.
  ///   - width: of the result, in pixels; at least 1.
  ///   - height: of the result, in pixels; at least 1.
  ///   - columns: those of the part, inside the image and not empty; nil for all.
  ///   - rows: those of the part, likewise. The pixels around the part have no influence.
  ///   - body: gets a row's number and its width x 3 bytes, red first, which are valid only during the call.
  public mutating func scale(
    _ image: PixelImage, width: Int, height: Int, columns: Range<Int>? = nil,
    rows: Range<Int>? = nil, _ body: (Int, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    let (columns, rows) = (columns ?? 0..<image.width, rows ?? 0..<image.height)
    precondition(
      !columns.isEmpty && !rows.isEmpty && columns.lowerBound >= 0 && rows.lowerBound >= 0
        && columns.upperBound <= image.width && rows.upperBound <= image.height,
      "a part of the image")
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    prepare(
      Shape(
        columns: columns, rows: rows, stride: 3 * image.width, width: width, height: height))
    image.pixels.withUnsafeBufferPointer { scale($0, body) }
  }

  private mutating func prepare(_ new: Shape) {
    guard new != shape else { return }
    shape = new
    columns = Self.taps(from: new.columns, to: new.width, step: 3, isWeightKept: false)
    rows = Self.taps(
      from: new.rows, to: new.height, step: new.stride, isWeightKept: true)
    // Each pixel is written as four numbers, also the last.
    upper = Array(repeating: 0, count: 3 * new.width + 1)
    lower = upper
    line = Array(repeating: 0, count: 3 * new.width)
  }

  /// - Parameter isWeightKept: whether a pixel beyond the first or last centre mixes the pixel at the rim with
  ///   itself by its weights, and does not just take it. In whole numbers the mixture may be one level lower.
  private static func taps(
    from input: Range<Int>, to output: Int, step: Int, isWeightKept: Bool
  ) -> [Tap] {
    let ratio = Double(input.count) / Double(output)
    let (start, last) = (input.lowerBound, input.count - 1)
    return (0..<output).map { i in
      let place = Float((Double(i) + 0.5) * ratio - 0.5)
      let floor = place.rounded(.down)
      let first = min(max(Int(floor), 0), last)
      let second = min(max(Int(floor) + 1, 0), last)
      let weight = first == second && !isWeightKept ? 0 : (place - floor) * Float(one)
      return Tap(
        first: (start + first) * step, second: (start + second) * step,
        weight: Int16(weight.rounded(.toNearestOrEven)))
    }
  }

  private mutating func scale(
    _ pixels: UnsafeBufferPointer<UInt8>, _ body: (Int, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    // The offsets of the input rows that `upper` and `lower` hold.
    var held = (upper: -1, lower: -1)
    for (y, tap) in rows.enumerated() {
      if held.upper != tap.first {
        if held.lower == tap.first {
          swap(&upper, &lower)
          swap(&held.upper, &held.lower)
        } else {
          Self.widen(pixels, row: tap.first, columns, to: &upper)
          held.upper = tap.first
        }
      }
      if held.lower != tap.second {
        Self.widen(pixels, row: tap.second, columns, to: &lower)
        held.lower = tap.second
      }
      Self.blend(upper, lower, weight: tap.weight, to: &line)
      line.withUnsafeBufferPointer { body(y, $0) }
    }
  }

  /// Scales one input row to the output's width.
  private static func widen(
    _ pixels: UnsafeBufferPointer<UInt8>, row: Int, _ columns: [Tap], to line: inout [Int16]
  ) {
    line.withUnsafeMutableBytes { line in
      columns.withUnsafeBufferPointer { columns in
        let bytes = UnsafeRawBufferPointer(pixels)
        for x in 0..<columns.count {
          let tap = columns[x]
          let (a, b) = (pixel(bytes, row &+ tap.first), pixel(bytes, row &+ tap.second))
          let sum =
            a &* SIMD4(repeating: Int32(one &- tap.weight))
            &+ b &* SIMD4(repeating: Int32(tap.weight))
          line.storeBytes(
            of: SIMD4<Int16>(truncatingIfNeeded: sum &>> 4), toByteOffset: 6 &* x,
            as: SIMD4<Int16>.self)
        }
      }
    }
  }

  /// Red, green and blue, and a number that means nothing.
  @inline(__always)
  private static func pixel(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> SIMD4<Int32> {
    let four =
      if place &+ 4 <= bytes.count {
        bytes.loadUnaligned(fromByteOffset: place, as: SIMD4<UInt8>.self)
      } else {
        SIMD4(bytes[place], bytes[place &+ 1], bytes[place &+ 2], 0)
      }
    return SIMD4<Int32>(truncatingIfNeeded: four)
  }

  private static func blend(
    _ upper: [Int16], _ lower: [Int16], weight: Int16, to line: inout [UInt8]
  ) {
    line.withUnsafeMutableBufferPointer { line in
      upper.withUnsafeBufferPointer { upper in
        lower.withUnsafeBufferPointer { lower in
          for i in 0..<line.count {
            let sum =
              ((Int32(one &- weight) &* Int32(upper[i])) >> 16)
              &+ ((Int32(weight) &* Int32(lower[i])) >> 16)
            line[i] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
          }
        }
      }
    }
  }
}
