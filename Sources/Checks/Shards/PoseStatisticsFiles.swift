internal import Codecs
internal import Schema

/// How far stored statistics may differ from those of the samples.
enum StatisticsTolerance {
  /// None, for sums of our own.
  case none
  /// For statistics of other programs: a millionth of the standard deviation.
  case millionthOfDeviation

  func limit(deviation: Double) -> Double {
    switch self {
    case .none: 0
    case .millionthOfDeviation: 1e-6 * max(deviation, 1e-3)
    }
  }
}

/// PREFIX_pose_mean.npy and PREFIX_pose_stddev.npy, compared with the local poses of all shards.
struct PoseStatisticsFiles {
  let prefix: String
  let tolerance: StatisticsTolerance
  private let count: Int
  private let mean: [Double]
  private let deviation: [Double]

  init(prefix: String, moments: PoseMoments, tolerance: StatisticsTolerance) {
    (self.prefix, self.tolerance, count) = (prefix, tolerance, moments.count)
    (mean, deviation) = (moments.mean, moments.standardDeviation)
  }

  private static let names = ["rx", "ry", "rz", "tx", "ty", "tz"]

  private var files: [(path: String, member: String, values: [Double])] {
    [
      (prefix + OutputSuffix.poseMean, "mean", mean),
      (prefix + OutputSuffix.poseDeviation, "stddev", deviation),
    ]
  }

  /// Whether both files exist.
  var arePresent: Bool { files.allSatisfy { fileExists($0.path) } }

  /// What is wrong with the files that exist.
  func findings() throws -> [Finding] {
    var findings: [Finding] = []
    for (path, _, values) in files where fileExists(path) {
      let name = SourceLocation.fileName(of: path)
      func report(_ detail: String, _ measure: Double? = nil) {
        findings.append(
          Finding(.shardStatistics, at: SourceLocation(file: name), measure: measure, detail))
      }
      let stored: [Double]
      do {
        stored = try MappedFile(path: path).withBytes { bytes in
          let array = try NPYArray(bytes, name: name)
          guard array.shape == [6] else {
            throw NPYError(name: name, detail: "shape: expected (6,), found \(array.shapeText)")
          }
          return array.doubles
        }
      } catch let error as NPYError {
        report(error.detail)
        continue
      }
      for (i, detail) in differences(stored, values) {
        report(detail, abs(stored[i] - values[i]) / max(deviation[i], 1e-3))
      }
    }
    return findings
  }

  /// What is wrong with a manifest's statistics of the same poses.
  func faults(in statistics: JSONValue?) -> [String] {
    let stored = statistics?["count"]
    guard stored == .integer(count) else {
      return [
        "statistics: count: expected \(count) local poses, found \(stored?.messageText ?? "none")"
      ]
    }
    return files.flatMap { _, member, values in
      let stored = Self.names.map {
        statistics?["components"]?[$0]?[member]?.number ?? .nan
      }
      return differences(stored, values).map { "statistics: \(member): \($1)" }
    }
  }

  private func differences(_ stored: [Double], _ values: [Double]) -> [(Int, String)] {
    (0..<6).compactMap { i in
      // NaN fails every comparison, so it counts as a difference.
      if abs(stored[i] - values[i]) <= tolerance.limit(deviation: deviation[i]) {
        return nil
      }
      return (
        i,
        "\(Self.names[i]) of \(count) local poses: expected \(values[i]), found \(stored[i])"
      )
    }
  }
}
