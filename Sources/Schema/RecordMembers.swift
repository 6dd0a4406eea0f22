internal import Geometry

/// The members of a JSON object. Errors name the member that is to blame.
struct RecordMembers {
  let members: [(key: String, value: JSONValue)]
  let name: String

  /// - Parameter known: the only members that are allowed; nil for any.
  init(_ json: JSONValue, _ name: String, _ known: Set<String>?) throws {
    self.name = name
    guard case .object(let members) = json else {
      throw RecordError(description: "\(name): expected an object, found \(json.kind)")
    }
    self.members = members
    if let known, let stranger = members.first(where: { !known.contains($0.key) }) {
      throw RecordError(
        description:
          "\(name): expected one of \(known.sorted().joined(separator: ", ")), found '\(stranger.key)'"
      )
    }
  }

  func mismatch(_ member: String, _ expected: String, _ found: String) -> RecordError {
    RecordError(description: "\(name).\(member): expected \(expected), found \(found)")
  }

  /// nil where the member is absent or null.
  func optional(_ member: String) -> JSONValue? {
    guard let value = members.first(where: { $0.key == member })?.value, value != .null else {
      return nil
    }
    return value
  }

  func required(_ member: String) throws -> JSONValue {
    guard let value = optional(member) else { throw mismatch(member, "a value", "none") }
    return value
  }

  func optionalText(_ member: String) throws -> String? {
    guard let value = optional(member) else { return nil }
    guard let text = value.text else { throw mismatch(member, "text", value.kind) }
    return text
  }

  func text(_ member: String) throws -> String {
    guard let text = try optionalText(member) else { throw mismatch(member, "text", "none") }
    return text
  }

  func optionalInteger(_ member: String) throws -> Int? {
    guard let value = optional(member) else { return nil }
    guard case .integer(let number) = value else {
      throw mismatch(member, "a whole number", value.kind)
    }
    return number
  }

  func integer(_ member: String) throws -> Int {
    guard let number = try optionalInteger(member) else {
      throw mismatch(member, "a whole number", "none")
    }
    return number
  }

  func optionalFlag(_ member: String) throws -> Bool? {
    guard let value = optional(member) else { return nil }
    guard case .boolean(let flag) = value else {
      throw mismatch(member, "true or false", value.kind)
    }
    return flag
  }

  func number(_ member: String, _ range: PlausibleRange) throws -> Double {
    let value = try required(member)
    guard let number = value.number else { throw mismatch(member, "a number", value.kind) }
    guard range.contains(number) else { throw mismatch(member, range.text, "\(number)") }
    return number
  }

  func elements(_ member: String) throws -> [JSONValue] {
    let value = try required(member)
    guard let elements = value.elements else { throw mismatch(member, "an array", value.kind) }
    return elements
  }

  func numbers(_ member: String, count: Int, _ range: PlausibleRange) throws -> [Double] {
    let elements = try elements(member)
    let numbers = elements.compactMap(\.number)
    guard numbers.count == count, elements.count == count else {
      throw mismatch(member, "\(count) numbers", "\(numbers.count)")
    }
    if let other = numbers.first(where: { !range.contains($0) }) {
      throw mismatch(member, range.text, "\(other)")
    }
    return numbers
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_ member: String) throws -> Choice
  where Choice.RawValue == String {
    let text = try text(member)
    guard let choice = Choice(rawValue: text) else {
      throw mismatch(member, RecordMembers.list(Choice.self), "'\(text)'")
    }
    return choice
  }

  static func list<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> String
  where Choice.RawValue == String {
    Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
  }
}
