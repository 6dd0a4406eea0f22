internal import Codecs

/// Scales images to a network's input: three planes of floats from 0 to 255, red first.
///
/// The result is that of OpenCV's blobFromImage: bilinear between the two nearest pixels in either direction,
/// with weights of 11 bits, rounded to whole numbers. Nothing is averaged, so shrinking by more than two
/// skips pixels; large photographs are already shrunk by the decoder. It holds working memory; use one per thread.
struct BilinearPlanes {
  /// The two input pixels between which an output pixel lies, and the second one's weight in units of 1/2048.
  private struct Tap {
    var first: Int
    var second: Int
    var weight: Int32
  }

  private static let one: Int32 = 2048

  private var columns: [Tap] = []
  private var rows: [Tap] = []
  private var shape = SIMD4<Int>.zero
  /// The two input rows between which an output row lies, scaled to the output's width.
  private var upper: [Int32] = []
  private var lower: [Int32] = []

  mutating func fill(
    _ planes: UnsafeMutableBufferPointer<Float>, width: Int, height: Int, from image: PixelImage
  ) {
    precondition(planes.count == 3 * width * height, "three planes")
    image.pixels.withUnsafeBufferPointer { pixels in
      if width == image.width, height == image.height {
        Self.copy(pixels, to: planes)
      } else {
        prepare(SIMD4(image.width, image.height, width, height))
        scale(pixels, stride: 3 * image.width, to: planes, width: width)
      }
    }
  }

  private static func copy(
    _ pixels: UnsafeBufferPointer<UInt8>, to planes: UnsafeMutableBufferPointer<Float>
  ) {
    let count = planes.count / 3
    for i in 0..<count {
      planes[i] = Float(pixels[3 * i])
      planes[count + i] = Float(pixels[3 * i + 1])
      planes[2 * count + i] = Float(pixels[3 * i + 2])
    }
  }

  private mutating func prepare(_ new: SIMD4<Int>) {
    guard new != shape else { return }
    shape = new
    columns = Self.taps(from: new[0], to: new[2], step: 3)
    rows = Self.taps(from: new[1], to: new[3], step: 3 * new[0])
    upper = Array(repeating: 0, count: 3 * new[2])
    lower = upper
  }

  private static func taps(from input: Int, to output: Int, step: Int) -> [Tap] {
    let ratio = Double(input) / Double(output)
    return (0..<output).map { i in
      let place = Float((Double(i) + 0.5) * ratio - 0.5)
      let floor = place.rounded(.down)
      let first = Int(floor)
      if first < 0 { return Tap(first: 0, second: 0, weight: 0) }
      if first >= input - 1 {
        return Tap(first: (input - 1) * step, second: (input - 1) * step, weight: 0)
      }
      let weight = Int32(((place - floor) * Float(one)).rounded(.toNearestOrEven))
      return Tap(first: first * step, second: (first + 1) * step, weight: weight)
    }
  }

  private mutating func scale(
    _ pixels: UnsafeBufferPointer<UInt8>, stride: Int,
    to planes: UnsafeMutableBufferPointer<Float>, width: Int
  ) {
    let plane = planes.count / 3
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
      Self.blend(
        upper, lower, weight: tap.weight, to: planes, at: y * width, plane: plane, width: width)
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
    _ upper: [Int32], _ lower: [Int32], weight: Int32,
    to planes: UnsafeMutableBufferPointer<Float>, at start: Int, plane: Int, width: Int
  ) {
    upper.withUnsafeBufferPointer { upper in
      lower.withUnsafeBufferPointer { lower in
        for channel in 0..<3 {
          let target = start &+ channel &* plane
          for x in 0..<width {
            let i = 3 &* x &+ channel
            // As in OpenCV's fixed point: 22 fraction bits (two weights of 11) less 4, less 16, and 2 for rounding.
            let sum =
              (((one &- weight) &* (upper[i] >> 4)) >> 16) &+ ((weight &* (lower[i] >> 4)) >> 16)
            planes[target &+ x] = Float((sum &+ 2) >> 2)
          }
        }
      }
    }
  }
}
