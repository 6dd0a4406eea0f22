internal import Codecs
internal import Schema

/// How 3DDFA's parameters are scaled for training: z = (p − mean) / deviation, each of the 62 by itself.
///
/// A trainer's loss undoes it by its own table, so labels have to be made with the same.
struct TDDFAWhitening: Sendable, Equatable {
  let mean: [Float]
  let deviation: [Float]

  init(mean: [Float], deviation: [Float]) {
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// From a table of 2 x 62 numbers, means before deviations, as `.npy` or as text.
  ///
  /// - Throws: `NPYError` where the file is no such table; `FileError` where it cannot be read.
  init(path: String) throws {
    let name = SourceLocation.fileName(of: path)
    let numbers = try NumberTable.numbers(path: path, name: name)
    let count = TDDFAParameters.count
    guard numbers.count == 2 * count else {
      throw NPYError(
        name: name,
        detail: "expected \(count) means and \(count) deviations, found \(numbers.count) numbers")
    }
    self.init(
      mean: numbers.prefix(count).map(Float.init), deviation: numbers.suffix(count).map(Float.init))
    for i in 0..<count where !(mean[i].isFinite && deviation[i].isFinite && deviation[i] > 0) {
      throw NPYError(
        name: name,
        detail:
          "\(TDDFAParameters.name(of: i)): expected a finite mean and a deviation above 0, found \(mean[i]) and \(deviation[i])"
      )
    }
  }

  /// The whitened numbers, computed as float64.
  func whitened(_ numbers: [Double]) -> [Float] {
    numbers.indices.map { Float((numbers[$0] - Double(mean[$0])) / Double(deviation[$0])) }
  }

  /// Means and deviations as the bytes of a float32 array of 2 x 62.
  var bytes: [UInt8] { mean.littleEndianBytes + deviation.littleEndianBytes }
}

/// Mean and deviation (of the sample itself, ddof 0) of parameters that come one after the other, twice: sums are of
/// float64, and squares are of differences to the known mean.
struct TDDFAMoments {
  private(set) var count = 0
  private var sums = [Double](repeating: 0, count: TDDFAParameters.count)
  private var squares = [Double](repeating: 0, count: TDDFAParameters.count)
  private var least = [Double](repeating: .infinity, count: TDDFAParameters.count)
  private var greatest = [Double](repeating: -.infinity, count: TDDFAParameters.count)

  /// In the first pass.
  mutating func add(_ numbers: [Double]) {
    count += 1
    for i in numbers.indices {
      sums[i] += numbers[i]
      least[i] = min(least[i], numbers[i])
      greatest[i] = max(greatest[i], numbers[i])
    }
  }

  /// In the second pass, after all were added.
  mutating func addSquares(_ numbers: [Double]) {
    for i in numbers.indices {
      let distance = numbers[i] - sums[i] / Double(count)
      squares[i] += distance * distance
    }
  }

  /// After both passes.
  ///
  /// - Throws: `RejectedWhitening` where a number is the same in all samples, or nearly, so that nothing scales it.
  func whitening() throws -> TDDFAWhitening {
    let divisor = Double(max(count, 1))
    let deviation = squares.map { Float(($0 / divisor).squareRoot()) }
    for i in sums.indices where !(greatest[i] > least[i] && deviation[i].isNormal) {
      throw RejectedWhitening(
        name: TDDFAParameters.name(of: i), value: count > 0 ? least[i] : 0, count: count)
    }
    return TDDFAWhitening(mean: sums.map { Float($0 / divisor) }, deviation: deviation)
  }
}

/// The error where samples do not tell how a parameter is to be scaled.
struct RejectedWhitening: Error, CustomStringConvertible {
  let name: String
  let value: Double
  let count: Int

  var description: String {
    "computed whitening: \(name): expected a deviation above 0, found \(value) in all \(count) samples of the train list; take a published whitening (v1 or v2)"
  }
}
