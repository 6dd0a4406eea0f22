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
    var weight: Int32
  }

  private struct Shape: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>
    var stride: Int
    var width: Int
    var height: Int
  }

  private static let one: Int32 = 2048

  private var shape: Shape?
  private var columns: [Tap] = []
  private var rows: [Tap] = []
  /// The two input rows between which an output row lies, scaled to the output's width, in units of 1/2048.
  private var upper: [Int32] = []
  private var lower: [Int32] = []
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
    upper = Array(repeating: 0, count: 3 * new.width)
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
        weight: Int32(weight.rounded(.toNearestOrEven)))
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

  /// Scales one input row to the output's width; values are in units of 1/2048.
  private static func widen(
    _ pixels: UnsafeBufferPointer<UInt8>, row: Int, _ columns: [Tap], to line: inout [Int32]
  ) {
    line.withUnsafeMutableBufferPointer { line in
      columns.withUnsafeBufferPointer { columns in
        for x in 0..<columns.count {
          let tap = columns[x]
          let (a, b) = (row &+ tap.first, row &+ tap.second)
          for channel in 0..<3 {
            line[3 &* x &+ channel] =
              Int32(pixels[a &+ channel]) &* (one &- tap.weight)
              &+ Int32(pixels[b &+ channel]) &* tap.weight
          }
        }
      }
    }
  }

  private static func blend(
    _ upper: [Int32], _ lower: [Int32], weight: Int32, to line: inout [UInt8]
  ) {
    line.withUnsafeMutableBufferPointer { line in
      upper.withUnsafeBufferPointer { upper in
        lower.withUnsafeBufferPointer { lower in
          for i in 0..<line.count {
            let sum =
              (((one &- weight) &* (upper[i] >> 4)) >> 16) &+ ((weight &* (lower[i] >> 4)) >> 16)
            line[i] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
          }
        }
      }
    }
  }
}
