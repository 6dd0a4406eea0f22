internal import Geometry
public import Schema

extension Check {
  static let yawBalance = Check(
    "yaw-balance", .note, "yaws that are hardly there",
    threshold:
      "\((100 * usualLimits.balanceShare).text) % of at least \(usualLimits.balancePoses.text) poses in each 30 degrees from -90 to 90",
    "What is rare is learned badly, and hidden by means over all faces; sixdof sample draws evenly."
  )
}

/// Counts poses over yaw, in convention `aflw`, and reports ranges with few of them.
public struct YawBalance: PartedCheck {
  private let thresholds: CheckThresholds
  private var counts = InlineArray<6, Int>(repeating: 0)
  private var total = 0

  /// A check that has seen no record.
  public init(thresholds: CheckThresholds = CheckThresholds()) { self.thresholds = thresholds }

  public mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) {
    for face in record.faces {
      guard let pose = face.pose, pose.rotationVector.sum().isFinite else { continue }
      let yaw = EulerConvention.aflw.angles(of: pose.rotation).inDegrees.yaw
      counts[min(max(Int(((yaw + 90) / 30).rounded(.down)), 0), 5)] += 1
      total += 1
    }
  }

  public var state: JSONValue { .array((0..<6).map { .integer(counts[$0]) }) }

  public mutating func merge(_ state: JSONValue) -> Bool {
    guard let more = state.counts, more.count == 6 else { return false }
    for (bin, count) in more.enumerated() { counts[bin] += count }
    total += more.reduce(0, +)
    return true
  }

  public mutating func finish(_ body: (DatasetFinding) throws -> Void) throws {
    guard Double(total) >= thresholds.balancePoses else { return }
    let shares = (0..<6).map { Double(counts[$0]) / Double(total) }
    guard let least = shares.min(), least < thresholds.balanceShare else { return }
    let found = shares.enumerated().map { bin, share in
      "\((100 * share).text) % from \(30 * bin - 90) to \(30 * bin - 60)"
    }
    try body(
      DatasetFinding(
        .yawBalance, measure: 1 / max(least, 1 / Double(total)),
        "yaw of \(total) poses: expected at least \((100 * thresholds.balanceShare).text) % in each 30 degrees, found \(found.joined(separator: ", "))"
      ))
  }
}
