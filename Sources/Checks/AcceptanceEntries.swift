public import Schema

/// Writes a file of settings that accepts all findings, and keeps everything else of the settings in use.
public struct AcceptanceEntries: FindingStream {
  private let settings: CheckSettings
  private let severity: Check.Severity
  private let reason: String
  private var isFirst = true

  /// - Parameters:
  ///   - settings: those in use; their entries and thresholds are kept.
  ///   - severity: findings of at least this severity are accepted; lesser ones need no entry.
  ///   - reason: the reason that the new entries state.
  public init(_ settings: CheckSettings, severity: Check.Severity, reason: String) {
    (self.settings, self.severity, self.reason) = (settings, severity, reason)
  }

  public mutating func start() throws -> [UInt8] {
    Array("{\n  \"accept\": [".utf8) + (try settings.accepted.flatMap { try line($0) })
  }

  public mutating func add(_ finding: Finding, isAccepted: Bool) throws -> [UInt8] {
    guard !isAccepted, finding.check.severity >= severity else { return [] }
    return try line(
      AcceptedFindings.Entry(
        check: finding.check.id, record: finding.record.map(Self.literal),
        file: finding.record == nil ? Self.literal(finding.location.file) : nil,
        face: finding.face, reason: reason))
  }

  public mutating func finish(_ summary: CheckSummary) throws -> [UInt8] {
    let usual = CheckThresholds()
    let changed = CheckThresholds.named.filter {
      settings.thresholds[keyPath: $0.path] != usual[keyPath: $0.path]
    }
    let ignored = JSONValue.array(settings.ignored.map(JSONValue.text))
    let thresholds = JSONValue.object(
      changed.map { ($0.name, .double(settings.thresholds[keyPath: $0.path])) })
    return try Array(
      "\n  ],\n  \"ignore\": \(ignored.compactText),\n  \"thresholds\": \(thresholds.compactText)\n}\n"
        .utf8)
  }

  private mutating func line(_ entry: AcceptedFindings.Entry) throws -> [UInt8] {
    var members: [(key: String, value: JSONValue)] = [("check", .text(entry.check))]
    if let record = entry.record { members.append(("record", .text(record))) }
    if let file = entry.file { members.append(("file", .text(file))) }
    if let face = entry.face { members.append(("face", .integer(face))) }
    members.append(("reason", .text(entry.reason)))
    defer { isFirst = false }
    return try Array(
      ((isFirst ? "\n    " : ",\n    ") + JSONValue.object(members).compactText).utf8)
  }

  /// A pattern that matches only this text.
  private static func literal(_ text: String) -> String {
    text.contains(where: { "*?[\\".contains($0) })
      ? text.map { "*?[\\".contains($0) ? "\\\($0)" : "\($0)" }.joined() : text
  }
}
