internal import Geometry
public import Schema

/// Draws records by the yaw of their largest face. Most faces of a dataset are frontal, so a plain
/// draw is mostly frontal too.
///
/// Records are added once, in order. The memory depends on the bins and the size of the sample, not on the
/// number of records.
public struct YawSample: Sendable {
  /// How the sample is divided among the bins.
  public enum Allocation: String, Sendable, CaseIterable {
    /// Each bin gives the same number; what a small bin lacks is taken from the others.
    case equal
    /// Each bin gives in proportion to the number of its records.
    case proportional
  }

  /// The counts of one bin.
  public struct Stratum: Sendable, Equatable {
    /// How many records the bin has.
    public var available: Int
    /// How many of them are drawn.
    public var taken: Int
  }

  /// A record's place among all, and the random number that decides its turn.
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
  /// For each bin the records with the lowest draws; never more than the sample can need.
  private var lowest: [[Draw]]
  /// How many records have no pose, and so no yaw.
  public private(set) var withoutPose = 0
  /// How many records have a yaw that no bin holds.
  public private(set) var outsideBins = 0
  private var added = 0

  /// - Parameters:
  ///   - size: how many records to draw, in all bins together.
  ///   - bins: of yaw, in degrees.
  ///   - seed: another seed draws others.
  public init(_ size: Int, bins: YawBins, seed: UInt64) {
    self.size = size
    self.bins = bins
    self.seed = seed
    available = Array(repeating: 0, count: bins.count)
    lowest = Array(repeating: [], count: bins.count)
  }

  /// What the sample knows of a record.
  public struct Candidate: Sendable {
    fileprivate let yaw: Double?
    fileprivate let draw: UInt64

    /// - Parameters:
    ///   - record: of whose faces the largest counts.
    ///   - seed: that of the sample.
    public init(_ record: ImageRecord, seed: UInt64) {
      yaw = YawSample.yaw(of: record)
      draw = Datasets.draw(record.id, seed: seed)
    }
  }

  /// Considers the next record.
  ///
  /// - Parameters:
  ///   - record: of whose faces the largest counts.
  ///   - place: what `drawn` calls it, in ascending order; nil for how many were added before.
  public mutating func add(_ record: ImageRecord, at place: Int? = nil) {
    add(Candidate(record, seed: seed), at: place)
  }

  /// The same, of a record that another thread has looked at.
  public mutating func add(_ candidate: Candidate, at place: Int? = nil) {
    defer { added += 1 }
    guard let yaw = candidate.yaw else { return withoutPose += 1 }
    guard let bin = bins.index(of: yaw) else { return outsideBins += 1 }
    available[bin] += 1
    lowest[bin].append(Draw(draw: candidate.draw, index: place ?? added))
    if lowest[bin].count >= max(64, 2 * size) { keepLowest(size, of: bin) }
  }

  /// The yaw of an image's largest face with a pose, in degrees.
  public static func yaw(of record: ImageRecord) -> Double? {
    var (largest, area) = (HeadPose?.none, -Double.infinity)
    for i in record.faces.indices {
      guard let pose = record.faces[i].pose else { continue }
      let box = record.faces[i].box
      guard largest == nil || box.width * box.height > area else { continue }
      (largest, area) = (pose, box.width * box.height)
    }
    return largest?.yawInDegrees
  }

  /// Which records are drawn, by their places, and the counts of each bin.
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

  /// The numbers to take from each bin. Small bins come first, so that the larger ones can make up for them.
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

  /// The whole parts of the exact shares; the bins with the largest fractions get the rest (Hamilton's method).
  static func proportionalShares(of size: Int, from available: [Int]) -> [Int] {
    let total = available.reduce(0, +)
    guard size < total else { return available }
    // The products need the full width, for both factors come from the user.
    let shares = available.map { total.dividingFullWidth(size.multipliedFullWidth(by: $0)) }
    var taken = shares.map(\.quotient)
    let order = shares.indices.sorted {
      (shares[$1].remainder, $0) < (shares[$0].remainder, $1)
    }
    for bin in order.prefix(size - taken.reduce(0, +)) { taken[bin] += 1 }
    return taken
  }
}
