internal import Glibc

/// Counts numbers in buckets whose width grows with magnitude. So any quantile is known to a relative error of
/// `accuracy`, in bounded memory (Masson, Rim and Lee, VLDB 2019).
///
/// Magnitudes up to 1e-9 count as 0, and those beyond 1e15 share one bucket.
public struct QuantileSketch: Sendable, Equatable {
  /// The greatest relative error of `quantile`.
  public static let accuracy = 0.001

  /// Numbers closer to zero count as zero.
  static let smallest = 1e-9

  private static let logarithmOfGrowth = log((1 + accuracy) / (1 - accuracy))
  private var positive: [Int] = []
  private var negative: [Int] = []
  private var zero = 0
  /// How many numbers were added.
  public private(set) var count = 0

  /// Without a number.
  public init() {}

  /// Counts a number; NaN counts as 0.
  public mutating func add(_ value: Double) {
    count += 1
    guard value.magnitude > Self.smallest else {
      zero += 1
      return
    }
    let bucket = Self.bucket(of: value.magnitude)
    if value > 0 { Self.increment(&positive, bucket) } else { Self.increment(&negative, bucket) }
  }

  /// Adds the counts of another sketch. The result does not depend on the order.
  public mutating func merge(_ other: QuantileSketch) {
    count += other.count
    zero += other.zero
    for (bucket, number) in other.positive.enumerated() where number > 0 {
      Self.increment(&positive, bucket, by: number)
    }
    for (bucket, number) in other.negative.enumerated() where number > 0 {
      Self.increment(&negative, bucket, by: number)
    }
  }

  /// The number below which the share `q` of all numbers lies, for q from 0 to 1; nil in an empty sketch.
  public func quantile(_ q: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = Int(q * Double(count - 1))
    var result: Double?
    var passed = 0
    forEachBucket { value, number in
      passed += number
      if passed > rank, result == nil { result = value }
    }
    return result
  }

  /// The median distance from `centre`; nil in an empty sketch. Where `centre` is the median, this is the median
  /// absolute deviation.
  public func medianDeviation(from centre: Double) -> Double? {
    guard count > 0 else { return nil }
    var distances: [(distance: Double, number: Int)] = []
    forEachBucket { distances.append((($0 - centre).magnitude, $1)) }
    distances.sort { $0.distance < $1.distance }
    var passed = 0
    for (distance, number) in distances {
      passed += number
      if passed > (count - 1) / 2 { return distance }
    }
    return distances.last?.distance
  }

  /// About how many numbers are greater. Each counts at the middle of its bucket.
  public func count(above limit: Double) -> Int {
    var result = 0
    forEachBucket { if $0 > limit { result += $1 } }
    return result
  }

  /// Counts in `bins` equal parts of a range; numbers outside count in the first or last part.
  ///
  /// A bucket's count is spread evenly over its width, as a bin may be narrower. The running total is rounded at
  /// the end of each bin, which keeps counts whole and their sum right.
  public func histogram(from lowest: Double, to highest: Double, bins: Int) -> [Int] {
    let width = (highest - lowest) / Double(bins)
    guard width > 0 else { return [count] + Array(repeating: 0, count: bins - 1) }
    var shares = Array(repeating: 0.0, count: bins)
    forEachBucket { value, number in
      let reach = value.magnitude * Self.accuracy
      let low = min(max((value - reach - lowest) / width, 0), Double(bins))
      let high = min(max((value + reach - lowest) / width, 0), Double(bins))
      guard high > low else {
        shares[min(Int(low), bins - 1)] += Double(number)
        return
      }
      for bin in Int(low)..<min(Int(high.rounded(.up)), bins) {
        let part = min(high, Double(bin + 1)) - max(low, Double(bin))
        shares[bin] += Double(number) * part / (high - low)
      }
    }
    var (total, counted) = (0.0, 0)
    return shares.indices.map { bin in
      total += shares[bin]
      let upToHere = bin == bins - 1 ? count : Int(total.rounded())
      defer { counted = upToHere }
      return upToHere - counted
    }
  }

  /// Calls `body` with the middle value and count of each bucket that is not empty, in ascending order.
  private func forEachBucket(_ body: (Double, Int) -> Void) {
    for bucket in negative.indices.reversed() where negative[bucket] > 0 {
      body(-Self.middle(of: bucket), negative[bucket])
    }
    if zero > 0 { body(0, zero) }
    for bucket in positive.indices where positive[bucket] > 0 {
      body(Self.middle(of: bucket), positive[bucket])
    }
  }

  private static func bucket(of magnitude: Double) -> Int {
    // Beyond 1e15 all share one bucket: no pose is that far away.
    Int((log(min(magnitude, 1e15) / smallest) / logarithmOfGrowth).rounded(.down))
  }

  private static func middle(of bucket: Int) -> Double {
    // The relative error to both ends of the bucket, smallest g^b and smallest g^(b+1), is the same from here.
    smallest * exp(Double(bucket) * logarithmOfGrowth) * (1 + accuracy)
  }

  /// The counts, from which the sketch is made again.
  public struct Counts: Sendable, Equatable {
    /// How many numbers count as zero.
    public var zero: Int
    /// Buckets that are not empty, in ascending order, each followed by its count: of numbers above zero.
    public var positive: [Int]
    /// Of numbers below zero, by their magnitudes.
    public var negative: [Int]

    /// With lists that alternate buckets and counts.
    public init(zero: Int, positive: [Int], negative: [Int]) {
      (self.zero, self.positive, self.negative) = (zero, positive, negative)
    }
  }

  /// How many numbers each bucket has.
  public var counts: Counts {
    func list(_ counts: [Int]) -> [Int] {
      counts.indices.filter { counts[$0] > 0 }.flatMap { [$0, counts[$0]] }
    }
    return Counts(zero: zero, positive: list(positive), negative: list(negative))
  }

  /// - Returns: nil where these are no sketch's counts.
  public init?(_ counts: Counts) {
    guard counts.zero >= 0 else { return nil }
    (zero, count) = (counts.zero, counts.zero)
    for (list, isPositive) in [(counts.positive, true), (counts.negative, false)] {
      guard list.count.isMultiple(of: 2) else { return nil }
      for i in stride(from: 0, to: list.count, by: 2) {
        let (bucket, number) = (list[i], list[i + 1])
        let (total, overflows) = count.addingReportingOverflow(number)
        guard (0...Self.bucket(of: .greatestFiniteMagnitude)).contains(bucket), number > 0,
          i == 0 || list[i - 2] < bucket, !overflows
        else { return nil }
        isPositive
          ? Self.increment(&positive, bucket, by: number)
          : Self.increment(&negative, bucket, by: number)
        count = total
      }
    }
  }

  private static func increment(_ counts: inout [Int], _ bucket: Int, by number: Int = 1) {
    if counts.count <= bucket {
      counts.append(contentsOf: repeatElement(0, count: bucket + 1 - counts.count))
    }
    counts[bucket] += number
  }
}
