internal import Codecs
internal import Schema

/// How far stored statistics may differ from those of the samples.
enum StatisticsTolerance {
  /// None, for the same sums in the same order.
  case none
  /// For the same poses added in another order: 1e-12 of the greater of value and standard deviation.
  case rounding
  /// For statistics of other programs: a millionth of the standard deviation.
  case millionthOfDeviation

  func limit(value: Double, deviation: Double) -> Double {
    switch self {
    case .none: 0
    case .rounding: 1e-12 * max(abs(value), deviation, 1e-3)
    case .millionthOfDeviation: 1e-6 * max(deviation, 1e-3)
    }
  }
}

/// PREFIX_pose_mean.npy and PREFIX_pose_stddev.npy, compared with the local poses of all shards.
struct PoseStatisticsFiles {
  let prefix: String
  let moments: PoseMoments
  let tolerance: StatisticsTolerance

  private static let names = ["rx", "ry", "rz", "tx", "ty", "tz"]

  private var files: [(path: String, member: String, values: [Double])] {
    let (mean, deviation) = (moments.mean, moments.standardDeviation)
    return [
      (prefix + OutputSuffix.poseMean, "mean", (0..<6).map { mean[$0] }),
      (prefix + OutputSuffix.poseDeviation, "stddev", (0..<6).map { deviation[$0] }),
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
        report(detail, abs(stored[i] - values[i]) / max(moments.standardDeviation[i], 1e-3))
      }
    }
    return findings
  }

  /// What is wrong with a manifest's statistics of the same poses.
  func faults(in statistics: JSONValue?) -> [String] {
    let count = statistics?["count"]
    guard count == .integer(moments.count) else {
      return [
        "statistics: count: expected \(moments.count) local poses, found \(count?.messageText ?? "none")"
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
      let deviation = moments.standardDeviation[i]
      // NaN fails every comparison, so it counts as a difference.
      if abs(stored[i] - values[i]) <= tolerance.limit(value: values[i], deviation: deviation) {
        return nil
      }
      return (
        i,
        "\(Self.names[i]) of \(moments.count) local poses: expected \(values[i]), found \(stored[i])"
      )
    }
  }
}
