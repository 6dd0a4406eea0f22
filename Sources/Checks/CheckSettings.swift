internal import Geometry
public import Schema

/// The settings of a project, `.sixdof-check.json`:
///
///     {"accept": [{"check": "duplicate-box", "record": "wider-face/val/21--*", "face": 103,
///                  "reason": "two people"}],
///      "ignore": ["integer-landmarks"],
///      "thresholds": {"duplicate-overlap": 0.9}}
public struct CheckSettings: Sendable {
  /// The name under which settings are looked for.
  public static let usualFile = ".sixdof-check.json"

  /// What the project accepts, from "accept".
  public var accepted: [AcceptedFindings.Entry] = []
  /// Ids of checks that are not run, from "ignore".
  public var ignored: [String] = []
  /// The limits, with those of "thresholds" in place of the usual ones.
  public var thresholds = CheckThresholds()

  /// Settings that change nothing.
  public init() {}

  /// The error for settings that cannot be used.
  public struct ParsingError: Error, CustomStringConvertible {
    /// In the form "what: expected X, found Y".
    public let description: String
  }

  /// Reads settings.
  ///
  /// - Throws: `ParsingError` where a member, check or threshold is unknown, or a value has another type.
  public init(_ json: JSONValue) throws {
    guard case .object(let members) = json else {
      throw ParsingError(description: "settings: expected an object, found \(json.kind)")
    }
    for (name, value) in members {
      switch name {
      case "accept":
        guard let entries = value.elements else { throw Self.mismatch(name, "an array", value) }
        accepted = try entries.enumerated().map { try Self.entry($1, "accept[\($0)]") }
      case "ignore":
        guard let ids = value.elements else { throw Self.mismatch(name, "an array", value) }
        ignored = try ids.map { try Self.checkID($0, name) }
      case "thresholds": try readThresholds(value)
      default:
        throw ParsingError(
          description: "settings: expected accept, ignore or thresholds, found '\(name)'")
      }
    }
  }

  private static func entry(_ json: JSONValue, _ name: String) throws -> AcceptedFindings.Entry {
    guard case .object(let members) = json else { throw mismatch(name, "an object", json) }
    var entry = AcceptedFindings.Entry(check: "", reason: "")
    for (member, value) in members {
      let place = "\(name).\(member)"
      func text() throws -> String {
        guard let text = value.text else { throw mismatch(place, "text", value) }
        return text
      }
      switch member {
      case "check": entry.check = try checkID(value, place)
      case "record": entry.record = try text()
      case "file": entry.file = try text()
      case "reason": entry.reason = try text()
      case "face":
        guard case .integer(let face) = value else { throw mismatch(place, "a number", value) }
        entry.face = face
      default:
        throw ParsingError(
          description: "\(name): expected check, record, file, face or reason, found '\(member)'")
      }
    }
    if entry.check.isEmpty {
      throw ParsingError(description: "\(name).check: expected a check's id, found none")
    }
    if entry.reason.isEmpty {
      throw ParsingError(description: "\(name).reason: expected why it is accepted, found nothing")
    }
    return entry
  }

  private static func checkID(_ json: JSONValue, _ name: String) throws -> String {
    guard let id = json.text else { throw mismatch(name, "a check's id", json) }
    guard CheckCatalogue.check(id: id) != nil else {
      throw ParsingError(
        description:
          "\(name): expected a check's id, found '\(id)'\(CheckCatalogue.suggestion(for: id))")
    }
    return id
  }

  private mutating func readThresholds(_ json: JSONValue) throws {
    guard case .object(let members) = json else {
      throw Self.mismatch("thresholds", "an object", json)
    }
    for (name, value) in members {
      guard let path = CheckThresholds.named.first(where: { $0.name == name })?.path else {
        let names = CheckThresholds.named.map(\.name)
        throw ParsingError(
          description:
            "thresholds: expected a threshold's name, found '\(name)'\(nearest(to: name, in: names))"
        )
      }
      guard let number = value.number, number >= 0 else {
        throw Self.mismatch("thresholds.\(name)", "a number of at least 0", value)
      }
      guard PlausibleRange.measure.contains(number) else {
        throw Self.mismatch("thresholds.\(name)", PlausibleRange.measure.text, value)
      }
      thresholds[keyPath: path] = number
    }
  }

  private static func mismatch(
    _ name: String, _ expected: String, _ found: JSONValue
  ) -> ParsingError {
    ParsingError(description: "\(name): expected \(expected), found \(found.messageText)")
  }
}

extension CheckCatalogue {
  /// "; did you mean 'degenerate-box'?", or empty where no id is similar.
  public static func suggestion(for id: String) -> String { nearest(to: id, in: all.map(\.id)) }
}

private func nearest(to name: String, in names: [String]) -> String {
  let best = names.map { ($0, editDistance(name, $0)) }.min { $0.1 < $1.1 }
  guard let best, best.1 <= max(2, name.count / 3) else { return "" }
  return "; did you mean '\(best.0)'?"
}

/// How many characters must be inserted, removed or replaced (Levenshtein, 1966).
private func editDistance(_ first: String, _ second: String) -> Int {
  let target = Array(second.utf8)
  var row = Array(0...target.count)
  for (i, letter) in first.utf8.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in target.indices {
      let replaced = diagonal + (letter == target[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[target.count]
}
