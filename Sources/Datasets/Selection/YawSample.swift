internal import Geometry
public import Schema

/// Draws records by the yaw of their largest face: datasets are mostly frontal, and a plain draw is too.
///
/// Records are added once, in order. What is held is bounded by the bins and the size of the sample, not
/// by the number of records.
public struct YawSample: Sendable {
  /// How a sample is shared out among the bins.
  public enum Allocation: String, Sendable, CaseIterable {
    /// Each bin gives as many; what a small one lacks, the others give.
    case equal
    /// Each gives in proportion to what it has.
    case proportional
  }

  /// One bin's part.
  public struct Stratum: Sendable, Equatable {
    public var available: Int
    public var taken: Int
  }

  /// A record's place among all, and the number that decides its turn.
  private struct Draw: Sendable {
    var draw: UInt64
    var index: Int

    static func precedes(_ left: Draw, _ right: Draw) -> Bool {
      (left.draw, left.index) < (right.draw, right.index)
    }
  }

  private let bins: YawBins
  private let size: Int
  private let seed: UInt64
  private var available: [Int]
  /// For each bin those with the lowest draws, of which no more than the sample's size can be needed.
  private var lowest: [[Draw]]
  /// Records without a pose, which have no yaw.
  public private(set) var withoutPose = 0
  /// Records whose yaw is in no bin.
  public private(set) var outsideBins = 0
  private var added = 0

  /// - Parameter size: how many records to draw.
  public init(_ size: Int, bins: YawBins, seed: UInt64) {
    self.size = size
    self.bins = bins
    self.seed = seed
    available = Array(repeating: 0, count: bins.count)
    lowest = Array(repeating: [], count: bins.count)
  }

  public mutating func add(_ record: ImageRecord) {
    defer { added += 1 }
    guard let yaw = Self.yaw(of: record) else { return withoutPose += 1 }
    guard let bin = bins.index(of: yaw) else { return outsideBins += 1 }
    available[bin] += 1
    lowest[bin].append(Draw(draw: draw(record.id, seed: seed), index: added))
    if lowest[bin].count >= max(64, 2 * size) { keepLowest(size, of: bin) }
  }

  /// The yaw of an image's largest face with a pose, in degrees.
  public static func yaw(of record: ImageRecord) -> Double? {
    let posed = record.faces.filter { $0.pose != nil }
    let largest = posed.max { $0.box.width * $0.box.height < $1.box.width * $1.box.height }
    return largest?.pose?.yawInDegrees
  }

  /// The places of the drawn records, and what each bin gave.
  public mutating func drawn(_ allocation: Allocation) -> (places: Set<Int>, strata: [Stratum]) {
    let taken =
      allocation == .equal
      ? Self.equalShares(of: size, from: available)
      : Self.proportionalShares(of: size, from: available)
    var places: Set<Int> = []
    for (bin, count) in taken.enumerated() {
      keepLowest(count, of: bin)
      places.formUnion(lowest[bin].map(\.index))
    }
    return (places, zip(available, taken).map { Stratum(available: $0, taken: $1) })
  }

  private mutating func keepLowest(_ count: Int, of bin: Int) {
    lowest[bin].sort(by: Draw.precedes)
    lowest[bin].removeLast(max(0, lowest[bin].count - count))
  }

  /// The small bins come first, so that what they lack is known when the larger give.
  static func equalShares(of size: Int, from available: [Int]) -> [Int] {
    var taken = available.map { _ in 0 }
    var remaining = size
    let order = available.indices.sorted { (available[$0], $0) < (available[$1], $1) }
    for (i, bin) in order.enumerated() {
      taken[bin] = min(available[bin], remaining / (order.count - i))
      remaining -= taken[bin]
    }
    return taken
  }

  /// Whole parts of the exact shares; the largest fractions get what remains (Hamilton's method).
  static func proportionalShares(of size: Int, from available: [Int]) -> [Int] {
    let total = available.reduce(0, +)
    guard size < total else { return available }
    // The products are of full width, for both numbers are the user's.
    let shares = available.map { total.dividingFullWidth(size.multipliedFullWidth(by: $0)) }
    var taken = shares.map(\.quotient)
    let order = shares.indices.sorted {
      (shares[$1].remainder, $0) < (shares[$0].remainder, $1)
    }
    for bin in order.prefix(size - taken.reduce(0, +)) { taken[bin] += 1 }
    return taken
  }
}
