internal import Checks
internal import Codecs
internal import Geometry
internal import Reporting
internal import Schema
internal import Shards

// What parts of a run keep, so that the whole can be made of it without rounding.
extension Preparation.Result {
  /// Adds what another part met.
  mutating func merge(_ other: Self) {
    tally.merge(other.tally)
    statistics.merge(other.statistics)
    checks.merge(other.checks)
    conversionErrors.merge(other.conversionErrors)
    completed += other.completed
    loaderFaults.merge(other.loaderFaults, uniquingKeysWith: +)
    checksum.merge(other.checksum)
  }

  /// The members of `part` beside those that say which part it is. What the manifest's members hold is not repeated.
  var partMembers: [(key: String, value: JSONValue)] {
    [
      ("frames", Self.json(tally.frames)), ("converted_frames", Self.json(tally.convertedFrames)),
      ("sights", .array([.integer(tally.sights.egocentric), .integer(tally.sights.allocentric)])),
      ("landmarks_projected", .array([.integer(completed.faces), .integer(completed.points)])),
      ("conversion_errors", Self.json(conversionErrors)), ("checks", checks.json),
      ("statistics", .array(statistics.components.map(\.json))),
    ]
  }

  /// Reads what a part met.
  ///
  /// - Throws: `PartFile.Damaged` where a member is not as `partMembers` and a manifest write it.
  init(part json: JSONValue) throws {
    func damaged(_ member: String) -> PartFile.Damaged {
      PartFile.Damaged(
        detail: "part.json: \(member): expected what a part keeps, found something else")
    }
    guard let part = json["part"], let tally = Tally(part: json) else { throw damaged("counts") }
    guard let components = part["statistics"]?.elements?.map(PoseStatistics.Component.init(json:)),
      let statistics = PoseStatistics(components: components.compactMap { $0 })
    else { throw damaged("statistics") }
    guard let errors = ConversionErrors(part["conversion_errors"]) else {
      throw damaged("conversion_errors")
    }
    guard let projected = part["landmarks_projected"]?.counts, projected.count == 2 else {
      throw damaged("landmarks_projected")
    }
    guard let checks = CheckDigest(part["checks"]) else { throw damaged("checks") }
    self.init()
    (self.tally, self.statistics, self.checks, conversionErrors) = (
      tally, statistics, checks, errors
    )
    (completed.faces, completed.points) = (projected[0], projected[1])
    if let faults = json["perspnet_loader"] {
      for fault in PerspNetFace.LoaderFault.allCases {
        if let count = faults[fault.rawValue]?.count, count > 0 { loaderFaults[fault] = count }
      }
    }
    if let text = json["images_sha256"]?.text {
      guard let digest = UnorderedDigest(text: text) else { throw damaged("images_sha256") }
      checksum = digest
    }
  }

  fileprivate static func json(_ frames: FrameCounts) -> JSONValue {
    .object(frames.present.map { ($0.rawValue, .integer(frames[$0])) })
  }

  private static func json(_ errors: ConversionErrors) -> JSONValue {
    .object(errors.sums.json + [("largest", .double(errors.largest))])
  }
}

extension ExactSum {
  fileprivate var json: [(key: String, value: JSONValue)] {
    let text = text
    return [
      ("count", .integer(count)), ("sum", .text(text.sum)), ("squares", .text(text.squares)),
    ]
  }

  fileprivate init?(json: JSONValue?) {
    guard let count = json?["count"]?.count, let sum = json?["sum"]?.text,
      let squares = json?["squares"]?.text
    else { return nil }
    self.init(count: count, sum: sum, squares: squares)
  }
}

extension ConversionErrors {
  fileprivate init?(_ json: JSONValue?) {
    guard let sums = ExactSum(json: json), let largest = json?["largest"]?.number else {
      return nil
    }
    self.init(sums: sums, largest: largest)
  }
}

extension PoseStatistics.Component {
  fileprivate var json: JSONValue {
    .object(
      sums.json
        + (count > 0 ? [("minimum", .double(minimum)), ("maximum", .double(maximum))] : [])
        + sketch.json)
  }

  fileprivate init?(json: JSONValue) {
    guard let sums = ExactSum(json: json), let sketch = QuantileSketch(json: json) else {
      return nil
    }
    var extremes: ClosedRange<Double>?
    if let minimum = json["minimum"]?.number, let maximum = json["maximum"]?.number {
      guard minimum.isFinite, maximum.isFinite, minimum <= maximum else { return nil }
      extremes = minimum...maximum
    }
    self.init(sums: sums, extremes: extremes, sketch: sketch)
  }
}

extension Tally {
  /// Adds what another part met.
  mutating func merge(_ other: Self) {
    for (_, path) in Self.namedCounts.input + Self.namedCounts.output {
      self[keyPath: path] += other[keyPath: path]
    }
    frames += other.frames
    convertedFrames += other.convertedFrames
    sights += other.sights
    leftOut.merge(other.leftOut, uniquingKeysWith: +)
    issues.merge(other.issues)
  }

  /// - Returns: nil where a count is missing or is none.
  fileprivate init?(part json: JSONValue) {
    self.init()
    let counts = json["counts"]
    for (name, path) in Self.namedCounts.input + Self.namedCounts.output {
      guard let count = counts?[name]?.count else { return nil }
      self[keyPath: path] = count
    }
    guard let frames = FrameCounts(json["part"]?["frames"]),
      let converted = FrameCounts(json["part"]?["converted_frames"])
    else { return nil }
    (self.frames, convertedFrames) = (frames, converted)
    if let sights = json["part"]?["sights"]?.counts, sights.count == 2 {
      (self.sights.egocentric, self.sights.allocentric) = (sights[0], sights[1])
    }
    for (name, value) in json["left_out"]?.members ?? [] {
      guard let reason = LeftOut(rawValue: name), let count = value.count else { return nil }
      if count > 0 { leftOut[reason] = count }
    }
    for (name, value) in json["issues"]?.members ?? [] {
      guard let code = RecordIssue.Code(rawValue: name), let count = value["count"]?.count else {
        return nil
      }
      issues.add(code, count: count)
    }
  }
}

extension FrameCounts {
  fileprivate init?(_ json: JSONValue?) {
    self.init()
    for (name, value) in json?.members ?? [] {
      guard let frame = HeadPose.Frame(rawValue: name), let count = value.count else { return nil }
      add(frame, count: count)
    }
  }
}

extension JSONValue {
  /// An object's.
  fileprivate var members: [(key: String, value: JSONValue)]? {
    if case .object(let members) = self { members } else { nil }
  }
}
