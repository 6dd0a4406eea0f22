internal import Geometry
internal import Glibc
public import Schema

/// Draws records so that all yaws are as evenly there as the records allow: datasets are mostly frontal.
///
/// Records are added once, in order, and then each is in the sample or not.
public struct YawSample: Sendable {
  /// One stratum of yaws.
  public struct Stratum: Sendable, Equatable {
    /// In degrees; `lower` is in it, `lower` + the width is not.
    public var lower: Double
    public var available: Int
    public var taken: Int
  }

  private let width: Double
  private let seed: UInt64
  /// For each record its stratum, nil for one without a pose, and its draw.
  private var records: [(stratum: Int?, draw: UInt64)] = []

  /// - Parameter width: of a stratum in degrees; positive.
  public init(width: Double, seed: UInt64) {
    precondition(width > 0, "strata have a width")
    self.width = width
    self.seed = seed
  }

  public mutating func add(_ record: ImageRecord) {
    let stratum = Self.yaw(of: record).map { Int(($0 / width).rounded(.down)) }
    records.append((stratum, draw(record.id, seed: seed)))
  }

  /// How many records have no pose, and so are in no stratum.
  public var withoutPose: Int { records.count { $0.stratum == nil } }

  /// The yaw of an image's largest face with a pose, in degrees: the canonical angle, positive toward the
  /// image's left (FORMATS §11.1).
  public static func yaw(of record: ImageRecord) -> Double? {
    let posed = record.faces.filter { $0.pose != nil }
    let largest = posed.max { $0.box.width * $0.box.height < $1.box.width * $1.box.height }
    guard let rows = largest?.pose?.extrinsics.rotation.rows else { return nil }
    return atan2(rows.0.z, hypot(rows.0.x, rows.0.y)) * 180 / .pi
  }

  /// Which records are in a sample of at most `count`, and what each stratum gave, by yaw.
  ///
  /// Strata give equally many; what a small one cannot give, the others do.
  public func drawn(_ count: Int) -> (isDrawn: [Bool], strata: [Stratum]) {
    var members: [Int: [Int]] = [:]
    for (i, record) in records.enumerated() {
      if let stratum = record.stratum { members[stratum, default: []].append(i) }
    }
    var isDrawn = [Bool](repeating: false, count: records.count)
    var strata: [Stratum] = []
    var remaining = count
    // Small ones first, so that what they lack is known when the larger give.
    let order = members.sorted { ($0.value.count, $0.key) < ($1.value.count, $1.key) }
    for (i, (stratum, indices)) in order.enumerated() {
      let taken = min(indices.count, remaining / (order.count - i))
      remaining -= taken
      let chosen = indices.sorted { (records[$0].draw, $0) < (records[$1].draw, $1) }
      for index in chosen.prefix(taken) { isDrawn[index] = true }
      strata.append(
        Stratum(lower: Double(stratum) * width, available: indices.count, taken: taken))
    }
    return (isDrawn, strata.sorted { $0.lower < $1.lower })
  }
}
