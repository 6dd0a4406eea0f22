internal import Checks
internal import Codecs
internal import Pipeline
internal import Schema

/// What of a check's arguments and settings decides the findings and their form.
struct GatheredCheckOptions {
  var format: CheckingRun.Format
  var examples: Int
  var duplicateDistance: Int
  var only: [String]?
  var ignored: [String]
  /// The file of the settings as it was read; nil where there is none.
  var settings: JSONValue?

  init(_ run: CheckingRun, _ settings: JSONValue?) {
    (format, examples) = (run.outputs.format, run.outputs.examples)
    (duplicateDistance, only, ignored) = (run.duplicateDistance, run.only, run.ignored)
    self.settings = settings
  }

  var json: JSONValue {
    .object([
      ("format", .text(format.rawValue)), ("examples", .integer(examples)),
      ("duplicate_distance", .integer(duplicateDistance)),
      ("only", only.map { .array($0.map(JSONValue.text)) } ?? .null),
      ("ignore", .array(ignored.map(JSONValue.text))), ("settings", settings ?? .null),
    ])
  }

  /// - Returns: nil where a member is not as `json` writes it.
  init?(_ json: JSONValue?) {
    guard let format = json?["format"]?.text.flatMap(CheckingRun.Format.init),
      let examples = json?["examples"]?.wholeNumber,
      let distance = json?["duplicate_distance"]?.wholeNumber,
      (0...CrossRecordCheck.greatestRadius).contains(distance),
      let ignored = json?["ignore"]?.elements
    else { return nil }
    (self.format, self.examples, duplicateDistance) = (format, examples, distance)
    only = json?["only"]?.elements?.compactMap(\.text)
    self.ignored = ignored.compactMap(\.text)
    settings = json?["settings"].flatMap { $0 == .null ? nil : $0 }
  }
}

/// All parts of a check, each whole. Findings go through in their order, and records are compared by what parts kept
/// of them, so memory holds some numbers of each part and nothing of its records.
struct GatheredChecks {
  private let survey: PartSurvey
  private let options: GatheredCheckOptions

  /// - Returns: nil where the parts are another command's.
  init?(_ survey: PartSurvey) throws {
    guard let json = try? PartFile(prefix: survey.prefix(of: 0)).json,
      json["command"]?.text == "check"
    else { return nil }
    guard let options = GatheredCheckOptions(json["options"]) else {
      throw RunFailure(
        "\(survey.prefix(of: 0)): part.json: options: expected a check's, found others")
    }
    (self.survey, self.options) = (survey, options)
  }

  /// Writes what one run of the whole finds, in its form and as lines.
  func gather(
    to target: String, existing: OutputSet.Existing, _ settings: RunSettings,
    _ context: RunContext
  ) throws -> RunOutcome {
    let own = try CheckSettings(options.settings, of: nil)
    let outputs = try OutputSet(
      base: target, files: [options.format.ending, OutputSuffix.findings], inputs: survey.files,
      existing: existing)
    try context.begin(outputs)
    let files = [
      try FindingFile(outputs.file(options.format.ending), options.format.makeStream()),
      try FindingFile(outputs.file(OutputSuffix.findings), FindingLines()),
    ]
    var findings = FindingSelection(
      selection: CheckSelection(own, only: options.only, ignored: options.ignored),
      summary: CheckSummary(examples: options.examples),
      strictSeverity: settings.isStrict ? min(settings.failOn, .warning) : nil, consumers: files)
    var checks = CheckingRun.partedChecks(own.thresholds)
    // Names of inputs are in what parts kept.
    var records = try CrossRecordCheck(inputs: [], radius: options.duplicateDistance)
    var source: [Finding] = []
    for index in survey.states.indices {
      let state = try read(index, &findings, &checks, &records, stop: context.stop.check)
      if index == 0 { source = state.source }
    }
    for i in checks.indices { try checks[i].finish { try findings.take($0) } }
    try records.finish {
      try context.stop.check()
      try findings.take($0)
    }
    for finding in source { try findings.take(DatasetFinding(finding)) }
    findings.tellUnused(context)
    for file in files { try file.finish(findings.summary) }
    try context.stop.check()
    try outputs.publish()
    if let line = findings.summary.text.split(separator: "\n").last { context.say("\(line)") }
    context.say(
      "gathered  \(counted(survey.states.count, "part")) into \(target)\(options.format.ending)")
    return settings.outcome(worst: findings.summary.worst)
  }

  /// Takes a part's findings, and what it has seen.
  private func read(
    _ index: Int, _ findings: inout FindingSelection, _ checks: inout [any PartedCheck],
    _ records: inout CrossRecordCheck, stop: () throws -> Void
  ) throws -> CheckingRun.PartState {
    let prefix = survey.prefix(of: index)
    do {
      let part = try PartFile(prefix: prefix)
      let state = try CheckingRun.PartState(part.json["part"]?["check"])
      for file in part.files {
        try stop()
        let digest = try FileDigest(
          file: prefix.folderOfPath + "/" + file.file, withSHA256: false)
        guard file.hash == digest.hash.text else {
          throw PartFile.Damaged(detail: "\(file.file): expected other bytes")
        }
      }
      findings.summary.add(images: state.images, faces: state.faces)
      try readFindings(prefix, &findings)
      guard state.checks.count == checks.count,
        checks.indices.allSatisfy({ checks[$0].merge(state.checks[$0]) })
      else {
        throw PartFile.Damaged(detail: "part.json: states: expected a check's, found others")
      }
      var evidence = try EvidenceReader(prefix: prefix)
      while let record = try evidence.next() {
        try stop()
        try records.add(record)
      }
      return state
    } catch let damaged as PartFile.Damaged {
      throw refusal(index, damaged.detail)
    } catch let damaged as EvidenceReader.Damaged {
      throw refusal(index, damaged.description)
    } catch let error as JSONError {
      throw refusal(index, "\(error)")
    } catch let error as NPYError {
      throw refusal(index, "\(error)")
    }
  }

  private func readFindings(_ prefix: String, _ findings: inout FindingSelection) throws {
    let file = try MappedFile(path: prefix + OutputSuffix.findings)
    var start = 0
    while true {
      let line = file.withBytes { bytes -> [UInt8]? in
        guard start < bytes.count else { return nil }
        let rest = bytes[start...]
        return Array(rest[..<(rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex)])
      }
      guard let line else { return }
      start += line.count + 1
      let json = try line.withUnsafeBytes { try JSONParser.value(of: $0) }
      guard let finding = Finding(json: json) else {
        throw PartFile.Damaged(detail: "findings: expected findings, found others")
      }
      try findings.take(DatasetFinding(finding))
    }
  }

  private func refusal(_ index: Int, _ detail: String) -> RunFailure {
    RunFailure(
      "\(survey.prefix(of: index)): \(detail); run part \(index) again, then gather")
  }
}
